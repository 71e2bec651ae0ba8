//! Record, pause, snapshot: the page's main action.

use super::{
    state::{Preview, Recording},
    use_studio,
};
use crate::{
    components::{Button, Glyph},
    i18n::use_words,
};
use yew::prelude::*;

/// What a recording does now, without its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// None.
    Idle,
    /// Being started.
    Starting,
    /// At work.
    Running,
    /// Waiting to go on.
    Paused,
    /// The last bytes are being kept.
    Stopping,
}

impl From<&Recording> for Phase {
    fn from(recording: &Recording) -> Self {
        match recording {
            Recording::Idle => Self::Idle,
            Recording::Starting => Self::Starting,
            Recording::Running(running) if running.paused => Self::Paused,
            Recording::Running(_) => Self::Running,
            Recording::Stopping => Self::Stopping,
        }
    }
}

impl Phase {
    /// Whether a take is being made.
    pub const fn is_recording(self) -> bool {
        !matches!(self, Self::Idle)
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Starting | Self::Stopping => "busy",
            Self::Running => "running",
            Self::Paused => "paused",
        }
    }

    /// The key of the sentence that tells a listener what happens.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Idle => "phase.idle",
            Self::Starting => "phase.starting",
            Self::Running => "phase.running",
            Self::Paused => "phase.paused",
            Self::Stopping => "phase.stopping",
        }
    }
}

/// Whether there is a picture to take a snapshot of.
pub const fn has_picture(preview: &Preview) -> bool {
    matches!(preview, Preview::Live { video: Some(_), .. })
}

/// Properties of [`Transport`].
#[derive(Clone, PartialEq, Properties)]
pub struct TransportProps {
    /// What the recording does.
    pub phase: Phase,
    /// Whether there is a picture to take a snapshot of.
    pub picture: bool,
}

/// The record button between pause and snapshot.
#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let phase = props.phase;
    let (label, busy) = match phase {
        Phase::Idle => ("transport.record", false),
        Phase::Starting => ("transport.starting", true),
        Phase::Running | Phase::Paused => ("transport.stop", false),
        Phase::Stopping => ("transport.stopping", true),
    };
    let record = {
        let studio = studio.clone();
        Callback::from(move |_: MouseEvent| match phase {
            Phase::Idle => studio.record(),
            Phase::Running | Phase::Paused => studio.stop(),
            Phase::Starting | Phase::Stopping => {}
        })
    };
    let pause = {
        let (studio, paused) = (studio.clone(), phase == Phase::Paused);
        let (label, glyph) = if paused {
            ("transport.resume", Glyph::Play)
        } else {
            ("transport.pause", Glyph::Pause)
        };
        let act = move || {
            if paused {
                studio.resume()
            } else {
                studio.pause()
            }
        };
        let useless = !matches!(phase, Phase::Running | Phase::Paused);
        Button::new(words.t(label), act)
            .icon(glyph)
            .class(if useless { "round absent" } else { "round" })
            .disabled(useless)
    };
    let snapshot = Button::new(words.t("transport.snapshot"), move || studio.snapshot())
        .icon(Glyph::Snapshot)
        .class("round")
        .disabled(!props.picture);
    html! {
        <div class="transport">
            { pause.view() }
            <button
                type="button"
                class={classes!("record", phase.class())}
                aria-label={words.t(label)}
                title={words.t(label)}
                disabled={busy}
                onclick={record}
            >
                <span></span>
            </button>
            { snapshot.view() }
        </div>
    }
}
