//! A picture made of others: filters, and a camera in the corner of a screen.
//!
//! Used only where pixels must change, or where a recorder must not notice that the source did;
//! otherwise a track is recorded as it comes.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::{
    DomError,
    media::{Stream, Track},
    picture::{self, Playing},
    ticker::Ticker,
};

/// How the composed picture is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Pixels. What has another shape is fitted in, with black beside it.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames per second.
    pub frame_rate: f64,
    /// A CSS filter for the whole picture, `"none"` for none.
    pub filter: String,
    /// A line of text where there is no picture at all.
    pub placeholder: String,
}

/// Draws until it is dropped.
#[must_use = "dropping it ends its track"]
pub struct Compositor {
    scene: Rc<RefCell<Scene>>,
    track: Track,
    _ticker: Ticker,
}

struct Scene {
    config: Config,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    main: Shown,
    corner: Shown,
}

/// What is drawn, and what will be as soon as it has a picture: until then the old one goes on.
#[derive(Default)]
pub(crate) struct Shown {
    now: Option<Playing>,
    next: Option<Playing>,
}

impl Shown {
    pub fn set(&mut self, stream: Option<&Stream>) -> Result<(), DomError> {
        let Some(stream) = stream else {
            *self = Self::default();
            return Ok(());
        };
        let latest = self.next.as_ref().or(self.now.as_ref());
        if latest.is_none_or(|playing| playing.stream() != stream) {
            self.next = Some(Playing::start(stream)?);
        }
        Ok(())
    }

    /// What to draw now, and its size.
    pub fn picture(&mut self) -> Option<(&Playing, (f64, f64))> {
        if self.next.as_ref().is_some_and(|next| next.size().is_some()) {
            self.now = self.next.take();
        }
        let now = self.now.as_ref()?;
        Some((now, now.size()?))
    }

    fn is_nothing(&self) -> bool {
        self.now.is_none() && self.next.is_none()
    }
}

impl Compositor {
    /// Starts drawing.
    pub fn start(config: Config) -> Result<Self, DomError> {
        let (canvas, context) = picture::canvas(config.width, config.height)?;
        let frame_rate = config.frame_rate.clamp(1.0, 120.0);
        // A frame for each drawing. Asked for a rate, Firefox takes frames by a timer of its own,
        // which misses nearly every second drawing.
        let captured = canvas.capture_stream()?;
        let track = Stream::own(captured)
            .video()
            .cloned()
            .ok_or_else(|| DomError::new("NotSupportedError", "captureStream"))?;
        let scene = Rc::new(RefCell::new(Scene {
            config,
            canvas,
            context,
            main: Shown::default(),
            corner: Shown::default(),
        }));
        let drawn = Rc::clone(&scene);
        // A frame that can't be drawn leaves the one before; the next is tried all the same.
        let ticker = Ticker::start(1000.0 / frame_rate, move || drop(drawn.borrow_mut().draw()))?;
        Ok(Self {
            scene,
            track,
            _ticker: ticker,
        })
    }

    /// The composed picture.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// What fills the picture; the track goes on without a break.
    pub fn set_main(&self, stream: Option<&Stream>) -> Result<(), DomError> {
        let mut scene = self.scene.borrow_mut();
        scene.main.set(stream)?;
        // Not first at the next tick: where a source ended, every moment is missing in a take.
        scene.draw().map_err(DomError::from)
    }

    /// What is shown small in the lower right corner.
    pub fn set_corner(&self, stream: Option<&Stream>) -> Result<(), DomError> {
        self.scene.borrow_mut().corner.set(stream)
    }

    /// Another CSS filter from the next frame on.
    pub fn set_filter(&self, filter: &str) {
        self.scene.borrow_mut().config.filter = filter.to_owned();
    }

    /// Whether it draws in this size and at this rate.
    pub fn fits(&self, config: &Config) -> bool {
        let own = &self.scene.borrow().config;
        let shape = |config: &Config| (config.width, config.height, config.frame_rate);
        shape(own) == shape(config)
    }
}

impl Scene {
    fn draw(&mut self) -> Result<(), JsValue> {
        let (width, height) = (
            f64::from(self.canvas.width()),
            f64::from(self.canvas.height()),
        );
        self.context.set_filter("none");
        if self.main.is_nothing() {
            self.draw_placeholder(width, height)?;
        }
        self.draw_main(width, height)?;
        self.draw_corner(width, height)
    }

    fn draw_main(&mut self, width: f64, height: f64) -> Result<(), JsValue> {
        let Some((main, size)) = self.main.picture() else {
            return Ok(());
        };
        let context = &self.context;
        let (w, h) = fit(size, (width, height));
        if w < width || h < height {
            context.set_fill_style_str("#000");
            context.fill_rect(0.0, 0.0, width, height);
        }
        context.set_filter(&self.config.filter);
        let (x, y) = ((width - w) / 2.0, (height - h) / 2.0);
        context.draw_image_with_html_video_element_and_dw_and_dh(main.element(), x, y, w, h)
    }

    fn draw_corner(&mut self, width: f64, height: f64) -> Result<(), JsValue> {
        let Some((corner, size)) = self.corner.picture() else {
            return Ok(());
        };
        let (w, h) = fit(size, (width * 0.24, height * 0.32));
        let margin = width * 0.02;
        let (x, y) = (width - w - margin, height - h - margin);
        let context = &self.context;
        context.set_filter(&self.config.filter);
        context.set_fill_style_str("#fff");
        let border = (width / 480.0).max(1.0);
        context.fill_rect(x - border, y - border, w + 2.0 * border, h + 2.0 * border);
        context.draw_image_with_html_video_element_and_dw_and_dh(corner.element(), x, y, w, h)
    }

    fn draw_placeholder(&self, width: f64, height: f64) -> Result<(), JsValue> {
        let context = &self.context;
        context.set_fill_style_str("#0d0f14");
        context.fill_rect(0.0, 0.0, width, height);
        context.set_fill_style_str("#a7aebd");
        let mut font = ((height / 18.0).round() as u32).to_string();
        font.push_str("px system-ui, sans-serif");
        context.set_font(&font);
        context.set_text_align("center");
        context.fill_text_with_max_width(
            &self.config.placeholder,
            width / 2.0,
            height / 2.0,
            width * 0.9,
        )
    }
}

/// The largest size of the same shape as `inner` that fits into `outer`.
fn fit(inner: (f64, f64), outer: (f64, f64)) -> (f64, f64) {
    let scale = (outer.0 / inner.0).min(outer.1 / inner.1);
    ((inner.0 * scale).round(), (inner.1 * scale).round())
}
