//! The form and the findings of the server test.

use super::{
    candidates::candidates,
    state::Stage,
    view::{View, whole},
};
use crate::components::{Button, El, Note, Tone, el, nothing, switch};
use callreel_browser::stepwise::Refused;
use callreel_engine::ice_test::{Verdict, is_turn};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The fields of the form.
#[derive(Default)]
pub struct Fields {
    url: NodeRef,
    user: NodeRef,
    password: NodeRef,
}

/// Which candidates a server yields.
pub fn servers(view: &View, fields: &Fields) -> El {
    let (words, test) = (view.words, &view.state.test);
    let has_begun = test.stage != Stage::Idle;
    el("section.panel servers")
        .set("aria-label", words.t("ice.title"))
        .with(el("h2").say(words.t("ice.title")))
        .with(el("p.quiet").say(words.t("ice.body")))
        .with(form(view, fields))
        .with(el("div.said[role=status]").child(verdict(view)))
        .maybe(has_begun.then(|| candidates(view, &test.candidates, words.t("ice.none"))))
        .maybe((!test.errors.is_empty()).then(|| errors(view, &test.errors)))
}

fn form(view: &View, fields: &Fields) -> El {
    let (words, test) = (view.words, &view.state.test);
    let running = test.stage == Stage::Running;
    let submit = {
        let lab = view.lab.clone();
        let nodes = [&fields.url, &fields.user, &fields.password].map(NodeRef::clone);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let [url, user, password] = nodes.each_ref().map(|node| {
                let field = node.cast::<HtmlInputElement>();
                field.map(|field| field.value()).unwrap_or_default()
            });
            lab.try_server(&url, &user, &password);
        })
    };
    let field = |selector, label, node: &NodeRef| {
        el("label.field").with(el("span.label").say(label)).with(
            el(selector)
                .node(node)
                .set("aria-label", label)
                .set("autocapitalize", "none"),
        )
    };
    let url = field(
        "input.input mono[type=text][required][maxlength=500][spellcheck=false][autocomplete=off]",
        words.t("ice.url"),
        &fields.url,
    );
    let user = field(
        "input.input[type=text][maxlength=500][spellcheck=false][autocomplete=off]",
        words.t("ice.user"),
        &fields.user,
    );
    let password = field(
        "input.input[type=password][maxlength=500][autocomplete=off]",
        words.t("ice.password"),
        &fields.password,
    );
    let relay = {
        let lab = view.lab.clone();
        Callback::from(move |on| lab.update(|state| state.test.relay_only = on))
    };
    let act = match running {
        false => el("button.btn primary[type=submit]").with(el("span").say(words.t("ice.test"))),
        true => Button::new(words.t("ice.stop"), view.act(|lab| lab.stop_trial())).view(),
    };
    el("form.ice-form")
        .onsubmit(submit)
        .with(url)
        .with(user)
        .with(password)
        .with(switch(words.t("ice.relay_only"), test.relay_only, relay))
        .with(act)
}

fn verdict(view: &View) -> Html {
    let (words, test) = (view.words, &view.state.test);
    let (verdict, took) = match &test.stage {
        Stage::Idle => return nothing(),
        Stage::Running => return el("p.small quiet").say(words.t("ice.running")).into(),
        Stage::Invalid(message) => {
            let text = words.with("ice.invalid", &[("message", message)]);
            return Note::new(Tone::Warning, text).view(0);
        }
        Stage::Over(verdict, took) => (verdict, took),
    };
    let took = whole(*took);
    let values = [("ms", &*took)];
    let (tone, text) = match verdict {
        Verdict::Relays => (Tone::Good, words.with("ice.relays", &values)),
        Verdict::Reflects => (Tone::Good, words.with("ice.reflects", &values)),
        Verdict::Unauthorized => (Tone::Warning, words.t("ice.unauthorized").to_owned()),
        Verdict::Unreachable => (Tone::Warning, words.t("ice.unreachable").to_owned()),
        Verdict::Refused { code, text } => (
            Tone::Warning,
            words.with(
                "ice.refused",
                &[("code", &code.to_string()), ("message", text)],
            ),
        ),
        Verdict::Silent => (Tone::Warning, words.with("ice.silent", &values)),
        Verdict::Nothing if is_turn(&test.url) => {
            (Tone::Warning, words.t("ice.nothing_turn").to_owned())
        }
        Verdict::Nothing => (Tone::Info, words.t("ice.nothing_stun").to_owned()),
    };
    Note::new(tone, text).view(0)
}

/// What the browser told of the server's refusals.
fn errors(view: &View, errors: &[Refused]) -> El {
    let mut list = el("ul.errors").set("aria-label", view.words.t("ice.errors"));
    for Refused { url, code, text } in errors {
        list = list.with(
            el("li")
                .with(el("code").text(["icecandidateerror ", &code.to_string()].concat()))
                .with(el("span.small quiet").text([text, " ", url].concat())),
        );
    }
    list
}
