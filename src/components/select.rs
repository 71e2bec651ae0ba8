//! Choosing one of a list.

use super::{Glyph, icon};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// One line of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is handed over when it is chosen.
    pub value: AttrValue,
    /// What the person reads.
    pub label: AttrValue,
}

impl Choice {
    /// A line.
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// Properties of [`Select`].
#[derive(Clone, PartialEq, Properties)]
pub struct SelectProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// The chosen value.
    pub value: AttrValue,
    /// What there is to choose from.
    pub choices: Vec<Choice>,
    /// Called with the value that the person chose.
    pub onpick: Callback<String>,
    /// A picture before the list.
    #[prop_or_default]
    pub glyph: Option<Glyph>,
    /// `cell` (of the slate), `field` (in a form), `bare` (only its picture), and more classes.
    #[prop_or("field")]
    pub class: &'static str,
    /// To find it by.
    #[prop_or_default]
    pub id: Option<&'static str>,
    /// Not to be changed now.
    #[prop_or_default]
    pub disabled: bool,
}

/// A list of which one line is chosen. The person's choice takes effect when the new value comes
/// back as a property.
#[component]
pub fn Select(props: &SelectProps) -> Html {
    let element = use_node_ref();
    {
        let (element, value) = (element.clone(), props.value.clone());
        // The browser keeps its own idea of the choice, which a refused change would leave wrong.
        use_effect(move || {
            if let Some(select) = element.cast::<HtmlSelectElement>()
                && select.value() != *value
            {
                select.set_value(&value);
            }
        });
    }
    let onchange = props
        .onpick
        .reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <label class={classes!("select", props.class)} title={props.label.clone()}>
            { for props.glyph.map(icon) }
            <span class="label" aria-hidden="true">{ &props.label }</span>
            <select
                ref={element}
                id={props.id}
                aria-label={props.label.clone()}
                disabled={props.disabled}
                {onchange}
            >
                { for props.choices.iter().map(|choice| html! {
                    <option value={choice.value.clone()} selected={choice.value == props.value}>
                        { &choice.label }
                    </option>
                }) }
            </select>
        </label>
    }
}
