//! Lists of devices.

use super::{controller::Studio, view::View};
use crate::refusals::device_name;
use crate::{
    components::{Choice, Select},
    i18n::Words,
};
use callreel_engine::{
    devices::{Device, DeviceKind, Remembered, choose},
    settings::Settings,
};
use yew::prelude::*;

/// The devices of one kind with the one in use, and what a choice does.
pub fn device_select(view: &View, kind: DeviceKind) -> (Select, Callback<String>) {
    let words = view.words;
    let (label, none) = match kind {
        DeviceKind::Camera => ("studio.camera", "device.camera.none"),
        DeviceKind::Microphone => ("studio.microphone", "device.microphone.none"),
        DeviceKind::Speaker => ("studio.speaker", "device.speaker.none"),
    };
    let of_kind = view.state.devices_of(kind);
    let mut choices: Vec<Choice> = of_kind.map(|device| line(words, device)).collect();
    let is_empty = choices.is_empty();
    if is_empty {
        choices.push(Choice::fixed("", words.t(none)));
    }
    let remembered = remembered(view.settings(), kind);
    let used = choose(kind, remembered, &view.state.devices).device;
    let value = used.as_ref().map(key).unwrap_or_default();
    let select = Select::new(words.t(label).into(), value.into(), choices)
        .id(kind.name())
        .disabled(is_empty || !is_used(view.settings(), kind));
    let page = view.page.clone();
    let onpick = Callback::from(move |value: String| pick(&page.studio, kind, &value));
    (select, onpick)
}

/// Whether the source has a use for it.
fn is_used(settings: &Settings, kind: DeviceKind) -> bool {
    match kind {
        DeviceKind::Camera => settings.source.uses_camera(),
        DeviceKind::Microphone => !settings.source.uses_screen() || settings.mic_with_screen,
        DeviceKind::Speaker => true,
    }
}

fn line(words: Words, device: &Device) -> Choice {
    Choice::new(key(device).into(), device_name(words, device).into())
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

fn pick(studio: &Studio, kind: DeviceKind, value: &str) {
    let devices = studio.0.devices.borrow().clone();
    let chosen = devices
        .iter()
        .find(|device| device.kind == kind && key(device) == value);
    let Some(device) = chosen else { return };
    if device.id.is_empty() {
        // Without permission there is nothing to tell devices apart by; asking for it is next.
        studio.open();
        return;
    }
    studio.change(&|settings| {
        let chosen = Some(device.into());
        match kind {
            DeviceKind::Camera => settings.camera = chosen,
            DeviceKind::Microphone => settings.microphone = chosen,
            DeviceKind::Speaker => settings.speaker = chosen,
        }
    });
}
