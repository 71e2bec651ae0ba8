//! `Range` (RFC 9110, section 14).

use std::ops::Range;

/// What part of a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it: nothing was asked for, or nothing that we know, or several parts at once, where
    /// the whole is always a right answer.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// None that there are.
    Nothing,
}

/// Reads the header for a file of `len` bytes.
pub fn read(header: &str, len: u64) -> Asked {
    let Some((unit, ranges)) = header.split_once('=') else {
        return Asked::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let mut parts = ranges
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let (Some(part), more) = (parts.next(), parts.next()) else {
        return Asked::Nothing;
    };
    match (part.split_once('-'), more) {
        (_, Some(_)) => Asked::Whole,
        (Some((first, last)), None) => one(first.trim(), last.trim(), len),
        (None, None) => Asked::Nothing,
    }
}

fn one(first: &str, last: &str, len: u64) -> Asked {
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(len),
        (Some(first), None) if last.is_empty() => first..len,
        (None, Some(suffix)) if first.is_empty() => len.saturating_sub(suffix)..len,
        _ => return Asked::Nothing,
    };
    match range.is_empty() {
        true => Asked::Nothing,
        false => Asked::Part(range),
    }
}

/// Digits; more than fit are as many as there can be.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_file() {
        for (header, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-99", 0..100),
            ("bytes=10-", 10..100),
            ("bytes=99-", 99..100),
            ("bytes=-1", 99..100),
            ("bytes=-1000", 0..100),
            ("bytes=50-18446744073709551615", 50..100),
            ("bytes=50-99999999999999999999999", 50..100),
            ("Bytes = 1-2 ", 1..3),
        ] {
            assert_eq!(read(header, 100), Asked::Part(range), "{header}");
        }
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for header in [
            "bytes=100-",
            "bytes=100-200",
            "bytes=5-4",
            "bytes=-0",
            "bytes=-",
            "bytes=",
            "bytes=a-b",
            "bytes=1",
            "bytes=--1",
            "bytes=+1-2",
            "bytes=99999999999999999999999-",
        ] {
            assert_eq!(read(header, 100), Asked::Nothing, "{header}");
        }
        assert_eq!(read("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn what_is_not_known_is_left_alone() {
        for header in [
            "",
            "lines=1-2",
            "bytes",
            "bytes=0-1,5-6",
            "bytes=0-10,5-20,0-99",
        ] {
            assert_eq!(read(header, 100), Asked::Whole, "{header}");
        }
    }
}
