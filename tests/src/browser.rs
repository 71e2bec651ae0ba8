//! Starting and killing real browsers.

use std::{
    cell::RefCell,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{WebDriver, bidi::PreloadScriptId};

use crate::{
    drivers, furnished,
    page::{Console, Page, files_in},
    process::{Log, Process, descendants, own_pss, pss},
    sound::SoundDevice,
    survivors,
};

/// How long a browser may take to get rid of a test's tabs.
const CLEANING: Duration = Duration::from_secs(15);

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

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Chromium => Self::Firefox,
            Self::Firefox => Self::Chromium,
        }
    }
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
    /// A picture that carries its own time, for [`Page::burnt_in`], 15 times a second: in Chromium
    /// 320×240 from a file, in Firefox its own fake camera.
    BurntIn,
    /// The same 30 times a second, in Chromium 640×480, for tests that count frames. Every test
    /// pays for the frames of its camera.
    Fluent,
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
    /// Whether Firefox has a sound device of its own, with microphones to plug in. Otherwise it makes
    /// believe, and its fake microphone is the only one; Chromium always does.
    pub sound: bool,
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
        Ok(Self::on(browser, Arc::new(survivors::folder("profile-")?)))
    }

    fn on(browser: Browser, profile: Arc<TempDir>) -> Self {
        Self {
            browser,
            camera: Camera::BurntIn,
            permission: Permission::Granted,
            locale: "en-US".into(),
            screen: false,
            sound: false,
            shared_tab: None,
            trusting: false,
            private: false,
            window: (960, 640),
            profile,
            flags: Vec::new(),
            preferences: Vec::new(),
        }
    }

    /// Whether it starts the same browser as another, but for the profile.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let mut like = other.clone();
        like.profile = Arc::clone(&self.profile);
        // Every field is shown, so none can be forgotten here.
        format!("{self:?}") == format!("{like:?}")
    }

    /// Whether a test may have what another test leaves of it.
    pub(crate) fn leaves_nothing(&self) -> bool {
        !self.private && self.flags.is_empty() && self.preferences.is_empty()
    }

    /// Starts it.
    pub async fn start(&self) -> Result<Session> {
        let downloads = self.profile.path().join("downloads");
        std::fs::create_dir_all(&downloads)?;
        let has_sound = self.sound && self.browser == Browser::Firefox;
        let sound = has_sound.then(SoundDevice::start).transpose()?;
        if self.browser == Browser::Firefox {
            let profile = self.profile.path().join(furnished::FOLDER);
            if !profile.exists() {
                furnished::furnish(&profile).await?;
            }
        }
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
        let (driver_process, port) = drivers::start_driver(&mut command)?;
        let driver = WebDriver::builder(format!("http://127.0.0.1:{port}"), capabilities)
            .request_timeout(drivers::DRIVER_START * 2)
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

    /// The sound device that [`Launch::sound`] asks for; `None` in Chromium.
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
