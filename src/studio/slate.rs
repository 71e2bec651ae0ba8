//! The slate under the picture: what is recorded and from where; below it, before a take what it
//! will be, while it is made what it is.

use super::{
    devices::device_select,
    state::{Recording, Running},
    text,
    upload_line::upload_line,
    view::View,
};
use crate::components::{Choice, El, Select, el, number};
use callreel_engine::{
    constraints::{Bound, Preset},
    devices::DeviceKind,
    formats::{Format, Media},
    names::{clock_text, human_size},
    settings::{Filter, Settings, Source},
    storage::RoomState,
};

/// Frame rates to pick from.
const RATES: [&str; 6] = ["5", "10", "15", "24", "30", "60"];
/// The value of a frame rate that none of them is.
const CUSTOM: &str = "custom";

/// The slate.
pub fn slate(view: &View) -> El {
    let devices = |kind| {
        let (select, onpick) = device_select(view, kind);
        select.cell().view(onpick)
    };
    let sources = el("div.cells")
        .with(source(view))
        .with(devices(DeviceKind::Camera))
        .with(devices(DeviceKind::Microphone))
        .with(filter(view));
    let facts = el("div.cells");
    let facts = match &view.state.recording {
        Recording::Running(running) => running_facts(view, running, facts),
        _ => facts
            .with(resolution(view))
            .with(frame_rate(view))
            .with(format(view)),
    };
    let taken = view.studio().taken();
    el("div.slate")
        .with(sources)
        .with(facts.with(room(view)))
        .maybe(taken.and_then(|id| upload_line(view, &id)))
}

fn source(view: &View) -> El {
    let chosen = view.settings().source;
    let is_sound = |source| source == Source::Microphone;
    let choices = Source::ALL
        .into_iter()
        // A take of a picture can't go on as sound, nor the other way round.
        .filter(|source| !view.phase.is_recording() || is_sound(*source) == is_sound(chosen))
        .filter(|source| {
            *source == chosen || !source.uses_screen() || view.studio().can_share_screen()
        })
        .map(|source| Choice::fixed(source.id(), view.words.of("source.", source.id())))
        .collect();
    Select::new(
        view.words.t("studio.source").into(),
        chosen.id().into(),
        choices,
    )
    .cell()
    .view(view.set(|settings, id| settings.source = Source::from_id(id).unwrap_or_default()))
}

fn filter(view: &View) -> El {
    let choices = Filter::ALL
        .map(|filter| Choice::fixed(filter.id(), view.words.of("filter.", filter.id())))
        .into();
    let chosen = view.settings().filter.id();
    Select::new(view.words.t("studio.filter").into(), chosen.into(), choices)
        .cell()
        .disabled(is_sound_only(view))
        .view(view.set(|settings, id| settings.filter = Filter::from_id(id).unwrap_or_default()))
}

fn is_sound_only(view: &View) -> bool {
    view.settings().source == Source::Microphone
}

fn fact(label: &'static str, value: String, is_low: bool) -> El {
    el("div")
        .class_if("cell fact", is_low, "low")
        .with(el("span.label").say(label))
        .with(el("span.value num").text(value))
}

fn running_facts(view: &View, running: &Running, facts: El) -> El {
    let words = view.words;
    let saved = match view.state.durable {
        true => words.with("slate.up_to", &[("time", &clock_text(running.saved_ms))]),
        false => words.t("slate.in_memory").to_owned(),
    };
    let format = text::format(words, running.format);
    facts
        .with(fact(words.t("slate.saved"), saved, !view.state.durable))
        .with(fact(
            words.t("slate.size"),
            human_size(running.bytes).text(),
            false,
        ))
        .with(fact(words.t("slate.recording_as"), format, false))
}

fn room(view: &View) -> El {
    let words = view.words;
    let label = words.t("slate.room");
    let Some(room) = view.state.room else {
        return fact(label, words.t("slate.room_unknown").to_owned(), false);
    };
    let mut value = human_size(room.bytes_left).text();
    if let Some(ms) = room.ms_left {
        let length = text::roughly(words, ms as f64);
        value = words.with("slate.room_left", &[("size", &value), ("length", &length)]);
    }
    fact(label, value, room.state() != RoomState::Plenty)
}

fn resolution(view: &View) -> El {
    let words = view.words;
    let name = |preset: Preset| match preset {
        Preset::Auto => words.t("resolution.auto"),
        Preset::Custom => words.t("resolution.custom"),
        other => other.label(),
    };
    let choices = Preset::ALL
        .map(|preset| Choice::fixed(preset.id(), name(preset)))
        .into();
    let chosen = view.settings().preset.id();
    let page = view.page.clone();
    let onpick = yew::Callback::from(move |id: String| {
        let preset = Preset::from_id(&id).unwrap_or_default();
        page.studio.change(&|settings| {
            settings.preset = preset;
            preset.apply(&mut settings.video);
        });
        if preset == Preset::Custom {
            page.show(|ui| ui.panel = true);
        }
    });
    Select::new(words.t("studio.resolution").into(), chosen.into(), choices)
        .cell()
        .disabled(is_sound_only(view))
        .view(onpick)
}

fn frame_rate(view: &View) -> El {
    let words = view.words;
    let mut choices = vec![Choice::fixed("", words.t("frame_rate.auto"))];
    choices.extend(RATES.map(|rate| {
        Choice::new(
            rate.into(),
            words.with("frame_rate.fps", &[("n", rate)]).into(),
        )
    }));
    choices.push(Choice::fixed(CUSTOM, words.t("frame_rate.custom")));
    let value = match view.settings().video.frame_rate {
        Bound::None => String::new(),
        Bound::Ideal(rate) => number(rate),
        _ => CUSTOM.to_owned(),
    };
    let is_known = value.is_empty() || RATES.contains(&value.as_str());
    let value = if is_known { value } else { CUSTOM.to_owned() };
    let page = view.page.clone();
    let onpick = yew::Callback::from(move |rate: String| {
        if rate == CUSTOM {
            page.show(|ui| ui.panel = true);
            return;
        }
        let rate = rate.parse::<u32>().ok().map(f64::from);
        page.studio.change(&|settings| {
            settings.video.frame_rate = rate.map_or(Bound::None, Bound::Ideal);
        });
    });
    Select::new(words.t("studio.frame_rate").into(), value.into(), choices)
        .cell()
        .disabled(is_sound_only(view))
        .view(onpick)
}

fn format(view: &View) -> El {
    let (words, settings) = (view.words, view.settings());
    let chosen = match is_sound_only(view) {
        true => &settings.audio_format,
        false => &settings.video_format,
    };
    let automatic = match (chosen, view.state.format) {
        (None, Some(format)) => words.with(
            "format.auto_is",
            &[("format", &text::format(words, format))],
        ),
        (Some(_), Some(_)) => words.t("format.auto").to_owned(),
        (_, None) => words.t("format.none").to_owned(),
    };
    let mut choices = vec![Choice::new("".into(), automatic.into())];
    let formats = &view.state.formats;
    choices.extend(
        formats
            .iter()
            .map(|format| Choice::new(format.id.into(), text::format(words, format).into())),
    );
    let known = |id: &&String| formats.iter().any(|format| format.id == **id);
    let value = chosen.as_ref().filter(known).cloned().unwrap_or_default();
    Select::new(words.t("studio.format").into(), value.into(), choices)
        .cell()
        .view(view.set(choose_format))
}

fn choose_format(settings: &mut Settings, id: &str) {
    let is_sound = match Format::from_id(id) {
        Some(format) => format.media == Media::Audio,
        None => settings.source == Source::Microphone,
    };
    let chosen = (!id.is_empty()).then(|| id.to_owned());
    if is_sound {
        settings.audio_format = chosen;
    } else {
        settings.video_format = chosen;
    }
}
