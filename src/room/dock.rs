//! What one can do in the call.

use super::{green, state::Side, view::View};
use crate::components::{Button, El, Glyph, el, text};
use callreel_browser::devices::can_share_screen;
use callreel_engine::call::talk::REACTIONS;
use web_sys::Element;
use yew::prelude::*;

/// The buttons below the tiles.
pub fn dock(view: &View) -> El {
    let (words, own) = (view.words, &view.state.own);
    let muted = !own.microphone_on || !own.has_microphone;
    let share = if own.screen.is_some() {
        "room.unshare"
    } else {
        "room.share"
    };
    let hand = if own.hand { "room.lower" } else { "room.raise" };
    let round = |button: Button| button.class("btn round").view();
    let of = |off: bool, button: Button| {
        button
            .class(if off { "btn round off" } else { "btn round" })
            .view()
    };
    let mut bar = el("div.calls[role=toolbar][part=controls]")
        .set("aria-label", words.t("room.controls"))
        .with(of(muted, green::microphone(view)))
        .with(of(own.camera.is_none(), green::camera(view)));
    if own.can_flip && callreel_browser::page::is_touch() {
        bar = bar.with(round(
            view.icon("room.flip", Glyph::Flip, |room| room.flip_camera()),
        ));
    }
    let mut rest = el("div")
        .class_if("rest", view.state.more, "open")
        .onclick(chosen(view));
    if can_share_screen() {
        let button = view.icon(share, Glyph::Screen, |room| room.toggle_screen());
        rest = rest.with(round(button.pressed(own.screen.is_some())));
    }
    let raise = view.icon(hand, Glyph::Hand, |room| room.raise_hand());
    let devices = view.icon("room.devices", Glyph::Settings, |room| {
        room.show(Side::Devices)
    });
    let statistics = view.icon("room.statistics", Glyph::Chart, |room| {
        room.show(Side::Statistics)
    });
    rest = rest
        .with(round(raise.pressed(own.hand)))
        .with(reactions(view))
        .with(round(
            devices.pressed(view.state.side == Some(Side::Devices)),
        ))
        .with(round(
            statistics.pressed(view.state.side == Some(Side::Statistics)),
        ));
    bar = bar
        .with(chat(view))
        .with(more(view))
        .with(rest)
        .with(record(view));
    let leave = view.icon("room.leave", Glyph::Leave, |room| room.leave());
    bar.with(leave.class("btn round leave").view())
}

/// Opens the rest of the buttons, which a narrow window has no place for.
fn more(view: &View) -> El {
    view.icon("room.more", Glyph::More, |room| {
        room.update(|state| state.more = !state.more);
    })
    .class("btn round more")
    .view()
    .truth("aria-expanded", view.state.more)
}

/// Closes them when one was chosen; that which opens more choices is none yet.
fn chosen(view: &View) -> Callback<MouseEvent> {
    let room = view.room.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target_dyn_into::<Element>();
        let opens = target.and_then(|target| target.closest("summary").ok()?);
        if opens.is_none() && room.state().more {
            room.update(|state| state.more = false);
        }
    })
}

fn record(view: &View) -> El {
    let on = view.state.own.recording;
    let key = if on {
        "room.record_stop"
    } else {
        "room.record"
    };
    let name = view.words.t(key);
    el("button[type=button]")
        .class_if("btn round recorder", on, "running")
        .set("aria-label", name)
        .set("title", name)
        .onclick(view.act(|room| room.toggle_recording()))
        .with(el("i"))
}

fn chat(view: &View) -> El {
    let open = view.state.side == Some(Side::Chat);
    let button = view.icon("room.chat", Glyph::Chat, |room| room.show(Side::Chat));
    let unread = view.state.unread;
    let count = (unread > 0).then(|| {
        let told = view
            .words
            .with("room.unread", &[("n", &unread.to_string())]);
        el("span.count[role=status]")
            .put("aria-label", told.into())
            .text(unread.min(99).to_string())
    });
    el("span.counted")
        .with(button.class("btn round").pressed(open).view())
        .maybe(count)
}

/// A button that opens the reactions above it; the browser opens and closes them.
fn reactions(view: &View) -> El {
    let mut choices = el("div.choices[role=group]").set("aria-label", view.words.t("room.react"));
    for (place, emoji) in REACTIONS.into_iter().enumerate() {
        let act = view.act(move |room| room.react(place));
        choices = choices.with(
            el("button.btn quiet icon-only[type=button]")
                .set("aria-label", emoji)
                .onclick(act)
                .child(text(emoji.into())),
        );
    }
    let name = view.words.t("room.react");
    el("details.reactions")
        .with(
            el("summary.btn round")
                .set("aria-label", name)
                .set("title", name)
                .with(crate::components::icon(Glyph::Smile)),
        )
        .with(choices)
}
