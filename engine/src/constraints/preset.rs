//! The usual picture sizes.

use super::{Bound, VideoRequest};

/// A picture size to pick from a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Whatever the browser likes.
    #[default]
    Auto,
    /// 320 × 240.
    Qvga,
    /// 640 × 480.
    Vga,
    /// 1280 × 720.
    Hd,
    /// 1920 × 1080.
    FullHd,
    /// 2560 × 1440.
    Qhd,
    /// 3840 × 2160.
    Uhd,
    /// The width and height of the request, as somebody wrote them.
    Custom,
}

impl Preset {
    /// Every choice, in the order of the list.
    pub const ALL: [Self; 8] = [
        Self::Auto,
        Self::Qvga,
        Self::Vga,
        Self::Hd,
        Self::FullHd,
        Self::Qhd,
        Self::Uhd,
        Self::Custom,
    ];

    /// A stable word for storage and for the page's translations.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Qvga => "qvga",
            Self::Vga => "vga",
            Self::Hd => "hd",
            Self::FullHd => "full-hd",
            Self::Qhd => "qhd",
            Self::Uhd => "uhd",
            Self::Custom => "custom",
        }
    }

    /// The choice of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// The usual English name; sizes are the same in every language.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Auto => "Auto",
            Self::Qvga => "QVGA 320 × 240",
            Self::Vga => "VGA 640 × 480",
            Self::Hd => "HD 1280 × 720",
            Self::FullHd => "Full HD 1920 × 1080",
            Self::Qhd => "1440p 2560 × 1440",
            Self::Uhd => "4K 3840 × 2160",
            Self::Custom => "Custom",
        }
    }

    /// Width and height in pixels, where the choice has them.
    #[must_use]
    pub const fn size(self) -> Option<(u32, u32)> {
        match self {
            Self::Auto | Self::Custom => None,
            Self::Qvga => Some((320, 240)),
            Self::Vga => Some((640, 480)),
            Self::Hd => Some((1280, 720)),
            Self::FullHd => Some((1920, 1080)),
            Self::Qhd => Some((2560, 1440)),
            Self::Uhd => Some((3840, 2160)),
        }
    }

    /// Writes the size into a request, as the ideal one: a camera without it gives its nearest
    /// instead of a refusal. `Custom` leaves the request as it is.
    pub fn apply(self, request: &mut VideoRequest) {
        match (self, self.size()) {
            (Self::Custom, _) => {}
            (_, Some((width, height))) => {
                request.width = Bound::Ideal(width);
                request.height = Bound::Ideal(height);
            }
            (_, None) => {
                request.width = Bound::None;
                request.height = Bound::None;
            }
        }
    }

    /// The choice that a request stands for.
    #[must_use]
    pub fn of(request: &VideoRequest) -> Self {
        let same = |preset: &Self| {
            let mut twin = request.clone();
            preset.apply(&mut twin);
            *preset != Self::Custom && twin == *request
        };
        Self::ALL.into_iter().find(same).unwrap_or(Self::Custom)
    }
}
