//! A take as a file, read by the programs that other people would read it with.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::camera::{BurntIn, burnt_in_of_file};

/// A file that came out of the studio.
#[derive(Clone, Debug)]
pub struct Film(PathBuf);

/// What a file says of one packet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Packet {
    /// When it is shown or heard, in ms.
    pub ms: f64,
    /// How long, in ms; 0 where the file doesn't tell.
    pub lasts_ms: f64,
}

/// Pictures or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

impl Film {
    /// A file.
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Fails if ffmpeg has anything to say while it decodes all of it. Frames keep their own
    /// times: at a constant rate some would come to lie on one another. On a busy machine browsers
    /// give two frames, or two pieces of sound, the same ms, of which only ffmpeg's writing half
    /// complains; those are moved.
    pub fn assert_decodes(&self) -> Result<()> {
        const IN_ORDER: &str = "'if(isnan(PREV_OUTPTS),PTS,max(PTS,PREV_OUTPTS+1))'";
        let output = Command::new("ffmpeg")
            .args(["-v", "error", "-xerror", "-i"])
            .arg(&self.0)
            .args(["-vf", &format!("setpts={IN_ORDER}")])
            .args(["-af", &format!("asetpts={IN_ORDER}")])
            .args(["-fps_mode", "passthrough", "-enc_time_base:v", "-1"])
            .args(["-f", "null", "-"])
            .output()
            .context("cannot run ffmpeg")?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success() && complaints.is_empty(),
            "ffmpeg does not decode {}: {complaints}",
            self.0.display()
        );
        Ok(())
    }

    /// Fails unless a WebM tells its duration and has its index in front of the media.
    pub fn assert_seekable(&self) -> Result<()> {
        let tree = self.elements()?;
        let media = tree.find("\n|+ Cluster");
        let head = &tree[..media.unwrap_or(tree.len())];
        let shown: String = head.lines().take(60).collect::<Vec<_>>().join("\n");
        ensure!(media.is_some(), "mkvinfo finds no media: {shown}");
        for element in ["| + Duration: ", "\n|+ Seek head", "\n|+ Cues"] {
            let name = element.trim();
            ensure!(
                head.contains(element),
                "mkvinfo shows no {name} in front of the media: {shown}"
            );
        }
        Ok(())
    }

    /// Fails if a WebM carries a second picture for what shines through the first
    /// (`BlockAdditions`), which Chromium encodes for what is drawn on a canvas unless it is opaque.
    pub fn assert_opaque(&self) -> Result<()> {
        let additions = self.elements()?.matches("+ Block additional ID").count();
        ensure!(additions == 0, "{additions} frames are there twice");
        Ok(())
    }

    /// What mkvinfo says of a WebM's elements.
    fn elements(&self) -> Result<String> {
        let output = Command::new("mkvinfo")
            .args(["--ui-language", "en_US", "--all"])
            .arg(&self.0)
            .output()
            .context("cannot run mkvinfo")?;
        let tree = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(output.status.success(), "mkvinfo fails: {tree}");
        Ok(tree)
    }

    /// Its packets of one kind, in the order of the file.
    pub fn packets(&self, kind: Kind) -> Result<Vec<Packet>> {
        #[derive(Deserialize)]
        struct Probed {
            packets: Vec<Times>,
        }
        #[derive(Deserialize)]
        struct Times {
            pts_time: String,
            duration_time: Option<String>,
        }
        let stream = match kind {
            Kind::Video => "v:0",
            Kind::Audio => "a:0",
        };
        let output = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", stream])
            .args([
                "-show_entries",
                "packet=pts_time,duration_time",
                "-of",
                "json",
            ])
            .arg(&self.0)
            .output()
            .context("cannot run ffprobe")?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(complaints.is_empty(), "ffprobe: {complaints}");
        let probed: Probed = serde_json::from_slice(&output.stdout)?;
        let ms = |seconds: &str| seconds.parse::<f64>().map(|seconds| seconds * 1000.0);
        probed
            .packets
            .iter()
            .map(|packet| {
                let lasts = packet.duration_time.as_deref().map_or(Ok(0.0), ms);
                Ok(Packet {
                    ms: ms(&packet.pts_time)?,
                    lasts_ms: lasts?,
                })
            })
            .collect()
    }

    /// Its frames: when each is shown, in ms, and what the camera burnt into it.
    pub fn frames(&self) -> Result<Vec<(f64, Option<BurntIn>)>> {
        let packets = self.packets(Kind::Video)?;
        let frames = burnt_in_of_file(&self.0)?;
        // What browsers record has a frame in each packet, in the order in which they are shown.
        ensure!(
            packets.len() == frames.len(),
            "{} packets become {} frames",
            packets.len(),
            frames.len()
        );
        let times = packets.iter().map(|packet| packet.ms);
        Ok(times.zip(frames).collect())
    }

    /// The sizes of its picture in pixels, one after another.
    pub fn sizes(&self) -> Result<Vec<(u32, u32)>> {
        let output = Command::new("ffprobe")
            .args(["-v", "error", "-select_streams", "v:0"])
            .args(["-show_entries", "frame=width,height", "-of", "csv=p=0"])
            .arg(&self.0)
            .output()
            .context("cannot run ffprobe")?;
        let mut sizes = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let (width, height) = line.split_once(',').context("ffprobe says no size")?;
            sizes.push((width.parse()?, height.trim_end_matches(',').parse()?));
        }
        sizes.dedup();
        Ok(sizes)
    }

    /// Fails if a packet comes before its predecessor. (See [`Film::assert_decodes`] for why a frame
    /// may come at the same ms.)
    pub fn assert_in_order(&self) -> Result<()> {
        for kind in [Kind::Video, Kind::Audio] {
            for pair in self.packets(kind)?.windows(2) {
                let (from, to) = (pair[0].ms, pair[1].ms);
                ensure!(from <= to, "{kind:?} goes from {from} to {to} ms");
            }
        }
        Ok(())
    }

    /// The times without a new frame, or without sound: when each begins and how long it is, in ms.
    pub fn gaps_ms(&self, kind: Kind) -> Result<Vec<(f64, f64)>> {
        let packets = self.packets(kind)?;
        ensure!(packets.len() > 1, "{kind:?}: {} packets", packets.len());
        let gaps = packets.windows(2).map(|pair| match kind {
            Kind::Video => (pair[0].ms, pair[1].ms - pair[0].ms),
            Kind::Audio => {
                let end = pair[0].ms + pair[0].lasts_ms;
                (end, pair[1].ms - end)
            }
        });
        Ok(gaps.collect())
    }

    /// The silences in its sound that last 100 ms or longer: from, to, in ms.
    pub fn silences(&self) -> Result<Vec<(f64, f64)>> {
        let output = Command::new("ffmpeg")
            .args(["-v", "info", "-nostats", "-i"])
            .arg(&self.0)
            .args(["-map", "0:a:0", "-af", "silencedetect=noise=-45dB:d=0.1"])
            .args(["-f", "null", "-"])
            .output()
            .context("cannot run ffmpeg")?;
        let text = String::from_utf8_lossy(&output.stderr);
        let after = |label: &str| -> Vec<f64> {
            let found = text.split(label).skip(1);
            let number = |rest: &str| rest.split_whitespace().next()?.parse::<f64>().ok();
            found
                .filter_map(number)
                .map(|seconds| seconds * 1000.0)
                .collect()
        };
        let (starts, ends) = (after("silence_start:"), after("silence_end:"));
        let ends = ends.into_iter().chain(std::iter::once(f64::INFINITY));
        Ok(starts.into_iter().zip(ends).collect())
    }
}
