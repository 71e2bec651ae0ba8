//! One recording of a stream that the page opened.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::{
    DomError, Listener,
    audio::{Mixer, Slot},
    media::{Stream, Track},
    page::{self, WakeLock},
    recorder::RecorderConfig,
    ticker::Ticker,
    vault::Vault,
};
use callreel_engine::{
    formats::{self, Format, Media, Timeslice},
    record::TakeRecord,
    take::{Notice, TakeState},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStream;

use super::{
    given::{self, Hearer, Options, described},
    thrown,
    uploading::{self, Uploading},
    vault,
};
use crate::take::{
    self,
    live::{LiveTake, Setup, TakeEvent},
    shelf,
};

/// A key frame this often (ms), where the browser honours it, so that seeking is quick.
const KEY_FRAME_MS: u32 = 1_000;
/// How often is looked whether something is due, in ms.
const CLOCK_MS: f64 = 250.0;

/// A recording at work. It goes on without this handle, until it is stopped or its source ends.
#[wasm_bindgen]
pub struct Recording(Rc<Inner>);

struct Inner {
    /// Until it is over: JavaScript may hold this much longer.
    vault: RefCell<Option<Rc<Vault>>>,
    durable: bool,
    max_ms: Option<f64>,
    hearer: Hearer,
    take: RefCell<Option<LiveTake>>,
    state: Cell<&'static str>,
    elapsed_ms: Cell<f64>,
    upload: RefCell<Option<Uploading>>,
    clock: RefCell<Option<Ticker>>,
    ended: RefCell<Option<Listener>>,
    awake: RefCell<Option<WakeLock>>,
    mixer: RefCell<Option<Mixer>>,
}

/// Begins to record a stream. Its tracks stay the page's own, which stops them.
#[wasm_bindgen]
pub async fn record(
    stream: MediaStream,
    options: Options,
    hearer: Hearer,
) -> Result<Recording, JsValue> {
    begin(Stream::lent(stream), &options, hearer)
        .await
        .map_err(|error| thrown(&error))
}

async fn begin(stream: Stream, options: &Options, hearer: Hearer) -> Result<Recording, DomError> {
    let (video, audio) = (stream.video().cloned(), stream.audio().cloned());
    let main = video.clone().or_else(|| audio.clone());
    let Some(main) = main.filter(Track::is_live) else {
        return Err(DomError::new("no_track", "the stream has no live track"));
    };
    let media = match video {
        Some(_) => Media::Video,
        None => Media::Audio,
    };
    let format = given::format(options.format().as_deref(), media)
        .ok_or_else(|| DomError::new("unsupported_format", "MediaRecorder"))?;
    let vault = vault()?;
    let durable = vault.is_durable().await;
    let (mixer, audio) = mixed(&stream, audio).await;
    let record = TakeRecord {
        id: page::random_id()?,
        title: options.title().unwrap_or_default(),
        mime: format.mime.to_owned(),
        extension: format.extension.to_owned(),
        source: options.source().unwrap_or_default(),
        created_at: page::wall_clock(),
        ..TakeRecord::default()
    };
    let inner = Rc::new(Inner {
        durable,
        max_ms: options.max_duration(),
        hearer,
        take: RefCell::default(),
        state: Cell::new("starting"),
        elapsed_ms: Cell::default(),
        upload: RefCell::default(),
        clock: RefCell::default(),
        ended: RefCell::default(),
        awake: RefCell::default(),
        mixer: RefCell::new(mixer),
        vault: RefCell::new(Some(Rc::clone(&vault))),
    });
    let setup = Setup {
        file: take::begin(&vault, &record).await?,
        vault: (*vault).clone(),
        recorder: config(options, format, video.as_ref()),
        is_webm: record.is_webm(),
        durable,
        record: record.clone(),
    };
    inner.watch(&main)?;
    if options.upload() == Some(true) {
        let begun = uploading::begin(&vault, &record, options, &inner.hearer);
        *inner.upload.borrow_mut() = begun;
    }
    let heard = Rc::clone(&inner);
    // The circle is opened when the take ends, which it always tells.
    let take = LiveTake::start(setup, video, audio, move |event| heard.hear(event));
    *inner.take.borrow_mut() = Some(take);
    inner.moved();
    let recording = Recording(inner);
    let waker = Rc::clone(&recording.0);
    spawn_local(async move {
        let lock = WakeLock::request().await.ok();
        // It may be over meanwhile.
        if waker.take.borrow().is_some() {
            *waker.awake.borrow_mut() = lock;
        }
    });
    Ok(recording)
}

/// All sounds as one track, and what makes it. Where the browser holds that back, as it may before a
/// click, the first sound as it comes.
async fn mixed(stream: &Stream, first: Option<Track>) -> (Option<Mixer>, Option<Track>) {
    let mix = || {
        let mixer = Mixer::new()?;
        for (number, sound) in (0..).zip(stream.sounds()) {
            mixer.set(Slot::Other(number), Some(sound))?;
        }
        Ok::<_, DomError>(mixer)
    };
    let mixer = first.as_ref().and_then(|_| mix().ok());
    match mixer {
        Some(mixer) if mixer.start().await => {
            let track = mixer.track().clone();
            (Some(mixer), Some(track))
        }
        _ => (None, first),
    }
}

fn config(options: &Options, format: &Format, video: Option<&Track>) -> RecorderConfig {
    let automatic = |track: &Track| {
        let found = track.settings();
        let (width, height) = (found.width.unwrap_or(1280), found.height.unwrap_or(720));
        formats::video_bits_per_second(width, height, found.frame_rate.unwrap_or(30.0))
    };
    let wanted = options.bit_rate().map(|bits| bits as u32);
    let timeslice = options.timeslice().map(|ms| Timeslice::new(ms as u32));
    RecorderConfig {
        mime: format.mime.to_owned(),
        video_bits: video.map(|track| wanted.unwrap_or_else(|| automatic(track))),
        audio_bits: match video {
            Some(_) => Some(formats::AUDIO_BITS_PER_SECOND),
            None => wanted.or(Some(formats::AUDIO_BITS_PER_SECOND)),
        },
        timeslice_ms: timeslice.unwrap_or_default().ms(),
        key_frame_ms: Some(KEY_FRAME_MS),
    }
}

#[wasm_bindgen]
impl Recording {
    /// Records nothing until it is resumed.
    pub fn pause(&self) {
        self.0.with_take(LiveTake::pause);
    }

    /// Records again.
    pub fn resume(&self) {
        self.0.with_take(LiveTake::resume);
    }

    /// Ends it; the hearer is given the take.
    pub fn stop(&self) {
        self.0.with_take(LiveTake::stop);
    }

    /// `starting`, `recording`, `paused`, `stopping` or `stopped`.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> String {
        self.0.state.get().to_owned()
    }

    /// Recorded time in ms, pauses not counted.
    #[wasm_bindgen(getter)]
    pub fn elapsed(&self) -> f64 {
        self.0.elapsed_ms.get()
    }

    /// Whether what is recorded survives the page.
    #[wasm_bindgen(getter)]
    pub fn durable(&self) -> bool {
        self.0.durable
    }
}

impl Inner {
    fn with_take(&self, act: impl FnOnce(&LiveTake)) {
        let take = self.take.borrow().clone();
        if let Some(take) = take {
            act(&take);
            self.moved();
        }
    }

    /// Looks after what time and the source do.
    fn watch(self: &Rc<Self>, main: &Track) -> Result<(), DomError> {
        let weak = Rc::downgrade(self);
        let stop = move || {
            if let Some(inner) = weak.upgrade() {
                inner.with_take(LiveTake::stop);
            }
        };
        *self.ended.borrow_mut() = Some(main.on_ended(stop));
        let weak = Rc::downgrade(self);
        let clock = Ticker::start(CLOCK_MS, move || {
            if let Some(inner) = weak.upgrade() {
                inner.look();
            }
        })?;
        *self.clock.borrow_mut() = Some(clock);
        Ok(())
    }

    fn look(&self) {
        self.with_take(|take| {
            take.tick();
            let is_long_enough = self.max_ms.is_some_and(|max| take.elapsed_ms() >= max);
            if is_long_enough && self.state.get() == "recording" {
                take.stop();
            }
        });
    }

    fn moved(&self) {
        if let Some(take) = &*self.take.borrow() {
            self.elapsed_ms.set(take.elapsed_ms());
            self.state.set(match take.state() {
                TakeState::Idle | TakeState::Starting => "starting",
                TakeState::Paused => "paused",
                TakeState::Recording | TakeState::Switching | TakeState::Waiting => "recording",
                TakeState::Stopping | TakeState::Finished | TakeState::Failed { .. } => "stopping",
            });
        }
        self.hearer.moved();
    }

    fn hear(self: &Rc<Self>, event: TakeEvent) {
        match event {
            // Told while the take is at work in itself: what hears it may call the take.
            TakeEvent::Changed => {
                let inner = Rc::clone(self);
                spawn_local(async move { inner.moved() });
            }
            TakeEvent::Closed { bytes } => {
                if let Some(upload) = &*self.upload.borrow() {
                    upload.may_send(bytes);
                }
            }
            TakeEvent::Notice(notice) => self.notice(&notice),
            TakeEvent::Joined { .. } => {}
            TakeEvent::Finished(record) => {
                let inner = Rc::clone(self);
                spawn_local(async move { inner.finish(record.map(|record| *record)).await });
            }
        }
    }

    fn notice(&self, notice: &Notice) {
        let (code, detail) = match notice {
            Notice::DiskFull => ("disk_full", ""),
            Notice::StartFailed { code }
            | Notice::RecorderFailed { code }
            | Notice::SwitchFailed { code } => ("recorder_failed", code.as_str()),
            Notice::StopTimedOut => ("recorder_failed", "stop_timeout"),
            // A source that ends is how people stop sharing their screen.
            Notice::RecorderEnded
            | Notice::CannotJoin
            | Notice::SourceEnded { .. }
            | Notice::Joined { .. }
            | Notice::NotDurable
            | Notice::Suspended
            | Notice::Returned { .. } => return,
        };
        self.hearer.problem(code, detail);
    }

    async fn finish(&self, record: Option<TakeRecord>) {
        self.clock.take();
        self.ended.take();
        self.awake.take();
        self.take.take();
        self.mixer.take();
        let vault = self.vault.take();
        let mut take = JsValue::UNDEFINED;
        if let (Some(record), Some(vault)) = (record, vault) {
            self.elapsed_ms.set(record.duration_ms);
            match shelf::file(&vault, &record).await {
                Ok(file) => {
                    take = described(&record, &file, self.durable, None);
                    if let Some(upload) = &*self.upload.borrow() {
                        upload.send_rest(&record);
                    }
                }
                Err(error) => self.hearer.problem(&error.name, &error.message),
            }
        }
        let upload = self.upload.take();
        if let (Some(upload), true) = (upload, take.is_undefined()) {
            upload.end();
        }
        self.state.set("stopped");
        self.hearer.finished(take);
    }
}
