//! The takes on this device.

use super::{
    messages::{self, Place},
    player::Player,
    state::{Notice, Playing, Takes},
    take_item::TakeItem,
    use_studio,
};
use crate::{
    components::{Glyph, icon},
    i18n::{Words, use_words},
};
use yew::prelude::*;

/// Properties of [`TakeList`].
#[derive(Clone, PartialEq, Properties)]
pub struct TakeListProps {
    /// The takes.
    pub takes: Takes,
    /// The one in the player.
    pub playing: Option<Playing>,
    /// Whether the browser promised to keep them.
    pub persistent: bool,
    /// The chosen speaker's id; empty for the browser's own choice.
    pub speaker: AttrValue,
    /// What there is to say.
    pub notices: Vec<Notice>,
}

/// The list, its head and what is to be known about keeping takes.
#[component]
pub fn TakeList(props: &TakeListProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let count = match &props.takes {
        Takes::Ready(takes) => takes.len(),
        Takes::Loading | Takes::Unavailable(_) => 0,
    };
    html! {
        <section id="takes" class="takes" aria-label={words.t("takes.title")}>
            <div class="section-head">
                <h2>{ words.t("takes.title") }</h2>
                if count > 0 {
                    <span class="quiet small">{ words.count("takes.count", count) }</span>
                }
            </div>
            { messages::notices(words, &studio, &props.notices, Place::Takes) }
            { list(words, props) }
            if count > 0 {
                <p class="quiet small keeping">{ words.t(keeping(props.persistent)) }</p>
            }
        </section>
    }
}

const fn keeping(persistent: bool) -> &'static str {
    if persistent {
        "takes.kept"
    } else {
        "takes.kept_maybe"
    }
}

fn list(words: Words, props: &TakeListProps) -> Html {
    match &props.takes {
        Takes::Loading => empty(words, "takes.loading", None),
        Takes::Unavailable(error) => html! {
            <>
                { lone_player(props) }
                { empty(words, "takes.unavailable", Some(words.with("takes.unavailable.body", &[("name", &error.name)]))) }
            </>
        },
        Takes::Ready(takes) if takes.is_empty() => {
            empty(words, "takes.empty", Some(words.t("takes.empty.body")))
        }
        Takes::Ready(takes) => html! {
            <ul class="take-list">
                { for takes.iter().map(|view| html! {
                    <TakeItem
                        key={view.record.id.clone()}
                        view={view.clone()}
                        playing={props.playing.clone().filter(|p| p.id == view.record.id)}
                        speaker={props.speaker.clone()}
                    />
                }) }
            </ul>
        },
    }
}

/// A take that can be seen although the list can't.
fn lone_player(props: &TakeListProps) -> Html {
    let player = props.playing.clone().map(|playing| {
        html! { <Player {playing} title={AttrValue::default()} speaker={props.speaker.clone()} wanted={false} /> }
    });
    html! { <>{ for player }</> }
}

fn empty(words: Words, title: &str, body: Option<String>) -> Html {
    html! {
        <div class="empty">
            <span class="badge">{ icon(Glyph::Film) }</span>
            <strong>{ words.t(title) }</strong>
            if let Some(body) = body {
                <p class="quiet small">{ body }</p>
            }
        </div>
    }
}
