//! One bound on one property, in the four forms a person can ask for.

use super::Facing;
use crate::json::{self, Object, Value};

/// How strictly one property is asked for (`ConstrainULong`, `ConstrainDouble`,
/// `ConstrainBoolean`, `ConstrainDOMString`).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Bound<T> {
    /// Not asked for.
    #[default]
    None,
    /// The nearest value will do.
    Ideal(T),
    /// This value or a refusal (`OverconstrainedError`).
    Exact(T),
    /// Limits with an optional wish between them; made by [`Bound::range`].
    Range(Range<T>),
}

/// Limits of a number. Only [`Bound::range`] makes one, so `min ≤ ideal ≤ max` always holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    min: Option<T>,
    ideal: Option<T>,
    max: Option<T>,
}

impl<T: Copy> Range<T> {
    /// The lower limit.
    #[must_use]
    pub const fn min(&self) -> Option<T> {
        self.min
    }

    /// The wish between the limits.
    #[must_use]
    pub const fn ideal(&self) -> Option<T> {
        self.ideal
    }

    /// The upper limit.
    #[must_use]
    pub const fn max(&self) -> Option<T> {
        self.max
    }
}

/// Why limits are impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundError {
    /// The lower limit lies above the upper one.
    MinAboveMax,
    /// The wish lies below the lower limit.
    IdealBelowMin,
    /// The wish lies above the upper limit.
    IdealAboveMax,
    /// A value is infinite or not a number.
    NotFinite,
    /// A value is negative.
    Negative,
}

impl BoundError {
    /// A stable word for the page to translate.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MinAboveMax => "min_above_max",
            Self::IdealBelowMin => "ideal_below_min",
            Self::IdealAboveMax => "ideal_above_max",
            Self::NotFinite => "not_finite",
            Self::Negative => "negative",
        }
    }
}

/// A number that a property is measured in.
pub trait Measure: Copy + PartialOrd {
    /// The number as JavaScript has it.
    fn as_f64(self) -> f64;
    /// The nearest number of this type, unless it is impossible.
    fn from_f64(number: f64) -> Option<Self>;
}

impl Measure for u32 {
    fn as_f64(self) -> f64 {
        f64::from(self)
    }

    fn from_f64(number: f64) -> Option<Self> {
        let number = number.round();
        (number >= 0.0 && number <= f64::from(Self::MAX)).then_some(number as Self)
    }
}

impl Measure for f64 {
    fn as_f64(self) -> f64 {
        self
    }

    fn from_f64(number: f64) -> Option<Self> {
        (number.is_finite() && number >= 0.0).then_some(number)
    }
}

impl<T: Measure> Bound<T> {
    /// Limits with an optional wish between them. Without any it is [`Bound::None`], with a wish
    /// alone [`Bound::Ideal`].
    ///
    /// # Errors
    ///
    /// When `min ≤ ideal ≤ max` does not hold, or a value is negative or not finite.
    pub fn range(min: Option<T>, ideal: Option<T>, max: Option<T>) -> Result<Self, BoundError> {
        for value in [min, ideal, max].into_iter().flatten() {
            if !value.as_f64().is_finite() {
                return Err(BoundError::NotFinite);
            }
            if value.as_f64() < 0.0 {
                return Err(BoundError::Negative);
            }
        }
        let above = |low: Option<T>, high: Option<T>| matches!((low, high), (Some(low), Some(high)) if low > high);
        if above(min, max) {
            return Err(BoundError::MinAboveMax);
        }
        if above(min, ideal) {
            return Err(BoundError::IdealBelowMin);
        }
        if above(ideal, max) {
            return Err(BoundError::IdealAboveMax);
        }
        Ok(match (min, ideal, max) {
            (None, None, None) => Self::None,
            (None, Some(ideal), None) => Self::Ideal(ideal),
            (min, ideal, max) => Self::Range(Range { min, ideal, max }),
        })
    }

    /// The value that comes nearest to the wish: the exact or ideal one, else a limit.
    #[must_use]
    pub fn wish(&self) -> Option<T> {
        match self {
            Self::None => None,
            Self::Ideal(value) | Self::Exact(value) => Some(*value),
            Self::Range(range) => range.ideal.or(range.max).or(range.min),
        }
    }

    /// The same wish where the browser forbids `exact` and `min`.
    pub(crate) fn without_demands(&self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Ideal(value) | Self::Exact(value) => Self::Ideal(*value),
            Self::Range(range) => {
                let ideal = range
                    .ideal
                    .or(if range.max.is_none() { range.min } else { None });
                match range.max {
                    None => ideal.map_or(Self::None, Self::Ideal),
                    Some(_) => Self::Range(Range {
                        min: None,
                        ideal,
                        max: range.max,
                    }),
                }
            }
        }
    }

    /// Reads what `json` wrote; anything else is [`Bound::None`].
    pub(crate) fn read_range(value: Option<&Value>) -> Self
    where
        T: Written,
    {
        let Some(value) = value else {
            return Self::None;
        };
        let number = |name| value.get(name).and_then(T::read);
        if let Some(exact) = number("exact") {
            return Self::Exact(exact);
        }
        Self::range(number("min"), number("ideal"), number("max")).unwrap_or_default()
    }
}

impl<T> Bound<T> {
    /// Whether nothing is asked for.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether the browser must refuse rather than give something else.
    #[must_use]
    pub const fn is_demand(&self) -> bool {
        matches!(self, Self::Exact(_) | Self::Range(_))
    }
}

/// A value as it stands in constraints. Public in a private module, because `Bound` is public.
pub trait Written: Sized {
    /// The value as JSON.
    fn json(&self) -> String;
    /// The value from JSON, if it is one.
    fn read(value: &Value) -> Option<Self>;
}

impl Written for u32 {
    fn json(&self) -> String {
        self.to_string()
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_u32()
    }
}

impl Written for f64 {
    fn json(&self) -> String {
        json::number(*self)
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_f64().and_then(<Self as Measure>::from_f64)
    }
}

impl Written for bool {
    fn json(&self) -> String {
        self.to_string()
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Written for String {
    fn json(&self) -> String {
        json::string(self)
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Written for Facing {
    fn json(&self) -> String {
        json::string(self.name())
    }
    fn read(value: &Value) -> Option<Self> {
        value.as_str().and_then(Self::from_name)
    }
}

impl<T: Written> Bound<T> {
    /// The constraint in its long form, or nothing.
    pub(crate) fn json(&self) -> Option<String> {
        let mut object = Object::default();
        match self {
            Self::None => return None,
            Self::Ideal(value) => object.raw("ideal", &value.json()),
            Self::Exact(value) => object.raw("exact", &value.json()),
            Self::Range(range) => {
                object.some("min", range.min.as_ref().map(T::json));
                object.some("ideal", range.ideal.as_ref().map(T::json));
                object.some("max", range.max.as_ref().map(T::json));
            }
        }
        Some(object.finish())
    }

    /// Reads what `json` wrote, for values that have no order; anything else is [`Bound::None`].
    pub(crate) fn read(value: Option<&Value>) -> Self {
        let get = |name| value.and_then(|value| value.get(name)).and_then(T::read);
        match (get("exact"), get("ideal")) {
            (Some(exact), _) => Self::Exact(exact),
            (None, Some(ideal)) => Self::Ideal(ideal),
            (None, None) => Self::None,
        }
    }
}
