//! What a room knows of the page around it, where that is not the app's own.

use std::rc::Rc;

use callreel_browser::{DomError, page, vault::Vault};
use callreel_engine::{
    formats::{Format, Media},
    record::TakeRecord,
};
use web_sys::Element;

use super::controller::Room;

/// Somebody else's page, which has a room in it. Nothing is kept for its origin that it did not ask
/// for, and nothing outside of the room's own place is touched.
pub trait Embedder {
    /// Where the room is drawn. Without a face it opens nothing by itself: the page gives what is
    /// sent.
    fn place(&self) -> Option<Element>;
    /// The page says which room it is; people don't choose.
    fn has_room(&self) -> bool;
    /// What the server is shown before it lets anybody in.
    fn token(&self) -> Option<String>;
    /// In which format a call is recorded.
    fn format(&self, media: Media) -> Option<&'static Format>;
    /// Bits per second of a recorded picture, or of sound alone, where the page has said so.
    fn bit_rate(&self) -> Option<u32>;
    /// The title of a take.
    fn title(&self) -> Option<String>;
    /// A take ends by itself after so many ms.
    fn max_duration(&self) -> Option<f64>;
    /// Where takes are kept.
    fn vault(&self) -> Result<Rc<Vault>, DomError>;
    /// The server did not answer on the way in; it is asked again.
    fn cannot_reach(self: Rc<Self>);
    /// A take is made.
    fn take_began(&self, record: &TakeRecord, durable: bool);
    /// So many bytes of it never change again.
    fn take_grew(&self, bytes: u64);
    /// It is over; without a record where nothing was recorded.
    fn take_ended(&self, record: Option<&TakeRecord>);
}

impl Room {
    /// The page around it, where that is somebody else's.
    pub(super) fn embedder(&self) -> Option<&dyn Embedder> {
        self.0.embedder.as_deref()
    }

    /// Below what it is drawn, if it has a face.
    pub(super) fn place(&self) -> Option<Element> {
        match self.embedder() {
            Some(embedder) => embedder.place(),
            None => gloo::utils::document().document_element(),
        }
    }

    /// Whether camera and microphone are opened here rather than given.
    pub(super) fn opens_devices(&self) -> bool {
        self.embedder()
            .is_none_or(|embedder| embedder.place().is_some())
    }

    /// Keeps what the person chose for the next visit, which is the app's own page to do.
    pub(super) fn keep(&self, key: &str, value: &str) {
        if self.embedder().is_none() {
            // Where nothing can be kept it is asked again.
            page::store(key, value);
        }
    }

    /// The room's page on its server, for everybody.
    pub(super) fn invitation(&self) -> String {
        let state = self.state();
        let path = super::name::to_path(&state.room);
        let server = state.settings.server.as_deref().unwrap_or_default();
        let server = self.embedder().map_or("", |_| server.trim_end_matches('/'));
        page::absolute(&[server, &path].concat())
    }

    /// Leaves for good: whatever is still on its way comes to nothing.
    #[cfg(feature = "call")]
    pub fn end(&self) {
        self.0.gone.set(true);
        self.leave();
        if self.0.recording.borrow().is_none() {
            self.release();
        }
    }

    /// Gives back what listens and counts.
    pub(super) fn release(&self) {
        self.0.listeners.take();
        self.0.timeouts.take();
        self.0.beat.take();
    }

    /// Says that the server does not answer.
    #[cfg(feature = "call")]
    pub fn say_unreachable(&self) {
        self.say(super::state::Message::Unreachable);
    }

    /// Ends the way in, for a reason that the server can't tell.
    #[cfg(feature = "call")]
    pub fn give_up(&self, code: &str, message: String) {
        self.leave();
        let code = code.to_owned();
        let out = super::state::Out::Refused { code, message };
        self.update(|state| state.phase = super::state::Phase::Over(out));
    }
}
