//! The page around a recording: visibility, leaving, sleep, disk space, downloads, settings.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Window};

use crate::{DomError, Listener, blob::ObjectUrl, http::Request, js};

pub(crate) fn window() -> Window {
    gloo::utils::window()
}

pub(crate) fn document() -> Document {
    gloo::utils::document()
}

/// Milliseconds since the page began, with fractions (`performance.now()`).
pub fn now() -> f64 {
    window()
        .performance()
        .map_or_else(js_sys::Date::now, |p| p.now())
}

/// Milliseconds since 1970 (UTC).
pub fn wall_clock() -> f64 {
    js_sys::Date::now()
}

/// True on https:// and on this machine's own addresses (Secure Contexts, section 3.1).
pub fn is_secure() -> bool {
    js::boolean(&window(), "isSecureContext").unwrap_or(false)
}

/// True in a frame of another page.
pub fn is_framed() -> bool {
    let window = window();
    js::get(&window, "top") != JsValue::from(window)
}

/// True in a frame of a page of another origin.
pub fn is_framed_by_other() -> bool {
    // A page may look at the frame that it is in only where the page around it is its own.
    is_framed() && js::get(&window(), "frameElement").is_null()
}

/// The page's address.
pub fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// The page's origin (HTML, section 7.1.1).
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// True while nobody sees the page.
pub fn is_hidden() -> bool {
    document().hidden()
}

/// Tells when the page is hidden or shown.
pub fn on_visibility(act: impl Fn(bool) + 'static) -> Listener {
    Listener::new(&document(), "visibilitychange", move |_| act(is_hidden()))
}

/// Tells when the window comes to the front.
pub fn on_focus(act: impl Fn() + 'static) -> Listener {
    Listener::new(&window(), "focus", move |_| act())
}

/// Tells when the person does something: browsers hold sound back until then (HTML, section 6.4,
/// activation).
pub fn on_gesture(act: impl Fn() + Clone + 'static) -> [Listener; 2] {
    ["pointerdown", "keydown"].map(|name| {
        let act = act.clone();
        Listener::new(&window(), name, move |_| act())
    })
}

/// Tells when the page is left or closed.
pub fn on_gone(act: impl Fn() + 'static) -> Listener {
    Listener::new(&window(), "pagehide", move |_| act())
}

/// Tells when the network is back, as far as the browser knows (HTML, section 8.9.1.4).
pub fn on_online(act: impl Fn() + 'static) -> Listener {
    Listener::new(&window(), "online", move |_| act())
}

/// Tells when the window has another size.
pub fn on_resize(act: impl Fn() + 'static) -> Listener {
    Listener::new(&window(), "resize", move |_| act())
}

/// Asks before the page is closed, until it is dropped (HTML, section 7.4.2.4).
#[must_use = "dropping it lets the page close without asking"]
pub struct LeaveGuard {
    _listener: Listener,
}

impl LeaveGuard {
    /// Starts guarding.
    pub fn new() -> Self {
        let options = gloo::events::EventListenerOptions::enable_prevent_default();
        Self {
            _listener: Listener::new_with_options(&window(), "beforeunload", options, |event| {
                event.prevent_default();
                js::set(event, "returnValue", true);
            }),
        }
    }
}

impl Default for LeaveGuard {
    fn default() -> Self {
        Self::new()
    }
}

/// Keeps the screen awake until it is dropped (Screen Wake Lock).
#[must_use = "dropping it lets the screen sleep"]
pub struct WakeLock {
    sentinel: JsValue,
}

impl WakeLock {
    /// Browsers take the lock back when the page is hidden; ask again when it is shown.
    pub async fn request() -> Result<Self, DomError> {
        let interface = js::get(&window().navigator(), "wakeLock");
        let sentinel = js::call_async(&interface, "request", &["screen".into()]).await?;
        Ok(Self { sentinel })
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        // The answer is a promise nobody needs: a lock that is gone already is what we want.
        let _ = js::call(&self.sentinel, "release", &[]);
    }
}

/// How much this origin may store and how much it does, in bytes (Storage, section 4.3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The most the browser says it would store.
    pub quota: f64,
    /// What is stored.
    pub usage: f64,
}

/// The browser's estimate of the room for this origin.
pub async fn storage_estimate() -> Result<Estimate, DomError> {
    let storage = js::get(&window().navigator(), "storage");
    let found = js::call_async(&storage, "estimate", &[]).await?;
    Ok(Estimate {
        quota: js::number(&found, "quota").unwrap_or(0.0),
        usage: js::number(&found, "usage").unwrap_or(0.0),
    })
}

/// Whether what is stored is kept until the person deletes it.
pub async fn is_persistent() -> bool {
    let storage = js::get(&window().navigator(), "storage");
    let kept = js::call_async(&storage, "persisted", &[]).await;
    kept.is_ok_and(|kept| kept == JsValue::TRUE)
}

/// Asks the browser to keep what is stored until the person deletes it; true where it will.
pub async fn ask_persistent() -> bool {
    let storage = js::get(&window().navigator(), "storage");
    let kept = js::call_async(&storage, "persist", &[]).await;
    kept.is_ok_and(|kept| kept == JsValue::TRUE)
}

/// Hands the file behind `url` to the browser's downloads under `file_name`. Keep the URL alive
/// until the download has begun.
pub fn download(url: &ObjectUrl, file_name: &str) -> Result<(), DomError> {
    let anchor: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(url.as_str());
    anchor.set_download(file_name);
    anchor.click();
    Ok(())
}

/// Puts text on the clipboard (Clipboard API, section 7.4); needs a click just before.
pub async fn copy_text(text: &str) -> Result<(), DomError> {
    let clipboard = js::get(&window().navigator(), "clipboard");
    js::call_async(&clipboard, "writeText", &[text.into()]).await?;
    Ok(())
}

/// The languages the person reads, best first (BCP 47).
pub fn languages() -> Vec<String> {
    window()
        .navigator()
        .languages()
        .iter()
        .filter_map(|tag| tag.as_string())
        .collect()
}

/// True on a device whose main pointer is a finger.
pub fn is_touch() -> bool {
    js::call(&window(), "matchMedia", &["(pointer: coarse)".into()])
        .is_ok_and(|query| js::boolean(&query, "matches") == Some(true))
}

/// The whole address of what is relative to the page.
pub fn absolute(address: &str) -> String {
    let base = window().location().href().unwrap_or_default();
    web_sys::Url::new_with_base(address, &base)
        .map_or_else(|_| address.to_owned(), |url| url.href())
}

/// The path of the page's address, as it is written there.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Another path for the page that is shown, in the place of the one it has.
pub fn replace_path(path: &str) {
    let query = window().location().search().unwrap_or_default();
    if let Ok(history) = window().history() {
        let kept = history.state().unwrap_or(JsValue::NULL);
        // Refused only where the page has no origin of its own.
        let _ = history.replace_state_with_url(&kept, "", Some(&[path, &query].concat()));
    }
}

/// The secret of that name that the page's address brought, in its fragment or its query. It is
/// taken out of the address, so that no `Referer`, no copied link and no picture of the window
/// passes it on, and kept with this entry of the history, so that a reload still has it.
pub fn take_secret(name: &str) -> Option<String> {
    let history = window().history().ok()?;
    let location = window().location();
    let mut secret = None;
    let mut address = location.pathname().ok()?;
    for (sign, part) in [("?", location.search()), ("#", location.hash())] {
        let part = part.unwrap_or_default();
        let members = part.strip_prefix(sign).unwrap_or_default();
        let parameters = web_sys::UrlSearchParams::new_with_str(members).ok()?;
        let rest = match parameters.get(name) {
            Some(found) => {
                secret = Some(found);
                parameters.delete(name);
                String::from(parameters.to_string())
            }
            None => members.to_owned(),
        };
        if !rest.is_empty() {
            address.push_str(sign);
            address.push_str(&rest);
        }
    }
    match &secret {
        Some(secret) => {
            // Refused only where the page has no origin of its own; then it is there again.
            let _ = history.replace_state_with_url(&secret.into(), "", Some(&address));
        }
        None => secret = history.state().ok()?.as_string(),
    }
    secret.filter(|secret| !secret.is_empty())
}

/// Text as a part of a path (RFC 3986, section 2.1).
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The text of a part of a path; as it is where it is no text.
pub fn decode(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), Into::into)
}

/// Shows an element on all of the screen, or no longer (Fullscreen API); needs a click just before.
pub fn toggle_full_screen(element: &web_sys::Element) {
    let document = document();
    let shown = js::get(&document, "fullscreenElement").is_object();
    // Phones that can't have no such method, or refuse.
    let _ = match shown {
        true => js::call(&document, "exitFullscreen", &[]),
        false => js::call(element, "requestFullscreen", &[]),
    };
}

/// True where a video can be shown in a window over all others (Picture-in-Picture).
pub fn can_float() -> bool {
    js::boolean(&document(), "pictureInPictureEnabled") == Some(true)
}

/// Shows a video in a window over all others, or no longer; needs a click just before.
pub fn toggle_float(video: &web_sys::Element) {
    let document = document();
    let shown = js::get(&document, "pictureInPictureElement").is_object();
    // A picture that has not come yet can't be shown.
    let _ = match shown {
        true => js::call(&document, "exitPictureInPicture", &[]),
        false => js::call(video, "requestPictureInPicture", &[]),
    };
}

/// A text kept for this origin, or `None` where there is none or storage is refused.
pub fn stored(key: &str) -> Option<String> {
    use gloo::storage::{LocalStorage, Storage};
    LocalStorage::raw().get_item(key).ok().flatten()
}

/// Keeps a text for this origin; false where storage is refused or full.
pub fn store(key: &str, value: &str) -> bool {
    use gloo::storage::{LocalStorage, Storage};
    LocalStorage::raw().set_item(key, value).is_ok()
}

/// Sets the document's language, title and an attribute for the theme.
pub fn set_document(language: &str, title: &str, theme: Option<&str>) {
    let document = document();
    document.set_title(title);
    if let Some(root) = document.document_element() {
        let set = root.set_attribute("lang", language);
        debug_assert!(set.is_ok(), "lang is a valid attribute name");
        let themed = match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
        debug_assert!(themed.is_ok(), "data-theme is a valid attribute name");
    }
}

/// The local date and time of a moment (ms since 1970): year, month 1–12, day, hour, minute,
/// second.
pub fn local_time(at_ms: f64) -> [u32; 6] {
    let date = js_sys::Date::new(&at_ms.into());
    [
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
    ]
}

/// A random id of 128 bits as 32 hexadecimal digits.
pub fn random_id() -> Result<String, DomError> {
    random_hex(16)
}

/// So many random bytes in hexadecimal digits, from the browser's source for secrets (Web
/// Cryptography, section 10.1.1).
pub(crate) fn random_hex(bytes: u32) -> Result<String, DomError> {
    let crypto = js::get(&window(), "crypto");
    let array = js_sys::Uint8Array::new_with_length(bytes);
    js::call(&crypto, "getRandomValues", &[array.clone().into()])?;
    let mut text = String::new();
    for byte in array.to_vec() {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    Ok(text)
}

/// Whom the Callreel server at `base` ("" for the page's own) takes recordings from, as its
/// `/healthz` says it; `None` where none answers.
pub async fn server_uploads(base: &str) -> Option<String> {
    let url = [base.trim_end_matches('/'), "/healthz"].concat();
    let answer = Request::new("GET", url).send().await.ok()?;
    let body = answer.is_ok().then_some(answer.value().await)?;
    let is_callreel = js::text(&body, "status").as_deref() == Some("ok");
    is_callreel.then(|| js::text(&body, "uploads").unwrap_or_default())
}

/// Whether the server at `base` lets this page read what it gives to its own pages and to those of
/// origins that its host allowed.
pub async fn server_knows_origin(base: &str) -> bool {
    let url = [base.trim_end_matches('/'), "/api/ice"].concat();
    Request::new("GET", url).send().await.is_ok()
}

/// From 0 to 1, for what need not be secret.
pub fn random() -> f64 {
    js_sys::Math::random()
}
