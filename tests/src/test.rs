//! What runs around each test.

use std::{
    future::Future,
    io::Write as _,
    panic::{AssertUnwindSafe, resume_unwind},
    path::{Path, PathBuf},
    pin::Pin,
    sync::{Arc, LazyLock, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    browser::{Browser, Launch, Session},
    page::{Console, Page, files_in},
    pool::{Lease, give_back, give_up},
    process::spent,
    serve::{Server, target_dir},
    survivors,
    wait::PATIENCE,
};

/// How long one test may take.
const LIMIT: Duration = Duration::from_secs(600);

/// Read by tests that run beside others, written by one that runs alone.
static BESIDE: RwLock<()> = RwLock::new(());

/// One for all tests: browsers that several of them use are spoken to from it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime starts where a test can run at all")
});

/// Whether this is `cargo xtask soak`, where the long runs run in full.
pub fn is_soak() -> bool {
    std::env::var_os("CALLREEL_SOAK").is_some()
}

/// One test in one browser: it starts what the test needs when it is first asked for.
#[derive(Debug)]
pub struct Test {
    name: String,
    browser: Browser,
    /// How the browser is started; change it before the first [`Test::open`].
    pub launch: Launch,
    /// Flags for the server; change them before the first [`Test::open`].
    pub server_flags: Vec<String>,
    server: Option<Server>,
    session: Option<Lease>,
    /// Whether there was a browser: what comes next is the same one.
    has_started: bool,
    folder: TempDir,
}

impl Test {
    /// The browser this test runs in.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// Notes a measurement, to be read with `--nocapture`.
    pub fn measured(&self, what: &str) {
        eprintln!("measured in {}: {what}", self.browser);
    }

    /// A folder for the test's own files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The server, started when first asked for.
    pub fn server(&mut self) -> Result<&mut Server> {
        if self.server.is_none() {
            let flags: Vec<&str> = self.server_flags.iter().map(String::as_str).collect();
            self.server = Some(Server::start(&flags)?);
        }
        self.server.as_mut().context("it was just started")
    }

    /// The browser, started when first asked for.
    pub async fn session(&mut self) -> Result<&Session> {
        if self.session.is_none() {
            let session = if self.has_started {
                Lease::start(&self.launch).await?
            } else {
                Lease::take(&self.launch).await?
            };
            self.launch.profile = Arc::clone(&session.launch().profile);
            self.has_started = true;
            self.session = Some(session);
        }
        self.session.as_deref().context("it was just started")
    }

    /// Opens a path of the server in the browser's first tab.
    pub async fn open(&mut self, path: &str) -> Result<Page> {
        let origin = self.server()?.url().to_owned();
        if self.launch.shared_tab.is_some() {
            // Without the fake interface Chromium asks nobody, but does not note that it may.
            for device in ["camera", "microphone"] {
                self.session().await?.page().permit(device, &origin).await?;
            }
        }
        self.open_url(&format!("{origin}{path}")).await
    }

    /// Opens any address in the browser's first tab.
    pub async fn open_url(&mut self, url: &str) -> Result<Page> {
        let page = self.session().await?.page().clone();
        page.goto(url).await?;
        Ok(page)
    }

    /// `kill -9` for the whole browser. The next [`Test::open`] starts it again on what the killed
    /// one left on disk.
    pub fn kill_browser(&mut self) {
        if let Some(session) = self.session.take() {
            session.into_inner().kill();
        }
    }

    /// Ends the browser as a person would; the next [`Test::open`] starts it again.
    pub async fn quit_browser(&mut self) -> Result<()> {
        match self.session.take() {
            Some(session) => session.into_inner().quit().await,
            None => Ok(()),
        }
    }

    /// Does something that makes the page download a file, and gives back the file when it is
    /// complete.
    pub async fn download(&mut self, act: impl Future<Output = Result<()>>) -> Result<PathBuf> {
        let downloads = self.session().await?.downloads().to_owned();
        let old = files_in(&downloads)?;
        act.await?;
        Page::downloaded(&downloads, &old).await
    }

    /// Prints what a person needs to understand a failure, and keeps a picture and the downloads.
    async fn report(&self) {
        let dir = target_dir()
            .join("test-failures")
            .join(format!("{}-{}", self.browser, self.name));
        let mut text = Console::all();
        if let Some(session) = &self.session {
            text += &format!("--- driver\n{}\n", last_lines(&session.log().text(), 30));
        }
        if let Some(server) = &self.server {
            text += &format!("--- server\n{}\n", server.log().text());
        }
        // libtest shows what a failing test prints; whether keeping it works is secondary.
        let _ = std::io::stderr().write_all(text.as_bytes());
        if std::fs::create_dir_all(&dir).is_err() {
            return;
        }
        let _ = std::fs::write(dir.join("log.txt"), &text);
        let downloads = self.launch.profile.path().join("downloads");
        for file in files_in(&downloads).unwrap_or_default() {
            if let Some(name) = file.file_name() {
                let _ = std::fs::copy(&file, dir.join(name));
            }
        }
        if let Some(session) = &self.session {
            let picture = dir.join("screenshot.png");
            match tokio::time::timeout(PATIENCE, session.page().screenshot(&picture)).await {
                Ok(Ok(())) => eprintln!("--- screenshot: {}", picture.display()),
                Ok(Err(error)) => eprintln!("--- no screenshot: {error:#}"),
                Err(_) => eprintln!("--- no screenshot: the browser did not answer"),
            }
        }
    }
}

fn last_lines(text: &str, count: usize) -> &str {
    let start = text
        .rmatch_indices('\n')
        .nth(count)
        .map_or(0, |(at, _)| at + 1);
    &text[start..]
}

/// Runs one test between the browsers; called by [`between_browsers!`](crate::between_browsers).
pub fn run_between(
    browser: Browser,
    name: &str,
    body: impl for<'test> Fn(&'test mut Test) -> Pin<Box<dyn Future<Output = Result<()>> + 'test>>,
) {
    run(browser, name, false, &body);
    if is_soak() {
        run(browser.other(), name, false, &body);
    }
}

/// Runs one test in one browser; called by [`in_both_browsers!`](crate::in_both_browsers) and
/// [`alone_in_both_browsers!`](crate::alone_in_both_browsers).
pub fn run(
    browser: Browser,
    name: &str,
    is_alone: bool,
    body: impl for<'test> FnOnce(&'test mut Test) -> Pin<Box<dyn Future<Output = Result<()>> + 'test>>,
) {
    let _beside = (!is_alone).then(|| BESIDE.read().unwrap_or_else(PoisonError::into_inner));
    let _alone = is_alone.then(|| BESIDE.write().unwrap_or_else(PoisonError::into_inner));
    RUNTIME.block_on(async {
        let launch = Launch::new(browser).expect("a temporary folder can be made");
        let mut test = Test {
            name: name.into(),
            browser,
            launch,
            server_flags: Vec::new(),
            server: None,
            session: None,
            has_started: false,
            folder: survivors::folder("test-").expect("a folder can be made"),
        };
        // A thread may run several tests, one after the other.
        drop(Console::all());
        spent();
        let start = Instant::now();
        let limit = if is_soak() { LIMIT * 20 } else { LIMIT };
        let outcome = {
            let body = AssertUnwindSafe(body(&mut test)).catch_unwind();
            tokio::time::timeout(limit, body).await
        };
        let failure = match outcome {
            Ok(Ok(Ok(()))) => {
                test.session = None;
                give_back().await;
                test.server = None;
                let (took, spent) = (start.elapsed().as_secs(), spent());
                test.measured(&format!(
                    "{name} took {took} s, {spent:.0} s of processor time"
                ));
                return;
            }
            Ok(Ok(Err(error))) => Err(format!("{error:#}")),
            Ok(Err(panic)) => Ok(panic),
            Err(_) => Err(format!("the test took more than {} s", limit.as_secs())),
        };
        test.report().await;
        test.kill_browser();
        give_up();
        match failure {
            Ok(panic) => resume_unwind(panic),
            // Fails the test without a backtrace, which would only show this function.
            Err(message) => {
                eprintln!("--- {browser}: {message}");
                resume_unwind(Box::new(message));
            }
        }
    });
}
