//! What the person sends: camera, microphone, screen.

use callreel_browser::{
    DomError, Listener,
    audio::{Mixer, Slot},
    devices as browser_devices,
    media::{self, Stream, Track},
    peer::Lane,
};
use callreel_engine::{
    constraints::{Bound, Facing},
    devices::{DeviceKind, Flip, Remembered, diff, flip},
    failures::Asked,
    settings::Source,
};

use super::{
    controller::Room,
    state::{Message, Phase},
};
use crate::convert;

/// What is open. Dropping it turns everything off.
#[derive(Default)]
pub struct Devices {
    pub(super) camera: Option<Stream>,
    pub(super) microphone: Option<Stream>,
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

    pub(super) fn is_open(&self, lane: Lane) -> bool {
        self.track(lane).is_some_and(Track::is_live)
    }

    /// Where the camera looks, as far as it says, and its id.
    fn camera_looks(&self) -> (Option<Facing>, String) {
        let found = self.track(Lane::Camera).map(Track::settings);
        let found = found.unwrap_or_default();
        let facing = found.facing_mode.as_deref().and_then(Facing::from_name);
        (facing, found.device_id.unwrap_or_default())
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
    /// Something was opened or closed: shows it, and sends it.
    pub(super) fn opened(&self) {
        if self.opens_devices() {
            let measured = self.0.own.borrow_mut().measure();
            debug_assert!(measured.is_ok(), "a live track can be measured");
            self.start_listening();
        }
        self.watch();
        let own = self.0.own.borrow();
        let camera = own.camera.clone();
        let (facing, _) = own.camera_looks();
        // What the page gave it mutes itself.
        if let Some(track) = own.track(Lane::Microphone).filter(|_| self.opens_devices()) {
            track.set_enabled(self.state().own.microphone_on);
        }
        let (has_microphone, screen) = (own.microphone.is_some(), own.screen.clone());
        drop(own);
        let can_flip = self.other_camera().is_some();
        self.update(|state| {
            state.own.can_flip = can_flip;
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

    /// Turns the camera off, its light too, or on again. One that is still being opened stays off.
    pub fn toggle_camera(&self) {
        let on = self.update(|state| {
            state.own.camera_on = state.own.camera.is_none() && !state.own.camera_opens;
            state.own.camera_on
        });
        if on {
            return self.open();
        }
        self.unwish(DeviceKind::Camera);
        self.close(&[Lane::Camera]);
        self.0.own.borrow_mut().camera = None;
        self.opened();
    }

    /// Shares a screen, or ends that. Needs a click just before.
    pub fn toggle_screen(&self) {
        if self.0.own.borrow_mut().screen.take().is_some() {
            return self.opened();
        }
        let call = self.0.wishes.get().call;
        self.spawn(move |room| async move {
            let request = room.state().settings.video.for_screen().to_json();
            match media::open_screen(&request, true).await {
                Ok(stream) if room.0.wishes.get().call == call => {
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

    /// Where a flip leads; `None` while the camera is off or the only one.
    fn other_camera(&self) -> Option<Flip> {
        let own = self.0.own.borrow();
        own.track(Lane::Camera)?;
        let (facing, id) = own.camera_looks();
        flip(facing, &id, &self.state().devices)
    }

    /// Turns to the other camera.
    pub fn flip_camera(&self) {
        let next = self.other_camera();
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

    pub(super) async fn refresh_devices(&self) {
        // An origin without the interface has no devices; opening says why.
        let listed = browser_devices::enumerate().await.unwrap_or_default();
        let devices = convert::device_list(listed);
        self.update(|state| state.devices = devices);
        // Before the first permission they could not be told apart.
        let can_flip = self.other_camera().is_some();
        if self.state().own.can_flip != can_flip {
            self.update(|state| state.own.can_flip = can_flip);
        }
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

    /// Ends what was opened here, at once: a recording may hold it for a moment longer.
    fn close(&self, lanes: &[Lane]) {
        if self.opens_devices() {
            let own = self.0.own.borrow();
            for track in lanes.iter().filter_map(|lane| own.track(*lane)) {
                track.stop();
            }
        }
    }

    /// Turns everything off.
    pub(super) fn turn_off(&self) {
        self.unwish_all();
        self.close(&Lane::ALL);
        *self.0.own.borrow_mut() = Devices::default();
        self.update(|state| {
            let own = &mut state.own;
            (own.camera, own.screen, own.has_microphone) = (None, None, false);
            (own.failure, own.speaks) = (None, false);
        });
    }
}
