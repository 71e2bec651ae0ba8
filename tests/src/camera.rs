//! Cameras whose frames carry their own time.
//!
//! Chromium gets a film of 60 s that shows the number of each 30th of a second as 24 black or white
//! fields, 8 in a row: 16 bits of the number, 8 bits that check it. The fields are large enough to
//! survive compression, scaling and a blur. Firefox's own fake camera writes the time of day into the upper
//! left corner, 64 bits of microseconds, each a square of 4 pixels.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::serve::target_dir;

const COLUMNS: usize = 8;
const ROWS: usize = 3;
const NUMBERS: u16 = 1800;
/// Chromium plays a film of JPEG pictures at this rate, whatever it was made for.
const NUMBERS_PER_SECOND: f64 = 30.0;

/// The camera's time in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct BurntIn {
    /// Milliseconds since the camera's own beginning.
    pub ms: f64,
    /// When the time begins again, in ms; 0 if it never does.
    pub period_ms: f64,
}

impl BurntIn {
    fn of_number(number: u16) -> Self {
        Self {
            ms: f64::from(number) * 1000.0 / NUMBERS_PER_SECOND,
            period_ms: f64::from(NUMBERS) * 1000.0 / NUMBERS_PER_SECOND,
        }
    }

    /// Milliseconds from an earlier frame to this one.
    pub fn since(self, earlier: Self) -> f64 {
        let difference = self.ms - earlier.ms;
        if self.period_ms > 0.0 {
            difference.rem_euclid(self.period_ms)
        } else {
            difference
        }
    }
}

/// A function for the page: reads what the camera burnt into the frame that a `<video>` or
/// `<canvas>` shows, in either way, also with its colours inverted. A wider picture than Chromium's
/// camera takes has bars at its sides. It is made small before it is read: a page that reads every
/// frame of a large picture has no time for anything else.
pub(crate) const READ_BURNT_IN: &str = r"element => {
    const width = element.videoWidth || element.width, height = element.videoHeight || element.height;
    if (!width) throw new Error('there is no frame yet');
    const lumaOf = (part, columns, rows) => {
        const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
        context.drawImage(element, ...part, 0, 0, columns, rows);
        const { data } = context.getImageData(0, 0, columns, rows);
        return (left, top, wide, high) => {
            let sum = 0;
            for (let y = top; y < top + high; y += 1)
                for (let at = (y * columns + left) * 4; at < (y * columns + left + wide) * 4; at += 4)
                    sum += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
            return sum / wide / high;
        };
    };
    const shown = Math.min(width, height * 4 / 3);
    // Fields of 20 × 40 pixels.
    const small = lumaOf([(width - shown) / 2, 0, shown, height], 160, 120);
    const fields = Array.from({ length: 24 }, (_, i) =>
        small(i % 8 * 20 + 8, Math.floor(i / 8) * 40 + 16, 4, 8) > 127 ? 1 : 0);
    for (const flip of [0, 1]) {
        const bits = fields.map(bit => bit ^ flip);
        const byte = at => bits.slice(at, at + 8).reduce((value, bit) => value * 2 + bit, 0);
        const [high, low, check] = [byte(0), byte(8), byte(16)];
        if (check === ((high * 7 + low * 13 + 0x5a) & 0xff))
            return { ms: (high * 256 + low) * 1000 / 30, period_ms: 60000 };
    }
    const corner = lumaOf([0, 0, 256, 4], 256, 4);
    const stamp = Array.from({ length: 64 }, (_, bit) => corner(bit * 4 + 1, 1, 2, 2));
    const middle = (Math.min(...stamp) + Math.max(...stamp)) / 2;
    const bytes = Array.from({ length: 8 }, (_, byte) => stamp.slice(byte * 8, byte * 8 + 8)
        .reduce((value, bit) => value * 2 + (bit > middle ? 1 : 0), 0));
    const ms = bytes.reduceRight((value, byte) => value * 256 + byte, 0) / 1000;
    if (Math.abs(ms - Date.now()) > 864e5)
        throw new Error(`no burnt-in time: fields ${fields.join('')}, bytes ${bytes}`);
    return { ms, period_ms: 0 };
}";

/// What Chromium's camera burnt into a grey picture.
pub fn burnt_in_of_frame(luma: &[u8], width: usize, height: usize) -> Option<BurntIn> {
    let (cell_width, cell_height) = (width / COLUMNS, height / ROWS);
    let bits = (0..COLUMNS * ROWS).map(|index| {
        let (left, top) = (
            (index % COLUMNS) * cell_width,
            (index / COLUMNS) * cell_height,
        );
        let points = (top + cell_height * 2 / 5..=top + cell_height * 3 / 5).flat_map(|y| {
            (left + cell_width * 2 / 5..=left + cell_width * 3 / 5).map(move |x| (x, y))
        });
        let (sum, count) = points.fold((0_usize, 0), |(sum, count), (x, y)| {
            (sum + usize::from(luma[y * width + x]), count + 1)
        });
        sum / count > 127
    });
    let value = bits.fold(0_u32, |value, bit| value << 1 | u32::from(bit));
    [value, !value & 0x00ff_ffff].into_iter().find_map(|value| {
        let number = (value >> 8) as u16;
        (check(number) == (value & 0xff) as u8).then(|| BurntIn::of_number(number))
    })
}

/// What Firefox's camera burnt into the upper left corner of a grey picture, 4 pixels a bit.
fn burnt_in_of_corner(luma: &[u8], width: usize) -> Option<BurntIn> {
    let bits: Vec<u8> = (0..64)
        .filter_map(|bit| luma.get(width + bit * 4 + 1).copied())
        .collect();
    let middle = bits.iter().min()?.midpoint(*bits.iter().max()?);
    let bytes = bits.chunks_exact(8).map(|byte| {
        byte.iter()
            .fold(0_u8, |value, bit| value << 1 | u8::from(*bit > middle))
    });
    let bytes: [u8; 8] = bytes.collect::<Vec<_>>().try_into().ok()?;
    let ms = u64::from_le_bytes(bytes) as f64 / 1000.0;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let is_today = (now.as_secs_f64() * 1000.0 - ms).abs() < 86_400_000.0;
    is_today.then_some(BurntIn { ms, period_ms: 0.0 })
}

/// What the camera burnt into each frame of a film.
pub(crate) fn burnt_in_of_file(file: &Path) -> Result<Vec<Option<BurntIn>>> {
    // The whole picture made small, without bars at its sides, and beside it the upper left corner
    // as it is.
    const WHOLE: (usize, usize) = (40, 30);
    const CORNER: usize = 256;
    const WIDTH: usize = WHOLE.0 + CORNER;
    let filter = format!(
        "split[a][b];[a]crop=min(iw\\,ih*4/3):ih,scale={}:{}:flags=area[c];\
         [b]crop=min(iw\\,{CORNER}):4:0:0,pad={CORNER}:{}[d];[c][d]hstack,format=gray",
        WHOLE.0, WHOLE.1, WHOLE.1
    );
    let pictures = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-vf", &filter])
        .args(["-pix_fmt", "gray", "-f", "rawvideo", "-"])
        .output()
        .context("cannot run ffmpeg")?;
    let complaints = String::from_utf8_lossy(&pictures.stderr);
    ensure!(pictures.status.success(), "ffmpeg: {complaints}");
    let pictures = pictures.stdout.chunks_exact(WIDTH * WHOLE.1).map(|rows| {
        let columns = |from: usize, to: usize| -> Vec<u8> {
            rows.chunks_exact(WIDTH)
                .flat_map(|row| row[from..to].iter().copied())
                .collect()
        };
        let small = columns(0, WHOLE.0);
        burnt_in_of_frame(&small, WHOLE.0, WHOLE.1)
            .or_else(|| burnt_in_of_corner(&columns(WHOLE.0, WIDTH), CORNER))
    });
    Ok(pictures.collect())
}

/// A film for Chromium's camera.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reel {
    name: &'static str,
    /// Pixels for each of a [`picture`].
    scale: u32,
    /// It shows every so many numbers.
    step: u16,
    /// How ffmpeg is told to write it.
    format: &'static [&'static str],
}

/// 320×240 at 15 frames a second, which costs next to nothing to play.
pub(crate) const SMALL: Reel = Reel {
    name: "camera-small.y4m",
    scale: 5,
    step: 2,
    format: &["-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe"],
};

/// 640×480 at 30.
pub(crate) const FLUENT: Reel = Reel {
    name: "camera-fluent.mjpeg",
    scale: 10,
    step: 1,
    format: &["-pix_fmt", "yuvj420p", "-q:v", "6", "-f", "mjpeg"],
};

impl Reel {
    /// Where it is; it is made when it is first asked for.
    pub(crate) fn file(&self) -> Result<PathBuf> {
        static MAKING: Mutex<()> = Mutex::new(());
        let _one_at_a_time = MAKING
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);

        let dir = target_dir().join("callreel-tests");
        let file = dir.join(self.name);
        if file.is_file() {
            return Ok(file);
        }
        fs::create_dir_all(&dir)?;
        let partial = dir.join(format!("{}.{}", std::process::id(), self.name));
        let rate = (NUMBERS_PER_SECOND / f64::from(self.step)).to_string();
        let scale = format!("scale=iw*{0}:ih*{0}:flags=neighbor", self.scale);
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"])
            .args(["-s", "64x48", "-r", &rate, "-i", "-", "-vf", &scale])
            .args(self.format)
            .arg(&partial)
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot run ffmpeg")?;
        let mut stdin = ffmpeg
            .stdin
            .take()
            .context("ffmpeg has no standard input")?;
        for number in (0..NUMBERS).step_by(self.step.into()) {
            stdin.write_all(&picture(number))?;
        }
        drop(stdin);
        ensure!(
            ffmpeg.wait()?.success(),
            "ffmpeg could not make the camera's film"
        );
        fs::rename(&partial, &file)?;
        Ok(file)
    }
}

/// 64×48 pixels of grey, in which each field is 8 wide and 16 high.
fn picture(number: u16) -> Vec<u8> {
    let value = u32::from(number) << 8 | u32::from(check(number));
    let (width, height) = (64, 48);
    (0..width * height)
        .map(|at| {
            let (column, row) = (at % width / (width / COLUMNS), at / width / (height / ROWS));
            let bit = COLUMNS * ROWS - 1 - (row * COLUMNS + column);
            if value >> bit & 1 == 1 { 235 } else { 16 }
        })
        .collect()
}

/// Eight bits that a damaged or inverted picture is unlikely to get right.
fn check(number: u16) -> u8 {
    let [high, low] = number.to_be_bytes();
    high.wrapping_mul(7)
        .wrapping_add(low.wrapping_mul(13))
        .wrapping_add(0x5a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_read_back() {
        for number in 0..NUMBERS {
            let picture = picture(number);
            assert_eq!(
                burnt_in_of_frame(&picture, 64, 48),
                Some(BurntIn::of_number(number))
            );
        }
    }

    #[test]
    fn an_inverted_picture_is_read_as_what_it_was() {
        let misread = (0..NUMBERS).filter(|number| {
            let inverted: Vec<u8> = picture(*number).iter().map(|luma| 255 - luma).collect();
            burnt_in_of_frame(&inverted, 64, 48) != Some(BurntIn::of_number(*number))
        });
        assert_eq!(misread.count(), 0);
    }

    #[test]
    fn the_film_begins_again() {
        let [last, first] = [1799, 0].map(BurntIn::of_number);
        assert!((first.since(last) - 1000.0 / 30.0).abs() < 1e-6);
    }
}
