//! Starting and killing real browsers.

use std::{
    cell::RefCell,
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver, bidi::PreloadScriptId};

use crate::{
    camera,
    page::{Console, Page, files_in},
    port::free_port,
    process::{Log, Process, descendants, own_pss, pss},
    sound::SoundDevice,
    survivors,
    wait::PATIENCE,
};

/// How long a driver may take to start; a browser twice that.
const DRIVER_START: Duration = PATIENCE;

/// How long a browser may take to get rid of a test's tabs.
const CLEANING: Duration = Duration::from_secs(15);

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

/// The browsers every test runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chromium, through chromedriver.
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
}

impl Browser {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];
}

impl fmt::Display for Browser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}

/// What the browser offers as cameras. A microphone comes with every camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    /// A picture that carries its own time, for [`Page::burnt_in`]: in Chromium 640×480 at 30
    /// frames a second from a file, in Firefox its own fake camera.
    BurntIn,
    /// The browser's own fake cameras, which take every size. Firefox has one, whatever the number.
    BuiltIn(u8),
    /// No camera and no microphone.
    None,
}

/// What the browser answers when a page asks for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Yes, at once.
    Granted,
    /// No, at once.
    Denied,
}

/// How to start a browser.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Which one.
    pub browser: Browser,
    /// Its cameras.
    pub camera: Camera,
    /// Its answer to questions for devices.
    pub permission: Permission,
    /// The person's language, such as `en-US`.
    pub locale: String,
    /// Whether there is a screen to share. Chromium always has one, of its own making; Firefox
    /// shares only what is really there, so it gets a virtual screen instead of running headless.
    pub screen: bool,
    /// The title of a tab that Chromium shares instead, so that sharing ends with that tab.
    pub shared_tab: Option<String>,
    /// Whether the person has said yes to certificates that nobody vouches for.
    pub trusting: bool,
    /// Whether its windows are private.
    pub private: bool,
    /// Size of the window in CSS pixels.
    pub window: (u32, u32),
    /// Where its profile is kept. Browsers started one after the other with the same profile are
    /// the same browser to a page.
    pub profile: Arc<TempDir>,
    /// More command line flags, for Chromium.
    pub flags: Vec<String>,
    /// More preferences, for Firefox.
    pub preferences: Vec<(String, Value)>,
}

impl Launch {
    /// A browser with burnt-in cameras that says yes, in English, with a fresh profile.
    pub fn new(browser: Browser) -> Result<Self> {
        Ok(Self {
            browser,
            camera: Camera::BurntIn,
            permission: Permission::Granted,
            locale: "en-US".into(),
            screen: false,
            shared_tab: None,
            trusting: false,
            private: false,
            window: (1280, 900),
            profile: Arc::new(survivors::folder("profile-")?),
            flags: Vec::new(),
            preferences: Vec::new(),
        })
    }

    /// Whether it is as [`Launch::new`] makes it, but for the profile.
    pub(crate) fn is_plain(&self) -> Result<bool> {
        let plain = Self {
            profile: Arc::clone(&self.profile),
            ..Self::new(self.browser)?
        };
        // Every field is shown, so none can be forgotten here.
        Ok(format!("{self:?}") == format!("{plain:?}"))
    }

    /// Starts it.
    pub async fn start(&self) -> Result<Session> {
        let downloads = self.profile.path().join("downloads");
        std::fs::create_dir_all(&downloads)?;
        // Chromium brings a sound device that keeps the time.
        let sound = match self.browser {
            Browser::Chromium => None,
            Browser::Firefox => SoundDevice::start()?,
        };
        let (mut command, capabilities) = match self.browser {
            Browser::Chromium => self.chromium(&downloads)?,
            Browser::Firefox => self.firefox(&downloads, sound.as_ref())?,
        };
        let needs_screen = self.screen && self.browser == Browser::Firefox;
        let screen = if needs_screen {
            Some(self.virtual_screen()?)
        } else {
            None
        };
        if let Some((_, display)) = &screen {
            command
                .env("DISPLAY", display)
                .env_remove("WAYLAND_DISPLAY");
        }
        let (driver_process, port) = start_driver(&mut command)?;
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .request_timeout(DRIVER_START * 2)
            .connect()
            .await
            .with_context(|| {
                format!(
                    "{} did not start; its driver printed:\n{}",
                    self.browser,
                    driver_process.log().text()
                )
            })?;
        // Fails where it was done before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bidi = driver.bidi().await?;
        let console = Console::watch(&bidi, self.browser).await?;
        let context = bidi.browsing_context().top_level().await?;
        let page = Page::new(self.browser, driver.clone(), bidi, context, console);
        if self.private && self.browser == Browser::Chromium {
            // What the profile says of downloads is not for private windows.
            let allow = json!({ "behavior": "allow", "downloadPath": downloads });
            page.dev_tools("Page.setDownloadBehavior", allow).await?;
        }
        Ok(Session {
            launch: self.clone(),
            driver_process,
            driver,
            page,
            downloads,
            _screen: screen.map(|(process, _)| process),
            sound,
            preloaded: RefCell::default(),
            tests: 0,
        })
    }

    /// A screen without hardware, and its name.
    fn virtual_screen(&self) -> Result<(Process, String)> {
        let mut command = Command::new("Xvfb");
        let size = format!("{}x{}x24", self.window.0, self.window.1);
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &size]);
        let mut process = Process::start(&mut command)?;
        let number: u32 = process.wait_for_line(DRIVER_START, |line| line.trim().parse().ok())?;
        Ok((process, format!(":{number}")))
    }

    fn chromium(&self, downloads: &Path) -> Result<(Command, Capabilities)> {
        let mut command = Command::new("chromedriver");
        // Left to itself it takes a port that is free for one of IPv4 and IPv6, and ends if it is
        // not for the other.
        command
            .arg(format!("--port={}", free_port()))
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
            "--auto-accept-this-tab-capture",
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
        match self.camera {
            Camera::BurntIn => {
                flags.push("--use-fake-device-for-media-stream".into());
                flags.push(format!(
                    "--use-file-for-fake-video-capture={}",
                    camera::file()?.display()
                ));
            }
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

    fn firefox(
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
        if let Some(sound) = sound {
            command.env("PULSE_SERVER", sound.address());
        }

        let is_granted = self.permission == Permission::Granted;
        let answer = if is_granted { 1 } else { 2 };
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
            "media.autoplay.blocking_policy": 0,
            "media.autoplay.default": 0,
            // Without it an AudioContext stays suspended on a machine that has no sound device.
            "media.cubeb.force_mock_context": sound.is_none(),
            "media.webrtc.capture.allow-pipewire": false,
            "media.navigator.permission.disabled": is_granted,
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
        let profile = self.profile.path().join("firefox");
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
fn start_driver(command: &mut Command) -> Result<(Process, u16)> {
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

/// A running browser. It and all its processes are killed when this value goes.
#[must_use = "dropping it kills the browser"]
#[derive(Debug)]
pub struct Session {
    launch: Launch,
    // Before the driver, which on drop would wait for an answer of a process that is gone.
    page: Page,
    driver: WebDriver,
    driver_process: Process,
    downloads: PathBuf,
    _screen: Option<Process>,
    sound: Option<SoundDevice>,
    /// What [`Session::preload`] added.
    preloaded: RefCell<Vec<PreloadScriptId>>,
    /// How many tests have used it.
    pub(crate) tests: u32,
}

impl Session {
    /// The tab it started with.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// How it was started.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// What the driver printed, and through it the browser.
    pub fn log(&self) -> &Log {
        self.driver_process.log()
    }

    /// Where downloads go.
    pub fn downloads(&self) -> &Path {
        &self.downloads
    }

    /// Its sound device; `None` in Chromium, which brings its own, and without PulseAudio.
    pub fn sound(&self) -> Option<&SoundDevice> {
        self.sound.as_ref()
    }

    /// Memory of all the browser's processes in bytes, shared memory counted in shares.
    pub fn memory(&self) -> u64 {
        descendants(self.driver_process.id())
            .into_iter()
            .map(pss)
            .sum()
    }

    /// The same without what is mapped from files: its share depends on who else maps them.
    pub fn own_memory(&self) -> u64 {
        descendants(self.driver_process.id())
            .into_iter()
            .map(own_pss)
            .sum()
    }

    /// Stops the browser as a machine that sleeps does, or lets it go on. Nothing can be asked of it
    /// meanwhile.
    pub fn freeze(&self, is_frozen: bool) {
        self.driver_process.freeze_children(is_frozen);
    }

    /// Has every page run a function before its own scripts, until the test ends.
    pub async fn preload(&self, function: &str) -> Result<()> {
        let script = self.page.bidi().script();
        let added = script.add_preload_script(function).await?;
        self.preloaded.borrow_mut().push(added.script);
        Ok(())
    }

    /// Makes it like new for the next test, but for what its origins keep.
    pub(crate) async fn clean(&mut self) -> Result<()> {
        tokio::time::timeout(CLEANING, async {
            let bidi = self.page.bidi().clone();
            for script in self.preloaded.take() {
                bidi.script().remove_preload_script(script).await?;
            }
            let old = bidi.browsing_context().top_levels().await?;
            self.page = self.page.new_tab().await?;
            for tab in old {
                bidi.browsing_context().close(tab).await?;
            }
            for file in files_in(&self.downloads)? {
                std::fs::remove_file(file)?;
            }
            Ok(())
        })
        .await?
    }

    /// Adds the processor time that it has had since it was last asked to what its test spent.
    pub(crate) fn note_spent(&mut self) {
        self.driver_process.note_spent();
    }

    /// Ends it as a person would.
    pub async fn quit(self) -> Result<()> {
        let Self {
            driver,
            mut driver_process,
            ..
        } = self;
        driver_process.note_spent();
        let result = driver.clone().quit().await;
        driver_process.kill();
        result.context("the browser did not end")
    }

    /// `kill -9`, for the whole browser, in the middle of whatever it does.
    pub fn kill(mut self) {
        self.driver_process.kill();
        // There is nobody left to say goodbye to. An error says that a `quit` was tried before.
        let _ = self.driver.clone().leak();
    }
}
