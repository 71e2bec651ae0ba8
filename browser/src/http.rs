//! Asking a server (Fetch).

use js_sys::JsString;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::{DomError, js, page::window};

/// A request under construction. Neither cookies nor a referrer go with it.
#[must_use]
pub struct Request {
    url: String,
    options: JsValue,
    headers: JsValue,
}

impl Request {
    /// A request of that method to an address, which may be relative to the page.
    pub fn new(method: &str, url: String) -> Self {
        let headers = js::object(&[]);
        let options = js::object(&[
            ("method", method.into()),
            ("headers", headers.clone()),
            ("credentials", "omit".into()),
            ("cache", "no-store".into()),
            ("referrerPolicy", "no-referrer".into()),
        ]);
        Self {
            url,
            options,
            headers,
        }
    }

    /// With a header; one that is not visible ASCII makes the request fail.
    pub fn header(self, name: &str, value: &str) -> Self {
        js::set(&self.headers, name, value);
        self
    }

    /// With an owner key.
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &["Bearer ", key].concat())
    }

    /// With a body of JSON.
    pub fn json(self, body: &str) -> Self {
        js::set(&self.options, "body", body);
        self.header("content-type", "application/json")
    }

    /// With a body of bytes that the browser reads as it sends them.
    pub fn blob(self, body: &Blob, mime: &str) -> Self {
        js::set(&self.options, "body", JsValue::from(body));
        self.header("content-type", mime)
    }

    /// Sends it. Fails where no answer came (network, or the server forbids it to this origin);
    /// whatever was answered is no failure here. Dropping what this returns takes the request back.
    pub async fn send(self) -> Result<Answer, DomError> {
        let controller = Abort::new()?;
        js::set(
            &self.options,
            "signal",
            js::get(&controller.controller, "signal"),
        );
        let arguments = [self.url.into(), self.options];
        let response = js::call_async(&window(), "fetch", &arguments).await?;
        Ok(Answer {
            status: js::number(&response, "status").unwrap_or(0.0) as u16,
            response,
            _abort: controller,
        })
    }
}

/// Ends its request on drop; one that is through is not hurt by that.
struct Abort {
    controller: JsValue,
}

impl Abort {
    fn new() -> Result<Self, DomError> {
        let class = js::get(&window(), "AbortController").into();
        let controller = js_sys::Reflect::construct(&class, &js_sys::Array::new())?;
        Ok(Self { controller })
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        let _ = js::call(&self.controller, "abort", &[]);
    }
}

/// What a server answered.
pub struct Answer {
    /// The status code (RFC 9110, section 15).
    pub status: u16,
    response: JsValue,
    _abort: Abort,
}

impl Answer {
    /// Whether the server did what was asked (2xx).
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's value, where this origin may read it.
    pub fn header(&self, name: &str) -> Option<String> {
        let headers = js::get(&self.response, "headers");
        js::call(&headers, "get", &[name.into()]).ok()?.as_string()
    }

    /// The whole body as text.
    pub async fn text(&self) -> Result<String, DomError> {
        let text = js::call_async(&self.response, "text", &[]).await?;
        Ok(JsString::from(text).into())
    }

    /// The whole body as a JavaScript value, `undefined` where it is no JSON.
    pub(crate) async fn value(&self) -> JsValue {
        let value = js::call_async(&self.response, "json", &[]).await;
        value.unwrap_or(JsValue::UNDEFINED)
    }

    /// The stable code of an error that a Callreel server answered with.
    pub async fn code(&self) -> String {
        js::text(&js::get(&self.value().await, "error"), "code").unwrap_or_default()
    }
}
