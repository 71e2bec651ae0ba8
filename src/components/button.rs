//! Buttons.

use super::{El, Glyph, el, icon};
use yew::prelude::*;

/// A button under construction. Its label is its accessible name in every form.
#[must_use]
pub struct Button {
    label: &'static str,
    act: Callback<MouseEvent>,
    glyph: Option<Glyph>,
    class: &'static str,
    is_icon: bool,
    is_disabled: bool,
    pressed: Option<bool>,
}

impl Button {
    /// A button that does this.
    pub fn new(label: &'static str, act: Callback<MouseEvent>) -> Self {
        Self {
            label,
            act,
            glyph: None,
            class: "btn",
            is_icon: false,
            is_disabled: false,
            pressed: None,
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

    /// With other classes than `btn`.
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

    /// The button.
    pub fn view(self) -> El {
        let mut button = el("button[type=button]")
            .class_if(self.class, self.is_icon, "icon-only")
            .flag("disabled", self.is_disabled)
            .onclick(self.act);
        if let Some(on) = self.pressed {
            button = button.truth("aria-pressed", on);
        }
        if let Some(glyph) = self.glyph {
            button = button.with(icon(glyph));
        }
        if self.is_icon {
            button
                .set("aria-label", self.label)
                .set("title", self.label)
        } else {
            button.with(el("span").say(self.label))
        }
    }
}
