//! What a player can do besides playing.

use wasm_bindgen::JsValue;
use web_sys::{HtmlMediaElement, HtmlVideoElement};

use crate::{js, page::document};

/// Whether pages may put a video into a small window of its own (Picture-in-Picture, section 4).
/// Firefox has its own button for that and asks no page.
pub fn has_picture_in_picture() -> bool {
    js::boolean(&document(), "pictureInPictureEnabled") == Some(true)
}

/// Puts the video into its small window, or takes it back.
pub fn toggle_picture_in_picture(video: &HtmlVideoElement) {
    let shown = js::get(&document(), "pictureInPictureElement");
    let is_there = js_sys::Object::is(&shown, video);
    // A refusal leaves everything as it is, and the person sees that.
    let _ = match is_there {
        true => js::call(&document(), "exitPictureInPicture", &[]),
        false => js::call(video, "requestPictureInPicture", &[]),
    };
}

/// Shows the video on the whole screen, or no longer (Fullscreen, section 4).
pub fn toggle_full_screen(video: &HtmlVideoElement) {
    let is_full = js::get(&document(), "fullscreenElement") != JsValue::NULL;
    let _ = match is_full {
        true => js::call(&document(), "exitFullscreen", &[]),
        false => js::call(video, "requestFullscreen", &[]),
    };
}

/// How much has arrived that was not shown yet, in s.
pub fn ahead(video: &HtmlVideoElement) -> f64 {
    let buffered = js::get(video, "buffered");
    let last = js::number(&buffered, "length").unwrap_or(0.0) - 1.0;
    // Nothing has arrived: there is no last part.
    let end = js::call(&buffered, "end", &[last.into()]);
    let end = end.ok().and_then(|end| end.as_f64());
    end.map_or(0.0, |end| (end - video.current_time()).max(0.0))
}

/// Whether it waits for data before it can go on (HTML, section 4.8.11.7).
pub fn is_starved(video: &HtmlVideoElement) -> bool {
    video.ready_state() < HtmlMediaElement::HAVE_FUTURE_DATA
}

/// Loads what it plays once more, and plays it: a stream begins at its edge again.
pub fn load_again(video: &HtmlVideoElement) {
    video.load();
    // A refusal is shown by the player itself.
    let _ = video.play();
}
