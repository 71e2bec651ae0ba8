//! A name that one page of the origin has at a time (Web Locks). The browser takes it back when the
//! page or the browser dies.

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Promise};
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::{DomError, js, page};

/// A name that is ours until it is dropped.
#[must_use = "dropping it gives the name back"]
pub struct Lock {
    release: Function,
}

impl Lock {
    /// Takes the name; `None` where another has it.
    pub async fn try_take(name: &str) -> Result<Option<Self>, DomError> {
        let (tell, told) = oneshot::channel();
        let granted = Closure::once(move |lock: JsValue| -> JsValue {
            let mut release = None;
            if !lock.is_null() {
                let held = Promise::new(&mut |resolve, _| release = Some(resolve));
                // Where nobody waits any more the sender drops the function, and the page's end
                // gives the name back.
                let _ = tell.send(release);
                return held.into();
            }
            let _ = tell.send(None);
            JsValue::UNDEFINED
        });
        let locks = js::get(&page::window().navigator(), "locks");
        let options = js::object(&[("ifAvailable", true.into())]);
        let arguments = [name.into(), options, granted.as_ref().clone()];
        let asked = Promise::resolve(&js::call(&locks, "request", &arguments)?);
        // The promise settles when the lock is given back, or at once where it is refused.
        match select(told, JsFuture::from(asked)).await {
            Either::Left((Ok(release), _)) => Ok(release.map(|release| Self { release })),
            Either::Right((Err(error), _)) => Err(error.into()),
            Either::Left((Err(_), _)) | Either::Right((Ok(_), _)) => Ok(None),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let released = self.release.call0(&JsValue::UNDEFINED);
        debug_assert!(released.is_ok(), "resolving a promise does not throw");
    }
}
