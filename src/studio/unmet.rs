//! A demand that can't be met: which one, and the nearest that works. The page starts without
//! this.

use callreel_browser::{
    DomError,
    media::{Stream, Track},
};
use callreel_engine::{
    comparison::{
        Evidence, Row, TrackCapabilities, TrackSettings, Verdict, compare_audio, compare_video,
    },
    constraints::{AudioRequest, Property, VideoRequest},
    devices::DeviceKind,
    failures::Asked,
    settings::Source,
};

use super::{
    constraints_table::readable, controller::Studio, devices::slot, sources::open_devices,
    view::View,
};
use crate::convert;

/// Demands that were refused, and what the browser gives instead.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmet {
    /// Of what.
    asked: Asked,
    /// The source it was asked for.
    pub source: Source,
    /// The demands that have to give way.
    demands: Vec<Property>,
    /// What each of them asked, beside what came where it was a wish; those that came all the same
    /// are left out. Empty where it was not tried.
    rows: Vec<Row>,
    /// All that came.
    granted: TrackSettings,
}

/// A request, of one of the two kinds.
#[derive(Clone)]
enum Request {
    Video(VideoRequest),
    Audio(AudioRequest),
}

impl Request {
    /// Turns the demand of this name into a wish, or all if it is none; gives back which.
    fn relax(&mut self, name: &str, possible: &TrackCapabilities) -> Vec<Property> {
        match self {
            Self::Video(request) => request.nearest(name, possible).map(|nearest| {
                *request = nearest.request;
                nearest.changed
            }),
            Self::Audio(request) => request.nearest(name, possible).map(|nearest| {
                *request = nearest.request;
                nearest.changed
            }),
        }
        .unwrap_or_default()
    }

    fn compare(&self, evidence: &Evidence) -> Vec<Row> {
        match self {
            Self::Video(request) => compare_video(request, evidence),
            Self::Audio(request) => compare_audio(request, evidence),
        }
    }

    async fn open(&self) -> Result<Stream, DomError> {
        match self {
            Self::Video(request) => open_devices(Some(request), None).await,
            Self::Audio(request) => open_devices(None, Some(request)).await,
        }
    }
}

impl Studio {
    /// Finds out what comes where the refused demands are wishes: no list of capabilities tells
    /// that, for their ranges promise no combination. A take that is being made is left alone,
    /// because a phone opens one camera at a time.
    pub(super) async fn find_nearest(
        &self,
        constraint: &str,
        asked: Asked,
        source: Source,
        generation: u32,
    ) -> Option<Unmet> {
        let plan = self.plan();
        let wanted = match asked {
            Asked::Camera => Request::Video(plan.camera?),
            Asked::Microphone => Request::Audio(plan.microphone?),
            Asked::Screen => return None,
        };
        let mut unmet = Unmet {
            asked,
            source,
            demands: Vec::new(),
            rows: Vec::new(),
            granted: TrackSettings::default(),
        };
        let mut request = wanted.clone();
        let mut refused = Some(constraint.to_owned());
        // Each round has one demand less.
        while let Some(name) = refused {
            let more = request.relax(&name, &TrackCapabilities::default());
            if more.is_empty() {
                break;
            }
            unmet.demands.extend(more);
            if self.0.take.borrow().is_some() {
                break;
            }
            let granted = self.granted(&request, generation).await;
            // A newer wish has the devices now.
            self.current(generation).ok()?;
            refused = match granted {
                Ok(granted) => {
                    unmet.take(&wanted, granted);
                    None
                }
                Err(error) => error.constraint.clone(),
            };
        }
        (!unmet.demands.is_empty()).then_some(unmet)
    }

    /// What comes where something is asked for. A camera that is open is asked itself, and then goes
    /// back to what it gave.
    async fn granted(&self, request: &Request, generation: u32) -> Result<Evidence, DomError> {
        if let Request::Video(request) = request
            && let Some((camera, before)) = self.camera_for(request)
            // A take's picture is not to change its size for a trial.
            && !self.is_recorded(&camera)
        {
            let asked = self.ask_camera(&camera, request).await;
            let granted = convert::evidence(camera.settings());
            if self.current(generation).is_ok() {
                let _ = self.ask_camera(&camera, &before).await;
            }
            return asked.map(|()| granted);
        }
        let stream = request.open().await?;
        let track = stream.video().or(stream.audio());
        Ok(convert::evidence(
            track.map(Track::settings).unwrap_or_default(),
        ))
    }

    /// Asks for what works instead of what was refused.
    pub(super) async fn use_nearest(&self) {
        if let Some(unmet) = self.state().unmet.clone() {
            let mut settings = self.0.settings.borrow().clone();
            let possible = TrackCapabilities::from(&unmet.granted);
            let kind = match unmet.asked {
                Asked::Microphone => DeviceKind::Microphone,
                _ => DeviceKind::Camera,
            };
            for demand in unmet.demands.iter().map(|demand| demand.name()) {
                if demand == Property::Device.name() {
                    let chosen = slot(&mut settings, kind).iter_mut();
                    chosen.for_each(|device| device.ideal = true);
                } else if kind == DeviceKind::Microphone {
                    let nearest = settings.audio.nearest(demand, &possible);
                    settings.audio = nearest.map_or(settings.audio, |it| it.request);
                } else {
                    let nearest = settings.video.nearest(demand, &possible);
                    settings.video = nearest.map_or(settings.video, |it| it.request);
                }
            }
            self.set(settings);
        }
        self.open_plan(self.plan()).await;
    }
}

impl Unmet {
    /// Takes in what came.
    fn take(&mut self, wanted: &Request, came: Evidence) {
        self.rows = wanted.compare(&came);
        self.granted = came.granted;
        self.rows.retain(|row| {
            let gave_way = self.demands.contains(&row.property);
            gave_way && !row.granted.is_empty() && row.verdict != Verdict::AsAsked
        });
    }

    /// Says which demands can't be met, and what works; `None` where that is not known.
    #[inline(never)]
    pub fn text(&self, view: &View) -> Option<String> {
        let words = view.words;
        let mut text = String::new();
        for row in &self.rows {
            let read = |cell: &str| readable(words, row.property, cell, &view.state.devices);
            let values = [
                ("constraint", words.of("property.", row.property.name())),
                ("asked", &read(&row.requested)),
                ("nearest", &read(&row.granted)),
            ];
            if !text.is_empty() {
                text.push_str(words.0.between_sentences()[1]);
            }
            text.push_str(&words.with("unmet.nearest", &values));
        }
        (!text.is_empty()).then_some(text)
    }
}
