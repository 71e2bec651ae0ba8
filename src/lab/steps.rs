//! The steps: each by its own button, or all at once.

use super::{
    state::{Picture, State},
    view::View,
};
use crate::{
    components::{Button, Choice, El, Glyph, Note, Select, Tone, el, icon, switch},
    refusals,
};
use callreel_engine::{
    lab::{Side, Step},
    settings::Source,
};
use yew::prelude::*;

/// What can be done, and what is next.
pub fn steps(view: &View) -> El {
    let (words, state) = (view.words, view.state);
    let next = state.progress.next();
    let mut list = el("ol.steps");
    for step in Step::ALL {
        list = list.with(line(view, step, next == Some(step)));
    }
    let all = Button::new(words.t("lab.run"), view.act(|lab| lab.run()))
        .glyph(Glyph::Play)
        .class("btn primary")
        .disabled(state.progress.busy);
    let restart = Button::new("restartIce()", view.act(|lab| lab.restart_ice()))
        .class("btn mono")
        .disabled(!state.progress.is_negotiated());
    let close = Button::new("close()", view.act(|lab| lab.close()))
        .class("btn mono")
        .disabled(!state.progress.is_created());
    let trickle = {
        let lab = view.lab.clone();
        Callback::from(move |on| lab.trickle_from_now(on))
    };
    el("section.panel steps-panel")
        .set("aria-label", words.t("lab.steps"))
        .with(
            el("div.panel-head")
                .with(el("h2").say(words.t("lab.steps")))
                .with(all.view()),
        )
        .child(said(view))
        .with(list)
        .with(
            el("div.options")
                .with(switch(words.t("lab.trickle"), state.trickles, trickle))
                .with(picture(view)),
        )
        .with(el("div.row").with(restart.view()).with(close.view()))
}

fn line(view: &View, step: Step, is_next: bool) -> El {
    let (words, state) = (view.words, view.state);
    let class = if is_next {
        "btn primary mono"
    } else {
        "btn mono"
    };
    let side = step.side().map_or("A + B", Side::name);
    let is_done = state.progress.is_done(step);
    let waiting = match step {
        Step::CandidatesToB => state.progress.waiting[Side::A as usize],
        Step::CandidatesToA => state.progress.waiting[Side::B as usize],
        _ => 0,
    };
    let waiting = (waiting > 0).then(|| {
        let text = words.with("lab.waiting", &[("n", &waiting.to_string())]);
        el("span.chip num").text(text)
    });
    let tick = is_done.then(|| {
        el("span.tick[role=img]")
            .set("aria-label", words.t("lab.done"))
            .with(icon(Glyph::Check))
    });
    let button = el("button[type=button]")
        .class(class)
        .flag("disabled", !state.progress.can(step))
        .onclick(view.act(move |lab| lab.press(step)))
        .with(el("b.of").say(side))
        .with(el("span").text([" ", step.call()].concat()));
    let mut item = el("li");
    if is_next {
        item = item.set("aria-current", "step");
    }
    item.with(el("div.step-head").with(button).maybe(waiting).maybe(tick))
        .with(el("p.small quiet").say(words.of("step.lab.", step.id())))
}

/// What was refused last.
fn said(view: &View) -> Html {
    let (words, state) = (view.words, view.state);
    let mut said = el("div.said[role=status]");
    if let Some((step, text)) = &state.failure {
        let side = step.side().map_or("", Side::name);
        let values = [("side", side), ("call", step.call()), ("message", text)];
        let text = words.with("lab.refused", &values);
        said = said.child(Note::new(Tone::Warning, text).view(0));
    }
    if let Some(failure) = &state.refused {
        let refusal = refusals::explain(words, failure, Source::Camera);
        let text = words.with("lab.no_camera", &[("why", &refusal.title)]);
        said = said.child(Note::new(Tone::Info, text).view(1));
    }
    // It stays when it is empty, so that what is said in it later is heard.
    said.into()
}

fn picture(view: &View) -> El {
    let State { picture, .. } = view.state;
    let choices = Picture::ALL
        .map(|one| Choice::fixed(one.id(), view.words.of("lab.picture.", one.id())))
        .into();
    let lab = view.lab.clone();
    let pick = Callback::from(move |id: String| {
        let chosen = Picture::ALL.into_iter().find(|one| one.id() == id);
        lab.update(|state| state.picture = chosen.unwrap_or_default());
    });
    Select::new(
        view.words.t("lab.picture").into(),
        picture.id().into(),
        choices,
    )
    .view(pick)
}
