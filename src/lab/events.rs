//! Everything that happened, in its order.

use super::{
    state::{Event, What},
    view::{View, ms, whole},
};
use crate::components::{El, el};
use callreel_engine::{ice::Candidate, lab::Side};

/// The list, newest last.
pub fn events(view: &View) -> El {
    let words = view.words;
    let title = words.t("lab.events");
    let mut list = el("ol");
    for event in &view.state.events {
        list = list.with(line(view, event));
    }
    let empty = view.state.events.is_empty();
    el("section.panel")
        .set("aria-label", title)
        .with(el("h2").say(title))
        .maybe(empty.then(|| el("p.small quiet").say(words.t("lab.events.none"))))
        .with(
            el("div.events[id=events][tabindex=0][role=log]")
                .set("aria-label", title)
                .with(list),
        )
}

fn line(view: &View, event: &Event) -> El {
    let words = view.words;
    let (class, what, more) = match &event.what {
        What::Done(call, took) => ("did", (*call).to_owned(), took_of(*took)),
        What::Refused(call, message) => ("bad", (*call).to_owned(), message.clone()),
        What::State(machine, state) => ("", machine.name().to_owned(), state.clone()),
        What::Gathered(raw) => ("", "icecandidate".to_owned(), summary(raw)),
        What::Handed(count) => (
            "did",
            "addIceCandidate()".to_owned(),
            words.with("lab.handed", &[("n", &count.to_string())]),
        ),
        What::Received => ("", "track".to_owned(), words.t("lab.track").to_owned()),
    };
    el("li")
        .class(class)
        .with(el("span.num quiet").text(ms(event.at_ms)))
        .with(el("b.of").say(event.side.map_or("A + B", Side::name)))
        .with(el("code").text(what))
        .with(el("span.more-of-it").text(more))
}

fn took_of(took: f64) -> String {
    match took >= 1.0 {
        true => ["✓ ", &whole(took), " ms"].concat(),
        false => "✓".to_owned(),
    }
}

fn summary(raw: &str) -> String {
    match Candidate::parse(raw) {
        Some(read) => [
            read.kind.name(),
            " ",
            &read.transport,
            " ",
            &read.address,
            " ",
            &read.port.to_string(),
        ]
        .concat(),
        None => raw.to_owned(),
    }
}
