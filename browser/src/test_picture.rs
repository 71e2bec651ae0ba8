//! A picture that needs no camera: a letter, a hand that turns, and a clock.

use std::f64::consts::TAU;

use web_sys::CanvasRenderingContext2d;

use crate::{
    DomError,
    media::{Stream, Track},
    page, picture,
    ticker::Ticker,
};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const FRAMES_PER_SECOND: f64 = 20.0;

/// Draws until it is dropped.
#[must_use = "dropping it ends its track"]
pub struct TestPicture {
    track: Track,
    _ticker: Ticker,
}

impl TestPicture {
    /// Starts to draw a letter on a colour (CSS).
    pub fn start(letter: &'static str, colour: &'static str) -> Result<Self, DomError> {
        let (canvas, context) = picture::canvas(WIDTH as u32, HEIGHT as u32)?;
        let captured = Stream::own(canvas.capture_stream()?);
        let track = captured
            .video()
            .cloned()
            .ok_or_else(|| DomError::new("NotSupportedError", "captureStream"))?;
        let began = page::now();
        let ticker = Ticker::start(1000.0 / FRAMES_PER_SECOND, move || {
            // A frame that can't be drawn leaves the one before.
            let _ = draw(&context, letter, colour, page::now() - began);
        })?;
        Ok(Self {
            track,
            _ticker: ticker,
        })
    }

    /// The picture.
    pub fn track(&self) -> &Track {
        &self.track
    }
}

fn draw(
    context: &CanvasRenderingContext2d,
    letter: &str,
    colour: &str,
    ms: f64,
) -> Result<(), DomError> {
    context.set_fill_style_str(colour);
    context.fill_rect(0.0, 0.0, WIDTH, HEIGHT);
    let (x, y, radius) = (WIDTH * 0.72, HEIGHT / 2.0, HEIGHT * 0.32);
    context.set_stroke_style_str("rgb(255 255 255 / 35%)");
    context.set_line_width(6.0);
    context.begin_path();
    context.arc(x, y, radius, 0.0, TAU)?;
    context.stroke();
    // Once around in two seconds.
    let angle = ms / 2_000.0 * TAU;
    context.set_stroke_style_str("#fff");
    context.begin_path();
    context.move_to(x, y);
    context.line_to(x + radius * angle.sin(), y - radius * angle.cos());
    context.stroke();
    context.set_fill_style_str("#fff");
    context.set_text_align("center");
    context.set_text_baseline("middle");
    context.set_font("700 190px system-ui, sans-serif");
    context.fill_text(letter, WIDTH * 0.26, y - 16.0)?;
    context.set_font("600 34px ui-monospace, monospace");
    let tenths = (ms / 100.0) as u64;
    let seconds = [
        (tenths / 10).to_string(),
        ".".to_owned(),
        (tenths % 10).to_string(),
        " s".to_owned(),
    ]
    .concat();
    context.fill_text(&seconds, WIDTH * 0.26, HEIGHT - 52.0)?;
    Ok(())
}
