//! One end of the call: what it sees, its machines, its codecs and its candidates.

use super::{
    candidates::candidates,
    codecs::codecs,
    state::End,
    view::{View, ms},
};
use crate::components::{El, el};
use callreel_browser::stepwise::Machine;
use callreel_engine::lab::Side;

/// An end.
pub fn side(view: &View, side: Side) -> El {
    let words = view.words;
    let end = &view.state.ends[side as usize];
    let title = match side {
        Side::A => "lab.side_a",
        Side::B => "lab.side_b",
    };
    let state = end.state(Machine::Connection);
    let class = match state {
        "connected" => "chip ok mono",
        "failed" | "disconnected" => "chip warn mono",
        _ => "chip mono",
    };
    let chip = (!state.is_empty()).then(|| el("span").class(class).text(state.to_owned()));
    el("section.panel side-panel")
        .set("aria-label", words.t(title))
        .with(
            el("div.panel-head")
                .with(el("h2").say(words.t(title)))
                .maybe(chip),
        )
        .with(picture(view, side, end))
        .with(machines(view, end))
        .with(codecs(view, side))
        .with(el("h3").say(words.t("lab.candidates")))
        .with(candidates(
            view,
            &end.candidates,
            words.t("lab.candidates.none"),
        ))
}

fn picture(view: &View, side: Side, end: &End) -> El {
    let words = view.words;
    let label = match side {
        Side::A => "lab.seen_by_a",
        Side::B => "lab.seen_by_b",
    };
    let video = el("video[autoplay][playsinline]")
        .set("aria-label", words.t(label))
        .set("data-side", side.name())
        .flag("hidden", end.received.is_none());
    let empty = end
        .received
        .is_none()
        .then(|| el("p.small").say(words.t("lab.no_picture")));
    el("div.screen").with(video).maybe(empty)
}

/// Each machine with every state that it has been in, and when.
fn machines(view: &View, end: &End) -> El {
    let mut list = el("dl.machines");
    for machine in Machine::ALL {
        let states = &end.states[machine as usize];
        let mut way = el("ol.way");
        for (at, (at_ms, state)) in states.iter().enumerate() {
            let mut line = el("li").class_if("state", at + 1 == states.len(), "now");
            if at + 1 == states.len() {
                line = line.set("aria-current", "true");
            }
            way = way.with(
                line.with(el("code").text(state.clone()))
                    .with(el("span.num small").text(ms(*at_ms))),
            );
        }
        let value = match states.is_empty() {
            true => el("dd").with(el("span.quiet small").say(view.words.t("lab.not_yet"))),
            false => el("dd").with(way),
        };
        list = list
            .with(el("dt").with(el("code").say(machine.name())))
            .with(value);
    }
    list
}
