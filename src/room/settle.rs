//! What Yew does not draw: media, the shape of the grid, what is scrolled.

use super::{
    controller::Room,
    state::{Phase, State},
};
use crate::components::sync_fields;
use callreel_browser::{audio, media::Stream, page};
use callreel_engine::{call::layout, names::clock_text, silence};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement, HtmlVideoElement, wasm_bindgen::JsCast};

impl Room {
    /// What is drawn has that element, if there is such a thing.
    fn find(&self, selector: &str) -> Option<Element> {
        self.place()?.query_selector(selector).ok()?
    }

    /// Brings the page into line with the state after it was drawn.
    pub fn put_right(&self, state: &State) {
        let Some(main) = self.find("#main") else {
            return;
        };
        if matches!(state.phase, Phase::Green | Phase::Entering) {
            sync_fields(&main);
        } else {
            for select in all(&main, ".side-body, .receivers") {
                sync_fields(&select);
            }
        }
        let speaker = state
            .settings
            .speaker
            .as_ref()
            .map_or("", |speaker| &speaker.id);
        for video in all(&main, "video[data-tile]") {
            let id = video.get_attribute("data-tile").unwrap_or_default();
            show(video.unchecked_ref(), &id, stream(state, &id), speaker);
        }
        self.arrange();
        if let Some(lines) = self.find("#lines") {
            let count = (state.chat_gone + state.chat.len()).to_string();
            // Only what is new scrolls: the person may be reading what is old.
            if lines.get_attribute("data-count").as_deref() != Some(&count) {
                let set = lines.set_attribute("data-count", &count);
                debug_assert!(set.is_ok(), "the name is valid");
                lines.set_scroll_top(lines.scroll_height());
            }
        }
    }

    /// Gives the tiles as many columns as make them largest.
    pub fn arrange(&self) {
        let Some(tiles) = self.find("#tiles") else {
            return;
        };
        let tiles: &HtmlElement = tiles.unchecked_ref();
        let (width, height) = (tiles.client_width(), tiles.client_height());
        let count = tiles.child_element_count();
        let columns = layout::columns(count, f64::from(width), f64::from(height));
        let rows = count.div_ceil(columns.max(1));
        for (name, value) in [("--columns", columns), ("--rows", rows)] {
            let set = tiles.style().set_property(name, &value.to_string());
            debug_assert!(set.is_ok(), "the name is valid");
        }
    }

    /// Shows the level of the microphone: root mean square, 0 to 1.
    pub(super) fn show_level(&self, rms: f32) {
        if let Some(meter) = self.find("#level") {
            let percent = (silence::meter(f64::from(rms)) * 100.0) as u32;
            let mut length = percent.to_string();
            let told = meter.set_attribute("aria-valuenow", &length);
            length.push('%');
            let meter: &HtmlElement = meter.unchecked_ref();
            let drawn = meter.style().set_property("--level", &length);
            debug_assert!(told.is_ok() && drawn.is_ok(), "both names are valid");
        }
    }

    /// Shows how long the recording is, in ms.
    pub(super) fn show_clock(&self, ms: f64) {
        if let Some(clock) = self.find("#clock") {
            let time = clock_text(ms);
            if clock.text_content().as_deref() != Some(&*time) {
                clock.set_text_content(Some(&time));
            }
        }
    }

    fn tile(&self, id: &str) -> Option<Element> {
        let main = self.find("#main")?;
        let mut videos = all(&main, "video[data-tile]").into_iter();
        videos.find(|video| video.get_attribute("data-tile").as_deref() == Some(id))
    }

    /// Shows one tile on all of the screen, or no longer.
    pub fn toggle_full_screen(&self, id: &str) {
        if let Some(figure) = self.tile(id).and_then(|video| video.parent_element()) {
            page::toggle_full_screen(&figure);
        }
    }

    /// Shows one tile in a small window over all others, or no longer.
    pub fn toggle_small(&self, id: &str) {
        if let Some(video) = self.tile(id) {
            page::toggle_float(&video);
        }
    }
}

fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else {
        return Vec::new();
    };
    let nodes = (0..found.length()).filter_map(|at| found.get(at));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}

/// The stream of a tile.
fn stream<'a>(state: &'a State, id: &str) -> Option<&'a Stream> {
    match id {
        "own" => return state.own.camera.as_ref(),
        "own-screen" => return state.own.screen.as_ref(),
        _ => {}
    }
    let (kind, key) = id.split_at_checked(1)?;
    let key: u32 = key.parse().ok()?;
    let person = state.people.iter().find(|person| person.key == key)?;
    match kind {
        "p" => person.stream.as_ref(),
        _ => person.screen.as_ref(),
    }
}

fn show(video: &HtmlVideoElement, id: &str, stream: Option<&Stream>, speaker: &str) {
    let raw = stream.map(Stream::as_raw);
    let is_own = id.starts_with("own");
    if video.src_object().as_ref() != raw {
        // The attribute counts only in markup, so the property says it.
        video.set_muted(is_own);
        video.set_src_object(raw);
    }
    let known = video.get_attribute("data-speaker").unwrap_or_default();
    if !is_own && known != speaker && audio::can_choose_speaker() {
        let set = video.set_attribute("data-speaker", speaker);
        debug_assert!(set.is_ok(), "the name is valid");
        let (video, speaker) = (video.clone(), speaker.to_owned());
        spawn_local(async move {
            // A speaker that is gone leaves the sound where the browser puts it.
            let _ = audio::set_speaker(&video, &speaker).await;
        });
    }
}
