//! What was asked, granted, possible and delivered, side by side, and why they differ.

mod cells;
mod judge;

pub use crate::tracks::{Delivered, Evidence, Span, TrackCapabilities, TrackSettings};

use crate::constraints::{AudioRequest, Facing, Property, VideoRequest};
use cells::{Asked, NumberRow};

/// One property of a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which property.
    pub property: Property,
    /// What was asked, such as `ideal 1280` or `min 640 max 1920`; empty when nothing was.
    pub requested: String,
    /// What the browser says it granted; empty when it says nothing.
    pub granted: String,
    /// What the browser says is possible, such as `1–1920`; empty when it says nothing.
    pub possible: String,
    /// What was measured; empty where nothing can be.
    pub delivered: String,
    /// Why they differ, or that they don't.
    pub verdict: Verdict,
}

/// What the page says about a row; its data fill the sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Granted and delivered as asked.
    AsAsked,
    /// Nothing was asked; the browser chose.
    NotAsked,
    /// The browser does not know this constraint and ignored it.
    NotSupportedByBrowser,
    /// The device can't do what was asked.
    OutOfRange {
        /// The least it can do.
        min: f64,
        /// The most it can do.
        max: f64,
    },
    /// The device could, but the browser chose otherwise: the combination is not possible, or
    /// another page uses the device in another way.
    BrowserChose {
        /// What was wished for.
        asked: String,
        /// What came.
        granted: String,
    },
    /// Fewer frames arrive than granted: low light makes a camera expose longer, or the machine
    /// is busy.
    SlowerThanGranted {
        /// Frames per second as granted.
        granted: f64,
        /// Frames per second as measured.
        delivered: f64,
    },
    /// Width and height are exchanged: a phone is held upright.
    Rotated,
    /// The picture arrives in another size than the track's settings say.
    ScaledByBrowser {
        /// Pixels as granted.
        granted: u32,
        /// Pixels as measured.
        delivered: u32,
    },
    /// The browser does not tell.
    NotReported,
}

/// Compares a camera or a screen with what was asked of it.
#[must_use]
pub fn compare_video(request: &VideoRequest, evidence: &Evidence) -> Vec<Row> {
    let Evidence {
        granted,
        possible,
        delivered,
        ..
    } = evidence;
    let rotated = judge::is_rotated(request, evidence);
    let size = |property, bound, granted: Option<u32>, possible: Option<Span<u32>>, delivered| {
        let mut row = NumberRow::whole(property, bound, granted, possible).row(evidence);
        row.delivered = cells::optional_whole(delivered);
        row.verdict = match (granted, delivered) {
            _ if rotated => Verdict::Rotated,
            (Some(granted), Some(delivered)) if granted != delivered && delivered > 0 => {
                Verdict::ScaledByBrowser { granted, delivered }
            }
            _ => row.verdict,
        };
        row
    };
    let mut rate = NumberRow::fractional(
        Property::FrameRate,
        &request.frame_rate,
        granted.frame_rate,
        possible.frame_rate,
    )
    .row(evidence);
    rate.delivered = cells::optional_number(delivered.frames_per_second);
    rate.verdict = judge::judge_rate(evidence).unwrap_or(rate.verdict);
    vec![
        cells::device_row(&request.device, evidence),
        size(
            Property::Width,
            &request.width,
            granted.width,
            possible.width,
            delivered.width,
        ),
        size(
            Property::Height,
            &request.height,
            granted.height,
            possible.height,
            delivered.height,
        ),
        rate,
        cells::with_delivered(
            NumberRow::fractional(
                Property::AspectRatio,
                &request.aspect_ratio,
                granted.aspect_ratio,
                possible.aspect_ratio,
            )
            .row(evidence),
            judge::delivered_ratio(delivered),
        ),
        facing_row(request, evidence),
    ]
}

/// Compares a microphone with what was asked of it. Nothing is measured of sound, so the
/// delivered cells are empty.
#[must_use]
pub fn compare_audio(request: &AudioRequest, evidence: &Evidence) -> Vec<Row> {
    let Evidence {
        granted, possible, ..
    } = evidence;
    let switch = |property, asked: &_, granted: Option<bool>, possible: &Option<Vec<bool>>| {
        let word = |on: &bool| if *on { "true" } else { "false" };
        let asked = Asked::choice(asked, |on| word(on).to_owned());
        let possible: Option<Vec<&str>> = possible
            .as_ref()
            .map(|values| values.iter().map(word).collect());
        cells::choice_row(
            property,
            &asked,
            granted.as_ref().map(word),
            possible,
            evidence,
        )
    };
    vec![
        cells::device_row(&request.device, evidence),
        switch(
            Property::EchoCancellation,
            &request.echo_cancellation,
            granted.echo_cancellation,
            &possible.echo_cancellation,
        ),
        switch(
            Property::NoiseSuppression,
            &request.noise_suppression,
            granted.noise_suppression,
            &possible.noise_suppression,
        ),
        switch(
            Property::AutoGainControl,
            &request.auto_gain_control,
            granted.auto_gain_control,
            &possible.auto_gain_control,
        ),
        NumberRow::whole(
            Property::ChannelCount,
            &request.channel_count,
            granted.channel_count,
            possible.channel_count,
        )
        .row(evidence),
        NumberRow::whole(
            Property::SampleRate,
            &request.sample_rate,
            granted.sample_rate,
            possible.sample_rate,
        )
        .row(evidence),
    ]
}

fn facing_row(request: &VideoRequest, evidence: &Evidence) -> Row {
    let asked = Asked::choice(&request.facing_mode, |facing| facing.name().to_owned());
    let possible = evidence.possible.facing_mode.as_ref();
    let possible: Option<Vec<&str>> =
        possible.map(|values| values.iter().copied().map(Facing::name).collect());
    let granted = evidence.granted.facing_mode.map(Facing::name);
    cells::choice_row(Property::FacingMode, &asked, granted, possible, evidence)
}
