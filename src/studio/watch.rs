//! What is measured and watched over while the studio runs.

use callreel_browser::{
    blob::ObjectUrl,
    page::{self, LeaveGuard, WakeLock},
    picture,
};
use callreel_engine::{
    devices::DeviceKind,
    formats::Format,
    silence::{MicState, SilenceWatch},
    storage::{Estimate, RoomState},
};
use web_sys::Blob;

use super::{
    controller::Studio,
    state::{Action, Keeping, Message},
};

/// Disk space is asked for this often while recording, in pulses.
const ROOM_EVERY: u32 = 10;
/// The picture for the list is taken once this much is recorded, in ms.
const PICTURE_AFTER_MS: f64 = 700.0;

/// What is remembered from one pulse to the next.
#[derive(Default)]
pub struct Watch {
    /// Pixels and frames per second of the running preview.
    pub delivered: Option<(u32, u32, f64)>,
    /// The format of the take that is being made.
    pub format: Option<&'static Format>,
    /// Its picture for the list.
    pub picture: Option<Blob>,
    /// Kept until the next one, so that the browser can fetch it.
    pub last_download: Option<ObjectUrl>,
    /// The same for a snapshot.
    pub last_snapshot: Option<ObjectUrl>,
    told: Vec<String>,
    counted: Option<(u32, f64)>,
    silence: SilenceWatch,
    mic: MicState,
    low_said: bool,
    picture_asked: bool,
    pulses: u32,
    awake: Option<WakeLock>,
    guard: Option<LeaveGuard>,
}

impl Watch {
    /// A take begins.
    pub fn begin(&mut self, format: &'static Format) {
        self.format = Some(format);
        self.picture = None;
        self.picture_asked = false;
        self.low_said = false;
        self.silence = SilenceWatch::new();
        self.mic = MicState::Fine;
        self.guard = Some(LeaveGuard::new());
    }

    /// The take is over.
    pub fn end(&mut self) {
        self.guard = None;
        self.awake = None;
        self.format = None;
    }

    /// Keeps the wake lock while a take is made; true the first time.
    pub fn stay(&mut self, lock: Option<WakeLock>) -> bool {
        let first = self.awake.is_none();
        if self.guard.is_some() {
            self.awake = lock;
        }
        first
    }

    /// Whether this was not said before.
    pub fn is_news(&mut self, what: &str) -> bool {
        let news = !self.told.iter().any(|told| told == what);
        if news {
            self.told.push(what.to_owned());
        }
        news
    }
}

impl Studio {
    /// Twice a second.
    pub(super) fn pulse(&self) {
        let pulses = {
            let mut watch = self.0.watch.borrow_mut();
            watch.pulses = watch.pulses.wrapping_add(1);
            watch.pulses
        };
        if pulses % 2 == 0 {
            self.measure();
        }
        let take = self.0.take.borrow().clone();
        let Some(take) = take else {
            return;
        };
        take.tick();
        self.show_take(&take);
        self.watch_microphone();
        if pulses % ROOM_EVERY == 0 {
            self.spawn(|studio| async move { studio.ask_room().await });
        }
        let due = take.elapsed_ms() > PICTURE_AFTER_MS;
        if due
            && take.has_picture()
            && !std::mem::replace(&mut self.0.watch.borrow_mut().picture_asked, true)
        {
            self.spawn(|studio| async move { studio.take_picture(&take).await });
        }
    }

    /// Size and frames per second of the running preview, over the last second.
    fn measure(&self) {
        let shown = self.0.stage.borrow().as_ref().and_then(picture::shown);
        let now = page::now();
        let Some((frames, width, height)) = shown.filter(|(_, width, _)| *width > 0) else {
            self.0.watch.borrow_mut().counted = None;
            return;
        };
        let mut watch = self.0.watch.borrow_mut();
        let before = watch.counted.replace((frames, now));
        // A hidden page shows nothing, which says nothing about the source.
        let Some((then, at)) = before.filter(|(then, _)| frames >= *then && !page::is_hidden())
        else {
            return;
        };
        let rate = f64::from(frames - then) * 1000.0 / (now - at).max(1.0);
        let changed = watch
            .delivered
            .is_none_or(|(w, h, before)| (w, h) != (width, height) || (before - rate).abs() >= 0.5);
        watch.delivered = Some((width, height, rate));
        drop(watch);
        if changed {
            self.dispatch(Action::Delivered(width, height, rate));
            self.compare();
        }
    }

    fn watch_microphone(&self) {
        let (level, muted, ended) = {
            let sources = self.0.sources.borrow();
            let opened = sources.plan.as_ref().and_then(|it| it.microphone.as_ref());
            let wanted = opened.is_some() || self.misses(DeviceKind::Microphone);
            let track = sources
                .microphone
                .as_ref()
                .and_then(|stream| stream.audio());
            if !wanted {
                return;
            }
            (
                sources.level(),
                track.is_some_and(|track| track.is_muted()),
                track.is_none_or(|track| !track.is_live()),
            )
        };
        let mut watch = self.0.watch.borrow_mut();
        let state = watch.silence.feed(page::now(), level.into(), muted, ended);
        let before = std::mem::replace(&mut watch.mic, state);
        drop(watch);
        if std::mem::discriminant(&before) != std::mem::discriminant(&state) {
            self.dispatch(Action::Mic(state));
        }
    }

    /// Asks how much can still be stored.
    pub(super) async fn ask_room(&self) {
        let Ok(estimate) = page::storage_estimate().await else {
            return;
        };
        let estimate = Estimate {
            quota: estimate.quota as u64,
            usage: estimate.usage as u64,
        };
        let room = estimate.room(self.bits_per_second());
        let keeping = match page::is_persistent().await {
            _ if estimate.is_small() => Keeping::Small,
            true => Keeping::Promised,
            false => Keeping::Maybe,
        };
        self.dispatch(Action::Room(Some(room), keeping));
        let recording = self.0.take.borrow().is_some();
        let low = recording && room.state() != RoomState::Plenty;
        if low && !std::mem::replace(&mut self.0.watch.borrow_mut().low_said, true) {
            let ms_left = room.ms_left.unwrap_or(0) as f64;
            self.say(Message::DiskLow { ms_left });
        }
    }
}
