//! Still pictures from a video element, and how many frames it shows.

use futures_channel::oneshot;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

use crate::{
    DomError, Listener, js,
    media::{Stream, Track},
    page, ticker,
};

/// A canvas that is in no document. Nothing shines through it: of one through which something may,
/// Chromium records how much, for each frame, as a second picture (Matroska, `BlockAdditions`).
pub(crate) fn canvas(
    width: u32,
    height: u32,
) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), DomError> {
    let canvas: HtmlCanvasElement = page::document().create_element("canvas")?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let opaque = js::object(&[("alpha", false.into())]);
    let context = canvas
        .get_context_with_context_options("2d", &opaque)?
        .ok_or_else(|| DomError::new("NotSupportedError", "canvas 2d"))?
        .unchecked_into();
    Ok((canvas, context))
}

/// The frame that `video` shows, at its full size or at most `max_width` pixels wide, with a CSS
/// filter (`"none"` for none), as `mime` ("image/png", "image/jpeg").
pub async fn snapshot(
    video: &HtmlVideoElement,
    max_width: Option<u32>,
    filter: &str,
    mime: &str,
) -> Result<Blob, DomError> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 || height == 0 {
        return Err(DomError::new("InvalidStateError", "no picture yet"));
    }
    let scale = max_width.map_or(1.0, |max| f64::from(max.min(width)) / f64::from(width));
    let to = |side: u32| (f64::from(side) * scale).round().max(1.0);
    let (canvas, context) = canvas(to(width) as u32, to(height) as u32)?;
    context.set_filter(filter);
    context.draw_image_with_html_video_element_and_dw_and_dh(
        video,
        0.0,
        0.0,
        to(width),
        to(height),
    )?;
    encode(&canvas, mime).await
}

async fn encode(canvas: &HtmlCanvasElement, mime: &str) -> Result<Blob, DomError> {
    let (sender, encoded) = oneshot::channel();
    let taken = Closure::once(move |blob: Option<Blob>| {
        // Nobody waits any more where the receiver is gone.
        let _ = sender.send(blob);
    });
    canvas.to_blob_with_type(taken.as_ref().unchecked_ref(), mime)?;
    encoded
        .await
        .ok()
        .flatten()
        .ok_or_else(|| DomError::new("EncodingError", mime))
}

/// Waits until `track` has a picture to give, or until `patience_ms` have passed: a camera needs
/// a moment after it was opened.
pub async fn first_frame(track: &Track, patience_ms: f64) -> Result<(), DomError> {
    let stream = Stream::of(vec![track.clone()])?;
    let playing = Playing::start(&stream)?;
    let (sender, shown) = oneshot::channel();
    let _listener = Listener::once(playing.element(), "loadeddata", move |_| {
        // Nobody waits any more once the patience is over.
        let _ = sender.send(());
    });
    let patience = std::pin::pin!(ticker::sleep(patience_ms));
    futures_util::future::select(shown, patience).await;
    Ok(())
}

/// A stream in a video element that is in no document.
pub(crate) struct Playing {
    element: HtmlVideoElement,
    stream: Stream,
}

impl Playing {
    pub fn start(stream: &Stream) -> Result<Self, DomError> {
        let element: HtmlVideoElement = page::document().create_element("video")?.unchecked_into();
        element.set_muted(true);
        element.set_autoplay(true);
        js::set(&element, "playsInline", true);
        element.set_src_object(Some(stream.as_raw()));
        // The promise is refused when the element is taken down before it plays: nothing to do.
        if let Ok(promise) = element.play() {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            });
        }
        Ok(Self {
            element,
            stream: stream.clone(),
        })
    }

    pub fn element(&self) -> &HtmlVideoElement {
        &self.element
    }

    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Width and height in pixels, once there is a picture.
    pub fn size(&self) -> Option<(f64, f64)> {
        // The size is known before the first frame can be drawn.
        const HAVE_CURRENT_DATA: u16 = 2;
        let (width, height) = (self.element.video_width(), self.element.video_height());
        let is_there = width > 0 && height > 0 && self.element.ready_state() >= HAVE_CURRENT_DATA;
        is_there.then(|| (f64::from(width), f64::from(height)))
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.element.set_src_object(None);
    }
}

/// The frames `video` has shown since it got its stream, and the size of the last, in pixels.
pub fn shown(video: &HtmlVideoElement) -> Option<(u32, u32, u32)> {
    let quality = js::call(video, "getVideoPlaybackQuality", &[]).ok()?;
    // Firefox counts a stream's frames in a member of its own.
    let frames = js::number(&quality, "totalVideoFrames")
        .filter(|frames| *frames > 0.0)
        .or(js::number(video, "mozPaintedFrames"))? as u32;
    Some((frames, video.video_width(), video.video_height()))
}
