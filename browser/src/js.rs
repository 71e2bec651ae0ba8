//! The few places where a property is read by name: members that `web-sys` has no binding for,
//! or has only behind an unstable flag.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::DomError;

/// The property, or `undefined` where `target` has none or is no object.
pub fn get(target: &JsValue, key: &str) -> JsValue {
    // `Reflect.get` throws on what is no object.
    Reflect::get(target, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The property as a number, where it is one.
pub fn number(target: &JsValue, key: &str) -> Option<f64> {
    get(target, key).as_f64()
}

/// The property as a text, where it is one.
pub fn text(target: &JsValue, key: &str) -> Option<String> {
    get(target, key).as_string()
}

/// The property as a truth value, where it is one.
pub fn boolean(target: &JsValue, key: &str) -> Option<bool> {
    get(target, key).as_bool()
}

/// Sets a property of an object of our own; that can't fail.
pub fn set(target: &JsValue, key: &str, value: impl Into<JsValue>) {
    let set = Reflect::set(target, &key.into(), &value.into());
    debug_assert!(set.is_ok(), "{key} could not be set");
}

/// An object with these properties.
pub fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        set(&object, key, value.clone());
    }
    object.into()
}

/// Calls the method; a missing one is a `NotSupportedError`.
pub fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, DomError> {
    let function: Function = get(target, method)
        .dyn_into()
        .map_err(|_| DomError::new("NotSupportedError", method))?;
    Ok(Reflect::apply(
        &function,
        target,
        &arguments.iter().collect(),
    )?)
}

/// Calls a method that answers with a promise, and waits for it.
pub async fn call_async(
    target: &JsValue,
    method: &str,
    arguments: &[JsValue],
) -> Result<JsValue, DomError> {
    let promise = Promise::resolve(&call(target, method, arguments)?);
    Ok(JsFuture::from(promise).await?)
}
