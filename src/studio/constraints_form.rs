//! The editor of constraints: how strictly each property is asked for.

use super::{
    bounds::{Draft, Editable as _, Mode},
    constraints_table::ConstraintsTable,
    use_studio,
};
use crate::{
    components::{Button, Choice, Glyph, NumberField, Select},
    i18n::{Words, use_words},
};
use callreel_engine::{
    comparison::Row,
    constraints::{BoundError, Property},
    devices::Device,
    settings::Settings,
};
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

/// Properties of [`ConstraintsForm`].
#[derive(Clone, PartialEq, Properties)]
pub struct ConstraintsFormProps {
    /// What the person has chosen so far.
    pub settings: Settings,
    /// What the browser lists.
    pub devices: Vec<Device>,
    /// Requested, granted, possible and delivered.
    pub comparison: Vec<Row>,
    /// Takes a change.
    pub onset: Callback<Settings>,
}

/// The editor and the table of what came of it.
#[component]
pub fn ConstraintsForm(props: &ConstraintsFormProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let ConstraintsFormProps {
        settings, onset, ..
    } = props;
    let fields = |properties: [Property; 5]| {
        let field = |property: Property| {
            html! { <BoundField key={property.name()} {property} settings={settings.clone()} onset={onset.clone()} /> }
        };
        properties.into_iter().map(field).collect::<Html>()
    };
    let copy = Button::new(words.t("constraints.copy"), move || studio.copy_request());
    html! {
        <section class="group constraints" aria-label={words.t("constraints.title")}>
            <h3>{ words.t("constraints.title") }</h3>
            <p class="quiet small">{ words.t("constraints.intro") }</p>
            <h4>{ words.t("constraints.picture") }</h4>
            { fields(PICTURE) }
            <h4>{ words.t("constraints.sound") }</h4>
            { fields(SOUND) }
            <h4>{ words.t("constraints.result") }</h4>
            <ConstraintsTable
                rows={props.comparison.clone()}
                devices={props.devices.clone()}
                source={settings.source}
            />
            { copy.glyph(Glyph::Copy).view() }
        </section>
    }
}

/// Properties of [`BoundField`].
#[derive(Clone, PartialEq, Properties)]
struct BoundFieldProps {
    property: Property,
    settings: Settings,
    onset: Callback<Settings>,
}

/// One property: how strictly, and which value.
#[component]
fn BoundField(props: &BoundFieldProps) -> Html {
    let words = use_words();
    let error = use_state(|| None::<BoundError>);
    let BoundFieldProps {
        property,
        settings,
        onset,
    } = props;
    let property = *property;
    let draft = Draft::of(settings, property);
    let name = words.t(&["property.", property.name()].concat());
    let put = {
        let (settings, onset, error) = (settings.clone(), onset.clone(), error.clone());
        Callback::from(move |draft: Draft| {
            let mut settings = settings.clone();
            match draft.put(&mut settings, property) {
                Ok(()) => {
                    error.set(None);
                    onset.emit(settings);
                }
                Err(why) => error.set(Some(why)),
            }
        })
    };
    let modes: Vec<Choice> = Mode::of(property)
        .iter()
        .map(|mode| Choice::new(mode.id(), words.t(&["mode.", mode.id()].concat())))
        .collect();
    let onmode = put.reform(move |id: String| Draft::begin(Mode::from_id(&id), property));
    let values = match property.has_choices() {
        true => choice_values(words, property, &name, &draft, &put),
        false => number_values(words, property, &name, &draft, &put),
    };
    html! {
        <div class="bound">
            <span class="bound-name">{ &name }<code>{ property.name() }</code></span>
            <Select
                label={words.with("constraints.rule", &[("property", &name)])}
                value={draft.mode.id()}
                choices={modes}
                class="field silent"
                onpick={onmode}
            />
            <div class="bound-values">{ values }</div>
            if let Some(why) = *error {
                <p class="error small" role="alert">{ words.t(&["bound.", why.code()].concat()) }</p>
            }
        </div>
    }
}

fn number_values(
    words: Words,
    property: Property,
    name: &str,
    draft: &Draft,
    put: &Callback<Draft>,
) -> Html {
    let field = |part: &str, value: Option<f64>, write: fn(&mut Draft, Option<f64>)| {
        let key = ["mode.", part].concat();
        let draft = draft.clone();
        let onset = put.reform(move |value| {
            let mut draft = draft.clone();
            write(&mut draft, value);
            draft
        });
        let (least, most, step) = property.limits();
        NumberField::new([name, " ", &words.t(&key)].concat(), value)
            .short(words.t(&key))
            .unit(property.unit())
            .limits(least, most, step)
            .view(onset)
    };
    let wish = |part| field(part, draft.number, |draft, value| draft.number = value);
    match draft.mode {
        Mode::None => html! {},
        Mode::Ideal => wish("ideal"),
        Mode::Exact => wish("exact"),
        Mode::Range => html! {
            <>
                { field("min", draft.min, |draft, value| draft.min = value) }
                { wish("ideal") }
                { field("max", draft.max, |draft, value| draft.max = value) }
            </>
        },
    }
}

fn choice_values(
    words: Words,
    property: Property,
    name: &str,
    draft: &Draft,
    put: &Callback<Draft>,
) -> Html {
    if draft.mode == Mode::None {
        return html! {};
    }
    let choices: Vec<Choice> = property
        .choices()
        .iter()
        .map(|value| Choice::new(*value, words.t(&["value.", value].concat())))
        .collect();
    let onpick = {
        let draft = draft.clone();
        put.reform(move |word: String| Draft {
            word: Some(word),
            ..draft.clone()
        })
    };
    html! {
        <Select
            label={words.with("constraints.value", &[("property", name)])}
            value={draft.word.clone().unwrap_or_default()}
            class="field silent"
            {choices}
            {onpick}
        />
    }
}
