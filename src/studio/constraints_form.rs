//! The editor of constraints: how strictly each property is asked for.

use super::{
    bounds::{Draft, Editable as _, Mode},
    constraints_table::table,
    devices::{ask_for, device_list, remembered},
    panel::{group, hint},
    view::View,
};
use crate::components::{Button, Choice, El, Glyph, NumberField, Select, el};
use callreel_engine::{constraints::Property, devices::DeviceKind};
use yew::prelude::*;

/// What is asked of a camera or a screen.
const PICTURE: [Property; 5] = [
    Property::Width,
    Property::Height,
    Property::FrameRate,
    Property::AspectRatio,
    Property::FacingMode,
];
/// What is asked of a microphone.
const SOUND: [Property; 5] = [
    Property::EchoCancellation,
    Property::NoiseSuppression,
    Property::AutoGainControl,
    Property::ChannelCount,
    Property::SampleRate,
];

/// The editor, and the table of what came of it.
pub fn constraints_form(view: &View) -> El {
    let words = view.words;
    let fields = |kind, properties: [Property; 5]| {
        let mut fields = el("div.bounds").with(device_field(view, kind));
        for property in properties {
            fields = fields.with(bound_field(view, property));
        }
        fields
    };
    let copy = view.act(|studio| studio.copy_request());
    let copy = Button::new(words.t("constraints.copy"), copy).glyph(Glyph::Copy);
    group(words.t("constraints.title"))
        .set("aria-label", words.t("constraints.title"))
        .with(hint(words.t("constraints.intro")))
        .with(el("h4").say(words.t("constraints.picture")))
        .with(fields(DeviceKind::Camera, PICTURE))
        .with(el("h4").say(words.t("constraints.sound")))
        .with(fields(DeviceKind::Microphone, SOUND))
        .with(el("h4").say(words.t("constraints.result")))
        .with(table(view))
        .with(copy.view())
}

/// Which device: how strictly the chosen one is asked for. With no wish the browser chooses.
fn device_field(view: &View, kind: DeviceKind) -> El {
    let name = view.words.t(match kind {
        DeviceKind::Microphone => "constraints.audio_device",
        _ => "constraints.video_device",
    });
    let mode = match remembered(view.settings(), kind) {
        None => Mode::None,
        Some(chosen) if chosen.ideal => Mode::Ideal,
        Some(_) => Mode::Exact,
    };
    let page = view.page.clone();
    let set = Callback::from(move |id: String| ask_for(&page.studio, kind, Mode::from_id(&id)));
    let value = (mode != Mode::None).then(|| {
        let label = view.words.with("constraints.value", &[("property", name)]);
        let (select, onpick) = device_list(view, kind, label.into());
        el("div.bound-values").with(select.silent().view(onpick))
    });
    row(Property::Device, name)
        .with(rule(view, Property::Device, name, mode, set))
        .maybe(value)
}

/// One property: how strictly, and which value.
fn bound_field(view: &View, property: Property) -> El {
    let words = view.words;
    let draft = Draft::of(view.settings(), property);
    let name = words.of("property.", property.name());
    let put = put(view, property);
    let begin = put.reform(move |id: String| Draft::begin(Mode::from_id(&id), property));
    let mode = rule(view, property, name, draft.mode, begin);
    let values = el("div.bound-values");
    let values = match (property.has_choices(), draft.mode) {
        (_, Mode::None) => None,
        (true, _) => Some(values.with(choice(view, property, name, &draft, put))),
        (false, _) => Some(numbers(view, property, name, &draft, &put, values)),
    };
    let error = view
        .ui
        .refused
        .filter(|(refused, _)| *refused == property)
        .map(|(_, why)| {
            let error = el("p.error small[role=alert]");
            error.say(words.of("bound.", why.code()))
        });
    row(property, name).with(mode).maybe(values).maybe(error)
}

/// The row of a property, with its name and that of the specification.
fn row(property: Property, name: &'static str) -> El {
    let name = el("span.bound-name")
        .say(name)
        .with(el("code").say(property.name()));
    el("div.bound").with(name)
}

/// How strictly.
fn rule(
    view: &View,
    property: Property,
    name: &'static str,
    mode: Mode,
    onpick: Callback<String>,
) -> El {
    let words = view.words;
    let modes = Mode::of(property)
        .iter()
        .map(|mode| Choice::fixed(mode.id(), words.of("mode.", mode.id())));
    let label = words.with("constraints.rule", &[("property", name)]);
    Select::new(label.into(), mode.id().into(), modes.collect())
        .silent()
        .view(onpick)
}

/// Takes a draft over, or says why not.
fn put(view: &View, property: Property) -> Callback<Draft> {
    let page = view.page.clone();
    Callback::from(move |draft: Draft| {
        let mut settings = page.studio.0.settings.borrow().clone();
        let refused = draft.put(&mut settings, property).err();
        page.show(|ui| ui.refused = refused.map(|why| (property, why)));
        if refused.is_none() {
            page.studio.set(settings);
        }
    })
}

fn numbers(
    view: &View,
    property: Property,
    name: &str,
    draft: &Draft,
    put: &Callback<Draft>,
    mut fields: El,
) -> El {
    let parts: &[Mode] = match draft.mode {
        Mode::Range => &[Mode::Min, Mode::Ideal, Mode::Max],
        Mode::Exact => &[Mode::Exact],
        _ => &[Mode::Ideal],
    };
    let (least, greatest) = property.limits();
    for part in parts {
        let seen = view.words.of("mode.", part.id());
        let draft = draft.clone();
        let value = draft.value(*part);
        let onset = put.reform(move |value| draft.clone().changed(*part, value));
        let field = NumberField::new([name, " ", seen].concat(), seen, value)
            .unit(property.unit())
            .limits(least, greatest);
        fields = fields.with(field.view(onset));
    }
    fields
}

fn choice(view: &View, property: Property, name: &str, draft: &Draft, put: Callback<Draft>) -> El {
    let words = view.words;
    let choices = property.choices().iter();
    let choices = choices.map(|value| Choice::fixed(value, words.of("value.", value)));
    let label = words.with("constraints.value", &[("property", name)]);
    let value = draft.word.unwrap_or_default();
    let draft = draft.clone();
    let onpick = put.reform(move |word: String| {
        let word = property
            .choices()
            .iter()
            .find(|known| **known == word)
            .copied();
        Draft {
            word,
            ..draft.clone()
        }
    });
    Select::new(label.into(), value.into(), choices.collect())
        .silent()
        .view(onpick)
}
