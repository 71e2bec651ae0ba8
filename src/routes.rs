//! Which page an address means.
//!
//! Pages are links of their own, each with a build of the app that has no other page in it, so
//! leaving one gives back its camera and asks first while a take is made. (yew-router was measured
//! at 35 KB compressed, a quarter of what the app may weigh.)

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Devices, recording and takes.
    Studio,
    /// The recordings on the server.
    Library,
    /// One recording, for whoever has its link.
    Watch,
    /// A call.
    Room,
    /// A call from the page to itself, step by step.
    Lab,
    /// No page has this address.
    NotFound,
}

impl Route {
    /// The pages of the navigation, in its order.
    pub const NAVIGATION: [Self; 4] = [Self::Studio, Self::Room, Self::Library, Self::Lab];

    /// The page at an address' path.
    pub fn at(path: &str) -> Self {
        // A folder's own page, wherever a static host has put it.
        let folder = path.strip_suffix("index.html").unwrap_or(path);
        let is = |page: &str| folder.trim_end_matches('/').ends_with(page);
        match () {
            () if path.contains("/room/") || is("/room") => Self::Room,
            () if is("/library") => Self::Library,
            () if is("/lab") => Self::Lab,
            () if is("/watch") => Self::Watch,
            () if folder.ends_with('/') => Self::Studio,
            () => Self::NotFound,
        }
    }

    /// The page that the browser shows.
    pub fn here() -> Self {
        let path = gloo::utils::window().location().pathname();
        path.map_or(Self::Studio, |path| Self::at(&path))
    }

    /// Where the app's own files are, as seen from the page, wherever a static host has put it; an
    /// address that is no page's can be any depth below a server's root.
    pub const fn base(self) -> &'static str {
        match self {
            Self::Studio => "./",
            Self::Library | Self::Watch | Self::Lab => "../",
            // Rooms need a server, and their names are below its root.
            Self::Room | Self::NotFound => "/",
        }
    }

    /// Its folder below [`base`](Self::base).
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Library => "library/",
            Self::Watch => "watch/",
            Self::Room => "room/",
            Self::Lab => "lab/",
            Self::Studio | Self::NotFound => "",
        }
    }

    /// The address of another page, as seen from this one.
    pub fn to(self, other: Self) -> String {
        [self.base(), other.folder()].concat()
    }

    /// The address of a recording's own page for its owner, as seen from this page.
    pub fn to_recording(self, id: &str) -> String {
        [&*self.to(Self::Library), "#", id].concat()
    }

    /// The key of the page's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Studio => "page.studio",
            Self::Library => "page.library",
            Self::Watch => "page.watch",
            Self::Room => "page.room",
            Self::Lab => "page.lab",
            Self::NotFound => "page.not_found",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_pages_wherever_a_host_has_put_them() {
        for (path, route) in [
            ("/", Route::Studio),
            ("/index.html", Route::Studio),
            ("/callreel/", Route::Studio),
            ("/callreel/index.html", Route::Studio),
            ("/library", Route::Library),
            ("/library/", Route::Library),
            ("/callreel/library/index.html", Route::Library),
            ("/watch/", Route::Watch),
            ("/lab", Route::Lab),
            ("/callreel/lab/index.html", Route::Lab),
            ("/room", Route::Room),
            ("/room/", Route::Room),
            ("/room/kitchen", Route::Room),
            ("/room/a.b", Route::Room),
            ("/room/library", Route::Room),
            ("/mushroom", Route::NotFound),
            ("/studio2", Route::NotFound),
            ("/mylibrary", Route::NotFound),
            ("/slab", Route::NotFound),
            ("/library/1", Route::NotFound),
            ("/recordings/1", Route::NotFound),
            ("/index.htm", Route::NotFound),
        ] {
            assert_eq!(Route::at(path), route, "{path}");
        }
    }

    #[test]
    fn a_page_links_to_another() {
        assert_eq!(Route::Studio.to(Route::Library), "./library/");
        assert_eq!(Route::Library.to(Route::Studio), "../");
        assert_eq!(Route::Lab.to(Route::Room), "../room/");
        assert_eq!(Route::Studio.to_recording("ab"), "./library/#ab");
        assert_eq!(Route::Library.to_recording("ab"), "../library/#ab");
    }
}
