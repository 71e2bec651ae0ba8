//! How a connection does: what the browser counted, as rates and for people.

use crate::json::{Object, number, string};

/// How many points a plot keeps: three minutes, one every two seconds.
const POINTS: usize = 90;

/// What the browser has counted in one direction of one kind (WebRTC Statistics).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// Bytes so far.
    pub bytes: f64,
    /// Packets so far.
    pub packets: f64,
    /// Packets that did not come, so far.
    pub lost: f64,
    /// Jitter in ms.
    pub jitter_ms: Option<f64>,
    /// Pixels of the picture; 0 for sound.
    pub width: f64,
    /// Pixels of the picture; 0 for sound.
    pub height: f64,
    /// Frames per second; 0 for sound.
    pub frame_rate: f64,
    /// The codec's MIME type.
    pub codec: String,
    /// Why the picture is not better: `none`, `cpu`, `bandwidth`, `other`.
    pub limited_by: String,
}

/// What the browser has counted on a connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// When, in ms.
    pub at_ms: f64,
    /// Pictures sent and received.
    pub video: [Flow; 2],
    /// Sound sent and received.
    pub audio: [Flow; 2],
    /// There and back, in ms.
    pub round_trip_ms: Option<f64>,
    /// What the browser thinks it could send, in bits per second.
    pub available: Option<f64>,
    /// The own end's kind of candidate: `host`, `srflx`, `prflx`, `relay`.
    pub local: String,
    /// The other end's.
    pub remote: String,
    /// `udp` or `tcp`.
    pub protocol: String,
}

impl Counts {
    /// Whether a server passes everything on.
    #[must_use]
    pub fn is_relayed(&self) -> bool {
        self.local == "relay" || self.remote == "relay"
    }
}

/// How a connection did since the last look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rates {
    /// Everything sent and received, in bits per second.
    pub bits: [f64; 2],
    /// Pictures sent and received, in bits per second.
    pub video_bits: [f64; 2],
    /// Sound sent and received, in bits per second.
    pub audio_bits: [f64; 2],
    /// What was received and did not come, 0 to 1.
    pub loss: f64,
}

/// How a connection does, and how it did in the last minutes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// What was counted last.
    pub counts: Counts,
    /// What that means since the look before.
    pub rates: Rates,
    /// Bits per second sent and received, oldest first.
    pub bits: Vec<[f64; 2]>,
    /// There and back in ms, oldest first.
    pub round_trips: Vec<f64>,
}

impl History {
    /// Takes what the browser has counted by now.
    pub fn push(&mut self, counts: Counts) {
        let is_first = self.bits.is_empty() && self.counts.at_ms <= 0.0;
        if !is_first {
            self.rates = rates(&self.counts, &counts);
            keep(&mut self.bits, self.rates.bits);
            keep(&mut self.round_trips, counts.round_trip_ms.unwrap_or(0.0));
        }
        self.counts = counts;
    }

    /// Everything as JSON, to be sent to somebody who helps.
    #[must_use]
    pub fn to_json(&self, name: &str) -> String {
        let Self { counts, rates, .. } = self;
        let mut json = Object::default();
        json.raw("name", &string(name));
        json.raw("sent_bits_per_second", &number(rates.bits[0]));
        json.raw("received_bits_per_second", &number(rates.bits[1]));
        json.raw("loss", &number(rates.loss));
        json.some("round_trip_ms", counts.round_trip_ms.map(number));
        json.some("available_bits_per_second", counts.available.map(number));
        json.raw("local", &string(&counts.local));
        json.raw("remote", &string(&counts.remote));
        json.raw("protocol", &string(&counts.protocol));
        let flows = counts.video.iter().chain(&counts.audio);
        let names = [
            "video_sent",
            "video_received",
            "audio_sent",
            "audio_received",
        ];
        for (name, flow) in names.into_iter().zip(flows) {
            json.raw(name, &flow.to_json());
        }
        json.finish()
    }
}

impl Flow {
    fn to_json(&self) -> String {
        let mut json = Object::default();
        json.raw("codec", &string(&self.codec));
        json.raw("bytes", &number(self.bytes));
        json.raw("packets", &number(self.packets));
        json.raw("lost", &number(self.lost));
        json.some("jitter_ms", self.jitter_ms.map(number));
        if self.height > 0.0 {
            json.raw("width", &number(self.width));
            json.raw("height", &number(self.height));
            json.raw("frames_per_second", &number(self.frame_rate));
            json.raw("limited_by", &string(&self.limited_by));
        }
        json.finish()
    }
}

fn keep<T>(points: &mut Vec<T>, point: T) {
    if points.len() >= POINTS {
        points.remove(0);
    }
    points.push(point);
}

fn rates(before: &Counts, now: &Counts) -> Rates {
    let seconds = (now.at_ms - before.at_ms) / 1_000.0;
    if seconds <= 0.0 {
        return Rates::default();
    }
    // A connection that began anew counts from 0 again.
    let bits = |before: &Flow, now: &Flow| (now.bytes - before.bytes).max(0.0) * 8.0 / seconds;
    let both =
        |before: &[Flow; 2], now: &[Flow; 2]| [0, 1].map(|way| bits(&before[way], &now[way]));
    let video_bits = both(&before.video, &now.video);
    let audio_bits = both(&before.audio, &now.audio);
    let received =
        |counts: &Counts, of: fn(&Flow) -> f64| of(&counts.video[1]) + of(&counts.audio[1]);
    let since = |of: fn(&Flow) -> f64| (received(now, of) - received(before, of)).max(0.0);
    let (lost, came) = (since(|flow| flow.lost), since(|flow| flow.packets));
    Rates {
        bits: [0, 1].map(|way| video_bits[way] + audio_bits[way]),
        video_bits,
        audio_bits,
        loss: if lost + came > 0.0 {
            lost / (lost + came)
        } else {
            0.0
        },
    }
}

/// The points of a line through `values` in a box of this size, as SVG's `polyline` takes them;
/// the largest value, or `least` where that is more, reaches the top.
#[must_use]
pub fn line(values: &[f64], least: f64, width: u32, height: u32) -> String {
    let top = values.iter().copied().fold(least, f64::max);
    let step = f64::from(width) / (POINTS - 1) as f64;
    let left = (POINTS - values.len().min(POINTS)) as f64 * step;
    let mut points = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            points.push(' ');
        }
        points.push_str(&((left + at as f64 * step).round() as u32).to_string());
        points.push(',');
        let y = f64::from(height) * (1.0 - value / top);
        points.push_str(&(y.round() as u32).to_string());
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(at_ms: f64, bytes: f64, lost: f64) -> Counts {
        let flow = Flow {
            bytes,
            packets: bytes / 100.0,
            lost,
            ..Flow::default()
        };
        Counts {
            at_ms,
            video: [flow.clone(), flow],
            ..Counts::default()
        }
    }

    #[test]
    fn rates_are_of_the_time_between_two_looks() {
        let mut history = History::default();
        history.push(counts(1_000.0, 10_000.0, 0.0));
        assert_eq!(history.rates, Rates::default());
        history.push(counts(3_000.0, 20_000.0, 100.0));
        assert!((history.rates.bits[1] - 40_000.0).abs() < 1e-6);
        assert!((history.rates.loss - 0.5).abs() < 1e-6);
        // Begun anew: from 0, and never below it.
        history.push(counts(5_000.0, 10.0, 0.0));
        assert_eq!(history.rates.bits, [0.0, 0.0]);
        assert_eq!(history.bits.len(), 2);
    }

    #[test]
    fn a_plot_keeps_the_last_minutes_and_stays_in_its_box() {
        let mut history = History::default();
        for at in 0..500 {
            history.push(counts(
                f64::from(at) * 2_000.0 + 1.0,
                f64::from(at * at),
                0.0,
            ));
        }
        assert_eq!(history.bits.len(), POINTS);
        let values: Vec<f64> = history.bits.iter().map(|bits| bits[0]).collect();
        for point in line(&values, 1.0, 200, 40).split(' ') {
            let (x, y) = point.split_once(',').expect("two numbers");
            assert!(x.parse::<u32>().expect("a number") <= 200);
            assert!(y.parse::<u32>().expect("a number") <= 40);
        }
        assert_eq!(line(&[], 1.0, 200, 40), "");
    }

    #[test]
    fn the_report_is_json() {
        let mut history = History::default();
        history.push(counts(1.0, 2.0, 0.0));
        let read: serde_json::Value =
            serde_json::from_str(&history.to_json("A \"b\"")).expect("it is JSON");
        assert_eq!(read["name"], "A \"b\"");
    }
}
