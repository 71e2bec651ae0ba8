//! A take being watched.

use super::state::Playing;
use crate::i18n::use_words;
use callreel_browser::audio;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlVideoElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

/// Properties of [`Player`].
#[derive(Clone, PartialEq, Properties)]
pub struct PlayerProps {
    /// The take.
    pub playing: Playing,
    /// Its title.
    pub title: AttrValue,
    /// The chosen speaker's id; empty for the browser's own choice.
    pub speaker: AttrValue,
    /// Whether the person asked for it, so that it may begin by itself.
    pub wanted: bool,
}

/// The browser's own player: it knows every key, caption and screen reader.
#[component]
pub fn Player(props: &PlayerProps) -> Html {
    let words = use_words();
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with(props.playing.url.clone(), move |_| {
            if let Some(video) = element.cast::<HtmlVideoElement>() {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Nearest);
                video.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    {
        let element = element.clone();
        use_effect_with(props.speaker.clone(), move |speaker| {
            let (video, speaker) = (element.cast::<HtmlVideoElement>(), speaker.clone());
            let Some(video) = video.filter(|_| !speaker.is_empty()) else {
                return;
            };
            spawn_local(async move {
                // A speaker that is gone leaves the sound where the browser puts it.
                let _ = audio::set_speaker(&video, &speaker).await;
            });
        });
    }
    html! {
        <video
            ref={element}
            class="player"
            src={props.playing.url.as_str().to_owned()}
            controls=true
            playsinline=true
            autoplay={props.wanted}
            preload="auto"
            aria-label={words.with("takes.replay", &[("title", &props.title)])}
        />
    }
}
