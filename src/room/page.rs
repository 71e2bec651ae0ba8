//! The page: the green room, the call, or what comes after it.

use std::rc::Rc;

use super::{
    chat::chat,
    controller::Room,
    devices,
    dock::dock,
    green::green,
    messages::toasts,
    over::over,
    settle::settle,
    state::{Phase, Side, State},
    statistics::statistics,
    tiles::tiles,
    view::View,
};
use crate::{
    app::{Page, Redraw, looks, present, shell, words},
    components::{Button, El, Glyph, el, list, nothing},
    routes::Route,
};
use yew::prelude::*;

/// The room.
pub struct RoomPage {
    room: Room,
    name: NodeRef,
    place: NodeRef,
}

impl RoomPage {
    /// The page, with everything that it watches.
    pub fn start(redraw: Redraw) -> Rc<dyn Page> {
        Rc::new(Self {
            room: Room::start(redraw),
            name: NodeRef::default(),
            place: NodeRef::default(),
        })
    }
}

impl Page for RoomPage {
    fn draw(&self) -> Html {
        let state = self.room.state().clone();
        let words = words(&state.settings);
        let view = View {
            words,
            state: &state,
            room: &self.room,
        };
        let main = match &state.phase {
            Phase::Green | Phase::Entering => green(&view, &self.name, &self.place),
            Phase::In => call(&view),
            Phase::Over(out) => over(&view, out),
        };
        let recording = state.own.recording || state.people.iter().any(|p| p.status.recording);
        let choose = {
            let room = self.room.clone();
            Callback::from(move |change| room.choose(&change))
        };
        let mut tools: Vec<Html> = match state.phase {
            Phase::In => vec![invitation(&view).into()],
            _ => vec![nothing()],
        };
        tools.extend(looks(words, state.settings.theme, &choose));
        let page = vec![main.into(), toasts(&view).into()];
        shell(words, Route::Room, recording, list(tools), page)
    }

    fn drawn(&self) {
        let state = self.room.state().clone();
        let words = words(&state.settings);
        settle(&state);
        self.room.compose();
        let title = title(&state, words.t(Route::Room.name()));
        present(words, &title, state.settings.theme);
    }
}

fn title(state: &State, name: &str) -> String {
    match state.phase {
        Phase::In => state.room.clone(),
        _ => name.to_owned(),
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
    el("main[id=main]")
        .class_if("room", side.is_some(), "with-side")
        .with(el("h1.unseen").text(view.state.room.clone()))
        .with(tiles(view))
        .maybe(side)
        .with(dock(view))
}

fn invitation(view: &View) -> El {
    Button::new(view.words.t("room.copy"), view.act(|room| room.copy_link()))
        .glyph(Glyph::Link)
        .class("btn invite")
        .view()
}
