//! How fast a recording is indexed: `cargo run --release -p callreel-webm --example bench`.
//!
//! - `bench make FILE [BYTES]` writes a recording as Chromium would, of 1 GiB or so many bytes.
//! - `bench index FILE` indexes it as `callreel repair` does, frames passed over.
//! - `bench push FILE` feeds it all, in chunks of 1 MiB, as a take is when it is recorded.
//!
//! The latter two print one line of JSON: bytes, seconds, GB/s and the peak of resident memory.
#![allow(clippy::print_stdout, reason = "printing is all this program is for")]

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::time::Instant;

use callreel_webm::Index;
use follow::FollowError;

#[path = "../../server/src/repair/follow.rs"]
mod follow;
#[path = "../../server/src/read_at.rs"]
mod read_at;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["make", path] => make(path, 1 << 30),
        ["make", path, bytes] => make(path, bytes.parse().map_err(io::Error::other)?),
        ["index", path] => measure(path, index_file),
        ["push", path] => measure(path, push_file),
        _ => Err(io::Error::other(
            "make FILE [BYTES] | index FILE | push FILE",
        )),
    }
}

fn measure(path: &str, index: fn(&File) -> io::Result<Index>) -> io::Result<()> {
    let file = File::open(path)?;
    let start = Instant::now();
    let made = index(&file)?;
    let finished = made.finish().map_err(io::Error::other)?;
    let seconds = start.elapsed().as_secs_f64();
    let bytes = made.position();
    println!(
        "{{\"bytes\":{bytes},\"seconds\":{seconds:.6},\"gb_per_s\":{:.3},\"peak_rss_bytes\":{},\
         \"clusters\":{},\"blocks\":{},\"duration_ms\":{:.0}}}",
        bytes as f64 / 1e9 / seconds,
        peak_memory(),
        finished.report.clusters,
        finished.report.blocks,
        finished.layout.duration_ms,
    );
    Ok(())
}

fn index_file(file: &File) -> io::Result<Index> {
    let len = file.metadata()?.len();
    follow::follow(file, len, &mut |_| Ok(())).map_err(|error| match error {
        FollowError::Io(error) => error,
        FollowError::Webm(error) => io::Error::other(error),
    })
}

fn push_file(mut file: &File) -> io::Result<Index> {
    let mut index = Index::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(index);
        }
        index.push(&buffer[..read]).map_err(io::Error::other)?;
    }
}

/// The highest resident memory so far in bytes; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

const CLUSTER: [u8; 4] = [0x1F, 0x43, 0xB6, 0x75];
const UNKNOWN: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
/// The first bytes of a key frame and of another in VP8 of 320×240 (RFC 6386, section 9.1).
const KEY: [u8; 10] = [0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x40, 0x01, 0xF0, 0x00];
const OTHER: [u8; 3] = [0x11, 0x02, 0x00];
/// The first bytes of an Opus packet of 60 ms.
const OPUS: [u8; 2] = [0xFF, 0x03];

/// A cluster a second: a key frame of 40 KB, 29 other frames of 8 to 16 KB, packets of sound of
/// 60 ms; 3 Mbit/s in all.
fn make(path: &str, bytes: u64) -> io::Result<()> {
    let sample = include_bytes!("../tests/samples/chromium-vp8-opus.webm");
    let head = sample.windows(4).position(|four| four == CLUSTER);
    let mut out = Counted(
        BufWriter::with_capacity(1 << 20, File::create_new(path)?),
        0,
    );
    out.write_all(&sample[..head.unwrap_or(0)])?;
    let mut noise = Noise::new();
    let mut second = 0_u64;
    while out.1 < bytes {
        out.write_all(&CLUSTER)?;
        out.write_all(&UNKNOWN)?;
        out.write_all(&[0xE7, 0x88])?;
        out.write_all(&(second * 1000).to_be_bytes())?;
        let mut sound = 0;
        for frame in 0..30_u16 {
            let ms = frame * 1000 / 30;
            while sound <= ms {
                block(&mut out, 1, sound, true, &OPUS, noise.take(480))?;
                sound += 60;
            }
            match frame {
                0 => block(&mut out, 2, ms, true, &KEY, noise.take(40_000))?,
                _ => {
                    let len = 8_000 + noise.number(8_000);
                    block(&mut out, 2, ms, false, &OTHER, noise.take(len))?;
                }
            }
        }
        // Sound every 60 ms does not divide a second; the next begins where this ended.
        second += 1;
    }
    out.0.flush()
}

fn block(
    out: &mut impl Write,
    track: u8,
    ms: u16,
    key: bool,
    begin: &[u8],
    rest: &[u8],
) -> io::Result<()> {
    let len = 4 + begin.len() + rest.len();
    let [high, low] = ms.to_be_bytes();
    out.write_all(&[0xA3])?;
    out.write_all(&(len as u32 | 1 << 28).to_be_bytes())?;
    out.write_all(&[0x80 | track, high, low, if key { 0x80 } else { 0 }])?;
    out.write_all(begin)?;
    out.write_all(rest)
}

struct Counted<W>(W, u64);

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Bytes that no file system can pack, the same in every run.
struct Noise {
    bytes: Vec<u8>,
    at: usize,
    state: u64,
}

impl Noise {
    fn new() -> Self {
        let mut noise = Self {
            bytes: Vec::new(),
            at: 0,
            state: 0x9E37_79B9_7F4A_7C15,
        };
        noise.bytes = (0..1 << 20).map(|_| noise.number(256) as u8).collect();
        noise
    }

    /// A number below `end` (xorshift).
    fn number(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 20) as usize % end
    }

    fn take(&mut self, len: usize) -> &[u8] {
        self.at = (self.at + 7919) % (self.bytes.len() - len);
        &self.bytes[self.at..self.at + len]
    }
}
