//! What the person sends: camera, microphone, screen.

use callreel_browser::{
    DomError, Listener,
    audio::{Mixer, Slot},
    devices::{self as browser_devices, Permission, permission},
    media::{self, Stream, Track},
    peer::Lane,
};
use callreel_engine::{
    constraints::{AudioRequest, Bound, Facing, VideoRequest},
    devices::{Device, DeviceKind, Flip, Remembered, choose, diff, flip},
    failures::{Asked, WayOut},
    settings::{Settings, Source},
};

use super::{
    controller::Room,
    state::{Message, Phase},
};
use crate::convert;

/// What is open. Dropping it turns everything off.
#[derive(Default)]
pub struct Devices {
    camera: Option<Stream>,
    microphone: Option<Stream>,
    screen: Option<Stream>,
    /// Measures the microphone.
    mixer: Option<Mixer>,
    listeners: Vec<Listener>,
}

impl Devices {
    /// What goes out on a lane.
    pub fn track(&self, lane: Lane) -> Option<&Track> {
        match lane {
            Lane::Camera => self.camera.as_ref()?.video(),
            Lane::Microphone => self.microphone.as_ref()?.audio(),
            Lane::Screen => self.screen.as_ref()?.video(),
            Lane::ScreenSound => self.screen.as_ref()?.audio(),
        }
    }

    fn is_open(&self, lane: Lane) -> bool {
        self.track(lane).is_some_and(Track::is_live)
    }

    /// The microphone's level now: root mean square, 0 to 1.
    pub fn level(&self) -> f32 {
        self.mixer.as_ref().map_or(0.0, Mixer::level)
    }

    /// Gets the measuring going: browsers hold sound back until the person has done something.
    pub fn listen(&self) -> Option<impl Future<Output = bool> + use<>> {
        self.mixer.as_ref().map(Mixer::start)
    }

    /// Measures the microphone that is open, or nothing.
    fn measure(&mut self) -> Result<(), DomError> {
        if self.microphone.is_none() {
            self.mixer = None;
            return Ok(());
        }
        if self.mixer.is_none() {
            self.mixer = Some(Mixer::new()?);
        }
        let track = self.track(Lane::Microphone).cloned();
        match &self.mixer {
            Some(mixer) => mixer.set(Slot::Microphone, track.as_ref()),
            None => Ok(()),
        }
    }
}

impl Room {
    /// Opens camera and microphone without a click where the person has allowed that before.
    pub(super) async fn open_if_allowed(&self) {
        let granted = async |name| permission(name).await == Some(Permission::Granted);
        if granted("camera").await && granted("microphone").await {
            self.open_now().await;
        }
    }

    /// Opens camera and microphone.
    pub fn open(&self) {
        let generation = self.0.generation.get();
        self.spawn(|room| async move {
            // Whoever left before this began wants nothing opened.
            if room.0.generation.get() == generation {
                room.open_now().await;
            }
        });
    }

    /// Opens what is wanted and not open.
    pub(super) async fn open_now(&self) {
        if self.0.gone.get() {
            return;
        }
        let generation = self.0.generation.get().wrapping_add(1);
        self.0.generation.set(generation);
        let (camera, microphone) = {
            let (own, state) = (self.0.own.borrow(), self.state());
            (
                state.own.camera_on && !own.is_open(Lane::Camera),
                !own.is_open(Lane::Microphone),
            )
        };
        if camera || microphone {
            self.update(|state| (state.own.opening, state.own.failure) = (true, None));
            self.fetch(camera, microphone, generation).await;
            if self.0.generation.get() != generation {
                return;
            }
            self.update(|state| state.own.opening = false);
        }
        self.refresh_devices().await;
    }

    async fn fetch(&self, camera: bool, microphone: bool, generation: u32) {
        let (video, audio) = {
            let state = self.state();
            (
                native(&video_request(&state.settings, &state.devices).to_json()),
                audio_request(&state.settings, &state.devices).to_json(),
            )
        };
        if camera && microphone {
            // One prompt for both.
            match self.ask(Some(&video), Some(&audio), generation).await {
                Ok(()) => return,
                Err(Some(error)) if error.name == "NotAllowedError" => {
                    return self.refused(error, Asked::Camera).await;
                }
                Err(None) => return,
                // One of the two is missing: each alone.
                Err(Some(_)) => {}
            }
        }
        if camera && let Err(Some(error)) = self.ask(Some(&video), None, generation).await {
            self.refused(error, Asked::Camera).await;
        }
        if microphone && let Err(Some(error)) = self.ask(None, Some(&audio), generation).await {
            self.refused(error, Asked::Microphone).await;
        }
    }

    /// `Err(None)`: a newer wish came in between, and what was opened is closed again.
    async fn ask(
        &self,
        video: Option<&str>,
        audio: Option<&str>,
        generation: u32,
    ) -> Result<(), Option<DomError>> {
        let opened = media::open_devices(video, audio).await;
        if self.0.generation.get() != generation {
            return Err(None);
        }
        let stream = opened.map_err(Some)?;
        let part = |track: Option<&Track>| {
            let stream = track.map(|track| Stream::of(vec![track.clone()]));
            stream.transpose().map_err(Some)
        };
        {
            let mut own = self.0.own.borrow_mut();
            if video.is_some() {
                own.camera = part(stream.video())?;
            }
            if audio.is_some() {
                own.microphone = part(stream.audio())?;
            }
        }
        self.opened();
        Ok(())
    }

    /// Something was opened or closed: shows it, and sends it.
    fn opened(&self) {
        if self.opens_devices() {
            let measured = self.0.own.borrow_mut().measure();
            debug_assert!(measured.is_ok(), "a live track can be measured");
            self.start_listening();
        }
        self.watch();
        let own = self.0.own.borrow();
        let camera = own.camera.clone();
        let settings = own.track(Lane::Camera).map(Track::settings);
        let facing = settings
            .as_ref()
            .and_then(|found| Facing::from_name(found.facing_mode.as_deref()?));
        let id = settings.and_then(|found| found.device_id);
        // What the page gave it mutes itself.
        if let Some(track) = own.track(Lane::Microphone).filter(|_| self.opens_devices()) {
            track.set_enabled(self.state().own.microphone_on);
        }
        let (has_microphone, screen) = (own.microphone.is_some(), own.screen.clone());
        drop(own);
        self.update(|state| {
            let id = id.as_deref().unwrap_or_default();
            state.own.can_flip = camera.is_some() && flip(facing, id, &state.devices).is_some();
            state.own.mirrored = state.settings.mirror && facing != Some(Facing::Environment);
            state.own.camera = camera;
            state.own.has_microphone = has_microphone;
            state.own.screen = screen;
        });
        self.send_all();
        self.tell_status();
    }

    /// To be called after whatever the person does; then the browser lets sound be measured.
    pub(super) fn start_listening(&self) {
        if let Some(started) = self.0.own.borrow().listen() {
            // Where it does not start nobody is seen to speak; the call goes on.
            self.spawn(|_| async move {
                let _ = started.await;
            });
        }
    }

    /// Hears when something ends by itself.
    fn watch(&self) {
        let mut own = self.0.own.borrow_mut();
        let listeners = Lane::ALL.iter().filter_map(|lane| {
            let (track, room, lane) = (own.track(*lane)?.clone(), self.weak(), *lane);
            Some(track.on_ended(move || {
                if let Some(room) = room() {
                    room.source_ended(lane);
                }
            }))
        });
        own.listeners = listeners.collect();
    }

    fn source_ended(&self, lane: Lane) {
        let label = {
            let mut own = self.0.own.borrow_mut();
            let label = own.track(lane).map(Track::label).unwrap_or_default();
            match lane {
                Lane::Camera => own.camera = None,
                Lane::Microphone => own.microphone = None,
                Lane::Screen => own.screen = None,
                // The picture goes on without its sound.
                Lane::ScreenSound => return,
            }
            label
        };
        // Not from within the listener, which is about to be dropped.
        self.spawn(|room| async move {
            if lane == Lane::Camera {
                room.update(|state| state.own.camera_on = false);
            }
            room.opened();
            if lane == Lane::Screen {
                room.say(Message::ScreenEnded);
            } else {
                room.say(Message::DeviceGone(label));
                if lane == Lane::Microphone && room.opens_devices() {
                    room.open_now().await;
                }
            }
        });
    }

    /// Mutes the microphone, or opens it again. It stays open while it is muted, so that a word
    /// after "unmute" is not lost.
    pub fn toggle_microphone(&self) {
        let (on, missing) = self.update(|state| {
            let own = &mut state.own;
            own.microphone_on = !own.microphone_on || !own.has_microphone;
            own.speaks &= own.microphone_on;
            (own.microphone_on, !own.has_microphone)
        });
        if on && missing {
            return self.open();
        }
        if let Some(track) = self.0.own.borrow().track(Lane::Microphone) {
            track.set_enabled(on);
        }
        self.tell_status();
    }

    /// Turns the camera off, its light too, or on again.
    pub fn toggle_camera(&self) {
        let on = self.update(|state| {
            state.own.camera_on = state.own.camera.is_none();
            state.own.camera_on
        });
        if on {
            return self.open();
        }
        self.0.own.borrow_mut().camera = None;
        self.opened();
    }

    /// Shares a screen, or ends that. Needs a click just before.
    pub fn toggle_screen(&self) {
        if self.0.own.borrow_mut().screen.take().is_some() {
            return self.opened();
        }
        self.spawn(|room| async move {
            let request = room.state().settings.video.for_screen().to_json();
            match media::open_screen(&request, true).await {
                Ok(stream) if room.state().phase == Phase::In => {
                    room.0.own.borrow_mut().screen = Some(stream);
                    room.opened();
                }
                // The call ended while the person chose.
                Ok(_) => {}
                // Changing one's mind is no failure.
                Err(error) if error.name == "NotAllowedError" => {}
                Err(error) => {
                    let failure = convert::failure(error, Asked::Screen).await;
                    room.say(Message::Refused(failure, Source::Screen));
                }
            }
        });
    }

    /// Turns to the other camera.
    pub fn flip_camera(&self) {
        let next = {
            let own = self.0.own.borrow();
            let found = own.track(Lane::Camera).map(Track::settings);
            let facing = found
                .as_ref()
                .and_then(|found| Facing::from_name(found.facing_mode.as_deref()?));
            let id = found.and_then(|found| found.device_id).unwrap_or_default();
            flip(facing, &id, &self.state().devices)
        };
        let mut settings = self.state().settings.clone();
        match next {
            Some(Flip::Facing(facing)) => {
                settings.camera = None;
                settings.video.facing_mode = Bound::Ideal(facing);
            }
            Some(Flip::Camera(device)) => settings.camera = Some(Remembered::from(&device)),
            None => return,
        }
        self.change_device(settings, DeviceKind::Camera);
    }

    /// Uses another device from now on.
    pub fn use_device(&self, kind: DeviceKind, id: &str) {
        let (mut settings, device) = {
            let state = self.state();
            let found = state.devices.iter();
            let device = found
                .filter(|device| device.kind == kind && device.id == id)
                .map(Remembered::from)
                .next();
            (state.settings.clone(), device)
        };
        match kind {
            DeviceKind::Camera => settings.camera = device,
            DeviceKind::Microphone => settings.microphone = device,
            DeviceKind::Speaker => settings.speaker = device,
        }
        self.change_device(settings, kind);
    }

    /// Opens what the changed settings want in the place of what is open; what others see and hear
    /// goes on until it is there.
    fn change_device(&self, settings: Settings, kind: DeviceKind) {
        self.set(settings);
        let is_open = {
            let own = self.0.own.borrow();
            match kind {
                DeviceKind::Camera => own.camera.is_some(),
                DeviceKind::Microphone => own.microphone.is_some(),
                DeviceKind::Speaker => return,
            }
        };
        if !is_open {
            return;
        }
        self.spawn(|room| async move {
            let generation = room.0.generation.get().wrapping_add(1);
            room.0.generation.set(generation);
            if kind == DeviceKind::Camera && callreel_browser::page::is_touch() {
                // Many phones open one camera at a time.
                if let Some(old) = room.0.own.borrow().track(Lane::Camera) {
                    old.stop();
                }
            }
            let is_camera = kind == DeviceKind::Camera;
            room.fetch(is_camera, !is_camera, generation).await;
        });
    }

    /// Does what the button of a refusal says.
    pub fn way_out(&self, way: WayOut) {
        if way == WayOut::ChooseOtherDevice {
            let mut settings = self.state().settings.clone();
            (settings.camera, settings.microphone) = (None, None);
            settings.video.device = Bound::None;
            settings.audio.device = Bound::None;
            self.set(settings);
        }
        self.open();
    }

    async fn refused(&self, error: DomError, asked: Asked) {
        let failure = convert::failure(error, asked).await;
        let source = match asked {
            Asked::Microphone => Source::Microphone,
            _ => Source::Camera,
        };
        let in_call = self.update(|state| {
            if source == Source::Camera {
                state.own.camera_on = state.own.camera.is_some();
            }
            state.own.failure = Some((failure.clone(), source));
            state.phase == Phase::In
        });
        if in_call {
            self.say(Message::Refused(failure, source));
        }
    }

    pub(super) async fn refresh_devices(&self) {
        // An origin without the interface has no devices; opening says why.
        let listed = browser_devices::enumerate().await.unwrap_or_default();
        let devices = convert::device_list(listed);
        self.update(|state| state.devices = devices);
    }

    pub(super) async fn devices_changed(&self) {
        let before = self.state().devices.clone();
        self.refresh_devices().await;
        let changes = diff(&before, &self.state().devices);
        // A microphone came where there was none: it is wanted.
        let has_microphone = self.state().own.has_microphone;
        let came = changes
            .added
            .iter()
            .any(|d| d.kind == DeviceKind::Microphone);
        if came && !has_microphone && self.opens_devices() && self.state().phase == Phase::In {
            self.open_now().await;
        }
    }

    /// Sends the page's own tracks from now on, which stay the page's: voice and picture, and a
    /// screen with its sound.
    #[cfg(feature = "call")]
    pub fn give(&self, stream: Option<Stream>, screen: Option<Stream>) {
        let lane = |track: Option<&Track>| Stream::of(vec![track?.clone()]).ok();
        {
            let mut own = self.0.own.borrow_mut();
            own.camera = lane(stream.as_ref().and_then(Stream::video));
            own.microphone = lane(stream.as_ref().and_then(Stream::audio));
            own.screen = screen;
        }
        self.opened();
    }

    /// Turns everything off.
    pub(super) fn turn_off(&self) {
        self.0
            .generation
            .set(self.0.generation.get().wrapping_add(1));
        *self.0.own.borrow_mut() = Devices::default();
        self.update(|state| {
            let own = &mut state.own;
            (own.camera, own.screen, own.has_microphone) = (None, None, false);
            (own.opening, own.failure, own.speaks) = (false, None, false);
        });
    }
}

/// A picture for a call: 720 lines where the person has not asked for anything else.
fn video_request(settings: &Settings, devices: &[Device]) -> VideoRequest {
    let mut request = settings.video.clone();
    if request.width.is_none() && request.height.is_none() {
        request.width = Bound::Ideal(1280);
        request.height = Bound::Ideal(720);
    }
    if request.frame_rate.is_none() {
        request.frame_rate = Bound::Ideal(30.0);
    }
    let remembered = settings.camera.as_ref();
    if request.device.is_none() && remembered.is_some() {
        request.device = choose(DeviceKind::Camera, remembered, devices).bound(remembered);
    }
    if !request.device.is_none() {
        request.facing_mode = Bound::None;
    }
    request
}

/// The camera's own picture: Chromium would crop and enlarge a smaller one to what is wished for
/// (Media Capture Extensions, `resizeMode`).
fn native(request: &str) -> String {
    request.replacen('{', "{\"resizeMode\":\"none\",", 1)
}

fn audio_request(settings: &Settings, devices: &[Device]) -> AudioRequest {
    let mut request = settings.audio.clone();
    let remembered = settings.microphone.as_ref();
    if request.device.is_none() && remembered.is_some() {
        request.device = choose(DeviceKind::Microphone, remembered, devices).bound(remembered);
    }
    request
}
