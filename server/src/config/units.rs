//! Numbers as people write them on a command line.

use std::{fmt, str::FromStr, time::Duration};

/// A number of bytes: `1500`, `64MB` or `16GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = split(text).ok_or("a number of bytes, such as 500MB or 16GiB")?;
        let factor = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kb" => 1000,
            "m" | "mb" => 1000 * 1000,
            "g" | "gb" => 1000 * 1000 * 1000,
            "t" | "tb" => 1000 * 1000 * 1000 * 1000,
            "kib" => 1 << 10,
            "mib" => 1 << 20,
            "gib" => 1 << 30,
            "tib" => 1u64 << 40,
            _ => return Err("bytes come in kB, MB, GB, TB, KiB, MiB, GiB or TiB"),
        };
        number
            .checked_mul(factor)
            .map(Self)
            .ok_or("that is more than any disk holds")
    }
}

/// A length of time: `90s`, `15m`, `24h` or `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

impl Span {
    /// In ms.
    pub fn as_millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }
}

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = split(text).ok_or("a length of time, such as 90s, 15m, 24h or 30d")?;
        let seconds = match unit {
            "s" | "" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 24 * 3600,
            "ms" => return Ok(Self(Duration::from_millis(number))),
            _ => return Err("times come in s, m, h or d"),
        };
        // A thousand years are as good as for ever, and no sum of them overflows.
        const LONGEST: u64 = 1000 * 365 * 24 * 3600;
        Ok(Self(Duration::from_secs(
            number.saturating_mul(seconds).min(LONGEST),
        )))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millis() > 0 {
            return write!(f, "{}ms", self.0.as_millis());
        }
        let seconds = self.0.as_secs();
        let units = [(24 * 3600, 'd'), (3600, 'h'), (60, 'm')];
        let whole = |&(unit, _): &(u64, char)| seconds > 0 && seconds.is_multiple_of(unit);
        let (unit, name) = units.into_iter().find(whole).unwrap_or((1, 's'));
        write!(f, "{}{name}", seconds / unit)
    }
}

/// Cuts `16 GiB` into number and unit.
fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number = text[..end].parse().ok()?;
    Some((number, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_in_both_systems() {
        for (text, bytes) in [
            ("0", 0),
            ("1500", 1500),
            ("64MB", 64_000_000),
            ("16GiB", 16 << 30),
            ("2 kb", 2000),
        ] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for text in ["", "GB", "-1", "1.5GB", "1XB", "99999999TiB", "1 2"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        for text in ["90s", "15m", "23h", "30d", "250ms"] {
            let span: Span = text.parse().expect("it is a time");
            assert_eq!(span.to_string(), text);
        }
        for text in ["", "s", "1w", "-1s", "1h30m"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
