//! What was requested, granted, possible and delivered, and why they differ.

use super::text;
use crate::{
    components::number,
    i18n::{Words, use_words},
};
use callreel_engine::{
    comparison::{Row, Verdict},
    constraints::Property,
    devices::Device,
    settings::Source,
};
use yew::prelude::*;

/// Properties of [`ConstraintsTable`].
#[derive(Clone, PartialEq, Properties)]
pub struct ConstraintsTableProps {
    /// The rows: those of the picture, then those of the sound.
    pub rows: Vec<Row>,
    /// To call devices by their names.
    pub devices: Vec<Device>,
    /// What is recorded.
    pub source: Source,
}

/// One group of lines for each property, with a sentence below its numbers.
#[component]
pub fn ConstraintsTable(props: &ConstraintsTableProps) -> Html {
    let words = use_words();
    let ConstraintsTableProps {
        rows,
        devices,
        source,
    } = props;
    if rows.is_empty() {
        return html! { <p class="quiet small">{ words.t("table.empty") }</p> };
    }
    // The device stands at the head of both kinds.
    let sound_from = rows
        .iter()
        .rposition(|row| row.property == Property::Device)
        .unwrap_or(0);
    let shown = rows.iter().enumerate().filter(|(at, _)| {
        let is_sound = *at >= sound_from;
        is_sound || *source != Source::Microphone
    });
    let head = |key: &str| html! { <th scope="col">{ words.t(key) }</th> };
    html! {
        <table class="comparison">
            <thead>
                <tr>
                    { head("table.property") }
                    { head("table.requested") }
                    { head("table.granted") }
                    { head("table.possible") }
                    { head("table.delivered") }
                </tr>
            </thead>
            { for shown.map(|(at, row)| {
                let name = match (row.property, at >= sound_from) {
                    (Property::Device, true) => words.t("studio.microphone"),
                    (Property::Device, false) if source.uses_screen() => words.t("table.screen"),
                    (Property::Device, false) => words.t("studio.camera"),
                    (property, _) => words.t(&["property.", property.name()].concat()),
                };
                line(words, row, name, devices)
            }) }
        </table>
    }
}

fn line(words: Words, row: &Row, name: String, devices: &[Device]) -> Html {
    let cell = |key: &str, text: &str| {
        let text = readable(words, row.property, text, devices);
        let text = if text.is_empty() {
            "–".to_owned()
        } else {
            text
        };
        html! { <td class="num" data-label={words.t(key)}>{ text }</td> }
    };
    html! {
        <tbody class={classes!((!is_fine(&row.verdict)).then_some("differs"))}>
            <tr>
                <th scope="row">{ name }</th>
                { cell("table.requested", &row.requested) }
                { cell("table.granted", &row.granted) }
                { cell("table.possible", &row.possible) }
                { cell("table.delivered", &row.delivered) }
            </tr>
            <tr class="verdict"><td colspan="5">{ verdict(words, &row.verdict) }</td></tr>
        </tbody>
    }
}

const fn is_fine(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::AsAsked | Verdict::NotAsked | Verdict::NotReported
    )
}

/// The words of the specification in the person's language, and devices by their names.
fn readable(words: Words, property: Property, text: &str, devices: &[Device]) -> String {
    text.split(' ')
        .map(|word| {
            let plain = word.trim_end_matches(',');
            let device = devices
                .iter()
                .find(|d| property == Property::Device && d.id == plain);
            let known = match device {
                Some(device) => text::device(words, device),
                None if property == Property::Device && plain.len() > 20 => words.t("table.hidden"),
                None => {
                    let find = |kind: &str| words.find(&[kind, plain].concat());
                    find("short.")
                        .or_else(|| find("value."))
                        .unwrap_or(plain)
                        .to_owned()
                }
            };
            [&known, &word[plain.len()..]].concat()
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Why the numbers of a row differ, or that they don't.
fn verdict(words: Words, verdict: &Verdict) -> String {
    match verdict {
        Verdict::AsAsked => words.t("verdict.as_asked"),
        Verdict::NotAsked => words.t("verdict.not_asked"),
        Verdict::NotSupportedByBrowser => words.t("verdict.not_supported"),
        Verdict::OutOfRange { min, max } => words.with(
            "verdict.out_of_range",
            &[("min", &number(*min)), ("max", &number(*max))],
        ),
        Verdict::BrowserChose { asked, granted } => {
            let value = |word: &str| {
                words
                    .find(&["value.", word].concat())
                    .unwrap_or(word)
                    .to_owned()
            };
            let (asked, granted) = (value(asked), value(granted));
            words.with(
                "verdict.browser_chose",
                &[("asked", &asked), ("granted", &granted)],
            )
        }
        Verdict::SlowerThanGranted { granted, delivered } => {
            let values = [
                ("granted", number(*granted)),
                ("delivered", number(*delivered)),
            ];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            words.with("verdict.slower", &values)
        }
        Verdict::Rotated => words.t("verdict.rotated"),
        Verdict::ScaledByBrowser { granted, delivered } => {
            let values = [
                ("granted", granted.to_string()),
                ("delivered", delivered.to_string()),
            ];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            words.with("verdict.scaled", &values)
        }
        Verdict::NotReported => words.t("verdict.not_reported"),
    }
}
