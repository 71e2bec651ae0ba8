//! A screen to share, and the end of sharing as it comes from the browser's own bar.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{browser::Browser, page::Page, test::Test};

/// What a page that asks for a screen is given.
///
/// Chromium shares a tab, whose end is the end of sharing. Firefox shares its virtual screen, and
/// its own interface is told to stop, as a click on the bar would tell it.
#[derive(Debug)]
pub struct Screen(Option<Page>);

/// A picture that never stands still.
const MOVING: &str = "
    document.title = 'Shared';
    document.body.innerHTML = '<canvas width=640 height=480></canvas>';
    const canvas = document.querySelector('canvas');
    const context = canvas.getContext('2d');
    // All over the tab.
    Object.assign(canvas.style, { position: 'fixed', inset: 0, width: '100%', height: '100%' });
    setInterval(() => {
        context.fillStyle = `hsl(${performance.now() / 10 % 360} 80% 50%)`;
        context.fillRect(0, 0, 640, 480);
    }, 30);";

const STOP_SHARING: &str = "() => {
    const { webrtcUI } = ChromeUtils.importESModule('resource:///modules/webrtcUI.sys.mjs');
    const shared = webrtcUI.getActiveStreams(false, false, true, true);
    webrtcUI.stopSharingStreams(shared, false, false, true, true);
    return shared.length;
}";

impl Screen {
    /// To be called before the browser is started.
    pub fn prepare(test: &mut Test) {
        test.launch.screen = true;
        test.launch.shared_tab = Some("Shared".into());
    }

    /// Makes something to share; `page` stays in front.
    pub async fn offer(test: &mut Test, page: &Page) -> Result<Self> {
        if test.browser() == Browser::Firefox {
            return Ok(Self(None));
        }
        let tab = page.new_tab().await?;
        tab.goto(&format!("{}/healthz", test.server()?.url()))
            .await?;
        tab.eval::<()>(MOVING).await?;
        page.show().await?;
        Ok(Self(Some(tab)))
    }

    /// Ends the sharing from outside the page.
    pub async fn end(self, page: &Page) -> Result<()> {
        if let Some(tab) = self.0 {
            return tab.close().await;
        }
        let windows = page
            .bidi()
            .send_raw("browsingContext.getTree", json!({ "moz:scope": "chrome" }))
            .await?;
        let window = windows["contexts"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|window| window["url"] == "chrome://browser/content/browser.xhtml")
            .context("Firefox has no window")?;
        let answer: Value = page
            .bidi()
            .send_raw(
                "script.callFunction",
                json!({
                    "functionDeclaration": STOP_SHARING,
                    "awaitPromise": true,
                    "target": { "context": window["context"] },
                }),
            )
            .await?;
        ensure!(
            answer["result"]["value"] == 1,
            "nothing was shared: {answer}"
        );
        Ok(())
    }
}
