//! What takes and their files are called, and how sizes and times are written.

use crate::json;
use crate::settings::Source;
use crate::text::has;

/// A moment in the person's own time zone, already split (months from 1, hours from 0 to 23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateParts {
    /// Year, such as 2026.
    pub year: u32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, from 1.
    pub day: u32,
    /// Hour, 0 to 23.
    pub hour: u32,
    /// Minute.
    pub minute: u32,
    /// Second.
    pub second: u32,
}

impl DateParts {
    /// The day as `2026-11-20`, which sorts and means the same everywhere.
    #[must_use]
    pub fn day_text(&self) -> String {
        let mut text = padded(self.year, 4);
        for part in [self.month, self.day] {
            text.push('-');
            text.push_str(&padded(part, 2));
        }
        text
    }

    /// The time as `14-05-09`; a colon is not allowed in a Windows file name.
    #[must_use]
    pub fn time_text(&self) -> String {
        let mut text = padded(self.hour, 2);
        for part in [self.minute, self.second] {
            text.push('-');
            text.push_str(&padded(part, 2));
        }
        text
    }
}

/// What the default title of a take is made of; the page renders it in the person's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TitleParts {
    /// What is recorded.
    pub source: Source,
    /// When it began.
    pub at: DateParts,
}

/// No file name is longer, in bytes of UTF-8. Far under the 255 of common file systems, so that
/// a browser's " (1)" and a long folder still fit.
pub const FILE_NAME_BYTES: usize = 120;

/// The name of a downloaded file: the title, the day and time unless the title has the day
/// already, and the extension. Any title gives a name that Windows, macOS and Linux accept and
/// that shows as what it is.
#[must_use]
pub fn file_name(title: &str, created_at: &DateParts, extension: &str) -> String {
    let extension: String = extension
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    let mut tail = String::new();
    let day = created_at.day_text();
    let clean = clean(title);
    if !has(&clean, &day) {
        tail.push(' ');
        tail.push_str(&day);
        tail.push(' ');
        tail.push_str(&created_at.time_text());
    }
    if !extension.is_empty() {
        tail.push('.');
        tail.push_str(&extension);
    }
    let mut name = cut(&clean, FILE_NAME_BYTES - tail.len()).to_owned();
    trim_end(&mut name);
    if name.is_empty() {
        name.push_str("Callreel");
    }
    if is_reserved(&name) {
        name.insert(0, '_');
        name.truncate(cut(&name, FILE_NAME_BYTES - tail.len()).len());
    }
    name.push_str(&tail);
    name
}

/// The title with everything removed or replaced that a file system or a reader's eye trips over.
fn clean(title: &str) -> String {
    let mut name = String::with_capacity(title.len());
    for character in title.chars() {
        match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => name.push('-'),
            _ if is_invisible(character) => {}
            _ if character.is_whitespace() || character.is_control() => {
                if !name.is_empty() && !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            other => name.push(other),
        }
    }
    // A leading dot hides a file, a leading dash looks like an option, a tilde like a home.
    let start = name.trim_start_matches(['.', ' ', '-', '~']).len();
    name.drain(..name.len() - start);
    trim_end(&mut name);
    name
}

/// Windows drops dots and blanks at the end without a word; a joiner is left where an emoji was
/// cut apart.
fn trim_end(name: &mut String) {
    name.truncate(
        name.trim_end_matches(['.', ' ', '\u{200c}', '\u{200d}'])
            .len(),
    );
}

/// Characters that turn the reading direction or can't be seen, so that `exe.webm` could show as
/// something else: zero-width marks, embeddings, overrides, isolates, tags.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Device names of Windows, which no file may have, with or without an extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let numbered = |prefix: &str| match stem.split_at_checked(prefix.len()) {
        Some((start, "¹" | "²" | "³")) => start.eq_ignore_ascii_case(prefix),
        Some((start, number)) => {
            matches!(number.as_bytes(), [b'0'..=b'9']) && start.eq_ignore_ascii_case(prefix)
        }
        None => false,
    };
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
        .into_iter()
        .any(|word| stem.eq_ignore_ascii_case(word))
        || numbered("com")
        || numbered("lpt")
}

/// The longest beginning of at most so many bytes that ends between characters.
fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// A unit of size; powers of 1000, as systems and browsers count downloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeUnit {
    /// Bytes.
    B,
    /// Thousand bytes.
    Kb,
    /// Million bytes.
    Mb,
    /// Thousand million bytes.
    Gb,
    /// Million million bytes.
    Tb,
}

impl SizeUnit {
    /// The symbol, the same in every language of the app.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::B => "B",
            Self::Kb => "kB",
            Self::Mb => "MB",
            Self::Gb => "GB",
            Self::Tb => "TB",
        }
    }
}

/// A size for people: three digits at most, or four under the next unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HumanSize {
    /// The number, rounded to a tenth below 100 and to a whole from there on.
    pub value: f64,
    /// Its unit.
    pub unit: SizeUnit,
}

impl HumanSize {
    /// Number and symbol, such as `12.3 MB`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = json::number(self.value);
        text.push('\u{a0}');
        text.push_str(self.unit.symbol());
        text
    }
}

/// A size in bytes for people.
#[must_use]
pub fn human_size(bytes: u64) -> HumanSize {
    let mut value = bytes as f64;
    let mut unit = SizeUnit::B;
    for next in [SizeUnit::Kb, SizeUnit::Mb, SizeUnit::Gb, SizeUnit::Tb] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    let value = if value < 99.95 {
        (value * 10.0).round() / 10.0
    } else {
        value.round()
    };
    HumanSize { value, unit }
}

/// A length of time as `mm:ss`, from an hour on as `h:mm:ss`; parts of a second are left out.
#[must_use]
pub fn clock_text(ms: f64) -> String {
    // The cast saturates: nothing negative, nothing that is no number.
    let seconds = (ms / 1000.0) as u32;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let mut text = String::new();
    if hours > 0 {
        text.push_str(&hours.to_string());
        text.push(':');
    }
    text.push_str(&padded(minutes, 2));
    text.push(':');
    text.push_str(&padded(seconds % 60, 2));
    text
}

/// A number with zeros in front.
fn padded(number: u32, width: usize) -> String {
    let digits = number.to_string();
    let mut text = "0".repeat(width.saturating_sub(digits.len()));
    text.push_str(&digits);
    text
}
