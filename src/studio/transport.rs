//! Record, pause, snapshot: the page's main action, in the dock under the picture.

use super::{
    state::Preview,
    view::{Phase, View},
};
use crate::components::{Button, El, Glyph, el, icon};

impl Phase {
    const fn class(self) -> &'static str {
        match self {
            Self::Idle => "record",
            Self::Starting | Self::Stopping => "record busy",
            Self::Running => "record running",
            Self::Paused => "record paused",
        }
    }

    /// The key of the sentence that tells what happens.
    const fn told(self) -> &'static str {
        match self {
            Self::Idle => "phase.idle",
            Self::Starting => "phase.starting",
            Self::Running => "phase.running",
            Self::Paused => "phase.paused",
            Self::Stopping => "phase.stopping",
        }
    }
}

/// What happens, the record button between pause and snapshot, and the way to the settings.
pub fn dock(view: &View) -> El {
    let words = view.words;
    let takes = el("a.btn round icon-only takes-link[href=#takes]")
        .set("aria-label", words.t("takes.title"))
        .with(icon(Glyph::Film));
    let settings = view.show(|ui| ui.panel = !ui.panel);
    let settings = Button::new(words.t("studio.settings"), settings)
        .glyph(Glyph::Settings)
        .class("btn settings-button");
    // Where nothing is open, the stage itself says what there is to say.
    let told = match (view.phase, &view.state.preview) {
        (Phase::Idle, Preview::Off | Preview::Opening | Preview::Failed { .. }) => "",
        (phase, _) => words.t(phase.told()),
    };
    let phase = el("p.phase quiet[role=status]");
    el("div.dock")
        .with(takes)
        .with(phase.say(told))
        .with(transport(view))
        .with(settings.view().truth("aria-expanded", view.ui.panel))
}

fn transport(view: &View) -> El {
    let words = view.words;
    let snapshot = Button::new(words.t("transport.snapshot"), view.act(|s| s.snapshot()))
        .icon(Glyph::Snapshot)
        .class("btn round")
        .disabled(!view.has_picture());
    el("div.transport")
        .with(pause(view))
        .with(record(view))
        .with(snapshot.view())
}

fn pause(view: &View) -> El {
    let words = view.words;
    let button = match view.phase {
        Phase::Paused => {
            Button::new(words.t("transport.resume"), view.act(|s| s.resume())).icon(Glyph::Play)
        }
        _ => Button::new(words.t("transport.pause"), view.act(|s| s.pause())).icon(Glyph::Pause),
    };
    let useless = !matches!(view.phase, Phase::Running | Phase::Paused);
    let class = if useless {
        "btn round absent"
    } else {
        "btn round"
    };
    button.class(class).disabled(useless).view()
}

fn record(view: &View) -> El {
    let (label, act, busy) = match view.phase {
        Phase::Idle => ("transport.record", view.act(|s| s.record()), false),
        Phase::Starting => ("transport.starting", view.act(|_| {}), true),
        Phase::Running | Phase::Paused => ("transport.stop", view.act(|s| s.stop()), false),
        Phase::Stopping => ("transport.stopping", view.act(|_| {}), true),
    };
    let label = view.words.t(label);
    el("button[type=button]")
        .class(view.phase.class())
        .set("aria-label", label)
        .set("title", label)
        // Disabled, it would lose the focus, and who uses keys their place.
        .truth("aria-disabled", busy)
        .onclick(act)
        .with(el("span"))
}
