//! A room in the page: with the app's own face, or without one.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_browser::media::Stream;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, MediaStream};
use yew::{AppHandle, Html};

use super::{
    around::{self, Around},
    given::{Hearer, Options},
    telling::tell,
};
use crate::{
    app::{Page, Redraw, Root, Start},
    components::list,
    room::{
        Face,
        controller::Room,
        name,
        state::{Phase, State},
    },
};

/// A room, until [`Call::end`].
#[wasm_bindgen]
pub struct Call {
    room: Room,
    around: Rc<Around>,
    app: RefCell<Option<AppHandle<Root>>>,
    /// The room and the name that the page gave last: what it gives again is no news, and what the
    /// person typed meanwhile stays.
    given: RefCell<(Option<String>, Option<String>)>,
}

/// The room's face in an element of somebody else's page.
struct Shown(Face);

impl Page for Shown {
    fn draw(&self) -> Html {
        let state = self.0.room.state().clone();
        list(self.0.draw(&state))
    }

    fn drawn(&self) {
        let state = self.0.room.state().clone();
        self.0.drawn(&state);
    }
}

/// What is done after a change: the face is drawn, and the page is told, once for all changes that
/// come together.
fn redraw(around: &Rc<Around>, face: &Rc<RefCell<Option<Redraw>>>) -> Redraw {
    let (around, face) = (Rc::clone(around), Rc::clone(face));
    let is_due = Rc::new(Cell::new(false));
    Redraw::by(move || {
        if let Some(face) = &*face.borrow() {
            face.soon();
        }
        if is_due.replace(true) {
            return;
        }
        let (around, is_due) = (Rc::clone(&around), Rc::clone(&is_due));
        spawn_local(async move {
            is_due.set(false);
            tell(&around);
        });
    })
}

#[wasm_bindgen]
impl Call {
    /// A room, drawn into `place`; nobody is in it yet. Without a place it opens no device, and
    /// sends what it is given.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Options, hearer: Hearer, place: Option<Element>) -> Self {
        let given = (options.room(), options.name());
        let room = given.0.clone().unwrap_or_else(name::propose);
        let name = given.1.clone().unwrap_or_default();
        let state = State::new(around::settings(&options), room, name);
        let around = Rc::new(Around::new(options, hearer, place.clone(), state.clone()));
        let face = Rc::default();
        let room = Room::embedded(redraw(&around, &face), state, around.clone());
        around.set_room(&room);
        let app = place.map(|place| {
            let room = room.clone();
            let page = move |redraw| {
                *face.borrow_mut() = Some(redraw);
                Rc::new(Shown(Face::new(room.clone()))) as Rc<dyn Page>
            };
            let start = Start {
                page: Rc::new(page),
            };
            yew::Renderer::<Root>::with_root_and_props(place, start).render()
        });
        Self {
            room,
            around,
            app: app.into(),
            given: given.into(),
        }
    }

    /// The page wants something else from now on.
    pub fn changed(&self) {
        let options = &self.around.options;
        let given = (options.room(), options.name());
        self.room.update(|state| {
            around::read(options, &mut state.settings);
            if matches!(state.phase, Phase::Green | Phase::Over(_)) {
                let before = self.given.replace(given.clone());
                if let Some(room) = given.0.filter(|room| before.0.as_ref() != Some(room)) {
                    state.room = room;
                }
                if let Some(name) = given.1.filter(|name| before.1.as_ref() != Some(name)) {
                    state.name = name;
                }
            }
        });
    }

    /// Its place has another size.
    pub fn arrange(&self) {
        self.room.arrange();
    }

    /// Joins, and opens camera and microphone where there is a face.
    pub fn join(&self) {
        let (room, name) = {
            let state = self.room.state();
            if matches!(state.phase, Phase::Entering | Phase::In) {
                return;
            }
            (state.room.clone(), state.name.clone())
        };
        if self.around.place.is_some() {
            self.room.open();
        }
        self.room.join(&room, &name);
    }

    /// Leaves, and turns off what was opened here.
    pub fn leave(&self) {
        self.room.leave();
    }

    /// Sends these from now on: voice and picture, and a screen with its sound.
    pub fn give(&self, stream: Option<MediaStream>, screen: Option<MediaStream>) {
        self.room
            .give(stream.map(Stream::lent), screen.map(Stream::lent));
    }

    /// Writes to everybody.
    pub fn write(&self, text: &str) {
        self.room.write(text);
    }

    /// Records the call, or ends that.
    #[wasm_bindgen(js_name = toggleRecording)]
    pub fn toggle_recording(&self) {
        self.room.toggle_recording();
    }

    /// Ends a recording; one that is just ending by itself is left to that.
    #[wasm_bindgen(js_name = endRecording)]
    pub fn end_recording(&self) {
        self.room.end_recording();
    }

    /// Records nothing until it is to be so no longer.
    #[wasm_bindgen(js_name = pauseRecording)]
    pub fn pause_recording(&self, pause: bool) {
        self.room.pause_recording(pause);
    }

    /// The room's name.
    #[wasm_bindgen(getter)]
    pub fn room(&self) -> String {
        self.room.state().room.clone()
    }

    /// `green`, `joining`, `joined`, `reconnecting` or `left`.
    #[wasm_bindgen(getter)]
    pub fn state(&self) -> String {
        let state = self.room.state();
        let name = match state.phase {
            Phase::Green => "green",
            Phase::Entering => "joining",
            Phase::In if state.lost => "reconnecting",
            Phase::In => "joined",
            Phase::Over(_) => "left",
        };
        name.to_owned()
    }

    /// Leaves and gives back everything; a recording is brought to its end first.
    pub fn end(self) {
        self.around.keep(self.room.clone());
        self.room.end();
        if let Some(app) = self.app.take() {
            app.destroy();
        }
    }
}
