//! Opening, changing and closing what is looked at and listened to.

use callreel_browser::{
    DomError,
    devices::{Permission, permission},
    media::Stream,
    rest,
};
use callreel_engine::{
    constraints::{Bound, Facing},
    devices::{DeviceKind, Flip, Remembered, flip},
    failures::{Asked, MediaFailure, WayOut},
    settings::Source,
};

use super::{
    controller::Studio,
    sources::{Plan, Sources, open_devices},
    state::{Action, Message, Preview},
};
use crate::{app::words, convert};

/// How an attempt to open something ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// All of it is open.
    Yes,
    /// The browser said no, and that was said.
    No,
    /// A newer wish came in between, and is being carried out.
    Outdated,
}

/// Why something was not opened.
pub(super) enum Refused {
    /// A newer wish came in between; what was opened meanwhile is closed again.
    Outdated,
    /// The browser said no.
    By(DomError, Asked),
}

impl Studio {
    /// Opens what the source needs. For a screen this has to come from a click.
    pub fn open(&self) {
        self.spawn(|studio| async move {
            studio.open_plan(studio.plan()).await;
        });
    }

    /// Turns everything off.
    pub fn close(&self) {
        self.outdate();
        if self.0.take.borrow().is_some() {
            return;
        }
        self.0.track_listeners.borrow_mut().clear();
        let mut sources = self.0.sources.borrow_mut();
        sources.shut();
        drop(sources);
        self.dispatch(Action::Preview(Preview::Off));
        self.compare();
    }

    /// Whether there is another camera to turn to.
    pub fn can_flip(&self) -> bool {
        self.next_camera().is_some()
    }

    /// Turns to the other camera.
    pub fn flip_camera(&self) {
        let Some(next) = self.next_camera() else {
            return;
        };
        let mut settings = self.0.settings.borrow().clone();
        match next {
            Flip::Facing(facing) => {
                settings.camera = None;
                settings.video.facing_mode = Bound::Ideal(facing);
            }
            Flip::Camera(device) => {
                settings.camera = Some(Remembered::from(&device));
            }
        }
        self.set(settings);
    }

    fn next_camera(&self) -> Option<Flip> {
        let sources = self.0.sources.borrow();
        let current = sources.camera.as_ref()?.video()?.settings();
        let facing = current.facing_mode.as_deref().and_then(Facing::from_name);
        let id = current.device_id.unwrap_or_default();
        flip(facing, &id, &self.0.devices.borrow())
    }

    /// Does what the button of an error says.
    pub fn way_out(&self, way: WayOut) {
        match way {
            WayOut::UseNearest => self.later(|studio| async move { studio.use_nearest().await }),
            WayOut::ChooseOtherDevice => {
                let mut settings = self.0.settings.borrow().clone();
                settings.camera = None;
                settings.microphone = None;
                settings.video.device = Bound::None;
                settings.audio.device = Bound::None;
                self.set(settings);
                self.open();
            }
            // The others are done outside the page; this looks whether they were.
            _ => self.open(),
        }
    }

    /// Opens without a click where the person has allowed that before.
    pub(super) async fn open_if_allowed(&self) {
        let plan = self.plan();
        let granted = async |name| permission(name).await == Some(Permission::Granted);
        let camera = plan.camera.is_none() || granted("camera").await;
        let microphone = plan.microphone.is_none() || granted("microphone").await;
        // Meanwhile a take may be on its way to begin, which opens what it needs.
        if plan.screen.is_none() && camera && microphone && !self.0.starting.get() {
            self.open_plan(self.plan()).await;
        }
    }

    /// A setting changed something that is open: open it anew. A screen that is no longer shared is
    /// asked for only where the source was chosen just now.
    pub(super) fn reopen(&self, is_other_source: bool) {
        let live = self.0.sources.borrow().plan.is_some() || self.0.take.borrow().is_some();
        let plan = self.plan_without_click();
        let has_picture = plan.camera.is_some() || plan.screen.is_some();
        if live && is_other_source {
            self.open();
        } else if live && (has_picture || plan.source == Source::Microphone) {
            self.spawn(|studio| async move {
                studio.open_again().await;
            });
        } else if !live {
            self.outdate();
            self.close_unused();
            self.dispatch(Action::Preview(Preview::Off));
        }
    }

    /// Where nothing is shown, nothing stays open that was to be a part of it: a screen that is
    /// shared, while the camera was refused.
    fn close_unused(&self) {
        let mut sources = self.0.sources.borrow_mut();
        if sources.plan.is_none() && self.0.take.borrow().is_none() {
            sources.close_unplanned();
        }
    }

    pub(super) fn outdate(&self) -> u32 {
        let generation = self.0.generation.get().wrapping_add(1);
        self.0.generation.set(generation);
        generation
    }

    /// Whether everything is open that a take started now would record.
    pub(super) fn is_open(&self) -> bool {
        self.0.sources.borrow().plan.is_some() && self.lives(&self.plan())
    }

    /// Whether everything that was opened is still there.
    pub(super) fn is_whole(&self) -> bool {
        let plan = self.0.sources.borrow().plan.clone();
        plan.is_some_and(|plan| self.lives(&plan))
    }

    fn lives(&self, plan: &Plan) -> bool {
        let live = |of: fn(&Sources) -> Option<&Stream>| self.is_live(of);
        (plan.screen.is_none() || live(|sources| sources.screen.as_ref()))
            && (plan.camera.is_none() || live(|sources| sources.camera.as_ref()))
            && (plan.source != Source::Microphone || self.hears())
    }

    pub(super) fn hears(&self) -> bool {
        let sources = self.0.sources.borrow();
        let sound = sources.microphone.as_ref().and_then(Stream::audio);
        sound.is_some_and(|track| track.is_live())
    }

    /// Opens again what is open, without a click: so nobody is asked for a screen.
    pub(super) async fn open_again(&self) -> Opened {
        self.open_plan(self.plan_without_click()).await
    }

    /// What the settings ask for, as far as it can be opened without a click.
    pub(super) fn plan_without_click(&self) -> Plan {
        let mut plan = self.plan();
        let shared = self.is_live(|sources| sources.screen.as_ref());
        plan.screen = plan.screen.filter(|_| shared);
        plan
    }

    pub(super) async fn open_plan(&self, mut plan: Plan) -> Opened {
        let generation = self.outdate();
        if self.0.sources.borrow().plan.is_none() {
            self.dispatch(Action::Preview(Preview::Opening));
        }
        match self.fetch(&mut plan, generation).await {
            Ok(()) => {
                self.opened(plan);
                self.refresh_devices().await;
                Opened::Yes
            }
            Err(Refused::Outdated) => Opened::Outdated,
            Err(refused) => {
                self.close_unused();
                self.refused(refused, plan.source).await;
                Opened::No
            }
        }
    }

    /// Opens what the plan has and is not open as the plan wants it.
    async fn fetch(&self, plan: &mut Plan, generation: u32) -> Result<(), Refused> {
        // The screen first: its prompt has to come right behind the click.
        if plan.screen.is_some() && !self.is_live(|sources| sources.screen.as_ref()) {
            self.fetch_screen(plan, generation).await?;
        }
        self.reshape_screen(plan).await;
        self.current(generation)?;
        let (camera, microphone) = {
            let sources = self.0.sources.borrow();
            let old = sources.plan.as_ref();
            let same_camera = old.is_some_and(|old| old.camera == plan.camera);
            let same_mic = old.is_some_and(|old| old.microphone == plan.microphone);
            let camera_open = sources
                .camera
                .as_ref()
                .and_then(Stream::video)
                .is_some_and(|t| t.is_live());
            let mic_open = sources
                .microphone
                .as_ref()
                .and_then(Stream::audio)
                .is_some_and(|t| t.is_live());
            (
                plan.camera.is_some() && !(same_camera && camera_open),
                plan.microphone.is_some() && !(same_mic && mic_open),
            )
        };
        let camera = camera && !self.reshape_camera(plan, generation).await?;
        if camera && microphone && self.fetch_both(plan, generation).await? {
            return Ok(());
        }
        if camera {
            self.fetch_camera(plan, generation).await?;
        }
        if microphone {
            self.fetch_microphone(plan, generation).await?;
        }
        Ok(())
    }

    pub(super) fn is_live(&self, of: impl Fn(&Sources) -> Option<&Stream>) -> bool {
        let sources = self.0.sources.borrow();
        of(&sources)
            .and_then(Stream::video)
            .is_some_and(|track| track.is_live())
    }

    pub(super) fn current(&self, generation: u32) -> Result<(), Refused> {
        if self.0.generation.get() == generation {
            Ok(())
        } else {
            Err(Refused::Outdated)
        }
    }

    /// One prompt for both. False where one of the two is missing and each is to be tried alone.
    async fn fetch_both(&self, plan: &Plan, generation: u32) -> Result<bool, Refused> {
        let opened = open_devices(plan.camera.as_ref(), plan.microphone.as_ref()).await;
        self.current(generation)?;
        match opened {
            Ok(stream) => {
                let mut sources = self.0.sources.borrow_mut();
                let part = |track: Option<_>| track.map(|track| Stream::of(vec![track]));
                let (video, audio) = (stream.video().cloned(), stream.audio().cloned());
                sources.camera = part(video)
                    .transpose()
                    .map_err(|e| Refused::By(e, Asked::Camera))?;
                sources.microphone = part(audio)
                    .transpose()
                    .map_err(|e| Refused::By(e, Asked::Microphone))?;
                Ok(true)
            }
            Err(error) if error.name == "NotAllowedError" => {
                let denied = async |name| permission(name).await == Some(Permission::Denied);
                let both = denied("camera").await == denied("microphone").await;
                self.current(generation)?;
                match both {
                    true => Err(Refused::By(error, Asked::Camera)),
                    false => Ok(false),
                }
            }
            Err(_) => Ok(false),
        }
    }

    /// A missing microphone doesn't keep a picture from being seen; it is said.
    async fn fetch_microphone(&self, plan: &mut Plan, generation: u32) -> Result<(), Refused> {
        let opened = open_devices(None, plan.microphone.as_ref()).await;
        self.current(generation)?;
        match opened {
            Ok(stream) => self.0.sources.borrow_mut().microphone = Some(stream),
            Err(error) if plan.source == Source::Microphone => {
                return Err(Refused::By(error, Asked::Microphone));
            }
            Err(error) => {
                self.refuse(error, Asked::Microphone, Source::Microphone)
                    .await;
                // The plan is carried out without it, so that the next change asks again.
                plan.microphone = None;
                self.0.sources.borrow_mut().microphone = None;
            }
        }
        Ok(())
    }

    pub(super) async fn refused(&self, refused: Refused, source: Source) {
        if let Refused::By(error, asked) = refused {
            self.refuse(error, asked, source).await;
        }
    }

    /// Says why something was not opened; of a demand as soon as it is known what works instead.
    async fn refuse(&self, error: DomError, asked: Asked, source: Source) {
        let generation = self.0.generation.get();
        let failure = convert::failure(error, asked).await;
        let MediaFailure::Overconstrained { constraint } = &failure else {
            self.say_refused(failure, source);
            return;
        };
        let (studio, otherwise) = (self.clone(), self.clone());
        let (constraint, unexplained) = (constraint.clone(), failure.clone());
        rest::spawn(
            async move {
                let unmet = studio
                    .find_nearest(&constraint, asked, source, generation)
                    .await;
                if studio.current(generation).is_ok() {
                    studio.dispatch(Action::Unmet(unmet));
                    studio.say_refused(failure, source);
                }
            },
            move |_| otherwise.say_refused(unexplained, source),
        );
    }

    fn say_refused(&self, failure: MediaFailure, source: Source) {
        let is_open = self.0.sources.borrow().plan.is_some();
        // A picture is shown without its microphone too.
        if is_open || source != self.0.settings.borrow().source {
            self.say(Message::Refused { failure, source });
        } else {
            self.dispatch(Action::Preview(Preview::Failed { failure, source }));
        }
    }

    /// Everything of the plan is open: close the rest, and show it.
    pub(super) fn opened(&self, plan: Plan) {
        let taking = self.takes_picture();
        {
            let mut sources = self.0.sources.borrow_mut();
            sources.plan = Some(plan);
            sources.close_unplanned();
            let (camera, microphone) = (sources.camera.is_some(), sources.microphone.is_some());
            sources.missed.retain(|kind| match kind {
                DeviceKind::Camera => !camera,
                _ => !microphone,
            });
        }
        self.watch_tracks();
        self.show(taking);
    }

    pub(super) fn show(&self, taking: bool) {
        let nothing = words(&self.0.settings.borrow()).t("stage.no_picture");
        let made = {
            let mut sources = self.0.sources.borrow_mut();
            nothing.clone_into(&mut sources.placeholder);
            let sound = sources.connect_sound();
            sources.compose(taking).and(sound)
        };
        if let Err(error) = made {
            self.failed(&error);
        }
        self.dispatch_preview();
        self.compare();
        self.take_new_picture();
    }

    /// After a take: the picture no longer has to be there, nor be composed.
    pub(super) fn show_idle(&self) {
        if self.0.sources.borrow().plan.is_some() {
            self.show(false);
        }
    }

    fn dispatch_preview(&self) {
        let sources = self.0.sources.borrow();
        let Some(plan) = &sources.plan else {
            self.dispatch(Action::Preview(Preview::Off));
            return;
        };
        let raw = sources.raw_picture();
        let facing = raw.as_ref().and_then(|track| track.settings().facing_mode);
        let preview = Preview::Live {
            video: sources
                .picture()
                .and_then(|track| Stream::of(vec![track]).ok()),
            video_label: raw.map(|track| track.label()),
            audio_label: sources
                .microphone
                .as_ref()
                .and_then(Stream::audio)
                .map(|track| track.label()),
            delivered: self.0.watch.borrow().delivered,
            mirrorable: plan.source == Source::Camera && facing.as_deref() != Some("environment"),
        };
        drop(sources);
        self.dispatch(Action::Preview(preview));
    }

    pub(super) fn composing_changed(&self) -> bool {
        let mut sources = self.0.sources.borrow_mut();
        let changed = sources.composed_always != sources.always_compose;
        sources.composed_always = sources.always_compose;
        changed
    }
}
