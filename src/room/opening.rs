//! Opening camera and microphone: what is asked of the browser, and what comes of its answers.

use callreel_browser::{
    DomError,
    devices::{Permission, permission},
    media::{self, Stream, Track},
    peer::Lane,
};
use callreel_engine::{
    constraints::{AudioRequest, Bound, VideoRequest},
    devices::{Device, DeviceKind, choose},
    failures::{Asked, WayOut},
    settings::{Settings, Source},
};

use super::{
    controller::Room,
    state::{Message, Phase},
};
use crate::convert;

/// Counts the wishes, each kind by itself: what a browser opens for one that is not the newest is
/// closed again, and what it refuses is not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    camera: u32,
    microphone: u32,
    /// Turning everything off begins another.
    pub call: u32,
}

/// What is asked for, and which wish that was.
#[derive(Clone, Copy)]
struct Wish {
    camera: Option<u32>,
    microphone: Option<u32>,
}

impl Room {
    /// Opens camera and microphone without a click where the person has allowed that before.
    pub(super) async fn open_if_allowed(&self) {
        let granted = async |name| permission(name).await == Some(Permission::Granted);
        if granted("camera").await && granted("microphone").await {
            self.open_now().await;
        }
    }

    /// Opens what is wanted and not open.
    pub fn open(&self) {
        let call = self.0.wishes.get().call;
        self.spawn(|room| async move {
            // Whoever left before this began wants nothing opened.
            if room.0.wishes.get().call == call {
                room.open_now().await;
            }
        });
    }

    /// Opens camera and microphone, whatever was off or refused before.
    pub fn open_both(&self) {
        self.update(|state| (state.own.camera_on, state.own.microphone_on) = (true, true));
        self.open();
    }

    /// Opens what is wanted, not open, and not being opened.
    pub(super) async fn open_now(&self) {
        if self.0.gone.get() {
            return;
        }
        let (camera, microphone) = {
            let (own, state) = (self.0.own.borrow(), &self.state().own);
            (
                state.camera_on && !own.is_open(Lane::Camera) && !state.camera_opens,
                !own.is_open(Lane::Microphone) && !state.microphone_opens,
            )
        };
        if camera || microphone {
            self.fetch(camera, microphone).await;
        }
        self.refresh_devices().await;
    }

    /// Opens what the changed settings want in the place of what is open; what others see and hear
    /// goes on until it is there.
    pub(super) fn change_device(&self, settings: Settings, kind: DeviceKind) {
        self.set(settings);
        let state = self.state().own.clone();
        let (camera, microphone) = match kind {
            DeviceKind::Camera => (state.camera.is_some() || state.camera_opens, false),
            DeviceKind::Microphone => (false, state.has_microphone || state.microphone_opens),
            DeviceKind::Speaker => return,
        };
        if !camera && !microphone {
            return;
        }
        self.spawn(move |room| async move {
            if camera && callreel_browser::page::is_touch() {
                // Many phones open one camera at a time.
                if let Some(old) = room.0.own.borrow().track(Lane::Camera) {
                    old.stop();
                }
            }
            room.fetch(camera, microphone).await;
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
        self.update(|state| {
            // What was refused is off until the person wants it again, as now.
            let refused = state.own.failure.as_ref().map(|(_, source)| *source);
            state.own.camera_on |= refused == Some(Source::Camera);
        });
        self.open();
    }

    async fn fetch(&self, camera: bool, microphone: bool) {
        let wish = self.wish(camera, microphone);
        self.fetch_wish(wish).await;
        // On a device that opens one camera at a time the old one is gone before the new one is there.
        if self.forget_dead() {
            self.opened();
        }
        let (camera, microphone) = self.wants(wish);
        self.update(|state| {
            state.own.camera_opens &= !camera;
            state.own.microphone_opens &= !microphone;
        });
    }

    async fn fetch_wish(&self, wish: Wish) {
        let (video, audio) = {
            let state = self.state();
            (
                native(&video_request(&state.settings, &state.devices).to_json()),
                audio_request(&state.settings, &state.devices).to_json(),
            )
        };
        if wish.camera.is_some() && wish.microphone.is_some() {
            // One prompt for both.
            match self.ask(Some(&video), Some(&audio), wish).await {
                Ok(()) => return,
                Err(error) if error.name == "NotAllowedError" && !one_is_blocked().await => {
                    let asked = match self.wants(wish) {
                        (true, _) => Asked::Camera,
                        _ => Asked::Microphone,
                    };
                    return self.refused(error, asked).await;
                }
                // One of the two is missing or blocked: each alone.
                Err(_) => {}
            }
        }
        if self.wants(wish).0
            && let Err(error) = self.ask(Some(&video), None, wish).await
        {
            self.refused(error, Asked::Camera).await;
        }
        if self.wants(wish).1
            && let Err(error) = self.ask(None, Some(&audio), wish).await
        {
            self.refused(error, Asked::Microphone).await;
        }
    }

    /// A new wish, which older ones give way to.
    fn wish(&self, camera: bool, microphone: bool) -> Wish {
        let mut wishes = self.0.wishes.get();
        wishes.camera = wishes.camera.wrapping_add(camera.into());
        wishes.microphone = wishes.microphone.wrapping_add(microphone.into());
        self.0.wishes.set(wishes);
        self.update(|state| {
            state.own.failure = None;
            state.own.camera_opens |= camera;
            state.own.microphone_opens |= microphone;
        });
        Wish {
            camera: camera.then_some(wishes.camera),
            microphone: microphone.then_some(wishes.microphone),
        }
    }

    /// Whether camera and microphone of a wish are still wanted.
    fn wants(&self, wish: Wish) -> (bool, bool) {
        let newest = self.0.wishes.get();
        (
            wish.camera == Some(newest.camera),
            wish.microphone == Some(newest.microphone),
        )
    }

    /// What is still being opened is not wanted any more.
    pub(super) fn unwish(&self, kind: DeviceKind) {
        let mut wishes = self.0.wishes.get();
        match kind {
            DeviceKind::Camera => wishes.camera = wishes.camera.wrapping_add(1),
            _ => wishes.microphone = wishes.microphone.wrapping_add(1),
        }
        self.0.wishes.set(wishes);
        self.update(|state| match kind {
            DeviceKind::Camera => state.own.camera_opens = false,
            _ => state.own.microphone_opens = false,
        });
    }

    /// The same for everything, a screen that is being chosen too.
    pub(super) fn unwish_all(&self) {
        self.unwish(DeviceKind::Camera);
        self.unwish(DeviceKind::Microphone);
        let mut wishes = self.0.wishes.get();
        wishes.call = wishes.call.wrapping_add(1);
        self.0.wishes.set(wishes);
    }

    /// Opens what is still wanted once the browser has it; the rest is closed again.
    async fn ask(
        &self,
        video: Option<&str>,
        audio: Option<&str>,
        wish: Wish,
    ) -> Result<(), DomError> {
        let opened = media::open_devices(video, audio).await;
        let (camera, microphone) = self.wants(wish);
        let (camera, microphone) = (camera && video.is_some(), microphone && audio.is_some());
        if !camera && !microphone {
            return Ok(());
        }
        let stream = opened?;
        let part = |track: Option<&Track>| {
            let stream = track.map(|track| Stream::of(vec![track.clone()]));
            stream.transpose()
        };
        {
            let mut own = self.0.own.borrow_mut();
            if camera {
                own.camera = part(stream.video())?;
            }
            if microphone {
                own.microphone = part(stream.audio())?;
            }
        }
        self.opened();
        Ok(())
    }

    async fn refused(&self, error: DomError, asked: Asked) {
        let failure = convert::failure(error, asked).await;
        let source = match asked {
            Asked::Microphone => Source::Microphone,
            _ => Source::Camera,
        };
        let has_camera = self.0.own.borrow().is_open(Lane::Camera);
        let in_call = self.update(|state| {
            if source == Source::Camera {
                state.own.camera_on = has_camera;
            }
            // Where both are refused the camera's is shown: its ways out are for both.
            if source == Source::Camera || state.own.failure.is_none() {
                state.own.failure = Some((failure.clone(), source));
            }
            state.phase == Phase::In
        });
        if in_call {
            self.say(Message::Refused(failure, source));
        }
    }

    /// Lets go of a camera that has ended; true where there was one.
    fn forget_dead(&self) -> bool {
        let mut own = self.0.own.borrow_mut();
        let is_dead = own.camera.is_some() && !own.is_open(Lane::Camera);
        if is_dead {
            own.camera = None;
        }
        is_dead
    }
}

/// Whether exactly one of camera and microphone is blocked for the page: the other can be had.
async fn one_is_blocked() -> bool {
    let blocked = async |name| permission(name).await == Some(Permission::Denied);
    blocked("camera").await != blocked("microphone").await
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
