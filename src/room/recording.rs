//! Recording a call: everybody in one picture and one sound, or oneself alone.

use callreel_browser::{
    DomError,
    audio::{Mixer, Slot},
    gallery::{Gallery, Place, Seat},
    media::{Stream, Track},
    page::{self, LeaveGuard, WakeLock},
    peer::Lane,
    recorder::RecorderConfig,
    vault::Vault,
};
use callreel_engine::{
    call::{layout, talk::Status},
    formats::{self, Format, Media},
    record::TakeRecord,
    settings::Source,
    take::{Notice, TakeState},
};

use super::{
    controller::Room,
    embedder::Embedder,
    state::{Message, Phase, State, What},
};
use crate::take::{
    self,
    live::{LiveTake, Setup, TakeEvent},
};

/// A key frame this often (ms), where the browser honours it, so that seeking is quick.
const KEY_FRAME_MS: u32 = 1_000;
/// Everybody's picture.
const EVERYBODY: Shape = Shape {
    size: (1280, 720),
    frame_rate: 25.0,
};

/// How large a picture is, in pixels, and its frames per second.
#[derive(Clone, Copy)]
struct Shape {
    size: (u32, u32),
    frame_rate: f64,
}

impl Shape {
    fn gallery(self) -> Result<Gallery, DomError> {
        Gallery::start(self.size.0, self.size.1, self.frame_rate)
    }
}

/// The code of a failure to start where the browser records nothing of the kind.
pub const UNSUPPORTED: &str = "unsupported_format";

/// A recording that is made. Dropping it ends its picture and its sound.
pub struct Recording {
    take: LiveTake,
    vault: Vault,
    what: What,
    /// The picture that is drawn, where it is not the camera's own.
    gallery: Option<Gallery>,
    shape: Shape,
    mixer: Mixer,
    /// Another page does not want to be held back for a take that is kept anyhow.
    _stay: Option<LeaveGuard>,
    _awake: Option<WakeLock>,
}

impl Recording {
    /// The camera itself is recorded, as in the studio; while it is off a picture goes on that is
    /// drawn. What can't be joined of parts is drawn from beginning to end.
    fn follow_camera(&mut self, camera: Option<Track>) {
        if !self.take.record().is_webm() || !self.take.state().is_live() {
            return;
        }
        match camera {
            Some(camera) => {
                self.take.set_video(camera);
                // What is drawn goes on until the camera has taken over.
                if self.take.state() != TakeState::Switching {
                    self.gallery = None;
                }
            }
            None => {
                if self.gallery.is_none() {
                    // Without it the take goes on with its sound.
                    self.gallery = self.shape.gallery().ok();
                }
                if let Some(gallery) = &self.gallery {
                    self.take.set_video(gallery.track().clone());
                }
            }
        }
    }

    /// The id of what is recorded.
    pub(super) fn take_id(&self) -> &str {
        self.take.id()
    }
}

impl Room {
    /// Starts to record, or ends it.
    pub fn toggle_recording(&self) {
        let running = self.0.recording.borrow().as_ref().map(|r| r.take.clone());
        match running {
            Some(take) => take.stop(),
            None if self.0.starting.replace(true) => {}
            None => self.spawn_later(
                |room| async move {
                    match room.begin().await {
                        Ok(true) => {
                            room.0.starting.set(false);
                            room.update(|state| state.own.recording = true);
                            room.tell_status();
                        }
                        Ok(false) => room.not_begun(None),
                        Err(error) if error.name == UNSUPPORTED => {
                            room.not_begun(Some(Message::RecorderFailed(UNSUPPORTED.to_owned())));
                        }
                        Err(error) => room.not_begun(Some(Message::Failed(error.text()))),
                    }
                },
                |room, _| room.not_begun(Some(Message::NotLoaded)),
            ),
        }
    }

    fn not_begun(&self, why: Option<Message>) {
        self.0.starting.set(false);
        if let Some(why) = why {
            self.say(why);
        }
        if let Some(embedder) = self.embedder() {
            embedder.take_ended(None);
        }
    }

    /// Whether it began: while it is prepared one may leave.
    async fn begin(&self) -> Result<bool, DomError> {
        let what = self.state().what;
        let media = match what {
            What::Sound => Media::Audio,
            What::Everybody | What::Own => Media::Video,
        };
        let format = self.format(media)?;
        let mixer = Mixer::new()?;
        mixer.start().await;
        let shape = self.shape_of(what);
        let gallery = match media {
            Media::Video => Some(shape.gallery()?),
            Media::Audio => None,
        };
        let vault = match self.embedder() {
            Some(embedder) => (*embedder.vault()?).clone(),
            None => Vault::start()?,
        };
        let durable = vault.is_durable().await;
        let record = self.new_record(format, media)?;
        let file = take::begin(&vault, &record).await?;
        let awake = WakeLock::request().await.ok();
        if self.state().phase != Phase::In {
            // Nobody will end it: an empty file that stays is removed on the next visit.
            let _ = vault.remove(&record.id).await;
            return Ok(false);
        }
        match self.embedder() {
            Some(embedder) => embedder.take_began(&record, durable),
            None => self.begin_upload(vault.clone(), record.clone()),
        }
        let drawn = gallery.as_ref().map(|gallery| gallery.track().clone());
        let is_direct = what == What::Own && record.is_webm();
        let camera = self.camera().filter(|_| is_direct);
        let audio = Some(mixer.track().clone());
        let setup = Setup {
            recorder: self.recorder_config(format, what, shape),
            is_webm: record.is_webm(),
            durable,
            vault: vault.clone(),
            file,
            record,
        };
        let room = self.weak();
        let take = LiveTake::start(setup, camera.or(drawn), audio, move |event| {
            if let Some(room) = room() {
                room.take_event(event);
            }
        });
        *self.0.recording.borrow_mut() = Some(Recording {
            take,
            vault,
            what,
            gallery,
            shape,
            mixer,
            _stay: self.embedder().is_none().then(LeaveGuard::new),
            _awake: awake,
        });
        self.compose();
        Ok(true)
    }

    fn format(&self, media: Media) -> Result<&'static Format, DomError> {
        let format = match self.embedder() {
            Some(embedder) => embedder.format(media),
            None => take::format(self.state().settings.format_order, None, media),
        };
        format.ok_or_else(|| DomError::new(UNSUPPORTED, "MediaRecorder"))
    }

    fn new_record(&self, format: &Format, media: Media) -> Result<TakeRecord, DomError> {
        let source = match media {
            Media::Audio => Source::Microphone,
            Media::Video => Source::Camera,
        };
        let title = self.embedder().and_then(Embedder::title);
        let state = self.state();
        Ok(TakeRecord {
            id: page::random_id()?,
            mime: format.mime.to_owned(),
            extension: format.extension.to_owned(),
            source: source.id().to_owned(),
            title: title.unwrap_or_else(|| state.room.clone()),
            room: state.room.clone(),
            participant: state.name.clone(),
            created_at: page::wall_clock(),
            ..TakeRecord::default()
        })
    }

    /// The person's own rate of bits is for their own picture; everybody's has another size.
    fn recorder_config(&self, format: &Format, what: What, shape: Shape) -> RecorderConfig {
        let settings = &self.state().settings;
        let wanted = self.embedder().and_then(Embedder::bit_rate);
        let Shape { size, frame_rate } = shape;
        let video_bits = wanted
            .or(settings.video_bits_per_second.filter(|_| what == What::Own))
            .unwrap_or_else(|| formats::video_bits_per_second(size.0, size.1, frame_rate));
        let audio_bits = wanted
            .filter(|_| what == What::Sound)
            .or(settings.audio_bits_per_second)
            .unwrap_or(formats::AUDIO_BITS_PER_SECOND);
        RecorderConfig {
            mime: format.mime.to_owned(),
            video_bits: (what != What::Sound).then_some(video_bits),
            audio_bits: Some(audio_bits),
            timeslice_ms: settings.timeslice.ms(),
            key_frame_ms: Some(KEY_FRAME_MS),
        }
    }

    /// The camera's own picture, while it is on.
    fn camera(&self) -> Option<Track> {
        let own = self.0.own.borrow();
        own.track(Lane::Camera)
            .filter(|track| track.is_live())
            .cloned()
    }

    /// One's own picture is as the camera gives it.
    fn shape_of(&self, what: What) -> Shape {
        let camera = self.camera().filter(|_| what == What::Own);
        camera.map_or(EVERYBODY, |track| {
            let found = track.settings();
            // Encoders want even sides.
            let even = |side: Option<u32>, otherwise| side.unwrap_or(otherwise) & !1;
            Shape {
                size: (
                    even(found.width, EVERYBODY.size.0),
                    even(found.height, EVERYBODY.size.1),
                ),
                frame_rate: found.frame_rate.unwrap_or(30.0),
            }
        })
    }

    /// Shows and mixes who is there now. To be called after each drawing of the page: what is as it
    /// was is left alone.
    pub(super) fn compose(&self) {
        if self.0.recording.borrow().is_some() {
            self.compose_now();
        }
    }

    /// Code that the page does not start with, so it must not become part of what calls it.
    #[inline(never)]
    fn compose_now(&self) {
        let mut recording = self.0.recording.borrow_mut();
        let Some(recording) = &mut *recording else {
            return;
        };
        if recording.what == What::Own {
            recording.follow_camera(self.camera());
        }
        let state = self.state();
        // Who can't be shown or heard yet, because their media is not there, is tried again.
        if let Some(gallery) = &recording.gallery {
            let _ = gallery.set(seats(&state, recording.what, recording.shape.size));
        }
        let own = self.0.own.borrow();
        let mut heard = vec![(Slot::Microphone, own.track(Lane::Microphone))];
        if recording.what != What::Own {
            heard.push((Slot::System, own.track(Lane::ScreenSound)));
            for person in &state.people {
                let voice = person.stream.as_ref().and_then(Stream::audio);
                let screen = person.screen.as_ref().filter(|_| person.status.screen);
                heard.push((Slot::Other(person.key * 2), voice));
                heard.push((
                    Slot::Other(person.key * 2 + 1),
                    screen.and_then(Stream::audio),
                ));
            }
        }
        let _ = recording.mixer.play(&heard);
    }

    fn take_event(&self, event: TakeEvent) {
        match event {
            TakeEvent::Finished(record) => {
                let recording = self.0.recording.take();
                self.update(|state| state.own.recording = false);
                self.tell_status();
                if let Some(embedder) = self.embedder() {
                    embedder.take_ended(record.as_deref());
                }
                if let (Some(record), Some(recording)) = (record, recording) {
                    if self.embedder().is_none() {
                        self.upload_rest(recording.vault.clone(), &record);
                    }
                    self.say(Message::Kept);
                }
                if self.0.gone.get() {
                    self.release();
                }
            }
            TakeEvent::Notice(Notice::DiskFull) => self.say(Message::DiskFull),
            TakeEvent::Notice(
                Notice::StartFailed { code }
                | Notice::RecorderFailed { code }
                | Notice::SwitchFailed { code },
            ) => self.say(Message::RecorderFailed(code)),
            TakeEvent::Closed { bytes } => match self.embedder() {
                Some(embedder) => embedder.take_grew(bytes),
                None => self.upload_may_send(bytes),
            },
            TakeEvent::Notice(_) | TakeEvent::Joined { .. } | TakeEvent::Changed => {}
        }
    }

    /// Looks whether something about the recording is overdue, and tells how long it is, in ms.
    pub(super) fn follow_recording(&self) {
        let take = self.0.recording.borrow().as_ref().map(|r| r.take.clone());
        if let Some(take) = take {
            take.tick();
            let max = self.embedder().and_then(Embedder::max_duration);
            let is_long = max.is_some_and(|max| take.elapsed_ms() >= max);
            if is_long && take.state() == TakeState::Recording {
                take.stop();
            }
            if take.state() != TakeState::Starting {
                self.show_clock(take.elapsed_ms());
            }
        }
    }

    /// Records nothing for a while, or goes on.
    #[cfg(feature = "call")]
    pub fn pause_recording(&self, pause: bool) {
        let take = self.0.recording.borrow().as_ref().map(|r| r.take.clone());
        match take {
            Some(take) if pause => take.pause(),
            Some(take) => take.resume(),
            None => {}
        }
    }

    /// Ends a recording, for one leaves; what is recorded is kept.
    pub fn end_recording(&self) {
        let take = self.0.recording.borrow().as_ref().map(|r| r.take.clone());
        if let Some(take) = take {
            take.stop();
        }
    }
}

/// Who is seen where in the recording.
fn seats(state: &State, what: What, (width, height): (u32, u32)) -> Vec<Seat> {
    let status = state.status();
    let mut people = vec![("own".to_owned(), &state.name, state.own.camera.clone())];
    let mut screens = Vec::new();
    if what == What::Everybody {
        let shared = |on: bool, stream: &Option<Stream>| stream.clone().filter(|_| on);
        if status.screen {
            screens.push((
                "own-screen".to_owned(),
                &state.name,
                state.own.screen.clone(),
            ));
        }
        for person in &state.people {
            let Status { camera, screen, .. } = person.status;
            let key = person.key.to_string();
            people.push((
                ["p", &key].concat(),
                &person.name,
                shared(camera, &person.stream),
            ));
            if screen {
                screens.push((["s", &key].concat(), &person.name, person.screen.clone()));
            }
        }
    }
    let places = layout::seats(
        screens.len() as u32,
        people.len() as u32,
        f64::from(width),
        f64::from(height),
    );
    let large = screens.len();
    let alone = large == 0 && people.len() == 1;
    let all = screens.into_iter().chain(people).zip(places).enumerate();
    all.map(|(at, ((id, name, stream), place))| Seat {
        id,
        name: if alone { String::new() } else { name.clone() },
        stream,
        place: if alone {
            Place {
                x: 0.0,
                y: 0.0,
                width: width.into(),
                height: height.into(),
            }
        } else {
            Place {
                x: place.x,
                y: place.y,
                width: place.width,
                height: place.height,
            }
        },
        whole: at < large,
    })
    .collect()
}
