//! The settings: beside the picture where there is room, over the page where there is not.

use super::{
    constraints_form::ConstraintsForm, devices::DeviceSelect, recording_form::RecordingForm,
    use_studio,
};
use crate::{
    components::{Button, Dialog, Glyph, switch},
    i18n::use_words,
};
use callreel_engine::{
    comparison::Row,
    devices::{Device, DeviceKind},
    settings::Settings,
};
use yew::prelude::*;

/// The panel stands beside the page from this width on, in CSS pixels; `studio.css` has it too.
const BESIDE_FROM: i32 = 1100;

/// Properties of [`Panel`].
#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    /// Whether it is shown.
    pub open: bool,
    /// Called when the person closes it.
    pub onclose: Callback<()>,
    /// What the person has chosen so far.
    pub settings: Settings,
    /// What the browser lists.
    pub devices: Vec<Device>,
    /// Requested, granted, possible and delivered.
    pub comparison: Vec<Row>,
    /// Whether the test tone plays.
    pub tone: bool,
}

/// Everything that is not needed for every take.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let PanelProps {
        settings, devices, ..
    } = props;
    let root = gloo::utils::document().document_element();
    let beside = root.is_some_and(|root| root.client_width() >= BESIDE_FROM);
    let set = {
        let studio = studio.clone();
        Callback::from(move |settings| studio.set(settings))
    };
    let flag = |key, on: bool, apply: fn(&mut Settings, bool)| {
        let (set, settings) = (set.clone(), settings.clone());
        switch(words.t(key), on, move |on| {
            let mut settings = settings.clone();
            apply(&mut settings, on);
            set.emit(settings);
        })
    };
    let tone_key = if props.tone {
        "settings.tone_stop"
    } else {
        "settings.tone"
    };
    let tone = Button::new(words.t(tone_key), move || studio.toggle_tone())
        .glyph(Glyph::Speaker)
        .pressed(props.tone);
    let can_choose_speaker = callreel_browser::audio::can_choose_speaker();
    html! {
        <Dialog
            label={words.t("settings.title")}
            class="panel"
            open={props.open}
            onclose={props.onclose.clone()}
            {beside}
        >
            <section class="group" aria-labelledby="settings-sound">
                <h3 id="settings-sound">{ words.t("settings.sound") }</h3>
                <div class="row">
                    if can_choose_speaker {
                        <DeviceSelect
                            kind={DeviceKind::Speaker}
                            class="field"
                            devices={devices.clone()}
                            settings={settings.clone()}
                        />
                    }
                    { tone.view() }
                </div>
                if !can_choose_speaker {
                    <p class="quiet small">{ words.t("settings.speaker_fixed") }</p>
                }
                { flag("settings.mic_with_screen", settings.mic_with_screen, |s, on| s.mic_with_screen = on) }
                { flag("settings.system_audio", settings.system_audio, |s, on| s.system_audio = on) }
            </section>
            <RecordingForm settings={settings.clone()} onset={set.clone()} />
            <ConstraintsForm
                settings={settings.clone()}
                devices={devices.clone()}
                comparison={props.comparison.clone()}
                onset={set}
            />
        </Dialog>
    }
}
