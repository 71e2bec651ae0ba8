//! The little JSON that the engine writes and reads.
//!
//! Written by hand because of its size in wasm: reading settings with `serde_json` costs 6 KB of
//! the compressed first load more than this, and its derives give up at the first bad field.

mod read;

pub(crate) use read::{Value, parse};

/// A JSON object under construction; members appear in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Object {
    text: String,
}

impl Object {
    /// Adds a member whose value is JSON already.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        push_string(&mut self.text, name);
        self.text.push(':');
        self.text.push_str(json);
    }

    /// Adds a member unless its value is absent.
    pub(crate) fn some(&mut self, name: &str, json: Option<String>) {
        if let Some(json) = json {
            self.raw(name, &json);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn finish(mut self) -> String {
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        self.text
    }
}

/// A JSON string with its quotes.
pub(crate) fn string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    push_string(&mut json, text);
    json
}

fn push_string(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\u{0}'..='\u{1f}' => {
                json.push_str("\\u00");
                for shift in [4, 0] {
                    let digit = (character as u32 >> shift) & 15;
                    json.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            other => json.push(other),
        }
    }
    json.push('"');
}

/// A number with at most six decimals and no trailing zeros. What is no number becomes `0`.
pub(crate) fn number(value: f64) -> String {
    const SCALE: f64 = 1_000_000.0;
    let scaled = (value.abs() * SCALE).round();
    // Saturates, so infinite and absurd values become a large number rather than a panic.
    let scaled = scaled as u64;
    let (whole, mut fraction) = (scaled / 1_000_000, scaled % 1_000_000);
    let mut text = String::new();
    if value < 0.0 && scaled > 0 {
        text.push('-');
    }
    text.push_str(&whole.to_string());
    if fraction > 0 {
        text.push('.');
        let mut place = 100_000;
        while fraction > 0 {
            text.push(char::from(b'0' + (fraction / place) as u8));
            fraction %= place;
            place /= 10;
        }
    }
    text
}
