//! What is seen of a room: the green room, the call, or what comes after it.

use super::{
    chat::chat,
    controller::Room,
    devices,
    dock::dock,
    green::green,
    messages::toasts,
    over::over,
    state::{Phase, Side, State},
    statistics::statistics,
    tiles::tiles,
    view::View,
};
use crate::{
    app::words,
    components::{El, el},
};
use yew::prelude::*;

/// What draws a room.
pub struct Face {
    /// The room.
    pub room: Room,
    name: NodeRef,
    place: NodeRef,
}

impl Face {
    /// Nothing is drawn yet.
    pub fn new(room: Room) -> Self {
        Self {
            room,
            name: NodeRef::default(),
            place: NodeRef::default(),
        }
    }

    /// How it looks now.
    pub fn draw(&self, state: &State) -> Vec<Html> {
        let view = View {
            words: words(&state.settings),
            state,
            room: &self.room,
        };
        let main = match &state.phase {
            Phase::Green | Phase::Entering => green(&view, &self.name, &self.place),
            Phase::In => call(&view),
            Phase::Over(out) => over(&view, out),
        };
        vec![main.into(), toasts(&view).into()]
    }

    /// Brings into line what Yew does not draw.
    pub fn drawn(&self, state: &State) {
        self.room.put_right(state);
        self.room.compose();
    }
}

/// Who is there, what they write, and what one can do.
fn call(view: &View) -> El {
    let side = match view.state.side {
        Some(Side::Chat) => Some(chat(view)),
        Some(Side::Devices) => Some(devices::side(view)),
        Some(Side::Statistics) => Some(statistics(view)),
        None => None,
    };
    let class = match side {
        Some(_) => "room with-side",
        None => "room",
    };
    view.main(class)
        .with(el("h1.unseen").text(view.state.room.clone()))
        .with(tiles(view))
        .maybe(side)
        .with(dock(view))
}
