//! Keeps the player at the live edge while something is watched as it is made.

use std::{
    cell::{Cell, RefCell},
    rc::Weak,
};

use super::{controller::Library, state::State};
use callreel_browser::{page, player};
use callreel_engine::edge::{Edge, FASTER, Look, Pace};
use gloo::timers::callback::Interval;

/// The player is looked at this often, in ms.
const LOOK_EVERY_MS: u32 = 250;

/// How the player is doing on its way to the edge.
#[derive(Default)]
pub struct Following {
    /// The recording and the version of it: another one begins anew.
    of: RefCell<Option<(String, u32)>>,
    edge: RefCell<Edge>,
    is_faster: Cell<bool>,
}

impl Following {
    /// How fast it is to play: as the person wants, and faster while it catches up.
    pub fn rate(&self, state: &State) -> f64 {
        match self.is_faster.get() {
            true => state.speed.rate() * FASTER,
            false => state.speed.rate(),
        }
    }

    /// Forgets what it knows if something else is watched now; whether anything is, at its edge.
    fn turn_to(&self, state: &State) -> bool {
        let live = state.watched.as_ref().filter(|watched| watched.is_live);
        let mut of = self.of.borrow_mut();
        let is_same = match (&*of, live) {
            (Some((id, version)), Some(now)) => (id, *version) == (&now.recording.id, now.version),
            (of, now) => of.is_none() && now.is_none(),
        };
        if !is_same {
            *of = live.map(|now| (now.recording.id.clone(), now.version));
            *self.edge.borrow_mut() = Edge::default();
            self.is_faster.set(false);
        }
        of.is_some()
    }
}

/// Looks at the player as long as the library is there.
pub fn keep(library: Weak<Library>) -> Interval {
    Interval::new(LOOK_EVERY_MS, move || {
        if let Some(library) = library.upgrade() {
            look(&library);
        }
    })
}

fn look(library: &Library) {
    let following = &library.following;
    let state = library.state.borrow();
    let (true, Some(video)) = (following.turn_to(&state), library.video()) else {
        return;
    };
    let pace = following.edge.borrow_mut().look(Look {
        now_ms: page::now(),
        ahead_ms: player::ahead(&video) * 1_000.0,
        is_paused: video.paused(),
        is_starved: player::is_starved(&video),
    });
    if pace == Pace::Rejoin {
        player::load_again(&video);
    }
    let is_faster = pace == Pace::Faster;
    if following.is_faster.replace(is_faster) != is_faster {
        video.set_playback_rate(following.rate(&state));
    }
}
