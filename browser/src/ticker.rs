//! A steady clock for pages nobody sees.
//!
//! In a hidden page `requestAnimationFrame` stops and timers crawl; a worker's timer goes on.

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
    pub fn start(interval_ms: f64, mut act: impl FnMut() + 'static) -> Result<Self, crate::DomError> {
        let worker = spawn_ticker()?;
        let listener = Listener::new(&worker, "message", move |_| act());
        worker.post_message(&interval_ms.into())?;
        Ok(Self {
            worker,
            _listener: listener,
        })
    }

    /// Changes the pace.
    pub fn set_interval(&self, interval_ms: f64) -> Result<(), crate::DomError> {
        Ok(self.worker.post_message(&interval_ms.into())?)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
