//! What the library knows.

use super::link::Link;
use callreel_browser::recordings::{Page, Recording, Refused};
use callreel_engine::settings::Settings;

/// How the recordings are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By title.
    Title,
    /// The longest first.
    Longest,
    /// The largest first.
    Largest,
}

impl Sort {
    /// Every order, as the list has them.
    pub const ALL: [Self; 5] = [
        Self::Newest,
        Self::Oldest,
        Self::Title,
        Self::Longest,
        Self::Largest,
    ];

    /// What the server calls it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Newest => "-created",
            Self::Oldest => "created",
            Self::Title => "title",
            Self::Longest => "-duration",
            Self::Largest => "-size",
        }
    }

    /// The order of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.id() == id)
    }
}

/// How fast it is played, in quarters of the real speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u8);

impl Default for Speed {
    fn default() -> Self {
        Self(4)
    }
}

impl Speed {
    /// Every speed, as the list has them.
    pub const ALL: [Self; 7] = [
        Self(2),
        Self(3),
        Self(4),
        Self(5),
        Self(6),
        Self(8),
        Self(12),
    ];

    /// What it is called.
    pub const fn id(self) -> &'static str {
        match self.0 {
            2 => "0.5×",
            3 => "0.75×",
            5 => "1.25×",
            6 => "1.5×",
            8 => "2×",
            12 => "3×",
            _ => "1×",
        }
    }

    /// For a player.
    pub fn rate(self) -> f64 {
        f64::from(self.0) / 4.0
    }
}

/// How it stands with the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Standing {
    /// It was asked for.
    #[default]
    Loading,
    /// It is there.
    Ready,
    /// The browser has no owner key yet, so it has put nothing on a server.
    NoKey,
    /// It can't be had.
    Failed(Refused),
}

/// A recording that is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// What the server tells of it.
    pub recording: Recording,
    /// Whether the player follows it from where it is now.
    pub is_live: bool,
    /// The part of it that is played: one more whenever the player is to load another file.
    pub version: u32,
    /// Seconds to begin at.
    pub from: f64,
}

/// What is open over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// The owner key.
    Key,
    /// The link to a recording, by its id.
    Share(String),
}

/// What went well or badly, by the key of its sentence and what fills it.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The key.
    pub key: &'static str,
    /// What fills `%{1}`.
    pub with: String,
    /// Whether it needs a look.
    pub is_bad: bool,
}

/// Everything that the page shows.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What the person has chosen.
    pub settings: Settings,
    /// How it stands with the list.
    pub standing: Standing,
    /// The recordings that were fetched so far, and what goes with them.
    pub page: Page,
    /// Whether more of them are on their way.
    pub is_more_coming: bool,
    /// The words that are looked for.
    pub query: String,
    /// Their order.
    pub sort: Sort,
    /// The recording whose title is being written.
    pub renaming: Option<String>,
    /// What was deleted last and can be brought back.
    pub deleted: Option<Recording>,
    /// What is watched.
    pub watched: Option<Watched>,
    /// How fast it is played.
    pub speed: Speed,
    /// What the address asks for.
    pub link: Link,
    /// What the address asks for can't be shown.
    pub missing: Option<Refused>,
    /// What is open over the page.
    pub over: Option<Over>,
    /// What is to be said.
    pub said: Option<Said>,
}

impl State {
    /// The recording with this id, if it is known.
    pub fn recording(&self, id: &str) -> Option<&Recording> {
        let watched = self.watched.as_ref().map(|watched| &watched.recording);
        let mut known = self.page.recordings.iter().chain(watched);
        known.find(|recording| recording.id == id)
    }

    /// Takes what the server tells of a recording now.
    pub fn update(&mut self, new: &Recording) {
        let listed = &mut self.page.recordings;
        for known in listed.iter_mut().filter(|known| known.id == new.id) {
            known.clone_from(new);
        }
        if let Some(watched) = &mut self.watched
            && watched.recording.id == new.id
        {
            watched.recording.clone_from(new);
        }
    }

    /// Takes a recording off the list.
    pub fn remove(&mut self, id: &str) -> Option<Recording> {
        let listed = &mut self.page.recordings;
        let at = listed.iter().position(|known| known.id == id)?;
        self.page.total -= 1.0;
        Some(listed.remove(at))
    }

    /// Whether any of them is still being made or may go on.
    pub fn is_any_live(&self) -> bool {
        let watched = self.watched.as_ref().map(|watched| &watched.recording);
        let mut known = self.page.recordings.iter().chain(watched);
        known.any(|recording| recording.state != "complete")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(id: &str, state: &str) -> Recording {
        Recording {
            id: id.to_owned(),
            state: state.to_owned(),
            ..Recording::default()
        }
    }

    #[test]
    fn a_recording_is_updated_wherever_it_is_shown() {
        let mut state = State::default();
        state.page.recordings = vec![recording("a", "recording"), recording("b", "complete")];
        state.watched = Some(Watched {
            recording: recording("a", "recording"),
            is_live: true,
            version: 0,
            from: 0.0,
        });
        assert!(state.is_any_live());
        state.update(&recording("a", "complete"));
        assert!(!state.is_any_live());
        assert_eq!(state.page.recordings[0].state, "complete");
        assert_eq!(
            state.recording("a").map(|found| &*found.state),
            Some("complete")
        );
    }

    #[test]
    fn what_is_removed_is_given_back() {
        let mut state = State::default();
        state.page.recordings = vec![recording("a", "complete")];
        state.page.total = 1.0;
        assert_eq!(state.remove("b"), None);
        assert_eq!(state.remove("a"), Some(recording("a", "complete")));
        assert_eq!(state.page.total, 0.0);
    }

    #[test]
    fn orders_are_known_by_what_the_server_calls_them() {
        for sort in Sort::ALL {
            assert_eq!(Sort::from_id(sort.id()), Some(sort));
        }
        assert_eq!(Sort::from_id("random"), None);
    }
}
