//! `MediaRecorder` as a handle and the events it gives (MediaStream Recording).

use std::cell::Cell;

use futures_channel::mpsc::{self, UnboundedReceiver, UnboundedSender};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobEvent, MediaRecorder, MediaRecorderOptions, RecordingState};

use crate::{DomError, Listener, js, media::Stream, page, ticker::Ticker};

/// How to record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecorderConfig {
    /// A type with codecs that [`is_supported`] said yes to.
    pub mime: String,
    /// Bits per second; `None` leaves it to the browser.
    pub video_bits: Option<u32>,
    /// Bits per second; `None` leaves it to the browser.
    pub audio_bits: Option<u32>,
    /// A chunk every so many ms.
    pub timeslice_ms: u32,
    /// A key frame every so many ms, where the browser honours it.
    pub key_frame_ms: Option<u32>,
}

/// What a recorder has done.
#[derive(Clone, Debug)]
pub enum RecorderEvent {
    /// It records since `at_ms` (`performance.now()`).
    Started {
        /// When, in ms since the page began.
        at_ms: f64,
    },
    /// The bytes since the last chunk.
    Chunk(Blob),
    /// It has given its last chunk.
    Stopped,
    /// It will stop, and why.
    Failed(DomError),
}

/// The events of one recorder, in order; ends after [`RecorderEvent::Stopped`].
pub type RecorderEvents = UnboundedReceiver<RecorderEvent>;

/// True where the browser says it can record this type.
pub fn is_supported(mime: &str) -> bool {
    MediaRecorder::is_type_supported(mime)
}

/// True where the browser has the interface.
pub fn available() -> bool {
    js::get(&page::window(), "MediaRecorder").is_function()
}

/// A recorder at work; dropping it stops it, and its events end without a last chunk.
#[must_use = "dropping the recorder loses what it has not handed over"]
pub struct Recorder {
    raw: MediaRecorder,
    /// Asks for a chunk every timeslice, where that is not left to the browser.
    pace: Cell<Option<Ticker>>,
    _stream: Stream,
    _listeners: [Listener; 4],
}

impl RecorderConfig {
    /// Starts to record.
    pub fn start(&self, stream: &Stream) -> Result<(Recorder, RecorderEvents), DomError> {
        let raw = MediaRecorder::new_with_media_stream_and_media_recorder_options(
            stream.as_raw(),
            &self.into(),
        )?;
        let (sender, events) = mpsc::unbounded();
        let listeners = listen(&raw, &sender);
        let pace = pace(&raw, self.timeslice_ms);
        // One that is never due as long as each is asked for, and is all there is where no worker runs.
        let due = self.timeslice_ms << u32::from(pace.is_some());
        raw.start_with_time_slice(i32::try_from(due).unwrap_or(i32::MAX))?;
        let recorder = Recorder {
            raw,
            pace: pace.into(),
            _stream: stream.clone(),
            _listeners: listeners,
        };
        Ok((recorder, events))
    }
}

/// A chunk that falls due while Firefox stops can be lost there, and with a take's first chunk its
/// beginning. One that was asked for never is, so in Firefox each is asked for.
fn pace(raw: &MediaRecorder, timeslice_ms: u32) -> Option<Ticker> {
    // Nothing tells of the fault, so this goes by a name that only Firefox has.
    if js::get(&page::window(), "mozInnerScreenX").is_undefined() {
        return None;
    }
    let raw = raw.clone();
    let ask = move || {
        // One that is not there yet, or no longer, has nothing to give.
        let _ = raw.request_data();
    };
    Ticker::start(timeslice_ms.into(), ask).ok()
}

impl From<&RecorderConfig> for MediaRecorderOptions {
    fn from(config: &RecorderConfig) -> Self {
        let options = Self::new();
        options.set_mime_type(&config.mime);
        if let Some(bits) = config.video_bits {
            options.set_video_bits_per_second(bits);
        }
        if let Some(bits) = config.audio_bits {
            options.set_audio_bits_per_second(bits);
        }
        if let Some(interval) = config.key_frame_ms {
            js::set(&options, "videoKeyFrameIntervalDuration", interval);
        }
        options
    }
}

fn listen(raw: &MediaRecorder, sender: &UnboundedSender<RecorderEvent>) -> [Listener; 4] {
    let on = |name: &'static str, event: fn(&JsValue) -> RecorderEvent| {
        let sender = sender.clone();
        Listener::new(raw, name, move |raised| {
            // The receiver is gone once the take is over: a late event means nothing to it.
            let _ = sender.unbounded_send(event(raised));
            if raised.type_() == "stop" {
                sender.close_channel();
            }
        })
    };
    [
        on("start", |_| RecorderEvent::Started { at_ms: page::now() }),
        on("dataavailable", |event| {
            let event: &BlobEvent = event.unchecked_ref();
            event
                .data()
                .map_or(RecorderEvent::Stopped, RecorderEvent::Chunk)
        }),
        on("stop", |_| RecorderEvent::Stopped),
        on("error", |event| {
            RecorderEvent::Failed(js::get(event, "error").into())
        }),
    ]
}

impl Recorder {
    /// Records nothing until [`Recorder::resume`]; the pause does not count as time.
    pub fn pause(&self) -> Result<(), DomError> {
        Ok(self.raw.pause()?)
    }

    /// Records again.
    pub fn resume(&self) -> Result<(), DomError> {
        Ok(self.raw.resume()?)
    }

    /// Asks for what has been recorded since the last chunk.
    pub fn request_data(&self) -> Result<(), DomError> {
        Ok(self.raw.request_data()?)
    }

    /// Ends the recording: a last chunk and [`RecorderEvent::Stopped`] follow.
    pub fn stop(&self) -> Result<(), DomError> {
        drop(self.pace.take());
        if self.raw.state() == RecordingState::Inactive {
            return Ok(());
        }
        Ok(self.raw.stop()?)
    }

    /// The type it really records.
    pub fn mime(&self) -> String {
        self.raw.mime_type()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let stopped = self.stop();
        debug_assert!(stopped.is_ok(), "an active recorder can be stopped");
    }
}
