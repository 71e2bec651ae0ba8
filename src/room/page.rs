//! The app's own page for rooms.

use std::rc::Rc;

use super::{
    controller::Room,
    face::Face,
    state::{Phase, State},
    view::View,
};
use crate::{
    app::{Page, Redraw, looks, present, shell, words},
    components::{Button, El, Glyph, list, nothing},
    routes::Route,
};
use yew::prelude::*;

/// The room.
pub struct RoomPage(Face);

impl RoomPage {
    /// The page, with everything that it watches.
    pub fn start(redraw: Redraw) -> Rc<dyn Page> {
        Rc::new(Self(Face::new(Room::start(redraw))))
    }
}

impl Page for RoomPage {
    fn draw(&self) -> Html {
        let room = &self.0.room;
        let state = room.state().clone();
        let words = words(&state.settings);
        let recording = state.own.recording || state.people.iter().any(|p| p.status.recording);
        let choose = {
            let room = room.clone();
            Callback::from(move |change| room.choose(&change))
        };
        let mut tools: Vec<Html> = match state.phase {
            Phase::In => {
                let state = &state;
                vec![invitation(&View { words, state, room }).into()]
            }
            _ => vec![nothing()],
        };
        tools.extend(looks(words, state.settings.theme, &choose));
        let page = self.0.draw(&state);
        shell(words, Route::Room, recording, list(tools), page)
    }

    fn drawn(&self) {
        let state = self.0.room.state().clone();
        let words = words(&state.settings);
        self.0.drawn(&state);
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

fn invitation(view: &View) -> El {
    Button::new(view.words.t("room.copy"), view.act(|room| room.copy_link()))
        .glyph(Glyph::Link)
        .class("btn invite")
        .view()
}
