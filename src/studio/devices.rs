//! Lists of devices.

use super::{controller::Studio, text, use_studio};
use crate::{
    components::{Choice, Glyph, Select},
    i18n::use_words,
};
use callreel_engine::{
    devices::{Device, DeviceKind, Remembered, choose},
    settings::Settings,
};
use yew::prelude::*;

/// Properties of [`DeviceSelect`].
#[derive(Clone, PartialEq, Properties)]
pub struct DeviceSelectProps {
    /// Which devices.
    pub kind: DeviceKind,
    /// What the browser lists.
    pub devices: Vec<Device>,
    /// What the person has chosen so far.
    pub settings: Settings,
    /// How it looks; see `Select`.
    pub class: &'static str,
}

/// The devices of one kind, and the one in use.
#[component]
pub fn DeviceSelect(props: &DeviceSelectProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let DeviceSelectProps {
        kind,
        devices,
        settings,
        class,
    } = props;
    let kind = *kind;
    let (label, none, glyph) = match kind {
        DeviceKind::Camera => ("studio.camera", "device.camera.none", Glyph::Camera),
        DeviceKind::Microphone => (
            "studio.microphone",
            "device.microphone.none",
            Glyph::Microphone,
        ),
        DeviceKind::Speaker => ("studio.speaker", "device.speaker.none", Glyph::Speaker),
    };
    let of_kind: Vec<Device> = devices
        .iter()
        .filter(|device| device.kind == kind)
        .cloned()
        .collect();
    let mut choices: Vec<Choice> = of_kind
        .iter()
        .map(|device| Choice::new(key(device), text::device(words, device)))
        .collect();
    let is_empty = choices.is_empty();
    if is_empty {
        choices.push(Choice::new("", words.t(none)));
    }
    let value = choose(kind, remembered(settings, kind), devices)
        .device
        .as_ref()
        .map(key);
    let onpick = {
        let settings = settings.clone();
        Callback::from(move |value: String| {
            if let Some(device) = of_kind.iter().find(|device| key(device) == value) {
                pick(&studio, settings.clone(), device);
            }
        })
    };
    html! {
        <Select
            id={kind.name()}
            label={words.t(label)}
            value={value.unwrap_or_default()}
            disabled={is_empty}
            {choices}
            {glyph}
            {class}
            {onpick}
        />
    }
}

/// What a line stands for: the id, or the place in the list while the browser hides ids.
fn key(device: &Device) -> String {
    if device.id.is_empty() {
        device.ordinal.to_string()
    } else {
        device.id.clone()
    }
}

fn remembered(settings: &Settings, kind: DeviceKind) -> Option<&Remembered> {
    match kind {
        DeviceKind::Camera => settings.camera.as_ref(),
        DeviceKind::Microphone => settings.microphone.as_ref(),
        DeviceKind::Speaker => settings.speaker.as_ref(),
    }
}

fn pick(studio: &Studio, mut settings: Settings, device: &Device) {
    if device.id.is_empty() {
        // Without permission there is nothing to tell devices apart by; asking for it is next.
        studio.open();
        return;
    }
    let chosen = Some(device.into());
    match device.kind {
        DeviceKind::Camera => settings.camera = chosen,
        DeviceKind::Microphone => settings.microphone = chosen,
        DeviceKind::Speaker => settings.speaker = chosen,
    }
    studio.set(settings);
}
