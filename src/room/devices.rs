//! Lists of devices.

use super::{state::What, view::View};
use crate::{
    components::{Choice, El, Glyph, Select, el},
    refusals::device_name,
};
use callreel_engine::devices::{DeviceKind, choose};
use yew::prelude::*;

/// The devices of one kind, where there is anything to choose.
pub fn device_select(view: &View, kind: DeviceKind) -> Option<El> {
    let (words, state) = (view.words, view.state);
    let label = match kind {
        DeviceKind::Camera => "room.camera",
        DeviceKind::Microphone => "room.microphone",
        DeviceKind::Speaker => "room.speaker",
    };
    let remembered = match kind {
        DeviceKind::Camera => state.settings.camera.as_ref(),
        DeviceKind::Microphone => state.settings.microphone.as_ref(),
        DeviceKind::Speaker => state.settings.speaker.as_ref(),
    };
    // Without permission devices have no ids, and nothing tells them apart.
    let of_kind = state.devices.iter();
    let choices: Vec<Choice> = of_kind
        .filter(|device| device.kind == kind && !device.id.is_empty())
        .map(|device| Choice::new(device.id.clone().into(), device_name(words, device).into()))
        .collect();
    if choices.is_empty() {
        return None;
    }
    let used = choose(kind, remembered, &state.devices).device;
    let value = used.map(|device| device.id).unwrap_or_default();
    let room = view.room.clone();
    let pick = Callback::from(move |id: String| room.use_device(kind, &id));
    Some(
        Select::new(words.t(label).into(), value.into(), choices)
            .id(kind.name())
            .view(pick),
    )
}

/// The codecs for pictures.
pub fn codec_select(view: &View) -> El {
    let (words, state) = (view.words, view.state);
    let mut choices = vec![Choice::fixed("", words.t("room.codec.automatic"))];
    choices.extend(state.codecs.iter().map(|mime| {
        let name = mime.rsplit('/').next().unwrap_or(mime).to_owned();
        Choice::new(mime.clone().into(), name.into())
    }));
    let room = view.room.clone();
    let pick = Callback::from(move |mime: String| room.use_codec(&mime));
    let chosen = state.codec.clone().unwrap_or_default();
    Select::new(words.t("room.codec").into(), chosen.into(), choices).view(pick)
}

/// The devices at the side of the call.
pub fn side(view: &View) -> El {
    let mut body = el("div.side-body");
    for kind in DeviceKind::ALL {
        body = body.maybe(device_select(view, kind));
    }
    body = body.with(codec_select(view));
    let choices = What::ALL
        .map(|what| Choice::fixed(what.id(), view.words.of("what.", what.id())))
        .into();
    let room = view.room.clone();
    let pick = Callback::from(move |id: String| {
        let what = What::ALL.into_iter().find(|what| what.id() == id);
        room.update(|state| state.what = what.unwrap_or_default());
    });
    let what = view.state.what.id();
    body = body.with(
        Select::new(view.words.t("room.what").into(), what.into(), choices)
            .disabled(view.state.own.recording)
            .view(pick),
    );
    let close = view.icon("common.close", Glyph::Close, |room| {
        room.show(super::state::Side::Devices);
    });
    let title = view.words.t("room.devices");
    el("aside.side[role=region][part=side]")
        .set("aria-label", title)
        .with(
            el("div.side-head")
                .with(el("h2").say(title))
                .with(close.class("btn quiet").view()),
        )
        .with(body)
}
