//! Which cameras, microphones and speakers there are, and which one to take.
//!
//! See Media Capture and Streams, section 9 (`enumerateDevices`).

use crate::constraints::{Bound, Facing};

/// What a device is for (`MediaDeviceKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// `videoinput`.
    Camera,
    /// `audioinput`.
    Microphone,
    /// `audiooutput`.
    Speaker,
}

impl DeviceKind {
    /// Every kind, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Camera, Self::Microphone, Self::Speaker];

    /// The word of the specification.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Camera => "videoinput",
            Self::Microphone => "audioinput",
            Self::Speaker => "audiooutput",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One device of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id for this origin; empty before permission.
    pub id: String,
    /// Shared by the parts of one physical device; may be empty.
    pub group_id: String,
    /// What it is for.
    pub kind: DeviceKind,
    /// Its name; empty before permission, then the page says "Camera 2" from `ordinal`.
    pub label: String,
    /// Its place among the devices of its kind, from 1; set by [`numbered`].
    pub ordinal: u32,
}

/// A device as it was when a person chose it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// Its id then.
    pub id: String,
    /// Its label then.
    pub label: String,
    /// Whether another will do where it can't be had.
    pub ideal: bool,
}

impl From<&Device> for Remembered {
    fn from(device: &Device) -> Self {
        Self {
            id: device.id.clone(),
            label: device.label.clone(),
            ideal: false,
        }
    }
}

/// What to use of a kind, and what to say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The device; `None` when there is none of the kind.
    pub device: Option<Device>,
    /// What the person should know.
    pub note: Option<ChoiceNote>,
}

impl Choice {
    /// The device as a constraint: exactly the chosen one, unless another will do. Before
    /// permission ids are empty, then the remembered one is only wished for, because it may be gone.
    #[must_use]
    pub fn bound(&self, remembered: Option<&Remembered>) -> Bound<String> {
        match (&self.device, remembered) {
            (Some(device), Some(Remembered { ideal: true, .. })) if !device.id.is_empty() => {
                Bound::Ideal(device.id.clone())
            }
            (Some(device), _) if !device.id.is_empty() => Bound::Exact(device.id.clone()),
            (Some(_), Some(remembered)) if !remembered.id.is_empty() => {
                Bound::Ideal(remembered.id.clone())
            }
            _ => Bound::None,
        }
    }
}

/// Something about a choice that the person did not ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChoiceNote {
    /// The remembered device is not there; the default one is used.
    RememberedGone {
        /// What the remembered device was called.
        label: String,
    },
}

/// Gives every device its place among its kind.
#[must_use]
pub fn numbered(mut list: Vec<Device>) -> Vec<Device> {
    for kind in DeviceKind::ALL {
        let of_kind = list.iter_mut().filter(|device| device.kind == kind);
        for (device, ordinal) in of_kind.zip(1..) {
            device.ordinal = ordinal;
        }
    }
    list
}

/// Chooses a device of a kind: the remembered one by id, else by label (ids are salted anew when
/// a person clears the site's data), else the first, which is the system's default.
///
/// Before permission the list hides ids and labels; then nothing can be said to be gone.
#[must_use]
pub fn choose(kind: DeviceKind, remembered: Option<&Remembered>, list: &[Device]) -> Choice {
    let of_kind = || list.iter().filter(|device| device.kind == kind);
    let default = of_kind().next();
    let is_known = |known: &&Remembered| !(known.id.is_empty() && known.label.is_empty());
    let Some(remembered) = remembered.filter(is_known) else {
        return Choice {
            device: default.cloned(),
            note: None,
        };
    };
    let found = of_kind()
        .find(|device| !device.id.is_empty() && device.id == remembered.id)
        .or_else(|| {
            of_kind().find(|device| !device.label.is_empty() && device.label == remembered.label)
        });
    let hidden = default.is_some() && of_kind().all(|device| device.id.is_empty());
    let note = (found.is_none() && !hidden).then(|| ChoiceNote::RememberedGone {
        label: remembered.label.clone(),
    });
    Choice {
        device: found.or(default).cloned(),
        note,
    }
}

/// What came and what went between two lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the new list only.
    pub added: Vec<Device>,
    /// In the old list only.
    pub removed: Vec<Device>,
}

/// Compares two lists. A list that hides its ids says nothing about which devices came or went,
/// so a permission being given is no change.
#[must_use]
pub fn diff(old: &[Device], new: &[Device]) -> Changes {
    let only_in = |list: &[Device], other: &[Device]| -> Vec<Device> {
        let missing = |device: &&Device| {
            let mut twins = other.iter().filter(|twin| twin.kind == device.kind);
            !device.id.is_empty()
                && twins.clone().all(|twin| !twin.id.is_empty())
                && twins.all(|twin| twin.id != device.id)
        };
        list.iter().filter(missing).cloned().collect()
    };
    Changes {
        added: only_in(new, old),
        removed: only_in(old, new),
    }
}

/// What the flip button asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flip {
    /// The camera that looks the other way.
    Facing(Facing),
    /// This camera.
    Camera(Device),
}

/// Where a flip leads, or `None` when there is only one camera. A phone has several cameras on
/// its back, so where the browser knows the direction a flip turns around; otherwise it goes to
/// the next camera of the list.
#[must_use]
pub fn flip(facing: Option<Facing>, current_id: &str, list: &[Device]) -> Option<Flip> {
    let cameras = || {
        list.iter()
            .filter(|device| device.kind == DeviceKind::Camera)
    };
    if cameras().count() < 2 {
        return None;
    }
    match facing {
        Some(Facing::User) => Some(Flip::Facing(Facing::Environment)),
        Some(Facing::Environment) => Some(Flip::Facing(Facing::User)),
        _ => {
            let place = cameras().position(|device| device.id == current_id);
            let next = place.map_or(0, |place| place + 1);
            cameras()
                .nth(next)
                .or_else(|| cameras().next())
                .cloned()
                .map(Flip::Camera)
        }
    }
}
