//! Choosing one of a list.

use super::{El, Glyph, el, icon};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// One line of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    value: AttrValue,
    label: AttrValue,
}

impl Choice {
    /// A line that stands for `value` and reads `label`.
    pub fn new(value: AttrValue, label: AttrValue) -> Self {
        Self { value, label }
    }

    /// A line whose value and label never change.
    pub const fn fixed(value: &'static str, label: &'static str) -> Self {
        Self {
            value: AttrValue::Static(value),
            label: AttrValue::Static(label),
        }
    }
}

/// A list under construction. The person's choice takes effect when it comes back as the value.
#[must_use]
pub struct Select {
    label: AttrValue,
    value: AttrValue,
    choices: Vec<Choice>,
    class: &'static str,
    glyph: Option<Glyph>,
    id: Option<&'static str>,
    is_disabled: bool,
}

impl Select {
    /// A list with an accessible name and a chosen value.
    pub fn new(label: AttrValue, value: AttrValue, choices: Vec<Choice>) -> Self {
        Self {
            label,
            value,
            choices,
            class: "select field",
            glyph: None,
            id: None,
            is_disabled: false,
        }
    }

    /// In the slate, with the label above the choice.
    pub fn cell(mut self) -> Self {
        self.class = "select cell";
        self
    }

    /// Of which only a picture is seen.
    pub fn bare(mut self, glyph: Glyph) -> Self {
        self.class = "select bare";
        self.glyph = Some(glyph);
        self
    }

    /// In a form, where what stands beside it is its label for the eye.
    pub fn silent(mut self) -> Self {
        self.class = "select field silent";
        self
    }

    /// To be found by.
    pub fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    /// Not to be changed now.
    pub fn disabled(mut self, is_disabled: bool) -> Self {
        self.is_disabled = is_disabled;
        self
    }

    /// The list; `onpick` takes the value that the person chose.
    pub fn view(self, onpick: Callback<String>) -> El {
        let onchange = Callback::from(move |event: Event| {
            onpick.emit(event.target_unchecked_into::<HtmlSelectElement>().value());
        });
        let mut select = el("select")
            .put("aria-label", self.label.clone())
            .put("data-value", self.value.clone())
            .flag("disabled", self.is_disabled)
            .onchange(onchange);
        if let Some(id) = self.id {
            select = select.set("id", id);
        }
        for Choice { value, label } in self.choices {
            let is_chosen = value == self.value;
            let line = el("option").put("value", value).flag("selected", is_chosen);
            select = select.with(line.child(super::text(label)));
        }
        let label = el("span.label[aria-hidden=true]");
        el("label")
            .class(self.class)
            .put("title", self.label.clone())
            .maybe(self.glyph.map(icon))
            .with(label.child(super::text(self.label)))
            .with(select)
    }
}
