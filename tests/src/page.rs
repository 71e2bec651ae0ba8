//! A tab, as a person and a test see it.

use std::{
    cell::RefCell,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{
    WebDriver, WebElement,
    bidi::{BiDi, BrowsingContextId, events::LogEntryAdded, modules::browsing_context::CreateType},
};

use crate::{
    browser::Browser,
    camera::{self, BurntIn},
    finder::Finder,
    wait::{PATIENCE, wait_for},
};

/// One line of a console.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// What it says.
    pub text: String,
}

/// What all pages of one browser wrote on their consoles.
#[derive(Clone, Debug, Default)]
pub struct Console(Arc<Mutex<Vec<Entry>>>);

thread_local! {
    /// The consoles of all browsers that this thread's test uses, in their order: they can be read
    /// when the browsers are gone.
    static CONSOLES: RefCell<Vec<(Browser, Console)>> = const { RefCell::new(Vec::new()) };
}

impl Console {
    /// Begins to listen, before any page is loaded.
    pub(crate) async fn watch(bidi: &BiDi, browser: Browser) -> Result<Self> {
        bidi.script().add_preload_script(PRELOAD).await?;
        let console = Self::default();
        console.begin(browser);
        let mut events = bidi.subscribe::<LogEntryAdded>().await?;
        let entries = console.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                let text = event.text.unwrap_or_default();
                let level = serde_json::to_value(&event.level).ok();
                let level = level
                    .as_ref()
                    .and_then(Value::as_str)
                    .unwrap_or("unknown")
                    .to_owned();
                entries.lock().push(Entry { level, text });
            }
        });
        Ok(console)
    }

    /// Forgets what other tests wrote; from now on it belongs to this thread's test.
    pub(crate) fn begin(&self, browser: Browser) {
        self.lock().clear();
        CONSOLES.with_borrow_mut(|consoles| consoles.push((browser, self.clone())));
    }

    /// What was written in all browsers that this thread's test uses.
    pub(crate) fn all() -> String {
        let consoles = CONSOLES.take();
        let text = |(at, (browser, console)): (usize, &(Browser, Self))| {
            format!("--- console of browser {at}, {browser}\n{}", console.text())
        };
        (1..).zip(&consoles).map(text).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        // A panic elsewhere can't leave a list half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries so far.
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// All entries so far, a line each.
    pub fn text(&self) -> String {
        self.lock().iter().fold(String::new(), |mut text, entry| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "[{}] {}", entry.level, entry.text);
            text
        })
    }
}

/// Runs in every page before its own scripts. What a content security policy blocks is no console
/// entry for WebDriver, so it is made one.
const PRELOAD: &str = "() => {
    document.addEventListener('securitypolicyviolation', event => console.error(
        `blocked by the policy: ${event.effectiveDirective} ${event.blockedURI} ` +
        `${event.sourceFile}:${event.lineNumber} ${event.sample}`));
}";

/// A tab. Clones are the same tab.
#[derive(Clone, Debug)]
pub struct Page {
    browser: Browser,
    driver: WebDriver,
    bidi: BiDi,
    context: BrowsingContextId,
    console: Console,
}

impl Page {
    pub(crate) fn new(
        browser: Browser,
        driver: WebDriver,
        bidi: BiDi,
        context: BrowsingContextId,
        console: Console,
    ) -> Self {
        Self {
            browser,
            driver,
            bidi,
            context,
            console,
        }
    }

    /// The WebDriver, for what has no helper. Its commands go to the tab that was clicked in last.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The WebDriver BiDi connection, for what has no helper.
    pub fn bidi(&self) -> &BiDi {
        &self.bidi
    }

    /// This tab's id, for BiDi commands.
    pub fn context(&self) -> &BrowsingContextId {
        &self.context
    }

    /// Which browser it is in.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// The console.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Loads an address and waits until it has loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        use thirtyfour::bidi::modules::browsing_context::ReadinessState;
        self.bidi
            .browsing_context()
            .navigate(self.context.clone(), url, Some(ReadinessState::Complete))
            .await
            .with_context(|| format!("cannot open {url}"))?;
        Ok(())
    }

    /// Says yes in advance to what an origin may ask for: `camera`, `microphone`.
    pub async fn permit(&self, what: &str, origin: &str) -> Result<()> {
        if self.browser == Browser::Chromium {
            let permission =
                json!({ "descriptor": { "name": what }, "state": "granted", "origin": origin });
            self.bidi
                .send_raw("permissions.setPermission", permission)
                .await?;
        }
        Ok(())
    }

    /// The only frame in this page, as a page of its own.
    pub async fn frame(&self) -> Result<Self> {
        let tree = self
            .bidi
            .send_raw("browsingContext.getTree", json!({ "root": self.context }))
            .await?;
        let frame = &tree["contexts"][0]["children"][0]["context"];
        let frame = frame.as_str().context("there is no frame in the page")?;
        Ok(Self {
            context: BrowsingContextId(frame.to_owned()),
            ..self.clone()
        })
    }

    /// Asks Chromium's developer tools for something in this tab.
    pub async fn dev_tools(&self, method: &str, params: Value) -> Result<Value> {
        let session = json!({ "context": self.context });
        let session = self.bidi.send_raw("goog:cdp.getSession", session).await?;
        let command = json!({ "method": method, "params": params, "session": session["session"] });
        let answer = self.bidi.send_raw("goog:cdp.sendCommand", command).await?;
        Ok(answer["result"].clone())
    }

    /// Presses keys where the focus is, as a person would; `Tab` and the like by their code points
    /// (WebDriver, section 17.4.2).
    pub async fn press(&self, keys: &[&str]) -> Result<()> {
        let presses = keys.iter().flat_map(|key| {
            [
                json!({ "type": "keyDown", "value": key }),
                json!({ "type": "keyUp", "value": key }),
            ]
        });
        let source =
            json!({ "type": "key", "id": "keyboard", "actions": presses.collect::<Vec<_>>() });
        self.bidi
            .send_raw(
                "input.performActions",
                json!({ "context": self.context, "actions": [source] }),
            )
            .await?;
        Ok(())
    }

    /// Makes the tab show so many CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height });
        let viewport = json!({ "context": self.context, "viewport": size });
        self.bidi
            .send_raw("browsingContext.setViewport", viewport)
            .await?;
        Ok(())
    }

    /// Loads the page again.
    pub async fn reload(&self) -> Result<()> {
        // thirtyfour's own command names the cache, which geckodriver refuses to hear of.
        let what = json!({ "context": self.context, "wait": "complete" });
        let reloaded = self.bidi.send_raw("browsingContext.reload", what).await;
        reloaded.context("cannot load the page again")?;
        Ok(())
    }

    /// Opens another tab in front of this one, which hides this one.
    pub async fn new_tab(&self) -> Result<Self> {
        let tab = self.another(CreateType::Tab).await?;
        tab.show().await?;
        Ok(tab)
    }

    /// Opens another window beside this one: both are seen.
    pub async fn new_window(&self) -> Result<Self> {
        self.another(CreateType::Window).await
    }

    async fn another(&self, kind: CreateType) -> Result<Self> {
        let created = self.bidi.browsing_context().create(kind).await?;
        Ok(Self {
            context: created.context,
            ..self.clone()
        })
    }

    /// Hides this tab behind a new one, and waits until the page knows. [`Page::show`] brings it
    /// back.
    pub async fn hide(&self) -> Result<Self> {
        let front = self.new_tab().await?;
        wait_for("the page to be hidden", PATIENCE, async || {
            let state: String = self.eval("return document.visibilityState").await?;
            Ok((state == "hidden").then_some(()))
        })
        .await?;
        Ok(front)
    }

    /// Brings this tab to the front.
    pub async fn show(&self) -> Result<()> {
        self.bidi
            .browsing_context()
            .activate(self.context.clone())
            .await?;
        Ok(())
    }

    /// Closes this tab as a person would, but without a question.
    pub async fn close(self) -> Result<()> {
        self.bidi.browsing_context().close(self.context).await?;
        Ok(())
    }

    /// Runs the body of an async function in the page and gives back what it returns, through JSON.
    pub async fn eval<T: DeserializeOwned>(&self, body: &str) -> Result<T> {
        self.eval_with(body, &json!(null)).await
    }

    /// The same with a value that the body sees as `arg`.
    pub async fn eval_with<T: DeserializeOwned>(&self, body: &str, arg: &Value) -> Result<T> {
        let arg = json!({ "type": "string", "value": arg.to_string() });
        self.call(
            &format!("async arg => {{ arg = JSON.parse(arg); {body} }}"),
            vec![arg],
            false,
        )
        .await
    }

    /// The same as the answer to a click: with what browsers call transient user activation.
    pub async fn eval_activated<T: DeserializeOwned>(&self, body: &str) -> Result<T> {
        self.call(&format!("async () => {{ {body} }}"), Vec::new(), true)
            .await
    }

    /// Calls a function with BiDi arguments.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        function: &str,
        arguments: Vec<Value>,
        is_activated: bool,
    ) -> Result<T> {
        let answer = self
            .bidi
            .send_raw(
                "script.callFunction",
                json!({
                    "functionDeclaration":
                        format!("async (...args) => JSON.stringify(await ({function})(...args)) ?? 'null'"),
                    "arguments": arguments,
                    "awaitPromise": true,
                    "userActivation": is_activated,
                    "target": { "context": self.context },
                }),
            )
            .await?;
        if answer["type"] != "success" {
            let text = answer["exceptionDetails"]["text"]
                .as_str()
                .unwrap_or("no reason given");
            return Err(anyhow!("the page threw: {text}\nin: {function}"));
        }
        let text = answer["result"]["value"].as_str().unwrap_or("null");
        serde_json::from_str(text)
            .with_context(|| format!("unexpected answer {text} of: {function}"))
    }

    /// An element by its ARIA role and accessible name.
    pub fn role(&self, role: &str, name: &str) -> Finder {
        Finder::new(self.clone()).role(role, name)
    }

    /// A button by its name.
    pub fn button(&self, name: &str) -> Finder {
        self.role("button", name)
    }

    /// A `<select>` by its name.
    pub fn select(&self, name: &str) -> Finder {
        self.role("combobox", name)
    }

    /// A region by its name, to look for elements in it.
    pub fn region(&self, name: &str) -> Finder {
        self.role("region", name)
    }

    /// An element by a CSS selector, for what has no role of its own, such as `video`.
    pub fn css(&self, selector: &str) -> Finder {
        Finder::new(self.clone()).css(selector)
    }

    /// The element behind an id that BiDi gave out, for WebDriver commands in this tab.
    pub(crate) async fn element(&self, shared_id: &str) -> Result<WebElement> {
        // Only where it is another tab: in Firefox this brings the tab to the front.
        if self
            .driver
            .window()
            .await
            .map(|window| window.to_string())
            .ok()
            .as_ref()
            != Some(&self.context.0)
        {
            self.driver
                .switch_to_window(self.context.0.clone().into())
                .await?;
        }
        let reference = json!({ "element-6066-11e4-a52e-4f735466cecf": shared_id });
        Ok(WebElement::from_json(
            reference,
            self.driver.handle().clone(),
        )?)
    }

    /// Waits until a sentence can be read on the page.
    pub async fn says(&self, sentence: &str) -> Result<()> {
        let what = format!("the page to say {sentence:?}");
        wait_for(&what, PATIENCE, async || {
            let text: String = self.eval("return document.body.innerText").await?;
            Ok(text.contains(sentence).then_some(()))
        })
        .await
    }

    /// Waits until an expression is true in the page.
    pub async fn wait_until(&self, what: &str, timeout: Duration, expression: &str) -> Result<()> {
        wait_for(what, timeout, async || {
            let is_true: bool = self
                .eval(&format!("return Boolean(await ({expression}))"))
                .await?;
            Ok(is_true.then_some(()))
        })
        .await
    }

    /// The time that the camera burnt into the frame a video shows now.
    pub async fn burnt_in(&self, video: &Finder) -> Result<BurntIn> {
        video.call(camera::READ_BURNT_IN).await
    }

    /// Fails if a page wrote an error on its console, or something was blocked by the policy.
    pub fn assert_no_errors(&self) -> Result<()> {
        let errors: Vec<Entry> = self
            .console
            .entries()
            .into_iter()
            .filter(|entry| entry.level == "error")
            .collect();
        ensure!(errors.is_empty(), "errors on the console: {errors:#?}");
        Ok(())
    }

    /// Takes a picture of what the tab shows.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let answer = self
            .bidi
            .send_raw(
                "browsingContext.captureScreenshot",
                json!({ "context": self.context }),
            )
            .await?;
        let data = answer["data"]
            .as_str()
            .context("there is no picture in the answer")?;
        std::fs::write(file, base64(data).context("the picture is no base64")?)?;
        Ok(())
    }

    /// Waits for a file to arrive completely in the download folder, one that is not among `old`.
    pub async fn downloaded(downloads: &Path, old: &[PathBuf]) -> Result<PathBuf> {
        wait_for("the download", PATIENCE, async || {
            let files = files_in(downloads)?;
            let is_partial = |file: &PathBuf| {
                file.extension()
                    .is_some_and(|end| end == "crdownload" || end == "part")
            };
            if files.iter().any(is_partial) {
                return Ok(None);
            }
            let new = files.into_iter().find(|file| !old.contains(file));
            Ok(new.filter(|file| file.metadata().is_ok_and(|metadata| metadata.len() > 0)))
        })
        .await
    }
}

/// The files in a folder.
pub(crate) fn files_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir)?;
    Ok(entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}
