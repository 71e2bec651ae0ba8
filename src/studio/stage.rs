//! The picture, and what is said on it.

use super::{
    stage_cards::{failed, off, opening},
    state::Preview,
    view::{Phase, View},
};
use crate::components::{Button, El, Glyph, el, icon};
use callreel_engine::{settings::Source, silence::MicState};

/// The stage.
pub fn stage(view: &View) -> El {
    let has_picture = view.has_picture();
    let mirrored = view.settings().mirror
        && matches!(
            view.state.preview,
            Preview::Live {
                mirrorable: true,
                ..
            }
        );
    let class = match (has_picture, view.phase.is_recording()) {
        (true, true) => "stage lit rolling",
        (true, false) => "stage lit",
        (false, true) => "stage rolling",
        (false, false) => "stage",
    };
    let video = el("video[autoplay][playsinline]")
        .node(&view.page.nodes.video)
        .class(if mirrored { "mirrored" } else { "" })
        .set("aria-label", view.words.t("stage.picture"))
        .flag("hidden", !has_picture);
    let over = match &view.state.preview {
        Preview::Off => off(view),
        Preview::Opening => opening(view),
        Preview::Failed { failure, source } => failed(view, failure, *source),
        Preview::Live { .. } => live(view, has_picture),
    };
    el("div").class(class).with(video).with(over)
}

/// What is said on the picture.
fn live(view: &View, has_picture: bool) -> El {
    let corner = |class| el("div").class(class);
    let Preview::Live {
        audio_label,
        delivered,
        mirrorable,
        ..
    } = &view.state.preview
    else {
        return corner("over");
    };
    let heard = audio_label.is_some();
    let bar = (heard && has_picture).then(|| meter(view, "meter", "glass"));
    let orb = (heard && !has_picture).then(|| meter(view, "meter orb", "sound-only"));
    let rolling = view.phase.is_recording();
    let delivered =
        delivered.map(|delivered| el("span.glass num").text(delivered_text(view, delivered)));
    corner("live")
        .maybe(orb)
        .with(corner("over top-left").maybe(rolling.then(|| time(view))))
        .with(corner("over top-right").maybe(delivered))
        .with(corner("over bottom-left").maybe(bar).maybe(warning(view)))
        .with(actions(view, *mirrorable))
}

fn delivered_text(view: &View, (width, height, rate): (u32, u32, f64)) -> String {
    let size = [width.to_string(), height.to_string()].join(" × ");
    let rate = rate.round() as u32;
    if rate == 0 {
        // Not measured yet, or not by this browser.
        return size;
    }
    let rate = view
        .words
        .with("frame_rate.fps", &[("n", &rate.to_string())]);
    [size, rate].join(" · ")
}

/// The level of the microphone: a bar in the corner, or all there is to see.
fn meter(view: &View, class: &'static str, around: &'static str) -> El {
    let meter = el("div[role=meter][aria-valuemin=0][aria-valuemax=100][aria-valuenow=0]")
        .node(&view.page.nodes.meter)
        .class(class)
        .set("aria-label", view.words.t("stage.level"))
        .with(el("i"));
    el("div")
        .class(around)
        .with(icon(Glyph::Microphone))
        .with(meter)
}

/// The recorded time; it is written where the level is.
fn time(view: &View) -> El {
    let (class, key) = match view.phase {
        Phase::Paused => ("chip paused", "stage.paused"),
        Phase::Stopping => ("chip", "stage.saving"),
        _ => ("chip rec", "stage.rec"),
    };
    let clock = el("span.glass clock num[role=timer]")
        .node(&view.page.nodes.clock)
        .set("aria-label", view.words.t("stage.elapsed"));
    el("div.time")
        .with(el("span").class(class).say(view.words.t(key)))
        .with(clock)
}

/// What is wrong with the microphone, if anything.
fn warning(view: &View) -> Option<El> {
    let key = match view.state.mic {
        MicState::Fine => return None,
        MicState::Silent { .. } => "mic.silent",
        MicState::Muted => "mic.muted",
        MicState::Ended => "mic.ended",
    };
    let note = el("p.glass warning[role=status]");
    Some(note.with(icon(Glyph::Warning)).say(view.words.t(key)))
}

fn actions(view: &View, mirrorable: bool) -> El {
    let source = view.settings().source;
    let button = |key, glyph, act| Button::new(view.words.t(key), view.act(act)).icon(glyph);
    let mirror = mirrorable.then(|| {
        button("stage.mirror", Glyph::Mirror, |studio| {
            studio.change(&|settings| settings.mirror = !settings.mirror);
        })
        .pressed(view.settings().mirror)
    });
    let flip = (source.uses_camera() && view.studio().can_flip())
        .then(|| button("stage.flip", Glyph::Flip, |studio| studio.flip_camera()));
    let share = source.uses_screen().then(|| {
        button("stage.share_again", Glyph::Screen, |studio| {
            studio.share_again()
        })
    });
    let off = match source {
        Source::Camera => "stage.off.camera",
        Source::Screen | Source::ScreenWithCamera => "stage.off.screen",
        Source::Microphone => "stage.off.microphone",
    };
    let off =
        (!view.phase.is_recording()).then(|| button(off, Glyph::Power, |studio| studio.close()));
    // With a screen the camera's picture is in the lower corner.
    let class = match source {
        Source::ScreenWithCamera => "over below-top-right",
        _ => "over bottom-right",
    };
    let mut corner = el("div").class(class);
    for button in [mirror, flip, share, off] {
        corner = corner.maybe(button.map(|button| button.class("btn glass").view()));
    }
    corner
}
