//! Moments, in the person's own time.

use crate::i18n::Words;
use callreel_browser::page;
use callreel_engine::names::DateParts;

/// The local date of a moment in ms since 1970.
pub fn date_parts(at_ms: f64) -> DateParts {
    let [year, month, day, hour, minute, second] = page::local_time(at_ms);
    DateParts {
        year,
        month,
        day,
        hour,
        minute,
        second,
    }
}

/// Day and time of a moment, the nearest days by their own words.
pub fn moment(words: Words, at_ms: f64) -> String {
    const DAY_MS: f64 = 86_400_000.0;
    let at = date_parts(at_ms);
    let now = page::wall_clock();
    let same_day =
        |other: DateParts| (at.year, at.month, at.day) == (other.year, other.month, other.day);
    let two = |n: u32| {
        if n < 10 {
            ["0", &n.to_string()].concat()
        } else {
            n.to_string()
        }
    };
    let time = [two(at.hour), two(at.minute)].join(":");
    let day = if same_day(date_parts(now)) {
        words.t("day.today").to_owned()
    } else if same_day(date_parts(now - DAY_MS)) {
        words.t("day.yesterday").to_owned()
    } else {
        let months = words.t("day.months");
        let month = months
            .split(' ')
            .nth(at.month.saturating_sub(1) as usize)
            .unwrap_or_default();
        words.with(
            if at.year == date_parts(now).year {
                "day.date"
            } else {
                "day.date_year"
            },
            &[
                ("day", &at.day.to_string()),
                ("month", month),
                ("year", &at.year.to_string()),
            ],
        )
    };
    [day, time].join(" ")
}
