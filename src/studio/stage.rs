//! The picture, and what is said on it.

use super::{
    stage_cards::{failed, off, opening},
    state::Preview,
    transport::Phase,
    use_studio,
};
use crate::{
    components::{Button, Glyph, Meter, icon},
    i18n::{Words, use_words},
};
use callreel_engine::{
    names::clock_text,
    settings::{Settings, Source},
    silence::MicState,
};
use gloo::timers::callback::Interval;
use web_sys::HtmlVideoElement;
use yew::prelude::*;

/// Properties of [`Stage`].
#[derive(Clone, PartialEq, Properties)]
pub struct StageProps {
    /// What is to be seen.
    pub preview: Preview,
    /// What the recording does.
    pub phase: Phase,
    /// How the microphone does.
    pub mic: MicState,
    /// What the person has chosen so far.
    pub settings: Settings,
    /// Whether there is a camera to turn to.
    pub can_flip: bool,
}

/// The stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let element = use_node_ref();
    {
        let (element, studio) = (element.clone(), studio.clone());
        use_effect_with((), move |()| {
            studio.set_stage(element.cast::<HtmlVideoElement>());
            move || studio.set_stage(None)
        });
    }
    let stream = match &props.preview {
        Preview::Live { video, .. } => video.clone(),
        _ => None,
    };
    let has_picture = stream.is_some();
    {
        let element = element.clone();
        use_effect_with(stream, move |stream| {
            if let Some(video) = element.cast::<HtmlVideoElement>() {
                video.set_src_object(stream.as_ref().map(|stream| stream.as_raw()));
            }
        });
    }
    let mirrored = props.settings.mirror
        && matches!(
            props.preview,
            Preview::Live {
                mirrorable: true,
                ..
            }
        );
    let card = match &props.preview {
        Preview::Off => off(words, &studio, &props.settings),
        Preview::Opening => opening(words, props.settings.source),
        Preview::Failed { failure, source } => failed(words, &studio, failure, *source),
        Preview::Live { .. } => html! {},
    };
    html! {
        <div class={classes!("stage", has_picture.then_some("lit"), props.phase.is_recording().then_some("rolling"))}>
            <video
                ref={element}
                class={classes!(mirrored.then_some("mirrored"))}
                autoplay=true
                muted=true
                playsinline=true
                aria-label={words.t("stage.picture")}
                hidden={!has_picture}
            />
            { card }
            if let Preview::Live { .. } = &props.preview {
                <Live ..props.clone() />
            }
        </div>
    }
}

/// What is said on the picture.
#[component]
fn Live(props: &StageProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let Preview::Live {
        video,
        audio_label,
        delivered,
        ..
    } = &props.preview
    else {
        return html! {};
    };
    let level = {
        let studio = studio.clone();
        use_callback((), move |(), ()| studio.level())
    };
    let meter = words.t("stage.level");
    html! {
        <>
            if video.is_none() {
                <div class="sound-only">
                    <Meter label={meter.clone()} class="orb" level={level.clone()} />
                    { icon(Glyph::Microphone) }
                </div>
            }
            <div class="over top-left">
                if props.phase.is_recording() {
                    <Clock phase={props.phase} />
                }
            </div>
            <div class="over top-right">
                if let Some((width, height, rate)) = delivered {
                    <span class="glass num">{ delivered_text(words, *width, *height, *rate) }</span>
                }
            </div>
            <div class="over bottom-left">
                if video.is_some() && audio_label.is_some() {
                    <span class="glass">
                        { icon(Glyph::Microphone) }
                        <Meter label={meter} {level} />
                    </span>
                }
                { mic_warning(words, props.mic) }
            </div>
            <div class="over bottom-right">{ actions(words, props, &studio) }</div>
        </>
    }
}

fn delivered_text(words: Words, width: u32, height: u32, rate: f64) -> String {
    let rate = (rate.round() as u32).to_string();
    let size = [width.to_string(), height.to_string()].join(" × ");
    [size, words.with("frame_rate.fps", &[("n", &rate)])].join(" · ")
}

/// What is wrong with the microphone, if anything.
fn mic_warning(words: Words, mic: MicState) -> Html {
    let key = match mic {
        MicState::Fine => return html! {},
        MicState::Silent { .. } => "mic.silent",
        MicState::Muted => "mic.muted",
        MicState::Ended => "mic.ended",
    };
    html! { <p class="glass warning" role="status">{ icon(Glyph::Warning) }{ words.t(key) }</p> }
}

fn actions(words: Words, props: &StageProps, studio: &super::controller::Studio) -> Html {
    let button = |key, glyph, act: fn(&super::controller::Studio)| {
        let studio = studio.clone();
        Button::new(words.t(key), move || act(&studio))
            .icon(glyph)
            .class("glass")
    };
    let Preview::Live { mirrorable, .. } = &props.preview else {
        return html! {};
    };
    let mirror = {
        let (studio, settings) = (studio.clone(), props.settings.clone());
        let act = move || {
            let mirror = !settings.mirror;
            studio.set(Settings {
                mirror,
                ..settings.clone()
            });
        };
        Button::new(words.t("stage.mirror"), act)
            .icon(Glyph::Mirror)
            .class("glass")
            .pressed(props.settings.mirror)
    };
    let source = props.settings.source;
    html! {
        <>
            if *mirrorable {
                { mirror.view() }
            }
            if props.can_flip && source.uses_camera() {
                { button("stage.flip", Glyph::Flip, |studio| studio.flip_camera()).view() }
            }
            if source.uses_screen() {
                { button("stage.share_again", Glyph::Screen, |studio| studio.share_again()).view() }
            }
            if !props.phase.is_recording() {
                { button(off_key(source), Glyph::Power, |studio| studio.close()).view() }
            }
        </>
    }
}

const fn off_key(source: Source) -> &'static str {
    match source {
        Source::Camera => "stage.off.camera",
        Source::Screen | Source::ScreenWithCamera => "stage.off.screen",
        Source::Microphone => "stage.off.microphone",
    }
}

/// Properties of [`Clock`].
#[derive(Clone, PartialEq, Properties)]
struct ClockProps {
    phase: Phase,
}

/// The recorded time, looked up four times a second so that no second is skipped.
#[component]
fn Clock(props: &ClockProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let time = use_state_eq(|| clock_text(studio.elapsed_ms()));
    {
        let (time, studio) = (time.clone(), studio.clone());
        use_effect_with((), move |()| {
            let watch = Interval::new(250, move || time.set(clock_text(studio.elapsed_ms())));
            move || drop(watch)
        });
    }
    let (class, key) = match props.phase {
        Phase::Paused => ("chip paused", "stage.paused"),
        Phase::Stopping => ("chip", "stage.saving"),
        _ => ("chip rec", "stage.rec"),
    };
    html! {
        <>
            <span {class}>{ words.t(key) }</span>
            <span class="glass clock num" role="timer" aria-label={words.t("stage.elapsed")}>{ &*time }</span>
        </>
    }
}
