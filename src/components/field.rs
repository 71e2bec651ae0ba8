//! Fields of a form: numbers and switches.

use super::{El, el, number};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, wasm_bindgen::JsCast};
use yew::prelude::*;

/// A field for a number, under construction.
#[must_use]
pub struct NumberField {
    label: String,
    seen: &'static str,
    value: Option<f64>,
    unit: &'static str,
    limits: (f64, f64),
    placeholder: &'static str,
}

impl NumberField {
    /// A field with this accessible name, the label that is seen, and this number in it.
    pub fn new(label: String, seen: &'static str, value: Option<f64>) -> Self {
        Self {
            label,
            seen,
            value,
            unit: "",
            limits: (0.0, f64::MAX),
            placeholder: "",
        }
    }

    /// With a unit behind the number.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With a least and a greatest number.
    pub fn limits(mut self, least: f64, greatest: f64) -> Self {
        self.limits = (least, greatest);
        self
    }

    /// With what it says when it is empty.
    pub fn placeholder(mut self, text: &'static str) -> Self {
        self.placeholder = text;
        self
    }

    /// The field; `onset` takes the number within the limits, or none.
    pub fn view(self, onset: Callback<Option<f64>>) -> El {
        let (least, greatest) = self.limits;
        let onchange = Callback::from(move |event: Event| {
            let number = event
                .target_unchecked_into::<HtmlInputElement>()
                .value_as_number();
            let inside = number.is_finite().then(|| number.max(least).min(greatest));
            onset.emit(inside);
        });
        let input = el("input.input num[type=number][inputmode=decimal][step=any]")
            .set("placeholder", self.placeholder)
            .put("aria-label", self.label.into())
            .put(
                "data-value",
                self.value.map(number).unwrap_or_default().into(),
            )
            .onchange(onchange);
        let unit = el("span.unit").say(self.unit);
        el("label.number")
            .with(el("span.label[aria-hidden=true]").say(self.seen))
            .with(el("span.input-with-unit").with(input).with(unit))
    }
}

/// A switch; `onset` takes whether it is on.
pub fn switch(label: &'static str, on: bool, onset: Callback<bool>) -> El {
    let onchange = Callback::from(move |event: Event| {
        onset.emit(event.target_unchecked_into::<HtmlInputElement>().checked());
    });
    let input = el("input[type=checkbox][role=switch]");
    el("label.switch")
        .with(input.checked(on).onchange(onchange))
        .with(el("span").say(label))
}

/// Gives every list and field below `root` the value that it was drawn with: the browser keeps
/// its own idea of them, which a refused change would leave wrong. What a person is typing into
/// is left alone.
pub fn sync_fields(root: &Element) {
    let Ok(fields) = root.query_selector_all("[data-value]") else {
        return;
    };
    for at in 0..fields.length() {
        let Some(field) = fields
            .get(at)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let value = field.get_attribute("data-value").unwrap_or_default();
        if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
            if select.value() != value {
                select.set_value(&value);
            }
        } else if let Some(input) = field.dyn_ref::<HtmlInputElement>()
            && !field.matches(":focus").unwrap_or(false)
            && input.value() != value
        {
            input.set_value(&value);
        }
    }
}
