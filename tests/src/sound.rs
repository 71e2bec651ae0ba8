//! A sound device that plays to nobody.
//!
//! Firefox records by the clock of its sound device. The pretend one that it brings along loses
//! 2 % of the time on an idle machine and 10 % on a busy one, and pictures and sound of a recording
//! part by as much; PulseAudio's keeps the time. Where PulseAudio is not installed the pretend one
//! has to do.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::{browser::Launch, process::Process, survivors, test::Test, wait::PATIENCE};

/// A microphone for Chromium that hears a steady tone; Firefox's own hears one already.
pub fn steady_tone(test: &mut Test) -> Result<()> {
    tone(&mut test.launch, 440.0)
}

/// A microphone for Chromium that hears a steady tone of `hz`.
pub fn tone(launch: &mut Launch, hz: f64) -> Result<()> {
    const SECONDS: u32 = 60;
    const RATE: u32 = 48_000;
    let file = launch.profile.path().join("tone.wav");
    let samples = (0..SECONDS * RATE).map(|at| {
        let phase = f64::from(at) * hz * std::f64::consts::TAU / f64::from(RATE);
        (phase.sin() * 8000.0) as i16
    });
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let bytes = u32::try_from(data.len())?;
    let mut wav = Vec::with_capacity(data.len() + 44);
    wav.extend(b"RIFF");
    wav.extend((bytes + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    // 16 bytes of format: PCM, one channel, 16 bits.
    for (value, width) in [
        (16, 4),
        (1, 2),
        (1, 2),
        (RATE, 4),
        (RATE * 2, 4),
        (2, 2),
        (16, 2),
    ] {
        wav.extend(&value.to_le_bytes()[..width]);
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(data);
    fs::write(&file, wav)?;
    let flag = format!("--use-file-for-fake-audio-capture={}", file.display());
    launch.flags.push(flag);
    Ok(())
}

/// A sound server of its own, with one speaker.
#[derive(Debug)]
pub struct SoundDevice {
    _process: Process,
    dir: TempDir,
}

impl SoundDevice {
    /// Starts it.
    pub(crate) fn start() -> Result<Self> {
        let dir = survivors::folder("sound-")?;
        let socket = dir.path().join("socket");
        let mut command = Command::new("pulseaudio");
        command
            .args([
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
            ])
            .arg("--load=module-null-sink sink_name=speaker")
            .arg(format!(
                "--load=module-native-protocol-unix auth-anonymous=1 socket={}",
                socket.display()
            ))
            .envs(["HOME", "XDG_RUNTIME_DIR"].map(|name| (name, dir.path())))
            .env_remove("DISPLAY");
        let process = Process::start(&mut command)?;
        let start = Instant::now();
        while !socket.exists() {
            if start.elapsed() > PATIENCE {
                bail!(
                    "PulseAudio does not start; it printed:\n{}",
                    process.log().text()
                );
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(Self {
            _process: process,
            dir,
        })
    }

    /// Plugs a microphone in that hears nothing; what to unplug it by.
    pub fn plug_in(&self, name: &str) -> Result<String> {
        // Behind a sink that nobody plays on, because its own monitor is no microphone to browsers.
        let sink = self.control(&[
            "load-module",
            "module-null-sink",
            &format!("sink_name={name}"),
        ])?;
        let microphone = self.control(&[
            "load-module",
            "module-remap-source",
            &format!("master={name}.monitor"),
            &format!("source_name={name}-microphone"),
            &format!("source_properties=device.description={name}"),
        ])?;
        Ok([microphone, sink].join(" "))
    }

    /// Unplugs a microphone.
    pub fn unplug(&self, device: &str) -> Result<()> {
        for module in device.split(' ') {
            self.control(&["unload-module", module])?;
        }
        Ok(())
    }

    /// Whether something plays.
    pub fn is_heard(&self) -> Result<bool> {
        let playing = self.control(&["list", "short", "sink-inputs"])?;
        Ok(!playing.is_empty())
    }

    fn control(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("pactl")
            .args(arguments)
            .env("PULSE_SERVER", self.address())
            .output()
            .context("cannot run pactl")?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pactl {arguments:?}: {complaints}");
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What `PULSE_SERVER` is set to.
    pub(crate) fn address(&self) -> String {
        let socket: PathBuf = self.dir.path().join("socket");
        format!("unix:{}", socket.display())
    }
}
