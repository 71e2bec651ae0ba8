//! Which page an address means.
//!
//! Pages are links of their own, so leaving one gives back its camera and asks first while a take
//! is made. (yew-router was measured at 35 KB compressed, a quarter of what the app may weigh.)

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Devices, recording and takes.
    Studio,
    /// No page has this address.
    NotFound,
}

impl Route {
    /// The pages of the navigation, in its order.
    pub const NAVIGATION: [Self; 1] = [Self::Studio];

    /// The page at an address' path.
    pub fn at(path: &str) -> Self {
        // A folder's own page, wherever a static host has put it.
        match path.rsplit('/').next() {
            Some("" | "index.html") => Self::Studio,
            _ => Self::NotFound,
        }
    }

    /// The page that the browser shows.
    pub fn here() -> Self {
        let path = gloo::utils::window().location().pathname();
        path.map_or(Self::Studio, |path| Self::at(&path))
    }

    /// Where the app's own files are, as seen from the page: beside the studio, wherever a static
    /// host has put it; an address that is no page's can be any depth below a server's root.
    pub const fn base(self) -> &'static str {
        match self {
            Self::Studio => "./",
            Self::NotFound => "/",
        }
    }

    /// The key of the page's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Studio => "page.studio",
            Self::NotFound => "page.not_found",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_the_studio_and_anything_else_is_not_found() {
        for path in ["/", "/index.html", "/callreel/", "/callreel/index.html"] {
            assert_eq!(Route::at(path), Route::Studio, "{path}");
        }
        for path in ["/studio2", "/recordings/1", "/index.htm"] {
            assert_eq!(Route::at(path), Route::NotFound, "{path}");
        }
    }
}
