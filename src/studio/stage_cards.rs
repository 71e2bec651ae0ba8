//! The stage without a picture: nothing open yet, being opened, or refused.

use super::{controller::Studio, pickers::source_glyph, refusals};
use crate::{
    components::{Button, Glyph, icon},
    i18n::Words,
};
use callreel_engine::{
    failures::MediaFailure,
    settings::{Settings, Source},
};
use yew::prelude::*;

/// Nothing is open: says what a click will do.
pub fn off(words: Words, studio: &Studio, settings: &Settings) -> Html {
    let source = settings.source;
    let open = {
        let studio = studio.clone();
        Button::new(words.t(&["off.open.", source.id()].concat()), move || {
            studio.open()
        })
        .glyph(source_glyph(source))
        .class("primary large")
    };
    let others = Source::ALL
        .into_iter()
        .filter(|other| *other != source)
        .map(|other| {
            let (studio, settings) = (studio.clone(), settings.clone());
            let switch = move || {
                studio.set(Settings {
                    source: other,
                    ..settings.clone()
                })
            };
            Button::new(words.t(&["source.", other.id()].concat()), switch)
                .glyph(source_glyph(other))
                .class("on-dark")
                .view()
        });
    html! {
        <div class="card-on-stage">
            { viewfinder() }
            <h2>{ words.t("off.title") }</h2>
            <p>{ words.t(&["off.body.", source.id()].concat()) }</p>
            { open.view() }
            <div class="others" role="group" aria-label={words.t("off.others")}>{ for others }</div>
        </div>
    }
}

/// The browser is asking.
pub fn opening(words: Words, source: Source) -> Html {
    html! {
        <div class="card-on-stage" role="status">
            { viewfinder() }
            <span class="badge breathing">{ icon(source_glyph(source)) }</span>
            <h2>{ words.t("opening.title") }</h2>
            <p>{ words.t(&["opening.body.", source.id()].concat()) }</p>
        </div>
    }
}

/// It was refused: why, and what helps.
pub fn failed(words: Words, studio: &Studio, failure: &MediaFailure, source: Source) -> Html {
    let refusal = refusals::explain(words, failure, source);
    html! {
        <div class="card-on-stage failed" role="alert">
            { viewfinder() }
            <span class="badge">{ icon(Glyph::Warning) }</span>
            <h2>{ refusal.title }</h2>
            <p>{ refusal.body }</p>
            if !refusal.steps.is_empty() {
                <ul>{ for refusal.steps.into_iter().map(|step| html! { <li>{ step }</li> }) }</ul>
            }
            <div class="ways">{ for refusals::buttons(words, studio, failure, source) }</div>
        </div>
    }
}

/// The corners of a viewfinder.
fn viewfinder() -> Html {
    html! { <span class="viewfinder" aria-hidden="true"><i></i><i></i><i></i><i></i></span> }
}
