//! Buttons.

use super::{Glyph, icon};
use yew::prelude::*;

/// A button under construction. Its label is its accessible name in every form.
#[must_use]
pub struct Button {
    label: AttrValue,
    onclick: Callback<MouseEvent>,
    glyph: Option<Glyph>,
    class: &'static str,
    is_icon: bool,
    is_disabled: bool,
    pressed: Option<bool>,
    hint: Option<AttrValue>,
}

impl Button {
    /// A button that does this.
    pub fn new(label: impl Into<AttrValue>, onclick: impl Fn() + 'static) -> Self {
        Self {
            label: label.into(),
            onclick: Callback::from(move |_| onclick()),
            glyph: None,
            class: "",
            is_icon: false,
            is_disabled: false,
            pressed: None,
            hint: None,
        }
    }

    /// With a picture before the label.
    pub fn glyph(mut self, glyph: Glyph) -> Self {
        self.glyph = Some(glyph);
        self
    }

    /// With a picture instead of the label, which is then the name and the tip.
    pub fn icon(mut self, glyph: Glyph) -> Self {
        self.is_icon = true;
        self.glyph(glyph)
    }

    /// With these classes besides.
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Not to be pressed now.
    pub fn disabled(mut self, is_disabled: bool) -> Self {
        self.is_disabled = is_disabled;
        self
    }

    /// A switch that is on or off.
    pub fn pressed(mut self, is_on: bool) -> Self {
        self.pressed = Some(is_on);
        self
    }

    /// With a tip that says more than the label.
    pub fn hint(mut self, hint: impl Into<AttrValue>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The button.
    pub fn view(self) -> Html {
        let tip = self
            .hint
            .or_else(|| self.is_icon.then(|| self.label.clone()));
        let pressed = self.pressed.map(|on| if on { "true" } else { "false" });
        html! {
            <button
                type="button"
                class={classes!("btn", self.class, self.is_icon.then_some("icon-only"))}
                aria-label={self.is_icon.then(|| self.label.clone())}
                aria-pressed={pressed}
                title={tip}
                disabled={self.is_disabled}
                onclick={self.onclick}
            >
                { for self.glyph.map(icon) }
                if !self.is_icon {
                    <span>{ self.label }</span>
                }
            </button>
        }
    }
}
