//! What a room in somebody else's page asks of that page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::{DomError, page, rest, vault::Vault};
use callreel_engine::{
    constraints::{Bound, Facing},
    formats::{Format, Media, Timeslice},
    record::TakeRecord,
    settings::Settings,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::{
    given::{self, Hearer, Options, described},
    uploading::{self, Uploading},
    vault,
};
use crate::{
    app::words,
    i18n::fill,
    room::{controller::Room, embedder::Embedder, state::State},
    take::shelf,
};

/// The page, as far as the room needs it.
pub struct Around {
    pub options: Options,
    pub hearer: Hearer,
    pub place: Option<Element>,
    /// The state of which the page was told last.
    pub told: RefCell<State>,
    room: RefCell<Option<Find>>,
    /// The room lives until the take is over, although it was removed.
    kept: RefCell<Option<Room>>,
    take: RefCell<Option<Take>>,
    /// No socket opens, although the server answers.
    suspect: Cell<bool>,
    is_asking: Cell<bool>,
}

/// Finds the room, as long as there is one.
type Find = Box<dyn Fn() -> Option<Room>>;

/// What is known of the take that is made.
struct Take {
    vault: Rc<Vault>,
    durable: bool,
    upload: Option<Uploading>,
}

impl Around {
    /// For a room that is about to be made.
    pub fn new(options: Options, hearer: Hearer, place: Option<Element>, first: State) -> Self {
        Self {
            options,
            hearer,
            place,
            told: first.into(),
            room: RefCell::default(),
            kept: RefCell::default(),
            take: RefCell::default(),
            suspect: Cell::default(),
            is_asking: Cell::default(),
        }
    }

    /// This is the room.
    pub fn set_room(&self, room: &Room) {
        *self.room.borrow_mut() = Some(Box::new(room.weak()));
    }

    /// The room, while there is one.
    pub fn room(&self) -> Option<Room> {
        self.room.borrow().as_ref()?()
    }

    /// Keeps the room alive until its take is over.
    pub fn keep(&self, room: Room) {
        if self.take.borrow().is_some() {
            *self.kept.borrow_mut() = Some(room);
        }
    }

    /// Whether what is recorded survives the page.
    pub fn is_durable(&self) -> bool {
        self.take.borrow().as_ref().is_some_and(|take| take.durable)
    }

    fn server(&self) -> String {
        self.options.server().unwrap_or_default()
    }

    /// One is in: what was suspected is over.
    pub fn is_in(&self) {
        self.suspect.set(false);
    }

    /// Finds out why no socket opens.
    async fn ask_why(&self) {
        let server = self.server();
        let answers = page::server_uploads(&server).await.is_some();
        // What is for known origins alone can be read: then it is something else, on the way perhaps.
        let is_known = answers && page::server_knows_origin(&server).await;
        self.is_asking.set(false);
        let Some(room) = self.room() else { return };
        let is_new = !self.suspect.replace(answers);
        if is_known {
            room.say_unreachable();
        } else if answers && !is_new {
            // A server that answers to everybody, but opens no socket time and again, does not know
            // the page's origin.
            let origin = page::origin();
            let sentence = words(&room.state().settings).find("problem.room_origin");
            let message = fill(sentence.unwrap_or_default(), &[("detail", &origin)]);
            room.give_up("room_origin", message);
        } else if !answers {
            room.say_unreachable();
        }
    }
}

/// What is chosen for a person whom the page gives these options.
pub fn settings(options: &Options) -> Settings {
    let mut settings = Settings::default();
    read(options, &mut settings);
    settings
}

/// Takes over what the page wants now; what the person chose stays.
pub fn read(options: &Options, settings: &mut Settings) {
    let pixels = |number: Option<f64>| number.map_or(Bound::None, |n| Bound::Ideal(n as u32));
    let facing = options.facing_mode();
    settings.server = options.server().filter(|server| !server.is_empty());
    settings.locale = options.lang();
    settings.video.width = pixels(options.width());
    settings.video.height = pixels(options.height());
    settings.video.frame_rate = options.frame_rate().map_or(Bound::None, Bound::Ideal);
    settings.video.facing_mode = facing
        .and_then(|facing| Facing::from_name(&facing))
        .map_or(Bound::None, Bound::Ideal);
    let timeslice = options.timeslice().map(|ms| Timeslice::new(ms as u32));
    settings.timeslice = timeslice.unwrap_or_default();
}

impl Embedder for Around {
    fn place(&self) -> Option<Element> {
        self.place.clone()
    }

    fn has_room(&self) -> bool {
        self.options.room().is_some()
    }

    fn token(&self) -> Option<String> {
        self.options.token().filter(|token| !token.is_empty())
    }

    fn format(&self, media: Media) -> Option<&'static Format> {
        given::format(self.options.format().as_deref(), media)
    }

    fn bit_rate(&self) -> Option<u32> {
        self.options.bit_rate().map(|bits| bits as u32)
    }

    fn title(&self) -> Option<String> {
        self.options.title()
    }

    fn max_duration(&self) -> Option<f64> {
        self.options.max_duration()
    }

    fn vault(&self) -> Result<Rc<Vault>, DomError> {
        let vault = vault()?;
        *self.take.borrow_mut() = Some(Take {
            vault: Rc::clone(&vault),
            durable: false,
            upload: None,
        });
        Ok(vault)
    }

    fn cannot_reach(self: Rc<Self>) {
        if !self.is_asking.replace(true) {
            spawn_local(async move { self.ask_why().await });
        }
    }

    fn take_began(&self, record: &TakeRecord, durable: bool) {
        let mut take = self.take.borrow_mut();
        let Some(take) = &mut *take else { return };
        take.durable = durable;
        if self.options.upload() == Some(true) {
            take.upload = uploading::begin(&take.vault, record, &self.options, &self.hearer);
        }
    }

    fn take_grew(&self, bytes: u64) {
        if let Some(Take {
            upload: Some(upload),
            ..
        }) = &*self.take.borrow()
        {
            upload.may_send(bytes);
        }
    }

    fn take_ended(&self, record: Option<&TakeRecord>) {
        // The room is at work in itself, and what hears of it may call the room.
        let (kept, record, hearer) = (self.kept.take(), record.cloned(), self.hearer.clone());
        let Some(take) = self.take.take() else {
            return spawn_local(async move { hearer.finished(JsValue::UNDEFINED) });
        };
        rest::spawn_patient(async move {
            let mut told = JsValue::UNDEFINED;
            if let Some(record) = record {
                match shelf::file(&take.vault, &record).await {
                    Ok(file) => {
                        told = described(&record, &file, take.durable, None);
                        if let Some(upload) = &take.upload {
                            upload.send_rest(&record);
                        }
                    }
                    Err(error) => hearer.problem(&error.name, &error.message),
                }
            }
            if let (Some(upload), true) = (take.upload, told.is_undefined()) {
                upload.end();
            }
            hearer.finished(told);
            drop(kept);
        });
    }
}
