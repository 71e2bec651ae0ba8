//! The way into a room: who is there, what its host wants to see, and back out of the way.

use callreel_browser::{http::Request, page};
use callreel_engine::call::{Entry, Input, inside};

use super::{
    controller::{NAME_KEY, Room},
    state::{Message, Phase},
};

impl Room {
    /// Looks who is inside.
    pub(super) async fn peek(&self) {
        let url = {
            let state = self.state();
            let server = state.settings.server.as_deref().unwrap_or_default();
            let server = server.trim_end_matches('/');
            [server, "/api/rooms/", &page::encode(&state.room)].concat()
        };
        let mut request = Request::new("GET", url);
        if let Some(token) = self.token() {
            request = request.key(&token);
        }
        let inside = match request.send().await {
            Ok(answer) if answer.is_ok() => answer.text().await.ok().map(|text| inside(&text)),
            _ => None,
        };
        if self.state().inside != inside {
            self.update(|state| state.inside = inside);
        }
    }

    /// What the host wants to see before it lets anybody in, as it is now: it runs out, and whoever
    /// wants to stay gets another one.
    pub(super) fn token(&self) -> Option<String> {
        match self.embedder() {
            Some(embedder) => embedder.token(),
            None => page::take_secret("token"),
        }
    }

    /// Joins the room of this name, as the person of this name.
    pub fn join(&self, room: &str, name: &str) {
        let room = room.trim();
        let room = if room.is_empty() {
            super::name::propose()
        } else {
            room.to_owned()
        };
        let name = name.trim().to_owned();
        self.keep(NAME_KEY, &name);
        if self.embedder().is_none() {
            // Before the path is another: the token stands in the address, and is kept.
            self.token();
            page::replace_path(&super::name::to_path(&room));
        }
        self.update(|state| {
            state.room.clone_from(&room);
            state.name.clone_from(&name);
            state.phase = Phase::Entering;
        });
        self.start_listening();
        self.input(Input::Enter(Entry { room, name }));
    }

    /// Gives up the way in.
    pub fn cancel(&self) {
        self.input(Input::Leave);
        self.update(|state| state.phase = Phase::Green);
    }

    /// Back to the green room.
    pub fn again(&self) {
        self.update(|state| state.phase = Phase::Green);
        self.spawn(|room| async move { room.open_if_allowed().await });
    }

    /// One is in, or back again: what was said of the way is over.
    pub(super) fn entered(&self, lacks_relay: bool) {
        self.update(|state| {
            state.phase = Phase::In;
            state.lost = false;
            state.notices.retain(|notice| !notice.what.is_of_the_way());
        });
        if lacks_relay {
            self.once(Message::NoRelay);
        }
        self.load_rest();
    }

    /// The server does not answer; it is asked again until it does.
    pub(super) fn unreachable(&self) {
        match self.0.embedder.clone() {
            Some(embedder) => embedder.cannot_reach(),
            None => self.once(Message::Unreachable),
        }
    }

    /// Says something that is not said yet.
    pub(super) fn once(&self, message: Message) {
        let is_said = self.state().notices.iter().any(|n| n.what == message);
        if !is_said {
            self.say(message);
        }
    }
}
