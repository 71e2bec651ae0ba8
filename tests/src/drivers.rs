//! How each browser is started: its driver, its flags and its preferences.

use std::{env, path::Path, process::Command, time::Duration};

use anyhow::Result;
use serde_json::json;
use thirtyfour::Capabilities;

use crate::{
    browser::{Camera, Launch, Permission},
    camera::{self, Reel},
    furnished,
    port::free_port,
    process::Process,
    sound::SoundDevice,
    wait::PATIENCE,
};

/// How long a driver may take to start; a browser twice that.
pub(crate) const DRIVER_START: Duration = PATIENCE;

/// What a new Firefox does beside showing a page, as preferences: no test needs it, and each starts
/// one.
const IDLE_WORK: [&str; 10] = [
    "app.shield.optoutstudies.enabled",
    "browser.backup.enabled",
    "browser.newtab.preload",
    "browser.newtabpage.enabled",
    "browser.safebrowsing.malware.enabled",
    "browser.safebrowsing.phishing.enabled",
    "browser.search.update",
    "dom.ipc.processPrelaunch.enabled",
    "toolkit.telemetry.enabled",
    "toolkit.telemetry.unified",
];

/// No browser starts a sound server by itself, or uses somebody's.
const NO_SOUND_SERVER: &str = "unix:/nowhere";

impl Launch {
    /// A screen without hardware, and its name.
    pub(crate) fn virtual_screen(&self) -> Result<(Process, String)> {
        let mut command = Command::new("Xvfb");
        let size = format!("{}x{}x24", self.window.0, self.window.1);
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &size]);
        let mut process = Process::start(&mut command)?;
        let number: u32 = process.wait_for_line(DRIVER_START, |line| line.trim().parse().ok())?;
        Ok((process, format!(":{number}")))
    }

    /// The driver to start, and what to ask it for.
    pub(crate) fn chromium(&self, downloads: &Path) -> Result<(Command, Capabilities)> {
        let mut command = Command::new("chromedriver");
        // Left to itself it takes a port that is free for one of IPv4 and IPv6, and ends if it is
        // not for the other.
        command
            .arg(format!("--port={}", free_port()))
            // What Chromium unpacks stays where it is when it is killed.
            .env("TMPDIR", self.profile.path())
            .env("PULSE_SERVER", NO_SOUND_SERVER)
            .env("LANGUAGE", &self.locale);

        let mut flags: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run",
            "--no-default-browser-check",
            "--autoplay-policy=no-user-gesture-required",
            // Otherwise a process of Chromium's ends itself that has not found the others in 15 s.
            "--ipc-connection-timeout=600",
            "--auto-accept-this-tab-capture",
            // A quarter of the pixels to draw; a page has as many of its own, and so has every film.
            "--force-device-scale-factor=0.5",
        ]
        .map(str::to_owned)
        .into();
        flags.push(format!("--lang={}", self.locale));
        flags.push(format!("--window-size={},{}", self.window.0, self.window.1));
        flags.push(format!(
            "--user-data-dir={}",
            self.profile.path().join("chromium").display()
        ));
        flags.extend(match (self.permission, &self.shared_tab) {
            // The fake interface would share its own screen, of which nothing ends the sharing.
            (Permission::Granted, Some(title)) => vec![
                "--auto-accept-camera-and-microphone-capture".into(),
                format!("--auto-select-tab-capture-source-by-title={title}"),
            ],
            (Permission::Granted, None) => vec!["--use-fake-ui-for-media-stream".into()],
            (Permission::Denied, _) => vec!["--use-fake-ui-for-media-stream=deny".into()],
        });
        let mut play = |reel: Reel| -> Result<()> {
            let file = reel.file()?;
            flags.push("--use-fake-device-for-media-stream".into());
            flags.push(format!(
                "--use-file-for-fake-video-capture={}",
                file.display()
            ));
            Ok(())
        };
        match self.camera {
            Camera::BurntIn => play(camera::SMALL)?,
            Camera::Fluent => play(camera::FLUENT)?,
            Camera::BuiltIn(count) => flags.push(format!(
                "--use-fake-device-for-media-stream=device-count={count}"
            )),
            Camera::None => flags.push("--use-fake-device-for-media-stream=device-count=0".into()),
        }
        if self.private {
            flags.push("--incognito".into());
        }
        flags.extend(self.flags.iter().cloned());

        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "chrome")?;
        capabilities.set("acceptInsecureCerts", self.trusting)?;
        capabilities.set("webSocketUrl", true)?;
        capabilities.set(
            "goog:chromeOptions",
            json!({
                "args": flags,
                "prefs": {
                    "download.default_directory": downloads,
                    "download.prompt_for_download": false,
                    "intl.accept_languages": self.locale,
                },
            }),
        )?;
        Ok((command, capabilities))
    }

    /// The same; its sound device is the one to play on.
    pub(crate) fn firefox(
        &self,
        downloads: &Path,
        sound: Option<&SoundDevice>,
    ) -> Result<(Command, Capabilities)> {
        let geckodriver = env::var_os("GECKODRIVER").unwrap_or_else(|| "geckodriver".into());
        let mut command = Command::new(geckodriver);
        command
            // System access is for what only the browser's own interface can do.
            .args([
                "--port",
                "0",
                "--websocket-port",
                "0",
                "--allow-system-access",
            ])
            .env("MOZ_HEADLESS_WIDTH", self.window.0.to_string())
            .env("MOZ_HEADLESS_HEIGHT", self.window.1.to_string());
        let sound_server = sound.map_or_else(|| NO_SOUND_SERVER.to_owned(), SoundDevice::address);
        command.env("PULSE_SERVER", sound_server);

        let is_granted = self.permission == Permission::Granted;
        let answer = if is_granted { 1 } else { 2 };
        let frame_rate = match self.camera {
            Camera::Fluent => 30,
            _ => 15,
        };
        let mut preferences = json!({
            "app.normandy.enabled": false,
            "app.update.enabled": false,
            "browser.download.always_ask_before_handling_new_types": false,
            "browser.download.dir": downloads,
            "browser.download.folderList": 2,
            "browser.download.useDownloadDir": true,
            "browser.privatebrowsing.autostart": self.private,
            "browser.shell.checkDefaultBrowser": false,
            "datareporting.policy.dataSubmissionEnabled": false,
            "intl.accept_languages": format!("{}, en", self.locale),
            // Every frame is drawn by the processor, and cameras give no more.
            "layout.frame_rate": frame_rate,
            // As in Chromium.
            "layout.css.devPixelsPerPx": "0.5",
            "media.autoplay.blocking_policy": 0,
            "media.autoplay.default": 0,
            // Without it an AudioContext stays suspended on a machine that has no sound device.
            "media.cubeb.force_mock_context": sound.is_none(),
            "media.webrtc.capture.allow-pipewire": false,
            "media.navigator.permission.disabled": is_granted,
            "media.navigator.video.default_fps": frame_rate,
            "media.navigator.streams.fake": self.camera != Camera::None,
            // Firefox gives its decoders five seconds to start, once; on a busy machine they need
            // more, and then no video of that browser ever shows anything.
            "media.rdd-process.startup_timeout_ms": 120_000,
            "network.captive-portal-service.enabled": false,
            "network.connectivity-service.enabled": false,
            "permissions.default.camera": answer,
            "permissions.default.microphone": answer,
            "services.settings.server": "data:,#remote-settings-dummy/v1",
        });
        for name in IDLE_WORK {
            preferences[name] = json!(false);
        }
        for (name, value) in &self.preferences {
            preferences[name] = value.clone();
        }
        let profile = self.profile.path().join(furnished::FOLDER);
        // Firefox would ask for a profile if the folder were not there.
        std::fs::create_dir_all(&profile)?;
        let mut capabilities = Capabilities::new();
        let mut arguments = vec![json!("-profile"), json!(profile)];
        if !self.screen {
            arguments.push(json!("-headless"));
        }
        capabilities.set("browserName", "firefox")?;
        capabilities.set("acceptInsecureCerts", self.trusting)?;
        capabilities.set("webSocketUrl", true)?;
        capabilities.set(
            "moz:firefoxOptions",
            json!({ "args": arguments, "prefs": preferences }),
        )?;
        Ok((command, capabilities))
    }
}

/// Starts a driver; gives also the port it listens on.
pub(crate) fn start_driver(command: &mut Command) -> Result<(Process, u16)> {
    let mut driver = Process::start(command)?;
    let port = driver.wait_for_line(DRIVER_START, driver_port)?;
    Ok((driver, port))
}

/// Both drivers say where they listen: "started successfully on port N." and
/// "Listening on 127.0.0.1:N".
fn driver_port(line: &str) -> Option<u16> {
    let rest = line
        .split_once("successfully on port ")
        .or_else(|| line.split_once("Listening on 127.0.0.1:"))?
        .1;
    rest.trim_end_matches('.').trim().parse().ok()
}
