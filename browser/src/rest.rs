//! The rest of the app: code that a page does not start with. The build divides the wasm, and the
//! page's JavaScript has the function that loads the second part into the first.
//!
//! Where the wasm is whole, as a plain `trunk build` leaves it, there is nothing to load.

use std::{cell::Cell, mem::ManuallyDrop, pin::Pin};

use gloo::timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::DomError;

#[wasm_bindgen]
extern "C" {
    // The build writes it into the JavaScript beside the wasm, where nothing else sees it.
    #[wasm_bindgen(thread_local_v2, js_name = callreelRest)]
    static LOAD: Option<Function>;
}

/// How long after a failure the rest is asked for again, in ms.
const AGAIN_MS: u32 = 3_000;

thread_local! {
    static LOADED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the rest is there, so that code of it may run now.
#[must_use]
pub fn is_loaded() -> bool {
    LOADED.get()
}

/// Loads the rest, once; code of it runs only after this. What fails can be tried again.
pub async fn loaded() -> Result<(), DomError> {
    if LOADED.get() {
        return Ok(());
    }
    if let Some(load) = LOAD.with(Option::clone) {
        let loading = load.call0(&JsValue::UNDEFINED)?;
        JsFuture::from(Promise::resolve(&loading)).await?;
    }
    LOADED.set(true);
    Ok(())
}

/// Runs `work`, whose code is of the rest. `failed` hears when the rest can't be loaded; then
/// nothing of the work is done.
pub fn spawn(work: impl Future<Output = ()> + 'static, failed: impl FnOnce(DomError) + 'static) {
    spawn_boxed(Box::pin(in_the_rest(work)), Box::new(failed));
}

/// Runs `work`, whose code is of the rest, however often the rest has to be asked for.
pub fn spawn_patient(work: impl Future<Output = ()> + 'static) {
    let work: Work = Box::pin(in_the_rest(work));
    spawn_local(async move {
        while loaded().await.is_err() {
            TimeoutFuture::new(AGAIN_MS).await;
        }
        work.await;
    });
}

type Work = Pin<Box<dyn Future<Output = ()>>>;

fn spawn_boxed(work: Work, failed: Box<dyn FnOnce(DomError)>) {
    // What drops it is code of the rest too.
    let work = ManuallyDrop::new(work);
    spawn_local(async move {
        match loaded().await {
            Ok(()) => ManuallyDrop::into_inner(work).await,
            Err(error) => failed(error),
        }
    });
}

/// The build knows by this name what belongs to the rest.
async fn in_the_rest(work: impl Future<Output = ()>) {
    work.await;
}
