//! The editor of constraints: how strictly each property is asked for.

use super::{
    bounds::{Draft, Editable as _, Mode},
    constraints_table::table,
    panel::{group, hint},
    view::View,
};
use crate::components::{Button, Choice, El, Glyph, NumberField, Select, el};
use callreel_engine::constraints::Property;
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
    let fields = |properties: [Property; 5]| {
        let mut fields = el("div.bounds");
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
        .with(fields(PICTURE))
        .with(el("h4").say(words.t("constraints.sound")))
        .with(fields(SOUND))
        .with(el("h4").say(words.t("constraints.result")))
        .with(table(view))
        .with(copy.view())
}

/// One property: how strictly, and which value.
fn bound_field(view: &View, property: Property) -> El {
    let words = view.words;
    let draft = Draft::of(view.settings(), property);
    let name = words.of("property.", property.name());
    let modes = Mode::of(property)
        .iter()
        .map(|mode| Choice::fixed(mode.id(), words.of("mode.", mode.id())));
    let rule = words.with("constraints.rule", &[("property", name)]);
    let put = put(view, property);
    let mode = Select::new(rule.into(), draft.mode.id().into(), modes.collect())
        .silent()
        .view(put.reform(move |id: String| Draft::begin(Mode::from_id(&id), property)));
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
    let name = el("span.bound-name")
        .say(name)
        .with(el("code").say(property.name()));
    el("div.bound")
        .with(name)
        .with(mode)
        .maybe(values)
        .maybe(error)
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
