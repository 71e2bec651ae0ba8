//! Why a camera, a microphone or a screen was refused, and what a person can do about it.
//!
//! See Media Capture and Streams, section 10.2 (`getUserMedia`), and Screen Capture,
//! section 5.1 (`getDisplayMedia`).

mod classify;

pub use classify::classify;

/// What was asked for when the refusal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A camera, alone or with a microphone.
    Camera,
    /// A microphone alone.
    Microphone,
    /// A screen, a window or a tab.
    Screen,
}

/// What the Permissions interface said after the refusal (`PermissionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionState {
    /// The browser would allow it.
    Granted,
    /// The browser blocks it for this page.
    Denied,
    /// The browser would ask.
    Prompt,
}

/// What is known about the page when the refusal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// What was asked for.
    pub asked: Asked,
    /// `isSecureContext`.
    pub secure: bool,
    /// Whether `navigator.mediaDevices` and the method exist.
    pub has_interface: bool,
    /// Whether the permissions policy of the embedding page allows it; `None` when the browser
    /// has no way to tell.
    pub policy_allows: Option<bool>,
    /// What the Permissions interface says; `None` when it does not know this permission.
    pub permission: Option<PermissionState>,
}

/// An exception as JavaScript threw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// `DOMException.name`.
    pub name: String,
    /// `DOMException.message`.
    pub message: String,
    /// `OverconstrainedError.constraint`.
    pub constraint: Option<String>,
}

/// The total list of refusals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaFailure {
    /// A person said no, now or earlier.
    PermissionDeniedByPerson,
    /// The operating system does not let the browser at the device.
    PermissionDeniedBySystem,
    /// The page that embeds this one does not pass the permission on.
    DeniedByPagePolicy,
    /// There is no such device.
    NoDevice,
    /// Another program holds the device, or its driver failed.
    DeviceBusy,
    /// A demand can't be met.
    Overconstrained {
        /// The name of the constraint; empty where the browser hides it.
        constraint: String,
    },
    /// The page came over plain HTTP from another machine.
    InsecureOrigin,
    /// The browser has no such interface.
    Unsupported,
    /// The question was closed without an answer, or no screen was picked.
    Dismissed,
    /// The browser insists on a click just before (transient activation).
    NeedsClick,
    /// The browser gave up for reasons of its own.
    Aborted,
    /// The device did not start in time.
    Timeout,
    /// None of these.
    Other {
        /// `DOMException.name`.
        name: String,
        /// `DOMException.message`.
        message: String,
    },
}

/// Something a person can do; the page shows each as a button or a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Ask again.
    TryAgain,
    /// Allow it in the browser's settings for this page.
    OpenBrowserSettings,
    /// Allow the browser in the system's privacy settings.
    OpenSystemSettings,
    /// Take another device.
    ChooseOtherDevice,
    /// Plug a device in.
    ConnectDevice,
    /// Close the program that holds the device.
    CloseOtherApps,
    /// Take the nearest that works.
    UseNearest,
    /// Open the page over HTTPS, or on the machine itself.
    OpenOverHttps,
    /// Use another browser.
    UseOtherBrowser,
    /// For the author of the embedding page: `<iframe allow="camera; microphone; …">`.
    AddAllowAttribute,
}

impl MediaFailure {
    /// A stable word for the page's translations, for events and for tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PermissionDeniedByPerson => "permission_denied_by_person",
            Self::PermissionDeniedBySystem => "permission_denied_by_system",
            Self::DeniedByPagePolicy => "denied_by_page_policy",
            Self::NoDevice => "no_device",
            Self::DeviceBusy => "device_busy",
            Self::Overconstrained { .. } => "overconstrained",
            Self::InsecureOrigin => "insecure_origin",
            Self::Unsupported => "unsupported",
            Self::Dismissed => "dismissed",
            Self::NeedsClick => "needs_click",
            Self::Aborted => "aborted",
            Self::Timeout => "timeout",
            Self::Other { .. } => "other",
        }
    }

    /// What a person can do, the most promising first; never empty.
    #[must_use]
    pub const fn ways_out(&self) -> &'static [WayOut] {
        match self {
            Self::PermissionDeniedByPerson => &[WayOut::OpenBrowserSettings, WayOut::TryAgain],
            Self::PermissionDeniedBySystem => &[WayOut::OpenSystemSettings, WayOut::TryAgain],
            Self::DeniedByPagePolicy => &[WayOut::AddAllowAttribute],
            Self::NoDevice => &[WayOut::ConnectDevice, WayOut::TryAgain],
            Self::DeviceBusy => &[
                WayOut::CloseOtherApps,
                WayOut::TryAgain,
                WayOut::ChooseOtherDevice,
            ],
            Self::Overconstrained { .. } => &[WayOut::UseNearest, WayOut::ChooseOtherDevice],
            Self::InsecureOrigin => &[WayOut::OpenOverHttps],
            Self::Unsupported => &[WayOut::UseOtherBrowser],
            Self::Dismissed | Self::NeedsClick | Self::Aborted => &[WayOut::TryAgain],
            Self::Timeout => &[WayOut::TryAgain, WayOut::ChooseOtherDevice],
            Self::Other { .. } => &[WayOut::TryAgain, WayOut::UseOtherBrowser],
        }
    }
}
