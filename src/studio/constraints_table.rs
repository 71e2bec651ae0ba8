//! What was requested, granted, possible and delivered, and why they differ.

use super::{panel::hint, view::View};
use crate::refusals::device_name;
use crate::{
    components::{El, el, number},
    i18n::Words,
};
use callreel_engine::{
    comparison::{Row, Verdict},
    constraints::Property,
    devices::Device,
    settings::Source,
};

/// The columns behind the property's name.
const COLUMNS: [&str; 4] = [
    "table.requested",
    "table.granted",
    "table.possible",
    "table.delivered",
];

/// One group of lines for each property, with a sentence below its numbers.
pub fn table(view: &View) -> El {
    let words = view.words;
    let rows = &view.state.comparison;
    if rows.is_empty() {
        return hint(words.t("table.empty"));
    }
    let mut head = el("tr");
    for key in ["table.property"].into_iter().chain(COLUMNS) {
        head = head.with(el("th[scope=col]").say(words.t(key)));
    }
    let mut table = el("table.comparison").with(el("thead").with(head));
    // The device stands at the head of the picture's rows and of the sound's.
    let sound_from = rows
        .iter()
        .rposition(|row| row.property == Property::Device);
    let source = view.settings().source;
    for (at, row) in rows.iter().enumerate() {
        let is_sound = Some(at) >= sound_from;
        let name = match (row.property, is_sound) {
            (Property::Device, true) => words.t("studio.microphone"),
            (Property::Device, false) if source.uses_screen() => words.t("table.screen"),
            (Property::Device, false) => words.t("studio.camera"),
            (property, _) => words.of("property.", property.name()),
        };
        if is_sound || source != Source::Microphone {
            table = table.with(line(view, row, name));
        }
    }
    table
}

fn line(view: &View, row: &Row, name: &'static str) -> El {
    let words = view.words;
    let mut numbers = el("tr").with(el("th[scope=row]").say(name));
    let cells = [&row.requested, &row.granted, &row.possible, &row.delivered];
    for (key, cell) in COLUMNS.into_iter().zip(cells) {
        let text = match cell.is_empty() {
            true => "–".to_owned(),
            false => readable(words, row.property, cell, &view.state.devices),
        };
        numbers = numbers.with(el("td.num").set("data-label", words.t(key)).text(text));
    }
    let why = el("td[colspan=5]").text(verdict(words, &row.verdict));
    el("tbody")
        .class(if is_fine(&row.verdict) { "" } else { "differs" })
        .with(numbers)
        .with(el("tr.verdict").with(why))
}

const fn is_fine(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::AsAsked | Verdict::NotAsked | Verdict::NotReported
    )
}

/// The words of the specification in the person's language, and devices by their names.
pub fn readable(words: Words, property: Property, text: &str, devices: &[Device]) -> String {
    let mut readable = String::new();
    for word in text.split(' ') {
        let plain = word.strip_suffix(',').unwrap_or(word);
        if !readable.is_empty() {
            readable.push(' ');
        }
        let is_device = property == Property::Device;
        match devices
            .iter()
            .find(|device| is_device && device.id == plain)
        {
            Some(device) => readable.push_str(&device_name(words, device)),
            // The id of a device that the browser doesn't list, too long to mean anything.
            None if is_device && plain.len() > 20 => readable.push_str(words.t("table.hidden")),
            None => readable.push_str(term(words, plain)),
        }
        readable.push_str(&word[plain.len()..]);
    }
    readable
}

/// A word of the specification in the person's language; what is none stays.
fn term(words: Words, word: &str) -> &str {
    let find = |kind: &str| words.find(&[kind, word].concat());
    find("short.").or_else(|| find("value.")).unwrap_or(word)
}

/// Why the numbers of a row differ, or that they don't.
fn verdict(words: Words, verdict: &Verdict) -> String {
    let (key, one, two) = match verdict {
        Verdict::AsAsked => ("verdict.as_asked", String::new(), String::new()),
        Verdict::NotAsked => ("verdict.not_asked", String::new(), String::new()),
        Verdict::NotSupportedByBrowser => ("verdict.not_supported", String::new(), String::new()),
        Verdict::OutOfRange { min, max } => ("verdict.out_of_range", number(*min), number(*max)),
        Verdict::BrowserChose { asked, granted } => (
            "verdict.browser_chose",
            term(words, asked).to_owned(),
            term(words, granted).to_owned(),
        ),
        Verdict::SlowerThanGranted { granted, delivered } => {
            ("verdict.slower", number(*granted), number(*delivered))
        }
        Verdict::Rotated => ("verdict.rotated", String::new(), String::new()),
        Verdict::ScaledByBrowser { granted, delivered } => {
            ("verdict.scaled", granted.to_string(), delivered.to_string())
        }
        Verdict::NotReported => ("verdict.not_reported", String::new(), String::new()),
    };
    words.with(key, &[("1", &one), ("2", &two)])
}
