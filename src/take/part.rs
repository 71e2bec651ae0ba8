//! One recorder of a take.

use callreel_browser::{media::Track, recorder::Recorder, take_file::Probe, ticker::Ticker};
use callreel_engine::take as machine;

/// A recorder, and whether it has begun.
pub struct Part {
    /// Its number in the take.
    pub number: machine::Part,
    /// The picture that it records.
    pub video: Option<Track>,
    /// The recorder; dropped with the part.
    pub recorder: Recorder,
    /// When it was told to start, in ms since the page began: its time 0, as near as can be
    /// known. (The `start` event comes up to half a second later on a busy machine.)
    pub began_ms: f64,
    /// It has recorded something for sure.
    pub ready: bool,
    /// Asks for chunks before they are due, until it is ready.
    pub hurry: Option<Ticker>,
    /// Reads along until the first frame.
    probe: Probe,
}

impl Part {
    /// A recorder that was started just now.
    pub fn new(
        number: machine::Part,
        video: Option<Track>,
        recorder: Recorder,
        began_ms: f64,
    ) -> Self {
        Self {
            number,
            video,
            recorder,
            began_ms,
            ready: false,
            hurry: None,
            probe: Probe::default(),
        }
    }

    /// Looks at a chunk; true when it is the first with a frame in it.
    pub fn look_at(&mut self, bytes: &[u8], is_webm: bool) -> bool {
        let was_ready = self.ready;
        self.ready = self.ready || !is_webm || self.probe.push(bytes);
        if self.ready {
            self.hurry = None;
        }
        self.ready && !was_ready
    }
}
