//! A steady clock for pages nobody sees.
//!
//! In a hidden page `requestAnimationFrame` stops and timers crawl; a worker's timer goes on.

use futures_channel::oneshot;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Worker;

use crate::Listener;

#[wasm_bindgen(module = "/js/ticker.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = spawnTicker)]
    fn spawn_ticker() -> Result<Worker, wasm_bindgen::JsValue>;
}

/// Calls back at a steady pace until it is dropped.
#[must_use = "dropping it stops the clock"]
pub struct Ticker {
    worker: Worker,
    _listener: Listener,
}

impl Ticker {
    /// Calls `act` every `interval_ms`, hidden page or not.
    pub fn start(
        interval_ms: f64,
        mut act: impl FnMut() + 'static,
    ) -> Result<Self, crate::DomError> {
        let worker = spawn_ticker()?;
        let listener = Listener::new(&worker, "message", move |_| act());
        worker.post_message(&interval_ms.into())?;
        Ok(Self {
            worker,
            _listener: listener,
        })
    }
}

/// Waits `ms`, hidden page or not.
pub async fn sleep(ms: f64) -> Result<(), crate::DomError> {
    let (sender, slept) = oneshot::channel();
    let mut sender = Some(sender);
    let _ticker = Ticker::start(ms, move || {
        // Only the first tick counts; nobody may be waiting any more.
        let _ = sender.take().map(|sender| sender.send(()));
    })?;
    slept
        .await
        .map_err(|_| crate::DomError::new("AbortError", "the clock was stopped"))
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
