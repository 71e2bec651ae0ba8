//! Everybody in one picture: a recording of a call.
//!
//! The track goes on as people come and go; a worker's timer drives it, so that it goes on in a
//! hidden page too.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::{
    DomError,
    compositor::Shown,
    media::{Stream, Track},
    page, picture,
    ticker::Ticker,
};

/// A part of the picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Place {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Who is seen where.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Tells it from the others while it moves about.
    pub id: String,
    /// What is written on it.
    pub name: String,
    /// Its picture; the first letter of the name without one.
    pub stream: Option<Stream>,
    /// Where it is.
    pub place: Place,
    /// All of the picture is to be seen, not all of the place to be filled: text may be read.
    pub whole: bool,
}

/// Draws until it is dropped.
#[must_use = "dropping it ends its track"]
pub struct Gallery {
    scene: Rc<RefCell<Scene>>,
    track: Track,
    _ticker: Ticker,
}

struct Scene {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    seats: Vec<(Seat, Shown)>,
}

impl Gallery {
    /// Starts to draw a picture of this size in pixels, so many times a second.
    pub fn start(width: u32, height: u32, frame_rate: f64) -> Result<Self, DomError> {
        let (canvas, context) = picture::canvas(width, height)?;
        let captured = Stream::own(canvas.capture_stream()?);
        let track = captured
            .video()
            .cloned()
            .ok_or_else(|| DomError::new("NotSupportedError", "captureStream"))?;
        let scene = Rc::new(RefCell::new(Scene {
            canvas,
            context,
            seats: Vec::new(),
        }));
        let drawn = Rc::clone(&scene);
        let mut rests_until = 0.0;
        let ticker = Ticker::start(1000.0 / frame_rate.clamp(1.0, 60.0), move || {
            let began = page::now();
            // On a slow machine drawing takes half of the time at most: the call goes first.
            if began < rests_until {
                return;
            }
            // A frame that can't be drawn leaves the one before; the next is tried all the same.
            drop(drawn.borrow_mut().draw());
            let ended = page::now();
            rests_until = ended + (ended - began);
        })?;
        Ok(Self {
            scene,
            track,
            _ticker: ticker,
        })
    }

    /// The picture.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// Who is seen from now on, and where. Who can't be shown has a seat all the same; the error is
    /// the last one's.
    pub fn set(&self, seats: Vec<Seat>) -> Result<(), DomError> {
        let mut scene = self.scene.borrow_mut();
        let mut before = std::mem::take(&mut scene.seats);
        let mut result = Ok(());
        for seat in seats {
            let known = before.iter().position(|(old, _)| old.id == seat.id);
            let mut shown = known.map_or_else(Shown::default, |at| before.swap_remove(at).1);
            if let Err(error) = shown.set(seat.stream.as_ref()) {
                result = Err(error);
            }
            scene.seats.push((seat, shown));
        }
        result
    }
}

impl Scene {
    fn draw(&mut self) -> Result<(), JsValue> {
        let (width, height) = (self.canvas.width(), self.canvas.height());
        let context = &self.context;
        context.set_fill_style_str("#0d0f14");
        context.fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
        for (seat, shown) in &mut self.seats {
            draw_seat(context, seat, shown)?;
        }
        Ok(())
    }
}

fn draw_seat(
    context: &CanvasRenderingContext2d,
    seat: &Seat,
    shown: &mut Shown,
) -> Result<(), JsValue> {
    let Place {
        x,
        y,
        width,
        height,
    } = seat.place;
    context.set_fill_style_str("#1d222e");
    context.fill_rect(x, y, width, height);
    match shown.picture() {
        Some((playing, (w, h))) => {
            let scale = if seat.whole {
                (width / w).min(height / h)
            } else {
                (width / w).max(height / h)
            };
            // What is too large for its place is cut off at both sides alike.
            let (cut_w, cut_h) = ((width / scale).min(w), (height / scale).min(h));
            let (dw, dh) = (cut_w * scale, cut_h * scale);
            context.draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                playing.element(),
                (w - cut_w) / 2.0,
                (h - cut_h) / 2.0,
                cut_w,
                cut_h,
                x + (width - dw) / 2.0,
                y + (height - dh) / 2.0,
                dw,
                dh,
            )?;
        }
        None => {
            let initial: String = seat.name.chars().take(1).collect();
            write(
                context,
                &initial,
                height / 4.0,
                "center",
                [x + width / 2.0, y + height / 2.0],
            )?;
        }
    }
    let size = (height / 18.0).clamp(12.0, 26.0);
    context.set_shadow_color("#000");
    context.set_shadow_blur(size / 3.0);
    let written = write(
        context,
        &seat.name,
        size,
        "left",
        [x + size * 0.7, y + height - size],
    );
    context.set_shadow_blur(0.0);
    written
}

fn write(
    context: &CanvasRenderingContext2d,
    text: &str,
    size: f64,
    align: &str,
    [x, y]: [f64; 2],
) -> Result<(), JsValue> {
    context.set_fill_style_str("#fff");
    context.set_text_align(align);
    context.set_text_baseline("middle");
    let size = (size.round() as u32).to_string();
    context.set_font(&["600 ", &size, "px system-ui, sans-serif"].concat());
    context.fill_text(text, x, y)
}
