//! How takes are written.

use crate::{
    components::{Choice, NumberField, Select},
    i18n::use_words,
};
use callreel_engine::{
    formats::{FormatOrder, Timeslice},
    settings::Settings,
};
use yew::prelude::*;

/// Properties of [`RecordingForm`].
#[derive(Clone, PartialEq, Properties)]
pub struct RecordingFormProps {
    /// What the person has chosen so far.
    pub settings: Settings,
    /// Takes a change.
    pub onset: Callback<Settings>,
}

/// Order of formats, bit rates and timeslice.
#[component]
pub fn RecordingForm(props: &RecordingFormProps) -> Html {
    let words = use_words();
    let RecordingFormProps { settings, onset } = props;
    let orders: Vec<Choice> = FormatOrder::ALL
        .into_iter()
        .map(|order| Choice::new(order.id(), words.t(&["order.", order.id()].concat())))
        .collect();
    let onorder = {
        let (settings, onset) = (settings.clone(), onset.clone());
        Callback::from(move |id: String| {
            let format_order = FormatOrder::from_id(&id).unwrap_or_default();
            onset.emit(Settings {
                format_order,
                ..settings.clone()
            });
        })
    };
    let number = |apply: fn(&mut Settings, Option<f64>)| {
        let (settings, onset) = (settings.clone(), onset.clone());
        Callback::from(move |value: Option<f64>| {
            let mut settings = settings.clone();
            apply(&mut settings, value);
            onset.emit(settings);
        })
    };
    let video = settings
        .video_bits_per_second
        .map(|bits| f64::from(bits) / 1e6);
    let audio = settings
        .audio_bits_per_second
        .map(|bits| f64::from(bits) / 1e3);
    html! {
        <section class="group" aria-labelledby="settings-recording">
            <h3 id="settings-recording">{ words.t("settings.recording") }</h3>
            <Select label={words.t("settings.order")} value={settings.format_order.id()} choices={orders} onpick={onorder} />
            <p class="quiet small">{ words.t("settings.order_hint") }</p>
            <div class="row even">
                { NumberField::new(words.t("settings.video_bits"), video)
                    .unit("Mbit/s").limits(0.1, 200.0, "any")
                    .placeholder(words.t("settings.automatic"))
                    .view(number(|s, v| s.video_bits_per_second = v.map(|v| (v * 1e6) as u32))) }
                { NumberField::new(words.t("settings.audio_bits"), audio)
                    .unit("kbit/s").limits(6.0, 510.0, "any")
                    .placeholder(words.t("settings.automatic"))
                    .view(number(|s, v| s.audio_bits_per_second = v.map(|v| (v * 1e3) as u32))) }
                { NumberField::new(words.t("settings.timeslice"), Some(settings.timeslice.ms().into()))
                    .unit("ms").limits(Timeslice::MIN_MS.into(), Timeslice::MAX_MS.into(), "10")
                    .view(number(|s, v| s.timeslice = v.map(|v| Timeslice::new(v as u32)).unwrap_or_default())) }
            </div>
            <p class="quiet small">{ words.t("settings.timeslice_hint") }</p>
        </section>
    }
}
