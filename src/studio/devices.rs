//! Lists of devices.

use super::{bounds::Mode, controller::Studio, view::View};
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
    let label = match kind {
        DeviceKind::Camera => "studio.camera",
        DeviceKind::Microphone => "studio.microphone",
        DeviceKind::Speaker => "studio.speaker",
    };
    let (select, onpick) = device_list(view, kind, view.words.t(label).into());
    (select.id(kind.name()), onpick)
}

/// The same under another name.
pub fn device_list(view: &View, kind: DeviceKind, label: AttrValue) -> (Select, Callback<String>) {
    let words = view.words;
    let none = match kind {
        DeviceKind::Camera => "device.camera.none",
        DeviceKind::Microphone => "device.microphone.none",
        DeviceKind::Speaker => "device.speaker.none",
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
    let select = Select::new(label, value.into(), choices)
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

/// The device of a kind that was chosen.
pub fn remembered(settings: &Settings, kind: DeviceKind) -> Option<&Remembered> {
    match kind {
        DeviceKind::Camera => settings.camera.as_ref(),
        DeviceKind::Microphone => settings.microphone.as_ref(),
        DeviceKind::Speaker => settings.speaker.as_ref(),
    }
}

/// The same, to be changed.
pub fn slot(settings: &mut Settings, kind: DeviceKind) -> &mut Option<Remembered> {
    match kind {
        DeviceKind::Camera => &mut settings.camera,
        DeviceKind::Microphone => &mut settings.microphone,
        DeviceKind::Speaker => &mut settings.speaker,
    }
}

/// Asks this strictly for the device in use, or for none.
pub fn ask_for(studio: &Studio, kind: DeviceKind, mode: Mode) {
    let devices = studio.0.devices.borrow().clone();
    studio.change(&|settings| {
        let chosen = slot(settings, kind);
        let used = choose(kind, chosen.as_ref(), &devices).device;
        // Without permission there is nothing to ask for a device by.
        let used = used.filter(|device| mode != Mode::None && !device.id.is_empty());
        *chosen = used.map(|device| Remembered {
            ideal: mode == Mode::Ideal,
            ..Remembered::from(&device)
        });
    });
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
        let chosen = slot(settings, kind);
        // How strictly it is asked for stays.
        let ideal = chosen.as_ref().is_some_and(|before| before.ideal);
        *chosen = Some(Remembered {
            ideal,
            ..device.into()
        });
    });
}
