//! What is open ends by itself: a device that is unplugged, a screen that is no longer shared.

use callreel_browser::{Listener, media::Stream};
use callreel_engine::{
    devices::{DeviceKind, Remembered, diff},
    failures::Asked,
    settings::Source,
};

use super::{
    controller::Studio,
    opening::Opened,
    state::{AfterScreen, Message},
};

impl Studio {
    /// Hears when a source ends by itself.
    pub(super) fn watch_tracks(&self) {
        let mut listeners: Vec<Listener> = Vec::new();
        let sources = self.0.sources.borrow();
        let screen = sources.screen.as_ref().and_then(Stream::video);
        let camera = sources.camera.as_ref().and_then(Stream::video);
        let microphone = sources.microphone.as_ref().and_then(Stream::audio);
        let ends = [
            (screen, Asked::Screen),
            (camera, Asked::Camera),
            (microphone, Asked::Microphone),
        ];
        for (track, asked) in ends {
            let studio = self.weak();
            listeners.extend(track.map(|track| {
                track.on_ended(move || {
                    if let Some(studio) = studio() {
                        studio.spawn(|studio| async move { studio.track_ended(asked).await });
                    }
                })
            }));
        }
        drop(sources);
        *self.0.track_listeners.borrow_mut() = listeners;
    }

    async fn track_ended(&self, which: Asked) {
        match which {
            Asked::Screen => self.screen_ended(),
            Asked::Camera => self.device_lost(DeviceKind::Camera).await,
            Asked::Microphone => self.device_lost(DeviceKind::Microphone).await,
        }
    }

    /// "Stop sharing" in the browser's own bar. A take goes on: with the camera where it was in
    /// the picture, else with its sound.
    fn screen_ended(&self) {
        let recording = self.0.take.borrow().is_some();
        let with_camera = {
            let mut sources = self.0.sources.borrow_mut();
            sources.screen = None;
            if let Some(plan) = &mut sources.plan {
                plan.screen = None;
            }
            sources.raw_picture().is_some()
        };
        self.say(Message::ScreenEnded(match (recording, with_camera) {
            (false, _) => AfterScreen::Nothing,
            (true, true) => AfterScreen::Camera,
            (true, false) => AfterScreen::Sound,
        }));
        if recording {
            self.show(self.takes_picture());
        } else {
            self.close();
        }
    }

    /// Other devices take over where there are some; a take goes on either way. A webcam that has a
    /// microphone loses both at the same moment, so one goes after the other.
    async fn device_lost(&self, kind: DeviceKind) {
        self.0.lost.borrow_mut().push(kind);
        if self.0.losing.replace(true) {
            return;
        }
        loop {
            let lost = self.0.lost.take();
            if lost.is_empty() {
                break;
            }
            self.replace(&lost).await;
        }
        self.0.losing.set(false);
    }

    async fn replace(&self, lost: &[DeviceKind]) {
        let is_lost = |kind| lost.contains(&kind);
        {
            let mut sources = self.0.sources.borrow_mut();
            if is_lost(DeviceKind::Camera) {
                sources.camera = None;
            }
            if is_lost(DeviceKind::Microphone) {
                sources.microphone = None;
            }
            sources.missed.extend_from_slice(lost);
        }
        self.refresh_devices().await;
        let mut plan = self.plan_without_click();
        let source = plan.source;
        let is_gone =
            |kind| is_lost(kind) && !self.0.devices.borrow().iter().any(|d| d.kind == kind);
        let (no_camera, no_microphone) =
            (is_gone(DeviceKind::Camera), is_gone(DeviceKind::Microphone));
        plan.camera = plan.camera.filter(|_| !no_camera);
        plan.microphone = plan.microphone.filter(|_| !no_microphone);
        let something_left = plan.camera.is_some() || plan.microphone.is_some();
        let opened = match something_left {
            true => self.open_plan(plan).await,
            false => Opened::No,
        };
        for kind in lost.iter().copied() {
            let now = self.label_of(kind);
            // Where a newer wish came in between, it may still be opening another one.
            if now.is_some() || opened != Opened::Outdated {
                self.say(Message::DeviceLost { kind, now });
            }
        }
        // A newer wish that came in between shows what it opens.
        if opened == Opened::Outdated || (opened == Opened::Yes && !no_camera) {
            return;
        }
        if self.0.take.borrow().is_some() {
            self.show(self.takes_picture());
        } else if is_lost(DeviceKind::Camera) || source == Source::Microphone {
            self.close();
        } else {
            self.show_idle();
        }
    }

    fn label_of(&self, kind: DeviceKind) -> Option<String> {
        let sources = self.0.sources.borrow();
        let track = match kind {
            DeviceKind::Camera => sources.camera.as_ref()?.video()?,
            _ => sources.microphone.as_ref()?.audio()?,
        };
        Some(track.label())
    }

    /// A device came or went. One in use that went ends its track too, which is handled there.
    pub(super) async fn devices_changed(&self) {
        let before = self.0.devices.borrow().clone();
        self.refresh_devices().await;
        let added = diff(&before, &self.0.devices.borrow()).added;
        let remembered = self.0.settings.borrow().clone();
        let came_back = |kind, known: &Option<Remembered>| {
            known.as_ref().is_some_and(|known| {
                added
                    .iter()
                    .any(|d| d.kind == kind && !d.label.is_empty() && d.label == known.label)
            })
        };
        let back = came_back(DeviceKind::Camera, &remembered.camera)
            || came_back(DeviceKind::Microphone, &remembered.microphone)
            || self.can_replace(DeviceKind::Camera)
            || self.can_replace(DeviceKind::Microphone);
        if back && self.0.sources.borrow().plan.is_some() {
            self.open_again().await;
        }
    }

    /// Whether a device of this kind is missed, and there is one now: where nobody chose one, any will
    /// do.
    fn can_replace(&self, kind: DeviceKind) -> bool {
        self.misses(kind) && self.0.devices.borrow().iter().any(|it| it.kind == kind)
    }

    /// Whether a device of this kind was lost that the settings still want.
    pub(super) fn misses(&self, kind: DeviceKind) -> bool {
        let plan = self.plan();
        let is_wanted = match kind {
            DeviceKind::Camera => plan.camera.is_some(),
            _ => plan.microphone.is_some(),
        };
        is_wanted && self.0.sources.borrow().missed.contains(&kind)
    }
}
