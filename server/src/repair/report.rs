use std::fmt;
use std::path::PathBuf;

use callreel_webm::{Report, Track, TrackKind};

/// What was repaired, and how. `Display` tells it in a few lines.
#[derive(Debug)]
pub struct RepairReport {
    /// The seekable file.
    pub output: PathBuf,
    /// Its length in bytes.
    pub len: u64,
    /// Its duration in ms.
    pub duration_ms: f64,
    /// The tracks in it.
    pub tracks: Vec<Track>,
    /// What was found in the input.
    pub found: Report,
}

impl fmt::Display for RepairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = &self.found;
        writeln!(
            f,
            "{}: {} bytes, {}",
            self.output.display(),
            self.len,
            Clock(self.duration_ms)
        )?;
        for track in &self.tracks {
            match track.kind {
                TrackKind::Video => writeln!(
                    f,
                    "  video {} {}x{}",
                    track.codec_id, track.width, track.height
                )?,
                TrackKind::Audio => writeln!(
                    f,
                    "  audio {} {} Hz, {} channel(s)",
                    track.codec_id, track.sample_rate, track.channels
                )?,
                TrackKind::Other => writeln!(f, "  other {}", track.codec_id)?,
            }
        }
        writeln!(
            f,
            "  kept {} bytes of media: {} clusters, {} frames, {} key frames; {} index entries",
            found.kept_bytes, found.clusters, found.blocks, found.keyframes, found.cues
        )?;
        if found.dropped_bytes > 0 {
            writeln!(f, "  lost {} bytes", found.dropped_bytes)?;
        }
        if found.truncated {
            writeln!(f, "  the file ended in the middle of a frame")?;
        }
        if found.damages > 0 {
            writeln!(f, "  passed over {} damaged place(s)", found.damages)?;
        }
        if found.codec_delay_removed {
            writeln!(f, "  removed a codec delay that players refuse")?;
        }
        if found.tracks_removed > 0 {
            writeln!(
                f,
                "  left out {} track(s) without frames",
                found.tracks_removed
            )?;
        }
        if found.already_indexed {
            writeln!(f, "  the file was seekable before")?;
        }
        Ok(())
    }
}

/// Milliseconds as people read them.
struct Clock(f64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.max(0.0).round() as u64;
        let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
        let (seconds, rest) = (ms / 1000 % 60, ms % 1000);
        write!(f, "{hours}:{minutes:02}:{seconds:02}.{rest:03}")
    }
}
