//! How takes are written.

use super::{
    panel::{group, hint},
    view::View,
};
use crate::components::{Choice, El, NumberField, Select, el};
use callreel_engine::formats::{FormatOrder, Timeslice};

/// Order of formats, bit rates and timeslice.
pub fn recording_form(view: &View) -> El {
    let words = view.words;
    let orders = FormatOrder::ALL
        .map(|order| Choice::fixed(order.id(), words.of("order.", order.id())))
        .into();
    let order = view.settings().format_order.id();
    let order = Select::new(words.t("settings.order").into(), order.into(), orders)
        .view(view.set(|s, id| s.format_order = FormatOrder::from_id(id).unwrap_or_default()));
    group(words.t("settings.recording"))
        .with(order)
        .with(hint(words.t("settings.order_hint")))
        .with(numbers(view))
        .with(hint(words.t("settings.timeslice_hint")))
}

fn numbers(view: &View) -> El {
    let (words, settings) = (view.words, view.settings());
    let field = |key, value| {
        let label = words.t(key);
        NumberField::new(label.to_owned(), label, value).placeholder(words.t("settings.automatic"))
    };
    let video = settings
        .video_bits_per_second
        .map(|bits| f64::from(bits) / 1e6);
    let audio = settings
        .audio_bits_per_second
        .map(|bits| f64::from(bits) / 1e3);
    let (least, greatest) = (Timeslice::MIN_MS.into(), Timeslice::MAX_MS.into());
    el("div.row even")
        .with(
            field("settings.video_bits", video)
                .unit("Mbit/s")
                .limits(0.1, 200.0)
                .view(view.set_number(|s, v| {
                    s.video_bits_per_second = v.map(|v| (v * 1e6) as u32);
                })),
        )
        .with(
            field("settings.audio_bits", audio)
                .unit("kbit/s")
                .limits(6.0, 510.0)
                .view(view.set_number(|s, v| {
                    s.audio_bits_per_second = v.map(|v| (v * 1e3) as u32);
                })),
        )
        .with(
            field("settings.timeslice", Some(settings.timeslice.ms().into()))
                .unit("ms")
                .limits(least, greatest)
                .view(view.set_number(|s, v| {
                    s.timeslice = v.map(|v| Timeslice::new(v as u32)).unwrap_or_default();
                })),
        )
}
