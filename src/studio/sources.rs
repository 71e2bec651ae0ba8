//! What is open: camera, screen and microphone, and the one picture and the one sound made of
//! them.

use callreel_browser::{
    DomError,
    audio::{Mixer, Slot},
    compositor::{Compositor, Config},
    media::{self, Stream, Track},
};
use callreel_engine::{
    constraints::{AudioRequest, Bound, VideoRequest},
    devices::{self, Choice, Device, DeviceKind, Remembered},
    settings::{Filter, Settings, Source},
};

/// What the settings ask to be open.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The source; decides what fills the picture.
    pub source: Source,
    /// The camera, where the source uses one.
    pub camera: Option<VideoRequest>,
    /// The screen, where the source uses one; and whether its sound comes along.
    pub screen: Option<(VideoRequest, bool)>,
    /// The microphone, where it is wanted.
    pub microphone: Option<AudioRequest>,
    /// The filter over the whole picture.
    pub filter: Filter,
}

impl Plan {
    /// What `settings` ask for, given the devices that are there.
    pub fn new(settings: &Settings, devices: &[Device]) -> Self {
        let source = settings.source;
        let with_microphone = !source.uses_screen() || settings.mic_with_screen;
        Self {
            source,
            camera: source.uses_camera().then(|| {
                let mut request = settings.video.clone();
                let remembered = settings.camera.as_ref();
                bind(&mut request.device, DeviceKind::Camera, remembered, devices);
                let is_wish = |bound: &Bound<_>| matches!(bound, Bound::Ideal(_));
                match request.device {
                    // A chosen camera looks where it looks,
                    Bound::Exact(_) if remembered.is_some() => request.facing_mode = Bound::None,
                    // and two wishes would only be weighed against each other.
                    Bound::Ideal(_) if is_wish(&request.facing_mode) => {
                        request.facing_mode = Bound::None;
                    }
                    _ => {}
                }
                request
            }),
            screen: source
                .uses_screen()
                .then(|| (settings.video.for_screen(), settings.system_audio)),
            microphone: with_microphone.then(|| {
                let mut request = settings.audio.clone();
                let remembered = settings.microphone.as_ref();
                bind(
                    &mut request.device,
                    DeviceKind::Microphone,
                    remembered,
                    devices,
                );
                request
            }),
            filter: settings.filter,
        }
    }
}

/// A device chosen by hand is demanded; otherwise the request's own wish stands.
fn bind(
    device: &mut Bound<String>,
    kind: DeviceKind,
    remembered: Option<&Remembered>,
    devices: &[Device],
) {
    if device.is_none() && remembered.is_some() {
        let choice: Choice = devices::choose(kind, remembered, devices);
        *device = choice.bound(remembered);
    }
}

/// What is open. Dropping it turns everything off.
#[derive(Default)]
pub struct Sources {
    /// The plan that was carried out last.
    pub plan: Option<Plan>,
    /// The camera.
    pub camera: Option<Stream>,
    /// The screen, with its sound where it has any.
    pub screen: Option<Stream>,
    /// The microphone.
    pub microphone: Option<Stream>,
    /// What was unplugged, and nothing came in its place.
    pub missed: Vec<DeviceKind>,
    mixer: Option<Mixer>,
    compositor: Option<Compositor>,
    /// Whether the picture must be composed although nothing in it changes.
    pub always_compose: bool,
    /// The value of `always_compose` that the picture was made with.
    pub composed_always: bool,
    /// How many wishes have a canvas stand for the camera, which is being asked for something else.
    pub holds: u32,
    /// The picture is composed for that alone.
    only_holds: bool,
    /// A picture that was composed for that, for as long as the take has it.
    leaving: Option<Compositor>,
    /// What the composed picture says where there is none.
    pub placeholder: String,
}

impl Sources {
    /// The mixer, made on first use.
    pub fn mixer(&mut self) -> Result<&Mixer, DomError> {
        if self.mixer.is_none() {
            self.mixer = Some(Mixer::new()?);
        }
        Ok(self.mixer.as_ref().expect("it was made just now"))
    }

    /// Gets the mixer going, where there is one.
    pub fn wake_mixer(&self) -> Option<impl Future<Output = bool> + use<>> {
        self.mixer.as_ref().map(Mixer::start)
    }

    /// The microphone's level, 0 to 1.
    pub fn level(&self) -> f32 {
        self.mixer.as_ref().map_or(0.0, Mixer::level)
    }

    /// Turns everything off.
    pub fn shut(&mut self) {
        self.plan = None;
        self.missed.clear();
        self.close_unplanned();
        self.compositor = None;
    }

    /// Turns off what the plan has no use for.
    pub fn close_unplanned(&mut self) {
        let plan = self.plan.as_ref();
        if plan.is_none_or(|plan| plan.camera.is_none()) {
            self.camera = None;
        }
        if plan.is_none_or(|plan| plan.screen.is_none()) {
            self.screen = None;
        }
        if plan.is_none_or(|plan| plan.microphone.is_none()) {
            self.microphone = None;
        }
        if plan.is_none() {
            self.mixer = None;
        }
    }

    /// Connects what is open to the mixer.
    pub fn connect_sound(&mut self) -> Result<(), DomError> {
        let microphone = self.microphone.as_ref().and_then(|s| s.audio().cloned());
        let system = self.screen.as_ref().and_then(|s| s.audio().cloned());
        let mixer = self.mixer()?;
        mixer.set(Slot::Microphone, microphone.as_ref())?;
        mixer.set(Slot::System, system.as_ref())
    }

    /// The sound to record: the mix, or where the browser holds the mixer back, the microphone
    /// or the screen's sound as it comes.
    pub async fn sound(this: &std::cell::RefCell<Self>) -> Option<Track> {
        let mixed = {
            let mut sources = this.borrow_mut();
            sources
                .mixer()
                .ok()
                .map(|mixer| (mixer.track().clone(), mixer.start()))
        };
        if let Some((track, started)) = mixed
            && started.await
        {
            return Some(track);
        }
        let sources = this.borrow();
        let streams = [&sources.microphone, &sources.screen];
        streams
            .into_iter()
            .flatten()
            .find_map(|s| s.audio().cloned())
    }

    /// The stream that fills the picture, if there is one.
    fn main(&self) -> Option<&Stream> {
        let source = self
            .plan
            .as_ref()
            .map_or(Source::Microphone, |plan| plan.source);
        match source {
            Source::Camera => self.camera.as_ref(),
            Source::Screen => self.screen.as_ref(),
            // A screen that is no longer shared leaves the stage to the camera.
            Source::ScreenWithCamera => self.screen.as_ref().or(self.camera.as_ref()),
            Source::Microphone => None,
        }
        .filter(|stream| stream.video().is_some())
    }

    fn corner(&self) -> Option<&Stream> {
        let both = self.plan.as_ref()?.source == Source::ScreenWithCamera && self.screen.is_some();
        self.camera.as_ref().filter(|_| both)
    }

    /// Makes the picture anew after something was opened or closed. `keep_picture`: a take with
    /// a picture is being made, so there must be one.
    pub fn compose(&mut self, keep_picture: bool) -> Result<(), DomError> {
        let filter = self.plan.as_ref().map_or(Filter::None, |plan| plan.filter);
        let main = self.main().cloned();
        let corner = self.corner().cloned();
        let needed = match main {
            Some(_) => filter != Filter::None || corner.is_some() || self.always_compose,
            None => keep_picture,
        };
        // Once composed, a take stays composed: its recorder then never has to change.
        let stays = keep_picture && self.compositor.is_some() && !self.only_holds;
        let leaving = self.leaving.take().filter(|_| keep_picture);
        if !needed && !stays && self.holds == 0 {
            let held = self.compositor.take().filter(|_| keep_picture);
            self.leaving = held.or(leaving);
            return Ok(());
        }
        if needed || self.compositor.is_some() {
            self.leaving = leaving;
        } else {
            self.compositor = leaving;
        }
        self.only_holds = !needed && !stays;
        let canvas = self.canvas(main.as_ref(), filter);
        // Between takes the picture takes the shape of its source.
        let fits = |compositor: &Compositor| keep_picture || compositor.fits(&canvas);
        if !self.compositor.as_ref().is_some_and(fits) {
            self.compositor = Some(Compositor::start(canvas)?);
        }
        if let Some(compositor) = &self.compositor {
            compositor.set_filter(filter.css());
            compositor.set_main(main.as_ref())?;
            compositor.set_corner(corner.as_ref())?;
        }
        Ok(())
    }

    fn canvas(&self, main: Option<&Stream>, filter: Filter) -> Config {
        let settings = main
            .and_then(Stream::video)
            .map(Track::settings)
            .unwrap_or_default();
        // Encoders want even sides.
        let even =
            |side: Option<u32>, otherwise: u32| side.filter(|s| *s > 1).unwrap_or(otherwise) & !1;
        Config {
            width: even(settings.width, 1280),
            height: even(settings.height, 720),
            frame_rate: settings
                .frame_rate
                .filter(|rate| *rate >= 1.0)
                .unwrap_or(30.0)
                .min(60.0),
            filter: filter.css().to_owned(),
            placeholder: self.placeholder.clone(),
        }
    }

    /// The picture to show and to record.
    pub fn picture(&self) -> Option<Track> {
        match &self.compositor {
            Some(compositor) => Some(compositor.track().clone()),
            None => self.main()?.video().cloned(),
        }
    }

    /// Lets go of the canvas that stood for the camera, once the take has.
    pub fn leave(&mut self, is_taken: impl Fn(&Track) -> bool) {
        self.leaving.take_if(|canvas| !is_taken(canvas.track()));
    }

    /// Stays with the canvas that stood for the camera, for the take can't leave it.
    pub fn stay(&mut self) -> bool {
        if self.compositor.is_some() || self.leaving.is_none() {
            return false;
        }
        self.compositor = self.leaving.take();
        self.only_holds = false;
        true
    }

    /// The camera's or the screen's own track, before anything is done to it.
    pub fn raw_picture(&self) -> Option<Track> {
        self.main()?.video().cloned()
    }
}

/// Opens a camera or a microphone or both, so that the person is asked once.
pub async fn open_devices(
    camera: Option<&VideoRequest>,
    microphone: Option<&AudioRequest>,
) -> Result<Stream, DomError> {
    let video = camera.map(VideoRequest::to_json);
    let audio = microphone.map(AudioRequest::to_json);
    media::open_devices(video.as_deref(), audio.as_deref()).await
}

/// Asks for a screen.
pub async fn open_screen(request: &VideoRequest, sound: bool) -> Result<Stream, DomError> {
    media::open_screen(&request.to_json(), sound).await
}
