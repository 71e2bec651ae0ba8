//! How many bits a second a picture deserves.

/// The automatic audio bit rate, in bits per second: Opus in stereo is transparent there.
pub const AUDIO_BITS_PER_SECOND: u32 = 128_000;

/// One row of the table: up to so many pixels a frame, so many bits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoRate {
    /// Pixels of a frame, at most.
    pub pixels: u32,
    /// Bits per second up to 30 frames a second.
    pub bits_per_second: u32,
    /// Bits per second for more frames a second.
    pub bits_per_second_fast: u32,
}

const fn row(width: u32, height: u32, slow: u32, fast: u32) -> VideoRate {
    VideoRate {
        pixels: width * height,
        bits_per_second: slow,
        bits_per_second_fast: fast,
    }
}

/// The automatic video bit rates. Browsers default to 2.5 Mbit/s for every size, which wastes a
/// small picture's room and smears a large one. The numbers are those usual for live encoders,
/// which, like a recorder in a page, must be quick rather than clever.
pub const VIDEO_RATES: [VideoRate; 6] = [
    row(320, 240, 500_000, 750_000),
    row(640, 480, 1_200_000, 1_800_000),
    row(1280, 720, 2_500_000, 4_000_000),
    row(1920, 1080, 5_000_000, 7_500_000),
    row(2560, 1440, 9_000_000, 13_500_000),
    row(3840, 2160, 18_000_000, 27_000_000),
];

/// The automatic video bit rate, in bits per second: the first row of [`VIDEO_RATES`] that holds
/// the picture, else the last.
#[must_use]
pub fn video_bits_per_second(width: u32, height: u32, frames_per_second: f64) -> u32 {
    let pixels = width.saturating_mul(height);
    let [.., last] = VIDEO_RATES;
    let row = VIDEO_RATES
        .into_iter()
        .find(|row| pixels <= row.pixels)
        .unwrap_or(last);
    // Cameras report 30 as 30.000030517578125.
    if frames_per_second > 31.0 {
        row.bits_per_second_fast
    } else {
        row.bits_per_second
    }
}
