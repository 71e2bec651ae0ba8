//! Recording: from the button to the take in the list.

use callreel_browser::{DomError, devices, page, picture, recorder::RecorderConfig, rest};
use callreel_engine::{
    formats::{self, Format, Media},
    names,
    record::TakeRecord,
    settings::Source,
    take::{Notice, TakeState},
};

use super::{
    controller::Studio,
    opening::Opened,
    state::{Action, Message, Recording, Running},
};
use crate::take::{
    self,
    live::{LiveTake, Setup, TakeEvent},
    shelf,
};

/// A key frame this often (ms), where the browser honours it, so that seeking is quick.
const KEY_FRAME_MS: u32 = 1_000;
/// A source that has given no picture after this long (ms) is recorded all the same.
const FIRST_FRAME_MS: f64 = 3_000.0;
/// The picture in the list is this wide, in pixels.
const PICTURE_WIDTH: u32 = 320;

impl Studio {
    /// Starts a take; opens the source first where it is not open.
    pub fn record(&self) {
        if self.0.take.borrow().is_some() || self.0.starting.replace(true) {
            return;
        }
        self.dispatch(Action::Recording(Recording::Starting));
        self.spawn(|studio| async move {
            if !studio.is_open() && !studio.open_for_take().await {
                return studio.not_started(None);
            }
            let begin = {
                let studio = studio.clone();
                async move { studio.begin().await }
            };
            rest::spawn(begin, move |_| {
                studio.not_started(None);
                studio.say(Message::NotLoaded);
            });
        });
    }

    /// Opens what the take needs. Where a newer wish comes in between, what it asks for is opened.
    async fn open_for_take(&self) -> bool {
        loop {
            match self.open_plan(self.plan()).await {
                Opened::Yes => return true,
                Opened::No => return false,
                Opened::Outdated => {}
            }
        }
    }

    fn not_started(&self, error: Option<&DomError>) {
        self.0.starting.set(false);
        if let Some(error) = error {
            self.say(match error.name.as_str() {
                "QuotaExceededError" => Message::NoRoom,
                _ => Message::RecorderFailed {
                    code: error.name.clone(),
                    message: error.message.clone(),
                },
            });
        }
        self.dispatch(Action::Recording(Recording::Idle));
    }

    async fn begin(&self) {
        match self.make_take().await {
            Ok(()) => self.0.starting.set(false),
            Err(error) => self.not_started(Some(&error)),
        }
    }

    async fn make_take(&self) -> Result<(), DomError> {
        let Some(format) = self.format() else {
            return Err(DomError::new("NotSupportedError", "MediaRecorder"));
        };
        let vault = self.vault().await?;
        let durable = vault.is_durable().await;
        let record = self.new_record(format)?;
        let file = take::begin(&vault, &record).await?;
        let audio = loop {
            let audio = super::sources::Sources::sound(&self.0.sources).await;
            if self.is_whole() {
                break audio;
            }
            // A source has ended, or makes way for another.
            if !self.open_for_take().await {
                vault.remove(&record.id).await?;
                self.not_started(None);
                return Ok(());
            }
        };
        let video = match record.source == Source::Microphone.id() {
            true => None,
            false => self.0.sources.borrow().picture(),
        };
        self.begin_upload(&vault, &record);
        let setup = Setup {
            recorder: self.recorder_config(format),
            is_webm: record.is_webm(),
            durable,
            vault,
            file,
            record,
        };
        let studio = self.weak();
        let take = LiveTake::start(setup, video, audio, move |event| {
            if let Some(studio) = studio() {
                studio.take_event(event);
            }
        });
        *self.0.take.borrow_mut() = Some(take);
        self.0.watch.borrow_mut().begin(format);
        self.keep_awake();
        self.spawn(|studio| async move {
            page::ask_persistent().await;
            studio.ask_room().await;
        });
        Ok(())
    }

    fn new_record(&self, format: &Format) -> Result<TakeRecord, DomError> {
        Ok(TakeRecord {
            id: page::random_id()?,
            mime: format.mime.to_owned(),
            extension: format.extension.to_owned(),
            source: self.0.settings.borrow().source.id().to_owned(),
            created_at: page::wall_clock(),
            ..TakeRecord::default()
        })
    }

    fn recorder_config(&self, format: &Format) -> RecorderConfig {
        let settings = self.0.settings.borrow();
        RecorderConfig {
            mime: format.mime.to_owned(),
            video_bits: settings
                .video_bits_per_second
                .or(self.automatic_video_bits()),
            audio_bits: settings
                .audio_bits_per_second
                .or(Some(formats::AUDIO_BITS_PER_SECOND)),
            timeslice_ms: settings.timeslice.ms(),
            key_frame_ms: Some(KEY_FRAME_MS),
        }
    }

    /// What suits the picture, in bits per second.
    fn automatic_video_bits(&self) -> Option<u32> {
        let sources = self.0.sources.borrow();
        let picture = sources.picture()?.settings();
        let (width, height) = (picture.width.unwrap_or(1280), picture.height.unwrap_or(720));
        // A composed picture has its source's frames, whatever the canvas says of itself.
        let source = sources.raw_picture().map(|track| track.settings());
        let rate = source.and_then(|source| source.frame_rate).unwrap_or(30.0);
        Some(formats::video_bits_per_second(width, height, rate))
    }

    /// About how many bits a second of a take has.
    pub(super) fn bits_per_second(&self) -> u64 {
        let settings = self.0.settings.borrow();
        let video = match super::controller::media_of(settings.source) {
            Media::Audio => 0,
            Media::Video => settings
                .video_bits_per_second
                .or(self.automatic_video_bits())
                .unwrap_or_else(|| formats::video_bits_per_second(1280, 720, 30.0)),
        };
        let audio = settings
            .audio_bits_per_second
            .unwrap_or(formats::AUDIO_BITS_PER_SECOND);
        u64::from(video) + u64::from(audio)
    }

    /// Records nothing until it is resumed.
    pub fn pause(&self) {
        self.with_take(LiveTake::pause);
    }

    /// Records again.
    pub fn resume(&self) {
        self.with_take(LiveTake::resume);
    }

    /// Ends the take.
    pub fn stop(&self) {
        self.with_take(LiveTake::stop);
    }

    fn with_take(&self, act: impl FnOnce(&LiveTake)) {
        let take = self.0.take.borrow().clone();
        if let Some(take) = take {
            act(&take);
            self.show_take(&take);
        }
    }

    /// Recorded time of the running take in ms, pauses not counted.
    pub fn elapsed_ms(&self) -> f64 {
        self.0
            .take
            .borrow()
            .as_ref()
            .map_or(0.0, LiveTake::elapsed_ms)
    }

    /// The id of the take that is being made.
    pub fn taken(&self) -> Option<String> {
        let take = self.0.take.borrow();
        take.as_ref().map(|take| take.id().to_owned())
    }

    /// Whether a take with a picture is being made: then there has to be one.
    pub(super) fn takes_picture(&self) -> bool {
        self.0
            .take
            .borrow()
            .as_ref()
            .is_some_and(LiveTake::has_picture)
    }

    /// Hands a changed picture to the take that is being made. Its sound always comes from the
    /// mixer, which changes its sources without a break.
    pub(super) fn take_new_picture(&self) {
        let take = self.0.take.borrow().clone();
        let Some(take) = take.filter(|take| take.has_picture() && take.state().is_live()) else {
            return;
        };
        let Some(video) = self.0.sources.borrow().picture() else {
            return;
        };
        if take.records(&video) {
            return;
        }
        // Where the old picture has ended there is nothing to wait with.
        if !take.picture_lives() {
            return take.set_video(video);
        }
        // The take stays with the old picture until the new one is there: no break between.
        self.spawn(|studio| async move {
            let shown = picture::first_frame(&video, FIRST_FRAME_MS).await;
            let is_wanted = studio.0.sources.borrow().picture().as_ref() == Some(&video);
            if shown.is_ok() && is_wanted {
                take.set_video(video);
            }
        });
    }

    pub(super) fn show_take(&self, take: &LiveTake) {
        let format = self.0.watch.borrow().format;
        let recording = match (take.state(), format) {
            (TakeState::Idle | TakeState::Starting, _) | (_, None) => Recording::Starting,
            (TakeState::Stopping | TakeState::Finished | TakeState::Failed { .. }, _) => {
                Recording::Stopping
            }
            (state, Some(format)) => Recording::Running(Running {
                paused: state == TakeState::Paused,
                elapsed_ms: take.elapsed_ms(),
                saved_ms: take.saved_ms(),
                bytes: take.bytes(),
                format,
            }),
        };
        self.dispatch(Action::Recording(recording));
    }

    fn take_event(&self, event: TakeEvent) {
        self.leave_canvas();
        match event {
            TakeEvent::Changed => self.with_take(|_| ()),
            TakeEvent::Closed { bytes } => {
                if let Some(take) = &*self.0.take.borrow() {
                    self.upload_may_send(take.id(), bytes);
                }
            }
            TakeEvent::Notice(notice) => self.take_notice(notice),
            TakeEvent::Joined { video_gap_ms } => {
                self.say(Message::Switched {
                    gap_ms: video_gap_ms.max(0.0),
                });
            }
            TakeEvent::Finished(record) => self.take_finished(record.map(|record| *record)),
        }
    }

    fn take_notice(&self, notice: Notice) {
        if matches!(notice, Notice::SwitchFailed { .. }) {
            self.stay_on_canvas();
        }
        let failed = |code: String| Message::RecorderFailed {
            code,
            message: String::new(),
        };
        let message = match notice {
            Notice::DiskFull => {
                let take = self.0.take.borrow();
                let kept = take.as_ref().is_some_and(|take| take.bytes() > 0);
                if kept {
                    Message::DiskFull
                } else {
                    Message::NoRoom
                }
            }
            Notice::Suspended => Message::Background,
            Notice::SwitchFailed { .. } => failed("switch_failed".to_owned()),
            Notice::StartFailed { code } | Notice::RecorderFailed { code } => failed(code),
            Notice::RecorderEnded => failed("recorder_ended".to_owned()),
            Notice::StopTimedOut => failed("stop_timeout".to_owned()),
            Notice::CannotJoin => failed("cannot_join".to_owned()),
            // Said elsewhere: with the source, with the join, beside the facts.
            Notice::SourceEnded { .. }
            | Notice::Joined { .. }
            | Notice::NotDurable
            | Notice::Returned { .. } => return,
        };
        self.say(message);
    }

    fn take_finished(&self, record: Option<TakeRecord>) {
        let take = self.0.take.take();
        let unended = take.filter(|_| record.is_none());
        if let Some(take) = &unended {
            self.leave_upload(take.id());
        }
        self.0.watch.borrow_mut().end();
        self.dispatch(Action::Recording(Recording::Idle));
        self.dispatch(Action::Mic(Default::default()));
        // What was kept open only for the take may go now.
        self.show_idle();
        self.spawn(|studio| async move {
            if let Some(record) = record {
                let id = record.id.clone();
                // Another tab may have given it a name.
                let named = async { shelf::record(&studio.vault().await?, &id).await };
                let record = named.await.unwrap_or(record);
                let picture = studio.0.watch.borrow().picture.clone();
                *studio.0.watched.borrow_mut() = Some(id.clone());
                studio.shelve(record.clone());
                studio.play_now(&id).await;
                studio.upload_rest(&record, picture).await;
            } else if unended.is_some_and(|take| take.bytes() > 0) {
                // What is there is brought to its end as after a crash.
                studio.0.ended.set(studio.0.ended.get().wrapping_add(1));
                studio.load_takes().await;
            }
            studio.ask_room().await;
        });
    }

    /// Keeps the screen awake and the page open while a take is made.
    pub(super) fn keep_awake(&self) {
        self.spawn(|studio| async move {
            let lock = page::WakeLock::request().await;
            let missing = lock.is_err();
            let first = studio.0.watch.borrow_mut().stay(lock.ok());
            // A desk computer's screen sleeping is no harm to a take; a phone's is.
            if missing && first && page::is_touch() {
                studio.say(Message::NoWakeLock);
            }
        });
    }

    /// A phone may freeze a hidden page; a computer goes on.
    pub(super) fn visibility_changed(&self, hidden: bool) {
        if !hidden {
            self.hurry_uploads();
            self.wake_sound();
        }
        let take = self.0.take.borrow().clone();
        let Some(take) = take else {
            return;
        };
        if page::is_touch() {
            take.suspended(hidden);
        }
        if !hidden {
            self.keep_awake();
        }
    }

    /// Saves what the stage shows, with its filter, as a PNG file.
    pub fn snapshot(&self) {
        let stage = self.0.stage.borrow().clone();
        let Some(stage) = stage else {
            return;
        };
        self.spawn(|studio| async move {
            match studio.save_snapshot(&stage).await {
                Ok(file_name) => studio.say(Message::SnapshotSaved { file_name }),
                Err(error) => studio.failed(&error),
            }
        });
    }

    async fn save_snapshot(&self, stage: &web_sys::HtmlVideoElement) -> Result<String, DomError> {
        let png = picture::snapshot(stage, None, "none", "image/png").await?;
        let url = callreel_browser::blob::ObjectUrl::new(&png)?;
        let at = crate::when::date_parts(page::wall_clock());
        let file_name = names::file_name("Callreel", &at, "png");
        page::download(&url, &file_name)?;
        self.0.watch.borrow_mut().last_snapshot = Some(url);
        Ok(file_name)
    }

    /// The picture for the list, once there is one.
    pub(super) async fn take_picture(&self, take: &LiveTake) {
        let stage = self.0.stage.borrow().clone();
        if let Some(stage) = stage {
            // Without a picture the list shows the type.
            if let Ok(small) =
                picture::snapshot(&stage, Some(PICTURE_WIDTH), "none", "image/jpeg").await
            {
                self.0.watch.borrow_mut().picture = Some(small.clone());
                take.set_picture(small).await;
            }
        }
    }

    /// Whether this browser lets a page share a screen.
    pub fn can_share_screen(&self) -> bool {
        devices::can_share_screen()
    }
}
