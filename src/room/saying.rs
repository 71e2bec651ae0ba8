//! What the people of a room say to each other, and what the page says to its person.

use callreel_browser::page;
use callreel_engine::call::{Input, Key, talk::Talk};

use super::{
    controller::Room,
    shared::Said,
    state::{Message, Reaction, Side},
};

/// What passes is said for this long, in ms.
const SAID_FOR_MS: u32 = 5_000;
/// A reaction is shown for this long, in ms; `room.css` has it too.
const REACTION_MS: u32 = 3_000;

impl Room {
    /// Says something on the page.
    pub(super) fn say(&self, message: Message) {
        self.update(|state| state.say(message));
        self.pass();
    }

    /// Takes the newest notice away after a while, if it is one that passes.
    pub(super) fn pass(&self) {
        let newest = self.state().notices.last().cloned();
        if let Some(notice) = newest.filter(|notice| notice.what.passes()) {
            self.later(SAID_FOR_MS, move |room| room.dismiss(notice.id));
        }
    }

    /// The person has read a notice.
    pub fn dismiss(&self, id: u32) {
        self.update(|state| state.notices.retain(|notice| notice.id != id));
    }

    /// The person does not want to wait for the server any longer.
    pub fn hurry(&self) {
        self.input(Input::Hurry);
    }

    /// Shows this at the side, or nothing if it is there already.
    pub fn show(&self, side: Side) {
        self.update(|state| {
            state.side = (state.side != Some(side)).then_some(side);
            if state.side == Some(Side::Chat) {
                state.unread = 0;
            }
        });
    }

    /// Writes to everybody.
    pub fn write(&self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let waits = self.write_to_all(text);
        self.update(|state| {
            state.add_line(None, page::wall_clock(), Said::Text(text.to_owned()));
            if let Some(line) = state.chat.last_mut() {
                line.waits = waits;
            }
        });
    }

    /// Raises the hand, or lowers it.
    pub fn raise_hand(&self) {
        self.update(|state| state.own.hand = !state.own.hand);
        self.tell_status();
    }

    /// Shows a reaction to everybody.
    pub fn react(&self, place: usize) {
        self.say_to_all(&Talk::Reaction(place));
        self.reaction(None, place);
    }

    pub(super) fn reaction(&self, from: Option<Key>, place: usize) {
        let id = self.next_number();
        self.update(|state| state.reactions.push(Reaction { id, from, place }));
        self.later(REACTION_MS, move |room| {
            room.update(|state| state.reactions.retain(|reaction| reaction.id != id));
        });
    }

    /// Puts the invitation on the clipboard.
    pub fn copy_link(&self) {
        let link = self.invitation();
        self.spawn(|room| async move {
            room.say(match page::copy_text(&link).await {
                Ok(()) => Message::Copied,
                Err(error) => Message::Failed(error.text()),
            });
        });
    }
}
