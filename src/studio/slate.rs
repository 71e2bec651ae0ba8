//! The strip under the picture: before a take what it will be, while it is made what it is.

use super::{
    state::{Recording, Running},
    text, use_studio,
};
use crate::{
    components::{Choice, Select, number},
    i18n::{Words, use_words},
};
use callreel_engine::{
    constraints::{Bound, Preset},
    formats::{Format, Media},
    names::{clock_text, human_size},
    settings::{Settings, Source},
    storage::{Room, RoomState},
};
use yew::prelude::*;

/// Frame rates to pick from.
const RATES: [u32; 6] = [5, 10, 15, 24, 30, 60];
/// The value of a frame rate that none of them is.
const CUSTOM: &str = "custom";

/// Properties of [`Slate`].
#[derive(Clone, PartialEq, Properties)]
pub struct SlateProps {
    /// What the person has chosen so far.
    pub settings: Settings,
    /// What the browser can record.
    pub formats: Vec<&'static Format>,
    /// What it would record now.
    pub format: Option<&'static Format>,
    /// The recording.
    pub recording: Recording,
    /// Space for takes.
    pub room: Option<Room>,
    /// Called when the person wants more than the lists offer.
    pub oncustom: Callback<()>,
}

/// Resolution, frame rate and format, or the facts of the recording.
#[component]
pub fn Slate(props: &SlateProps) -> Html {
    let words = use_words();
    let studio = use_studio();
    let set = Callback::from(move |settings| studio.set(settings));
    let cells = match &props.recording {
        Recording::Running(running) => facts(words, running),
        _ => html! {
            <>
                { resolution(words, props, &set) }
                { frame_rate(words, props, &set) }
                { format(words, props, &set) }
            </>
        },
    };
    html! { <div class="cells">{ cells }{ room(words, props) }</div> }
}

fn fact(label: String, value: String, class: Option<&'static str>) -> Html {
    html! {
        <div class={classes!("cell", "fact", class)}>
            <span class="label">{ label }</span>
            <span class="value num">{ value }</span>
        </div>
    }
}

fn facts(words: Words, running: &Running) -> Html {
    let saved = words.with("slate.up_to", &[("time", &clock_text(running.saved_ms))]);
    html! {
        <>
            { fact(words.t("slate.saved"), saved, None) }
            { fact(words.t("slate.size"), human_size(running.bytes).text(), None) }
            { fact(words.t("slate.recording_as"), text::format(words, running.format), None) }
        </>
    }
}

fn room(words: Words, props: &SlateProps) -> Html {
    let Some(room) = props.room else {
        return fact(words.t("slate.room"), words.t("slate.room_unknown"), None);
    };
    let mut value = human_size(room.bytes_left).text();
    if let Some(ms) = room.ms_left {
        let length = text::roughly(words, ms as f64);
        value = words.with("slate.room_left", &[("size", &value), ("length", &length)]);
    }
    let low = (room.state() != RoomState::Plenty).then_some("low");
    fact(words.t("slate.room"), value, low)
}

fn resolution(words: Words, props: &SlateProps, set: &Callback<Settings>) -> Html {
    let name = |preset: Preset| match preset {
        Preset::Auto => words.t("resolution.auto"),
        Preset::Custom => words.t("resolution.custom"),
        other => other.label().to_owned(),
    };
    let choices: Vec<Choice> = Preset::ALL
        .into_iter()
        .map(|preset| Choice::new(preset.id(), name(preset)))
        .collect();
    let (settings, set, oncustom) = (props.settings.clone(), set.clone(), props.oncustom.clone());
    let onpick = Callback::from(move |id: String| {
        let mut settings = settings.clone();
        settings.preset = Preset::from_id(&id).unwrap_or_default();
        settings.preset.apply(&mut settings.video);
        if settings.preset == Preset::Custom {
            oncustom.emit(());
        }
        set.emit(settings);
    });
    html! {
        <Select
            label={words.t("studio.resolution")}
            value={props.settings.preset.id()}
            class="cell"
            disabled={props.settings.source == Source::Microphone}
            {choices}
            {onpick}
        />
    }
}

fn frame_rate(words: Words, props: &SlateProps, set: &Callback<Settings>) -> Html {
    let fps = |rate: &str| words.with("frame_rate.fps", &[("n", rate)]);
    let mut choices = vec![Choice::new("", words.t("frame_rate.auto"))];
    choices.extend(
        RATES
            .iter()
            .map(|rate| Choice::new(rate.to_string(), fps(&rate.to_string()))),
    );
    choices.push(Choice::new(CUSTOM, words.t("frame_rate.custom")));
    let value = match props.settings.video.frame_rate {
        Bound::None => String::new(),
        Bound::Ideal(rate) if RATES.iter().any(|known| f64::from(*known) == rate) => number(rate),
        _ => CUSTOM.to_owned(),
    };
    let (settings, set, oncustom) = (props.settings.clone(), set.clone(), props.oncustom.clone());
    let onpick = Callback::from(move |rate: String| {
        let mut settings = settings.clone();
        if rate == CUSTOM {
            oncustom.emit(());
            return;
        }
        let rate = rate.parse::<u32>().ok();
        settings.video.frame_rate = rate.map_or(Bound::None, |rate| Bound::Ideal(rate.into()));
        set.emit(settings);
    });
    html! {
        <Select
            label={words.t("studio.frame_rate")}
            class="cell"
            disabled={props.settings.source == Source::Microphone}
            {value}
            {choices}
            {onpick}
        />
    }
}

fn format(words: Words, props: &SlateProps, set: &Callback<Settings>) -> Html {
    let is_sound = props.settings.source == Source::Microphone;
    let chosen = match is_sound {
        true => &props.settings.audio_format,
        false => &props.settings.video_format,
    };
    let automatic = match (chosen, props.format) {
        (None, Some(format)) => words.with(
            "format.auto_is",
            &[("format", &text::format(words, format))],
        ),
        (Some(_), Some(_)) => words.t("format.auto"),
        (_, None) => words.t("format.none"),
    };
    let mut choices = vec![Choice::new("", automatic)];
    choices.extend(
        props
            .formats
            .iter()
            .map(|f| Choice::new(f.id, text::format(words, f))),
    );
    let known = |id: &&String| props.formats.iter().any(|format| format.id == **id);
    let value = chosen.as_ref().filter(known).cloned().unwrap_or_default();
    let (settings, set) = (props.settings.clone(), set.clone());
    let onpick = Callback::from(move |id: String| {
        let mut settings = settings.clone();
        let media = Format::from_id(&id).map(|format| format.media);
        match media {
            Some(Media::Audio) => settings.audio_format = Some(id),
            Some(Media::Video) => settings.video_format = Some(id),
            None if is_sound => settings.audio_format = None,
            None => settings.video_format = None,
        }
        set.emit(settings);
    });
    html! { <Select label={words.t("studio.format")} class="cell" {value} {choices} {onpick} /> }
}
