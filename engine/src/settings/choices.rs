//! The choices of the studio that come from a fixed list.

/// What is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Camera and microphone.
    #[default]
    Camera,
    /// Screen, with the system's sound where offered.
    Screen,
    /// Screen with the camera as a picture in it.
    ScreenWithCamera,
    /// Microphone only.
    Microphone,
}

impl Source {
    /// Every source, in the order of the list.
    pub const ALL: [Self; 4] = [
        Self::Camera,
        Self::Screen,
        Self::ScreenWithCamera,
        Self::Microphone,
    ];

    /// A stable word for storage and for the page's translations.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::ScreenWithCamera => "screen-with-camera",
            Self::Microphone => "microphone",
        }
    }

    /// The source of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.id() == id)
    }

    /// Whether the camera is on.
    #[must_use]
    pub const fn uses_camera(self) -> bool {
        matches!(self, Self::Camera | Self::ScreenWithCamera)
    }

    /// Whether the screen is captured.
    #[must_use]
    pub const fn uses_screen(self) -> bool {
        matches!(self, Self::Screen | Self::ScreenWithCamera)
    }
}

/// What happens to the pixels, in the preview, in snapshots and in the recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Nothing; the track is recorded directly.
    #[default]
    None,
    /// Blurred.
    Blur,
    /// Without colour.
    Grayscale,
    /// Inverted colours.
    Invert,
    /// Brownish, like an old photograph.
    Sepia,
}

impl Filter {
    /// Every filter, in the order of the list.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Blur,
        Self::Grayscale,
        Self::Invert,
        Self::Sepia,
    ];

    /// A stable word for storage and for the page's translations.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Blur => "blur",
            Self::Grayscale => "grayscale",
            Self::Invert => "invert",
            Self::Sepia => "sepia",
        }
    }

    /// The filter of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.id() == id)
    }

    /// What `CanvasRenderingContext2D.filter` is set to.
    #[must_use]
    pub const fn css(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Blur => "blur(8px)",
            Self::Grayscale => "grayscale(1)",
            Self::Invert => "invert(1)",
            Self::Sepia => "sepia(1)",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the list.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// A stable word for storage and for the page's translations.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.id() == id)
    }
}
