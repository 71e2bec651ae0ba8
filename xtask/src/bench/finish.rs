//! `cargo xtask bench finish`: from the last byte to a recording that plays and seeks, and memory
//! with many recorders.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    clients::{self, Upload},
    ms, rivals,
    stream::CLUSTER,
    upload::empty_folder,
};
use crate::{
    run::{Result, run, say},
    start,
};

const SMALL: usize = 10_000_000;
const LARGE: usize = 4_000_000_000;
/// Rounds of each; the median counts.
const ROUNDS: usize = 3;
/// The most that a finish may take.
const AIM: Duration = Duration::from_millis(50);

const RECORDERS: usize = 100;
/// How long they record.
const SECONDS: usize = 30;
/// The most memory that the server may use meanwhile, in bytes.
const MEMORY: u64 = 64 << 20;

/// Both measurements.
pub fn finish() -> Result {
    let binary = start::build_server()?;
    let mut missed = Vec::new();
    for durability in ["disk", "process"] {
        let [small, large] = [SMALL, LARGE].map(|bytes| median(&binary, bytes, durability));
        let (small, large) = (small?, large?);
        println!(
            "from the last byte to playable, --durability {durability}: {:.1} ms for 10 MB, \
             {:.1} ms for 4 GB (aim: the same, under {} ms)",
            ms(small),
            ms(large),
            AIM.as_millis()
        );
        if small.max(large) > AIM {
            missed.push("finishing takes too long");
        }
    }
    let most = many_recorders(&binary)?;
    println!(
        "{RECORDERS} recorders for {SECONDS} s: at most {:.1} MiB (aim {} MiB)",
        most as f64 / f64::from(1 << 20),
        MEMORY >> 20
    );
    if most > MEMORY {
        missed.push("many recorders take too much memory");
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(missed.join("; ")),
    }
}

fn median(binary: &Path, bytes: usize, durability: &str) -> Result<Duration> {
    let mut times = Vec::new();
    for round in 1..=ROUNDS {
        say(&format!(
            "{} MB, {durability}, round {round}",
            bytes / 1_000_000
        ));
        times.push(once(binary, bytes, durability)?);
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}

/// Uploads in chunks, the last of them a second of video, and takes the time from the last byte
/// until the recording says that it is complete, and its beginning and middle were read.
fn once(binary: &Path, bytes: usize, durability: &str) -> Result<Duration> {
    let dir = empty_folder()?;
    let server = rivals::callreel(binary, &dir, &["--durability", durability])?;
    let mut upload = Upload::begin(&server.address, bytes)?;
    let mut sent = 0;
    while bytes - sent > CLUSTER {
        let chunk = CLUSTER.max(bytes / 1000).min(bytes - sent - CLUSTER);
        upload.send(chunk)?;
        sent += chunk;
    }
    // What the disk still has to write is not what is measured.
    run(&mut Command::new("sync"))?;
    upload.send_almost(bytes - sent, 1)?;
    // The server is to be waiting for that byte, and for nothing else.
    thread::sleep(Duration::from_millis(500));
    let start = Instant::now();
    upload.send_rest(1)?;
    upload.acknowledged()?;
    let id = upload
        .path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let (_, recording) = upload.get(&format!("/api/recordings/{id}"), "")?;
    let media = format!("/recordings/{id}/media");
    let middle = format!("Range: bytes={}-{}\r\n", bytes / 2, bytes / 2 + 65_535);
    let (beginning, _) = upload.get(&media, "Range: bytes=0-65535\r\n")?;
    let (seeked, _) = upload.get(&media, &middle)?;
    let took = start.elapsed();
    let recording = String::from_utf8_lossy(&recording);
    let is_right = recording.contains(r#""state":"complete""#)
        && [&beginning, &seeked]
            .iter()
            .all(|head| head.starts_with("HTTP/1.1 206"));
    match is_right {
        true => Ok(took),
        false => Err(format!(
            "it is not complete, or does not seek: {recording}\n{seeked}"
        )),
    }
}

/// The most memory that the server used while many recorded at 2.5 Mbit/s.
fn many_recorders(binary: &Path) -> Result<u64> {
    say(&format!("{RECORDERS} recorders"));
    let dir = empty_folder()?;
    let server = rivals::callreel(binary, &dir, &[])?;
    let slowest = AtomicU64::new(0);
    clients::together(RECORDERS, |i| {
        // Not all at the same moment.
        thread::sleep(Duration::from_millis(1000 * i as u64 / RECORDERS as u64));
        let mut upload = Upload::begin(&server.address, CLUSTER * SECONDS)?;
        for _ in 0..SECONDS {
            let start = Instant::now();
            upload.send(CLUSTER)?;
            let took = start.elapsed();
            slowest.fetch_max(took.as_millis() as u64, Ordering::Relaxed);
            thread::sleep(Duration::from_secs(1).saturating_sub(took));
        }
        Ok(())
    })?;
    println!(
        "the slowest chunk was acknowledged after {} ms; {:.1} % of a processor",
        slowest.load(Ordering::Relaxed),
        server.processor_time() / SECONDS as f64 * 100.0
    );
    Ok(server.memory(true))
}
