//! The texts of the table. They are numbers and words of the specification, the same in every
//! language.

use super::judge::{judge_choice, judge_number};
use super::{Evidence, Row, Span};
use crate::constraints::{Bound, Measure, Property, Written};
use crate::json;

/// A bound on numbers, with its type forgotten so that one function judges them all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Numbers {
    /// Whether it is counted rather than measured.
    pub(super) whole: bool,
    pub(super) exact: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) ideal: Option<f64>,
    pub(super) max: Option<f64>,
}

impl Numbers {
    fn of<T: Measure>(bound: &Bound<T>, whole: bool) -> Self {
        let mut numbers = Self {
            whole,
            ..Self::default()
        };
        match bound {
            Bound::None => {}
            Bound::Ideal(value) => numbers.ideal = Some(value.as_f64()),
            Bound::Exact(value) => numbers.exact = Some(value.as_f64()),
            Bound::Range(range) => {
                numbers.min = range.min().map(T::as_f64);
                numbers.ideal = range.ideal().map(T::as_f64);
                numbers.max = range.max().map(T::as_f64);
            }
        }
        numbers
    }

    pub(super) fn is_none(&self) -> bool {
        self.exact
            .or(self.min)
            .or(self.ideal)
            .or(self.max)
            .is_none()
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (word, value) in [
            ("exact", self.exact),
            ("min", self.min),
            ("ideal", self.ideal),
            ("max", self.max),
        ] {
            if let Some(value) = value {
                push_word(&mut text, word);
                push_word(&mut text, &short(value));
            }
        }
        text
    }
}

/// A number property on its way to a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumberRow {
    property: Property,
    asked: Numbers,
    granted: Option<f64>,
    possible: Option<Span<f64>>,
}

impl NumberRow {
    pub(super) fn whole(
        property: Property,
        bound: &Bound<u32>,
        granted: Option<u32>,
        possible: Option<Span<u32>>,
    ) -> Self {
        let possible = possible.map(|span| Span {
            min: f64::from(span.min),
            max: f64::from(span.max),
        });
        let (asked, granted) = (Numbers::of(bound, true), granted.map(f64::from));
        Self {
            property,
            asked,
            granted,
            possible,
        }
    }

    pub(super) fn fractional(
        property: Property,
        bound: &Bound<f64>,
        granted: Option<f64>,
        possible: Option<Span<f64>>,
    ) -> Self {
        Self {
            property,
            asked: Numbers::of(bound, false),
            granted,
            possible,
        }
    }

    /// The row, with nothing delivered.
    pub(super) fn row(self, evidence: &Evidence) -> Row {
        let supported = evidence.supports(self.property);
        Row {
            property: self.property,
            requested: self.asked.text(),
            granted: optional_number(self.granted),
            possible: self.possible.map(span_text).unwrap_or_default(),
            delivered: String::new(),
            verdict: judge_number(&self.asked, self.granted, self.possible, supported),
        }
    }
}

/// A bound on one of several words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Asked {
    pub(super) value: Option<String>,
    exact: bool,
}

impl Asked {
    pub(super) fn choice<T: Written>(bound: &Bound<T>, word: impl Fn(&T) -> String) -> Self {
        match bound {
            Bound::Ideal(value) => Self {
                value: Some(word(value)),
                exact: false,
            },
            Bound::Exact(value) => Self {
                value: Some(word(value)),
                exact: true,
            },
            Bound::None | Bound::Range(_) => Self::default(),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(value) = &self.value {
            push_word(&mut text, if self.exact { "exact" } else { "ideal" });
            push_word(&mut text, value);
        }
        text
    }
}

/// A row of a property with words for values.
pub(super) fn choice_row(
    property: Property,
    asked: &Asked,
    granted: Option<&str>,
    possible: Option<Vec<&str>>,
    evidence: &Evidence,
) -> Row {
    Row {
        property,
        requested: asked.text(),
        granted: granted.unwrap_or_default().to_owned(),
        possible: possible.map(|words| words.join(", ")).unwrap_or_default(),
        delivered: String::new(),
        verdict: judge_choice(asked, granted, evidence.supports(property)),
    }
}

/// The row of the device. Its ids are long random words; the page shows labels instead.
pub(super) fn device_row(bound: &Bound<String>, evidence: &Evidence) -> Row {
    let asked = Asked::choice(bound, Clone::clone);
    let granted = evidence.granted.device_id.as_deref();
    choice_row(Property::Device, &asked, granted, None, evidence)
}

pub(super) fn with_delivered(mut row: Row, delivered: Option<f64>) -> Row {
    row.delivered = optional_number(delivered);
    row
}

pub(super) fn optional_whole(value: Option<u32>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

pub(super) fn optional_number(value: Option<f64>) -> String {
    value.map(short).unwrap_or_default()
}

/// A number with two decimals at most.
pub(super) fn short(value: f64) -> String {
    json::number((value * 100.0).round() / 100.0)
}

fn span_text(span: Span<f64>) -> String {
    let mut text = short(span.min);
    if span.max > span.min {
        text.push('–');
        text.push_str(&short(span.max));
    }
    text
}

fn push_word(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}
