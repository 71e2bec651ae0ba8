//! Which cameras, microphones and speakers there are (Media Capture and Streams, section 9).

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices};

use crate::{DomError, Listener, js, page};

/// One device as the browser names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Device {
    /// Stable for this origin until the person clears its data; empty before any permission.
    pub id: String,
    /// The same for a camera and the microphone in one housing.
    pub group_id: String,
    /// What it is.
    pub kind: Kind,
    /// Empty before any permission.
    pub label: String,
}

/// `MediaDeviceKind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Camera,
    Microphone,
    Speaker,
}

/// The devices, as many as the page may know about.
pub async fn enumerate() -> Result<Vec<Device>, DomError> {
    let listed = JsFuture::from(interface()?.enumerate_devices()?).await?;
    Ok(js_sys::Array::from(&listed)
        .iter()
        .map(|info| {
            let info: MediaDeviceInfo = info.unchecked_into();
            Device {
                id: info.device_id(),
                group_id: info.group_id(),
                kind: match info.kind() {
                    MediaDeviceKind::Videoinput => Kind::Camera,
                    MediaDeviceKind::Audiooutput => Kind::Speaker,
                    _ => Kind::Microphone,
                },
                label: info.label(),
            }
        })
        .collect())
}

/// Tells when a device comes or goes.
pub fn on_change(mut act: impl FnMut() + 'static) -> Result<Listener, DomError> {
    let media = interface()?;
    Ok(Listener::new(&media, "devicechange", move |_| act()))
}

/// The names of the constraints that the browser knows (`getSupportedConstraints`).
pub fn supported_constraints() -> Vec<String> {
    let Ok(media) = interface() else {
        return Vec::new();
    };
    let supported = js::call(&media, "getSupportedConstraints", &[]).unwrap_or_default();
    js_sys::Object::keys(supported.unchecked_ref::<js_sys::Object>())
        .iter()
        .filter_map(|name| name.as_string())
        .filter(|name| js::boolean(&supported, name) == Some(true))
        .collect()
}

/// True where the browser offers camera and microphone to this page.
pub fn available() -> bool {
    interface().is_ok()
}

/// True where the browser lets a page ask for a screen.
pub fn can_share_screen() -> bool {
    interface().is_ok_and(|media| js::get(&media, "getDisplayMedia").is_function())
}

/// `navigator.mediaDevices`, which is missing on an insecure origin.
pub(crate) fn interface() -> Result<MediaDevices, DomError> {
    let media = js::get(&page::window().navigator(), "mediaDevices");
    media
        .dyn_into()
        .map_err(|_: JsValue| DomError::new("NotSupportedError", "mediaDevices"))
}

/// What the page may use, as far as the browser tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The person has said yes.
    Granted,
    /// The person has said no, and will not be asked again.
    Denied,
    /// The person will be asked.
    Prompt,
}

/// The state of the permission `name` ("camera", "microphone"; Permissions, section 6);
/// `None` where the browser doesn't know the name.
pub async fn permission(name: &str) -> Option<Permission> {
    let permissions = js::get(&page::window().navigator(), "permissions");
    let descriptor = js::object(&[("name", name.into())]);
    let status = js::call_async(&permissions, "query", &[descriptor])
        .await
        .ok()?;
    match js::text(&status, "state")?.as_str() {
        "granted" => Some(Permission::Granted),
        "denied" => Some(Permission::Denied),
        _ => Some(Permission::Prompt),
    }
}

/// Whether the embedding page's policy lets this page use `feature` ("camera", "microphone",
/// "display-capture"; Permissions Policy, section 9.2); `None` where the browser doesn't tell.
pub fn policy_allows(feature: &str) -> Option<bool> {
    let document = page::document();
    ["featurePolicy", "permissionsPolicy"]
        .iter()
        .find_map(|member| {
            js::call(
                &js::get(&document, member),
                "allowsFeature",
                &[feature.into()],
            )
            .ok()?
            .as_bool()
        })
}
