//! A steady clock for pages nobody sees.
//!
//! In a hidden page `requestAnimationFrame` stops and timers crawl; a worker's timer goes on.

use std::{cell::RefCell, rc::Rc};

use futures_channel::oneshot;
use gloo::timers::{callback::Interval, future::TimeoutFuture};
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
    _listeners: [Listener; 2],
    _instead: Rc<RefCell<Option<Interval>>>,
}

impl Ticker {
    /// Calls `act` every `interval_ms`, hidden page or not; by the page's own timer where the worker
    /// can't be loaded, as when the server is away.
    pub fn start(interval_ms: f64, act: impl FnMut() + 'static) -> Result<Self, crate::DomError> {
        let worker = spawn_ticker()?;
        let act = Rc::new(RefCell::new(act));
        let ticks = {
            let act = Rc::clone(&act);
            Listener::new(&worker, "message", move |_| (act.borrow_mut())())
        };
        let instead = Rc::new(RefCell::new(None));
        let fails = {
            let instead = Rc::clone(&instead);
            Listener::new(&worker, "error", move |_| {
                let act = Rc::clone(&act);
                let tick = move || (act.borrow_mut())();
                *instead.borrow_mut() = Some(Interval::new(interval_ms as u32, tick));
            })
        };
        worker.post_message(&interval_ms.into())?;
        Ok(Self {
            worker,
            _listeners: [ticks, fails],
            _instead: instead,
        })
    }
}

/// Waits `ms`, hidden page or not. Where the worker does not come, the page's own timer does.
pub async fn sleep(ms: f64) {
    let (sender, slept) = oneshot::channel();
    let mut sender = Some(sender);
    let ticker = Ticker::start(ms, move || {
        // Only the first tick counts; nobody may be waiting any more.
        let _ = sender.take().map(|sender| sender.send(()));
    });
    let timer = TimeoutFuture::new(ms as u32);
    match ticker {
        Ok(_ticker) => drop(futures_util::future::select(slept, timer).await),
        Err(_) => timer.await,
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
