//! The studio's effects: everything it asks of the browser begins here.
//!
//! One value owns what is open; dropping its last clone turns everything off. Each part of the
//! work has its file: `opening` (devices), `comparing` (what they give), `losing` (what ends by
//! itself), `recording` (takes being made), `shelving` (takes that are kept), `watch` (what is
//! measured meanwhile).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::{
    DomError, Listener, audio::TestTone, devices as browser_devices, page, recorder, rest,
    vault::Vault,
};
use callreel_engine::{
    constraints::stream_json,
    devices::{ChoiceNote, Device, DeviceKind, choose},
    formats::{self, Format, Media},
    settings::{Settings, Source},
};
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;

use super::{
    sources::{Plan, Sources},
    state::{Action, Message, Server, StudioState},
    uploading::Uploads,
    watch::Watch,
};
use crate::{
    app::{Redraw, SETTINGS_KEY, remembered},
    convert,
    take::live::LiveTake,
};

/// The studio's effects. Clones share them.
#[derive(Clone)]
pub struct Studio(pub(super) Rc<Inner>);

pub(super) struct Inner {
    /// What the page shows.
    state: RefCell<Rc<StudioState>>,
    redraw: Redraw,
    pub settings: RefCell<Settings>,
    pub devices: RefCell<Vec<Device>>,
    pub sources: RefCell<Sources>,
    /// The preview's video element.
    pub stage: RefCell<Option<web_sys::HtmlVideoElement>>,
    pub vault: RefCell<Option<Vault>>,
    pub take: RefCell<Option<LiveTake>>,
    /// Between the button and the take.
    pub starting: Cell<bool>,
    /// Whether the takes are being listed just now.
    pub loading: Cell<bool>,
    /// Counts the takes that ended.
    pub ended: Cell<u32>,
    pub watch: RefCell<Watch>,
    pub server: Cell<Server>,
    pub uploads: RefCell<Uploads>,
    /// The take that is in the player.
    pub watched: RefCell<Option<String>>,
    /// Counts what is opened: an answer to an older question is dropped.
    pub generation: Cell<u32>,
    /// Listeners of the tracks that are open now.
    pub track_listeners: RefCell<Vec<Listener>>,
    /// Devices that went away and are not replaced yet.
    pub lost: RefCell<Vec<DeviceKind>>,
    /// Whether that is being done.
    pub losing: Cell<bool>,
    /// What ends a deleted take for good.
    pub forgetting: RefCell<Option<(String, Timeout)>>,
    tone: RefCell<Option<TestTone>>,
    listeners: RefCell<Vec<Listener>>,
    pulse: RefCell<Option<Interval>>,
}

impl PartialEq for Studio {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Studio {
    /// Begins to watch devices, takes and the server; opens the camera where the person has
    /// allowed that before.
    pub fn start(redraw: Redraw) -> Self {
        let settings = remembered();
        let studio = Self(Rc::new(Inner {
            state: RefCell::new(Rc::new(StudioState::new(settings.clone()))),
            redraw,
            settings: settings.into(),
            devices: RefCell::default(),
            sources: RefCell::default(),
            stage: RefCell::default(),
            vault: RefCell::default(),
            take: RefCell::default(),
            starting: Cell::default(),
            loading: Cell::default(),
            ended: Cell::default(),
            watch: RefCell::default(),
            server: Cell::new(Server::Checking),
            uploads: RefCell::default(),
            watched: RefCell::default(),
            generation: Cell::default(),
            track_listeners: RefCell::default(),
            lost: RefCell::default(),
            losing: Cell::default(),
            forgetting: RefCell::default(),
            tone: RefCell::default(),
            listeners: RefCell::default(),
            pulse: RefCell::default(),
        }));
        studio.listen();
        studio.offer_formats();
        studio.spawn(|studio| async move {
            // What can't be loaded now is asked for again when it is needed.
            if rest::loaded().await.is_ok() {
                studio.compare();
            }
        });
        studio.spawn(|studio| async move { studio.load_takes().await });
        studio.spawn(|studio| async move { studio.ask_server().await });
        studio.spawn(|studio| async move {
            studio.refresh_devices().await;
            studio.open_if_allowed().await;
        });
        studio
    }

    /// A handle that doesn't keep the studio alive, for listeners that live inside it.
    pub(super) fn weak(&self) -> impl Fn() -> Option<Self> + Clone + 'static {
        let weak = Rc::downgrade(&self.0);
        move || weak.upgrade().map(Self)
    }

    fn listen(&self) {
        let mut listeners = self.0.listeners.borrow_mut();
        let studio = self.weak();
        // Without the interface there are no devices to watch, and opening says why.
        listeners.extend(browser_devices::on_change(move || {
            if let Some(studio) = studio() {
                studio.spawn(|studio| async move { studio.devices_changed().await });
            }
        }));
        let studio = self.weak();
        listeners.push(page::on_visibility(move |hidden| {
            if let Some(studio) = studio() {
                studio.visibility_changed(hidden);
            }
        }));
        let studio = self.weak();
        listeners.extend(page::on_gesture(move || {
            if let Some(studio) = studio() {
                studio.wake_sound();
            }
        }));
        let studio = self.weak();
        listeners.push(page::on_focus(move || {
            if let Some(studio) = studio() {
                studio.spawn(|studio| async move { studio.load_takes().await });
            }
        }));
        let studio = self.weak();
        listeners.push(page::on_online(move || {
            if let Some(studio) = studio() {
                studio.hurry_uploads();
            }
        }));
        let studio = self.weak();
        *self.0.pulse.borrow_mut() = Some(Interval::new(500, move || {
            if let Some(studio) = studio() {
                studio.pulse();
            }
        }));
    }

    /// Gets the mixer going again, which browsers hold back before a click, and phones after a call.
    pub(super) fn wake_sound(&self) {
        if let Some(started) = self.0.sources.borrow().wake_mixer() {
            spawn_local(async move {
                // A recorder asks again.
                started.await;
            });
        }
    }

    /// Runs `work` to its end, with the studio kept alive meanwhile.
    pub(super) fn spawn<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        spawn_local(work(self.clone()));
    }

    /// Runs `work` to its end, whose code is not in what the page starts with.
    pub(super) fn later<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        let studio = self.clone();
        rest::spawn(work(self.clone()), move |_| studio.say(Message::NotLoaded));
    }

    /// What the page shows now.
    pub fn state(&self) -> Rc<StudioState> {
        self.0.state.borrow().clone()
    }

    pub(super) fn dispatch(&self, action: Action) {
        Rc::make_mut(&mut self.0.state.borrow_mut()).apply(action);
        self.0.redraw.soon();
    }

    pub(super) fn say(&self, message: Message) {
        self.dispatch(Action::Say(message));
    }

    /// Makes the table of requested, granted, possible and delivered anew, once its code is there.
    pub(super) fn compare(&self) {
        if rest::is_loaded() {
            self.dispatch(Action::Comparison(self.comparison()));
        }
    }

    /// Says that the browser refused something.
    pub(super) fn failed(&self, error: &DomError) {
        self.say(Message::Failed {
            message: error.text(),
        });
    }

    /// The one way to change any setting: remembers it, and reopens what it changes.
    pub fn set(&self, settings: Settings) {
        let before = self.0.settings.replace(settings.clone());
        if before == settings {
            return;
        }
        page::store(SETTINGS_KEY, &settings.to_json());
        self.dispatch(Action::Settings(Box::new(settings.clone())));
        self.offer_formats();
        if before.server != settings.server {
            self.spawn(|studio| async move { studio.ask_server().await });
        }
        if before.speaker != settings.speaker && self.0.tone.borrow().is_some() {
            self.toggle_tone();
        }
        if Plan::new(&before, &self.0.devices.borrow()) != self.plan() || self.composing_changed() {
            self.reopen(before.source != settings.source);
        }
        self.compare();
    }

    pub(super) fn plan(&self) -> Plan {
        Plan::new(&self.0.settings.borrow(), &self.0.devices.borrow())
    }

    /// Finds out what can be recorded, and what would be.
    fn offer_formats(&self) {
        let settings = self.0.settings.borrow();
        let media = media_of(settings.source);
        let offered = formats::offered(media, supported);
        drop(settings);
        let format = self.format();
        let joinable = format.is_none_or(|format| format.joinable || media == Media::Audio);
        self.0.sources.borrow_mut().always_compose = !joinable;
        self.dispatch(Action::Formats(offered, format));
    }

    /// The format that a recording started now would have.
    pub(super) fn format(&self) -> Option<&'static Format> {
        let settings = self.0.settings.borrow();
        let media = media_of(settings.source);
        let chosen = match media {
            Media::Video => settings.video_format.as_deref(),
            Media::Audio => settings.audio_format.as_deref(),
        };
        formats::choose(settings.format_order, chosen, media, supported)
    }

    pub(super) async fn refresh_devices(&self) {
        // An origin without the interface has no devices; opening says why.
        let listed = browser_devices::enumerate().await.unwrap_or_default();
        let devices = convert::device_list(listed);
        self.note_missing(&devices);
        *self.0.devices.borrow_mut() = devices.clone();
        self.dispatch(Action::Devices(devices));
    }

    /// Says once that a remembered device is not there. Names are known only after permission,
    /// so before that nothing is said.
    fn note_missing(&self, devices: &[Device]) {
        let settings = self.0.settings.borrow().clone();
        let kinds = [
            (DeviceKind::Camera, settings.camera),
            (DeviceKind::Microphone, settings.microphone),
            (DeviceKind::Speaker, settings.speaker),
        ];
        for (kind, remembered) in kinds {
            let named = devices
                .iter()
                .any(|d| d.kind == kind && !d.label.is_empty());
            let choice = choose(kind, remembered.as_ref(), devices);
            if let (true, Some(ChoiceNote::RememberedGone { label })) = (named, choice.note)
                && self.0.watch.borrow_mut().is_news(&label)
            {
                self.say(Message::DeviceGone { kind, label });
            }
        }
    }

    /// Remembers the address of a server and asks whether it answers; "" is the page's own.
    pub fn point_to_server(&self, url: String) {
        let mut settings = self.0.settings.borrow().clone();
        settings.server = (!url.trim().is_empty()).then(|| url.trim().to_owned());
        if settings == *self.0.settings.borrow() {
            self.spawn(|studio| async move { studio.ask_server().await });
        }
        self.set(settings);
    }

    /// The preview's video element: snapshots and measurements are taken from it.
    pub fn set_stage(&self, stage: Option<web_sys::HtmlVideoElement>) {
        *self.0.stage.borrow_mut() = stage;
    }

    /// The microphone's level now: root mean square, 0 to 1.
    pub fn level(&self) -> f32 {
        self.0.sources.borrow().level()
    }

    /// Plays a tone on the chosen speaker, or ends it.
    pub fn toggle_tone(&self) {
        if self.0.tone.take().is_some() {
            self.dispatch(Action::Tone(false));
            return;
        }
        let speaker = {
            let settings = self.0.settings.borrow();
            let devices = self.0.devices.borrow();
            // Browsers change the ids of devices; then the one of that name is meant.
            let chosen = choose(DeviceKind::Speaker, settings.speaker.as_ref(), &devices).device;
            chosen.map(|device| device.id)
        };
        self.later(|studio| async move {
            match TestTone::start(speaker.as_deref()).await {
                Ok(tone) => {
                    *studio.0.tone.borrow_mut() = Some(tone);
                    studio.dispatch(Action::Tone(true));
                }
                Err(error) => studio.failed(&error),
            }
        });
    }

    /// Puts the request on the clipboard, as `getUserMedia` takes it.
    pub fn copy_request(&self) {
        let plan = self.plan();
        let video = plan.camera.or(plan.screen.map(|(request, _)| request));
        let json = stream_json(video.as_ref(), plan.microphone.as_ref());
        self.later(|studio| async move {
            match page::copy_text(&json).await {
                Ok(()) => studio.say(Message::Copied),
                Err(error) => studio.failed(&error),
            }
        });
    }

    /// The person has read a notice.
    pub fn dismiss(&self, notice: u32) {
        self.dispatch(Action::Dismiss(notice));
    }
}

pub(super) fn media_of(source: Source) -> Media {
    match source {
        Source::Microphone => Media::Audio,
        Source::Camera | Source::Screen | Source::ScreenWithCamera => Media::Video,
    }
}

fn supported(mime: &str) -> bool {
    recorder::available() && recorder::is_supported(mime)
}
