//! Fields of a form: numbers and switches.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// A field for a number, under construction.
#[must_use]
pub struct NumberField {
    label: String,
    short: Option<String>,
    value: String,
    unit: &'static str,
    limits: Option<(f64, f64, &'static str)>,
    placeholder: String,
}

impl NumberField {
    /// A field with this number in it.
    pub fn new(label: String, value: Option<f64>) -> Self {
        let value = value.map(super::number).unwrap_or_default();
        Self {
            label,
            short: None,
            value,
            unit: "",
            limits: None,
            placeholder: String::new(),
        }
    }

    /// With a shorter label to be seen; the whole one stays its accessible name.
    pub fn short(mut self, label: String) -> Self {
        self.short = Some(label);
        self
    }

    /// With a unit behind the number.
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// With a least and a greatest number, and the step between two (`any` for all numbers).
    pub fn limits(mut self, min: f64, max: f64, step: &'static str) -> Self {
        self.limits = Some((min, max, step));
        self
    }

    /// With what it says when it is empty.
    pub fn placeholder(mut self, text: String) -> Self {
        self.placeholder = text;
        self
    }

    /// The field; `onset` takes the number within the limits, or none.
    pub fn view(self, onset: Callback<Option<f64>>) -> Html {
        let limits = self.limits;
        let onchange = move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let number = input.value_as_number();
            let inside = |number: f64| match limits {
                Some((min, max, _)) => number.clamp(min, max),
                None => number,
            };
            onset.emit(number.is_finite().then(|| inside(number)));
        };
        html! {
            <label class="number">
                <span class="label" aria-hidden="true">
                    { self.short.as_ref().unwrap_or(&self.label) }
                </span>
                <span class="input-with-unit">
                    <input
                        type="number"
                        class="input num"
                        aria-label={self.label}
                        inputmode="decimal"
                        value={self.value}
                        min={limits.map(|(min, ..)| super::number(min))}
                        max={limits.map(|(_, max, _)| super::number(max))}
                        step={limits.map_or("any", |(.., step)| step)}
                        placeholder={self.placeholder}
                        {onchange}
                    />
                    if !self.unit.is_empty() {
                        <span class="unit">{ self.unit }</span>
                    }
                </span>
            </label>
        }
    }
}

/// A switch; `onset` takes whether it is on.
pub fn switch(label: String, on: bool, onset: impl Fn(bool) + 'static) -> Html {
    let onchange = move |event: Event| {
        onset(event.target_unchecked_into::<HtmlInputElement>().checked());
    };
    html! {
        <label class="switch">
            <input type="checkbox" role="switch" checked={on} {onchange} />
            <span>{ label }</span>
        </label>
    }
}
