//! What people tell each other over their connections, and who speaks.

use callreel_browser::{page, peer::PeerConnection};
use callreel_engine::call::{Input, Key, lines::Lines, talk::Talk};

use super::{controller::Room, peers::Link, shared::Said, state::Message};

/// Louder than this speaks: root mean square, 0 to 1.
const SPEAKS: f64 = 0.02;
/// Who has been quiet for this long, in ms, does not speak any more.
const QUIET_MS: f64 = 700.0;
/// One reaction of a person's is shown in so many ms.
const REACT_EVERY_MS: f64 = 200.0;

impl Room {
    /// Texts can be sent: how one is, what was written meanwhile, and the files that wait.
    pub(super) fn channel_opened(&self, key: Key, epoch: u32) {
        self.say_to(key, &Talk::Status(self.state().status()));
        self.say_lines(key, |lines| lines.opened(epoch <= 1));
        self.offer_again(key);
    }

    fn say_lines(&self, key: Key, due: impl FnOnce(&mut Lines) -> Vec<Talk>) {
        let mut links = self.0.links.borrow_mut();
        let link = links.iter_mut().find(|link| link.key == key);
        let due = link.map(|link| due(&mut link.lines)).unwrap_or_default();
        drop(links);
        for talk in due {
            self.say_to(key, &talk);
        }
    }

    /// Writes to everybody; who has no connection yet gets it as soon as there is one. Gives to whom
    /// it is on its way, with its number among the lines to them.
    pub(super) fn write_to_all(&self, text: &str) -> Vec<(Key, u32)> {
        let mut links = self.0.links.borrow_mut();
        let write = |link: &mut Link| {
            let (number, talk) = link.lines.say(text);
            if let (Some(talk), Some(connection)) = (talk, &link.connection) {
                connection.send_text(&talk.to_json());
            }
            (link.key, number)
        };
        links.iter_mut().map(write).collect()
    }

    pub(super) fn talk(&self, key: Key, talk: Talk) {
        match talk {
            Talk::Status(status) => {
                let began = self.update(|state| {
                    let person = state.person(key)?;
                    let began = status.recording && !person.status.recording;
                    person.status = status;
                    person.speaks &= status.microphone;
                    began.then(|| person.name.clone())
                });
                if let Some(name) = began {
                    self.say(Message::Records(name));
                }
            }
            Talk::Chat(link, number, text) => {
                let mut is_new = false;
                self.say_lines(key, |lines| {
                    let confirmation = lines.handle_line(link, number);
                    is_new = number == 0 || confirmation.is_some();
                    confirmation.into_iter().collect()
                });
                if !is_new {
                    return;
                }
                self.update(|state| {
                    let name = state.person(key).map(|person| person.name.clone());
                    let from = Some(name.unwrap_or_default());
                    state.add_line(from, page::wall_clock(), Said::Text(text));
                });
            }
            Talk::Heard(link, number) => {
                let mut come = 0;
                self.say_lines(key, |lines| {
                    let (number, again) = lines.handle_heard(link, number);
                    come = number;
                    again
                });
                self.update(|state| state.lines_came(key, come));
            }
            Talk::Reaction(place) => self.reacted(key, place),
            Talk::Goodbye => self.input(Input::Goodbye(key)),
            of_file => self.talk_of_file(key, of_file),
        }
    }

    /// Nobody's hand is faster: what comes in a row is left out.
    fn reacted(&self, key: Key, place: usize) {
        let now = page::now();
        let mut links = self.0.links.borrow_mut();
        let link = links.iter_mut().find(|link| link.key == key);
        let Some(link) = link.filter(|link| now - link.reacted_at > REACT_EVERY_MS) else {
            return;
        };
        link.reacted_at = now;
        drop(links);
        self.reaction(Some(key), place);
    }

    /// Tells one person something.
    pub(super) fn say_to(&self, key: Key, talk: &Talk) {
        let text = talk.to_json();
        self.with_connection(key, |connection| connection.send_text(&text));
    }

    /// Sends a frame of a file; false where it has to wait.
    pub(super) fn send_frame(&self, key: Key, frame: &[u8]) -> bool {
        let sent = self.with_connection(key, |connection| connection.send_bytes(frame));
        sent == Some(true)
    }

    /// How many bytes of files wait in the browser; `None` where there is no connection.
    pub(super) fn bytes_waiting(&self, key: Key) -> Option<u32> {
        self.with_connection(key, |connection| connection.bytes_waiting())
    }

    /// Tells everybody something.
    pub(super) fn say_to_all(&self, talk: &Talk) {
        let text = talk.to_json();
        for link in &*self.0.links.borrow() {
            if let Some(connection) = &link.connection {
                connection.send_text(&text);
            }
        }
    }

    /// Tells everybody how one is.
    pub(super) fn tell_status(&self) {
        let status = self.state().status();
        self.say_to_all(&Talk::Status(status));
    }

    /// Sees who speaks.
    pub(super) fn hear(&self) {
        let now = page::now();
        let mut changed = Vec::new();
        for link in &mut *self.0.links.borrow_mut() {
            let level = link.connection.as_ref().and_then(PeerConnection::level);
            if level.is_some_and(|level| level > SPEAKS) {
                link.heard_at = now;
            }
            changed.push((link.key, now - link.heard_at < QUIET_MS));
        }
        let level = self.0.own.borrow().level();
        self.show_level(level);
        let own = f64::from(level) > SPEAKS;
        let is_news = {
            let state = self.state();
            let own_speaks = own && state.own.microphone_on;
            let of = |person: &super::state::Person| {
                let heard = changed.iter().find(|(key, _)| *key == person.key);
                heard.is_some_and(|(_, speaks)| *speaks) && person.status.microphone
            };
            state.own.speaks != own_speaks || state.people.iter().any(|p| p.speaks != of(p))
        };
        if !is_news {
            return;
        }
        self.update(|state| {
            state.own.speaks = own && state.own.microphone_on;
            for (key, speaks) in changed {
                if let Some(person) = state.person(key) {
                    person.speaks = speaks && person.status.microphone;
                }
            }
        });
    }
}
