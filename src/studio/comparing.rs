//! What the devices give and could give, beside what is wanted.

use callreel_browser::media::Stream;
use callreel_engine::{
    comparison::{Delivered, Evidence, Row, TrackCapabilities, compare_audio, compare_video},
    settings::Filter,
};

use super::controller::Studio;
use crate::convert;

impl Studio {
    /// The table of requested, granted, possible and delivered.
    #[inline(never)]
    pub(super) fn comparison(&self) -> Vec<Row> {
        let sources = self.0.sources.borrow();
        let settings = self.0.settings.borrow();
        let plan = sources.plan.clone().unwrap_or_else(|| self.plan());
        let request = match (&plan.screen, &plan.camera) {
            (Some((request, _)), _) | (None, Some(request)) => request.clone(),
            (None, None) => settings.video.clone(),
        };
        let heard = plan.microphone.as_ref().unwrap_or(&settings.audio);
        let stage = self.0.watch.borrow().delivered;
        // A composed picture says nothing of what the camera delivers.
        let direct = plan.filter == Filter::None && sources.picture() == sources.raw_picture();
        let delivered = stage
            .filter(|_| direct)
            .map(|(width, height, rate)| Delivered {
                width: Some(width),
                height: Some(height),
                frames_per_second: Some(rate),
            });
        let picture = sources.raw_picture();
        let mut rows = compare_video(
            &request,
            &Evidence {
                granted: picture
                    .as_ref()
                    .map(|t| convert::settings(t.settings()))
                    .unwrap_or_default(),
                possible: picture
                    .and_then(|track| track.capabilities())
                    .map(convert::capabilities)
                    .unwrap_or_default(),
                supported: convert::supported(),
                delivered: delivered.unwrap_or_default(),
            },
        );
        let sound = sources.microphone.as_ref().and_then(Stream::audio);
        rows.extend(compare_audio(
            heard,
            &Evidence {
                granted: sound
                    .map(|t| convert::settings(t.settings()))
                    .unwrap_or_default(),
                possible: capabilities(sources.microphone.as_ref()),
                supported: convert::supported(),
                delivered: Delivered::default(),
            },
        ));
        rows
    }
}

fn capabilities(stream: Option<&Stream>) -> TrackCapabilities {
    stream
        .and_then(|stream| stream.video().or(stream.audio()))
        .and_then(|track| track.capabilities())
        .map(convert::capabilities)
        .unwrap_or_default()
}
