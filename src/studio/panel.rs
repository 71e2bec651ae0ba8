//! The settings: beside the picture where there is room, over the page where there is not.

use super::{
    constraints_form::constraints_form,
    devices::device_select,
    messages::toasts,
    mounted::Mounted,
    recording_form::recording_form,
    upload_form::upload_form,
    view::{Foremost, View},
};
use crate::components::{Button, El, Glyph, dialog, el, switch};
use callreel_browser::{audio, rest};
use callreel_engine::devices::DeviceKind;

/// Everything that is not needed for every take.
pub fn panel(view: &View) -> El {
    let mut body = el("div.dialog-body");
    if view.ui.panel && rest::is_loaded() {
        body = forms(view, body);
    }
    let body = body.maybe(toasts(view, Foremost::Panel));
    dialog(
        view.words,
        &view.page.nodes.panel,
        "dialog panel",
        view.words.t("settings.title"),
        Mounted::has_room_beside(),
        view.closed(|ui| ui.panel = false),
        body,
    )
}

/// The page starts without the code of this.
#[inline(never)]
fn forms(view: &View, body: El) -> El {
    body.with(sound(view))
        .maybe(upload_form(view))
        .with(recording_form(view))
        .with(constraints_form(view))
}

/// A part of the settings with its heading.
pub fn group(title: &'static str) -> El {
    el("section.group").with(el("h3").say(title))
}

/// A sentence that explains what stands above it.
pub fn hint(words: &'static str) -> El {
    el("p.quiet small").say(words)
}

fn sound(view: &View) -> El {
    let (words, settings) = (view.words, view.settings());
    let tone_plays = view.state.tone;
    let tone = if tone_plays {
        "settings.tone_stop"
    } else {
        "settings.tone"
    };
    let tone = Button::new(words.t(tone), view.act(|studio| studio.toggle_tone()))
        .glyph(Glyph::Speaker)
        .pressed(tone_plays);
    let can_choose = audio::can_choose_speaker();
    let speaker = can_choose.then(|| {
        let (select, onpick) = device_select(view, DeviceKind::Speaker);
        select.view(onpick)
    });
    let with_screen = view.set_flag(|settings, on| settings.mic_with_screen = on);
    let of_system = view.set_flag(|settings, on| settings.system_audio = on);
    group(words.t("settings.sound"))
        .with(el("div.row").maybe(speaker).with(tone.view()))
        .maybe((!can_choose).then(|| hint(words.t("settings.speaker_fixed"))))
        .with(switch(
            words.t("settings.mic_with_screen"),
            settings.mic_with_screen,
            with_screen,
        ))
        .with(switch(
            words.t("settings.system_audio"),
            settings.system_audio,
            of_system,
        ))
}
