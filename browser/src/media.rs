//! Tracks and streams (Media Capture and Streams; Screen Capture).

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, MediaStreamConstraints, MediaStreamTrack, MediaStreamTrackState};

use crate::{DomError, Listener, devices, js};

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A track that is ours: it is stopped, and the camera's light goes off, when the last clone of
/// this value is dropped. Cloning shares the track; it is not `MediaStreamTrack.clone()`.
#[derive(Clone, Debug)]
#[must_use = "dropping the track stops it"]
pub struct Track(Rc<OwnedTrack>);

#[derive(Debug)]
struct OwnedTrack {
    raw: MediaStreamTrack,
    /// Somebody else's, who stops it.
    lent: bool,
}

impl Drop for OwnedTrack {
    fn drop(&mut self) {
        if !self.lent {
            self.raw.stop();
        }
    }
}

impl PartialEq for Track {
    fn eq(&self, other: &Self) -> bool {
        self.0.raw == other.0.raw
    }
}

impl Track {
    pub(crate) fn own(raw: MediaStreamTrack) -> Self {
        Self(Rc::new(OwnedTrack { raw, lent: false }))
    }

    /// The track itself, for an interface that wants it.
    pub fn as_raw(&self) -> &MediaStreamTrack {
        &self.0.raw
    }

    /// Sound or picture.
    pub fn kind(&self) -> Kind {
        if self.as_raw().kind() == "audio" {
            Kind::Audio
        } else {
            Kind::Video
        }
    }

    /// The device's or the screen's name.
    pub fn label(&self) -> String {
        self.as_raw().label()
    }

    /// False once the device is gone or the person has stopped sharing.
    pub fn is_live(&self) -> bool {
        self.as_raw().ready_state() == MediaStreamTrackState::Live
    }

    /// True while the source gives silence or black (a hardware switch, a sleeping device).
    pub fn is_muted(&self) -> bool {
        self.as_raw().muted()
    }

    /// Whether the track gives what its source has, or silence and black.
    pub fn set_enabled(&self, on: bool) {
        self.as_raw().set_enabled(on);
    }

    /// Ends the track for everybody who holds it, and lets the device go.
    pub fn stop(&self) {
        self.as_raw().stop();
    }

    /// Tells when the source ends by itself: unplugged, revoked, "Stop sharing".
    pub fn on_ended(&self, mut act: impl FnMut() + 'static) -> Listener {
        Listener::new(self.as_raw(), "ended", move |_| act())
    }

    /// What the browser granted (`getSettings`).
    pub fn settings(&self) -> TrackSettings {
        TrackSettings::read(&js::call(self.as_raw(), "getSettings", &[]).unwrap_or_default())
    }

    /// Asks an open source for something else (`applyConstraints`). `constraints` is the JSON of a
    /// `MediaTrackConstraints`, which replaces the one before. What is refused changes nothing.
    pub async fn apply(&self, constraints: &str) -> Result<(), DomError> {
        let constraints = parse(Some(constraints))?;
        js::call_async(self.as_raw(), "applyConstraints", &[constraints]).await?;
        Ok(())
    }

    /// What the device could give (`getCapabilities`); `None` where the browser has no such
    /// interface.
    pub fn capabilities(&self) -> Option<TrackCapabilities> {
        js::call(self.as_raw(), "getCapabilities", &[])
            .ok()
            .map(|found| TrackCapabilities::read(&found))
    }
}

/// Tracks that are shown or recorded together.
#[derive(Clone, Debug)]
#[must_use = "dropping the stream stops its tracks"]
pub struct Stream {
    raw: MediaStream,
    tracks: Vec<Track>,
}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Stream {
    pub(crate) fn own(raw: MediaStream) -> Self {
        let tracks = raw
            .get_tracks()
            .iter()
            .map(|track| Track::own(track.into()))
            .collect();
        Self { raw, tracks }
    }

    /// A stream that somebody else opened and will close: dropping this value stops nothing.
    pub fn lent(raw: MediaStream) -> Self {
        let lend = |raw: JsValue| {
            let raw = raw.into();
            Track(Rc::new(OwnedTrack { raw, lent: true }))
        };
        let tracks = raw.get_tracks().iter().map(lend).collect();
        Self { raw, tracks }
    }

    /// A stream of tracks from anywhere.
    pub fn of(tracks: Vec<Track>) -> Result<Self, DomError> {
        let raw = MediaStream::new()?;
        for track in &tracks {
            raw.add_track(track.as_raw());
        }
        Ok(Self { raw, tracks })
    }

    /// The stream itself, to hand to an element.
    pub fn as_raw(&self) -> &MediaStream {
        &self.raw
    }

    /// The first track with a picture.
    pub fn video(&self) -> Option<&Track> {
        self.tracks.iter().find(|t| t.kind() == Kind::Video)
    }

    /// All tracks with sound.
    pub fn sounds(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter(|t| t.kind() == Kind::Audio)
    }

    /// The first track with sound.
    pub fn audio(&self) -> Option<&Track> {
        self.tracks.iter().find(|t| t.kind() == Kind::Audio)
    }
}

/// Opens camera and microphone (`getUserMedia`). Each argument is the JSON of a
/// `MediaTrackConstraints`, or `None` for no such track.
pub async fn open_devices(video: Option<&str>, audio: Option<&str>) -> Result<Stream, DomError> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&parse(video)?);
    constraints.set_audio(&parse(audio)?);
    let asked = devices::interface()?.get_user_media_with_constraints(&constraints)?;
    Ok(Stream::own(JsFuture::from(asked).await?.into()))
}

/// Asks the person for a screen, window or tab (`getDisplayMedia`); needs a click just before.
/// `video` is the JSON of a `MediaTrackConstraints`.
pub async fn open_screen(video: &str, system_audio: bool) -> Result<Stream, DomError> {
    let audio = if system_audio {
        // The page's own sound would come back as an echo; the system's is what is wanted.
        js::object(&[
            ("echoCancellation", false.into()),
            ("noiseSuppression", false.into()),
            ("autoGainControl", false.into()),
        ])
    } else {
        false.into()
    };
    let options = js::object(&[
        ("video", parse(Some(video))?),
        ("audio", audio),
        (
            "systemAudio",
            if system_audio { "include" } else { "exclude" }.into(),
        ),
        ("selfBrowserSurface", "include".into()),
        ("surfaceSwitching", "include".into()),
    ]);
    let media = devices::interface()?;
    let stream = js::call_async(&media, "getDisplayMedia", &[options]).await?;
    Ok(Stream::own(stream.into()))
}

fn parse(constraints: Option<&str>) -> Result<JsValue, DomError> {
    match constraints {
        Some(json) => Ok(js_sys::JSON::parse(json)?),
        None => Ok(false.into()),
    }
}

/// `MediaTrackSettings`; a member is `None` where the browser doesn't report it.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the members are the specification's")]
pub struct TrackSettings {
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Frames per second.
    pub frame_rate: Option<f64>,
    pub aspect_ratio: Option<f64>,
    pub facing_mode: Option<String>,
    pub device_id: Option<String>,
    pub group_id: Option<String>,
    /// `monitor`, `window` or `browser` (Screen Capture, section 5.5).
    pub display_surface: Option<String>,
    pub echo_cancellation: Option<bool>,
    pub noise_suppression: Option<bool>,
    pub auto_gain_control: Option<bool>,
    pub channel_count: Option<u32>,
    /// Hz.
    pub sample_rate: Option<u32>,
}

impl TrackSettings {
    fn read(settings: &JsValue) -> Self {
        let whole = |key| js::number(settings, key).map(|n| n.round() as u32);
        Self {
            width: whole("width"),
            height: whole("height"),
            frame_rate: js::number(settings, "frameRate"),
            aspect_ratio: js::number(settings, "aspectRatio"),
            facing_mode: js::text(settings, "facingMode").filter(|mode| !mode.is_empty()),
            device_id: js::text(settings, "deviceId"),
            group_id: js::text(settings, "groupId"),
            display_surface: js::text(settings, "displaySurface"),
            echo_cancellation: truth(&js::get(settings, "echoCancellation")),
            noise_suppression: js::boolean(settings, "noiseSuppression"),
            auto_gain_control: js::boolean(settings, "autoGainControl"),
            channel_count: whole("channelCount"),
            sample_rate: whole("sampleRate"),
        }
    }
}

/// Newer browsers say how echo is cancelled ("all", "remote-only"): that counts as yes.
fn truth(value: &JsValue) -> Option<bool> {
    value.as_bool().or(value.is_string().then_some(true))
}

/// `MediaTrackCapabilities`: ranges as (min, max), choices as lists.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the members are the specification's")]
pub struct TrackCapabilities {
    pub width: Option<(f64, f64)>,
    pub height: Option<(f64, f64)>,
    pub frame_rate: Option<(f64, f64)>,
    pub aspect_ratio: Option<(f64, f64)>,
    pub channel_count: Option<(f64, f64)>,
    pub sample_rate: Option<(f64, f64)>,
    pub facing_mode: Vec<String>,
    pub echo_cancellation: Vec<bool>,
    pub noise_suppression: Vec<bool>,
    pub auto_gain_control: Vec<bool>,
}

impl TrackCapabilities {
    fn read(found: &JsValue) -> Self {
        let range = |key| {
            let range = js::get(found, key);
            Some((js::number(&range, "min")?, js::number(&range, "max")?))
        };
        let list = |key| {
            let value = js::get(found, key);
            let listed = value
                .is_object()
                .then(|| js_sys::Array::from(&value).to_vec());
            listed.unwrap_or_default()
        };
        let choices = |key| list(key).iter().filter_map(truth).collect();
        Self {
            width: range("width"),
            height: range("height"),
            frame_rate: range("frameRate"),
            aspect_ratio: range("aspectRatio"),
            channel_count: range("channelCount"),
            sample_rate: range("sampleRate"),
            facing_mode: list("facingMode")
                .iter()
                .filter_map(JsValue::as_string)
                .collect(),
            echo_cancellation: choices("echoCancellation"),
            noise_suppression: choices("noiseSuppression"),
            auto_gain_control: choices("autoGainControl"),
        }
    }
}
