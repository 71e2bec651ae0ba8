//! What is recorded, and from which devices: near at hand under the picture.

use super::{devices::DeviceSelect, use_studio};
use crate::{
    components::{Choice, Glyph, Select},
    i18n::use_words,
};
use callreel_engine::{
    devices::{Device, DeviceKind},
    settings::{Filter, Settings, Source},
};
use yew::prelude::*;

/// Properties of [`Pickers`].
#[derive(Clone, PartialEq, Properties)]
pub struct PickersProps {
    /// What the browser lists.
    pub devices: Vec<Device>,
    /// What the person has chosen so far.
    pub settings: Settings,
    /// A take of picture can't go on as sound, nor the other way round.
    pub recording: bool,
}

/// Source, camera, microphone and filter.
#[component]
pub fn Pickers(props: &PickersProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let PickersProps {
        devices,
        settings,
        recording,
    } = props;
    let sources: Vec<Choice> = Source::ALL
        .into_iter()
        .filter(|source| {
            let other_kind =
                (*source == Source::Microphone) != (settings.source == Source::Microphone);
            !(*recording && other_kind)
        })
        .map(|source| Choice::new(source.id(), words.t(&["source.", source.id()].concat())))
        .collect();
    let filters: Vec<Choice> = Filter::ALL
        .into_iter()
        .map(|filter| Choice::new(filter.id(), words.t(&["filter.", filter.id()].concat())))
        .collect();
    let set = |apply: fn(&mut Settings, &str)| {
        let (studio, settings) = (studio.clone(), settings.clone());
        Callback::from(move |id: String| {
            let mut settings = settings.clone();
            apply(&mut settings, &id);
            studio.set(settings);
        })
    };
    let onsource = set(|settings, id| settings.source = Source::from_id(id).unwrap_or_default());
    let onfilter = set(|settings, id| settings.filter = Filter::from_id(id).unwrap_or_default());
    let list = |kind| {
        html! { <DeviceSelect {kind} class="cell" devices={devices.clone()} settings={settings.clone()} /> }
    };
    html! {
        <div class="cells">
            <Select
                label={words.t("studio.source")}
                value={settings.source.id()}
                choices={sources}
                glyph={source_glyph(settings.source)}
                class="cell"
                onpick={onsource}
            />
            { list(DeviceKind::Camera) }
            { list(DeviceKind::Microphone) }
            <Select
                label={words.t("studio.filter")}
                value={settings.filter.id()}
                choices={filters}
                glyph={Glyph::Filter}
                class="cell"
                disabled={settings.source == Source::Microphone}
                onpick={onfilter}
            />
        </div>
    }
}

/// The picture of a source.
pub const fn source_glyph(source: Source) -> Glyph {
    match source {
        Source::Camera => Glyph::Camera,
        Source::Screen => Glyph::Screen,
        Source::ScreenWithCamera => Glyph::ScreenWithCamera,
        Source::Microphone => Glyph::Microphone,
    }
}
