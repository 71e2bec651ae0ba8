//! The page: the studio's state, and where each part of it is shown.

use std::rc::Rc;

use super::{
    messages::toasts,
    mounted::Mounted,
    panel::panel,
    server::server_dialog,
    shortcuts::key_list,
    slate::slate,
    stage::stage,
    takes::takes,
    tools::tools,
    transport::dock,
    view::{Foremost, Phase, View},
};
use crate::{
    app::{Page, Redraw, shell, words},
    components::{El, el, nothing},
    routes::Route,
};
use yew::prelude::*;

/// The studio.
pub struct StudioPage(Rc<Mounted>);

impl StudioPage {
    /// The page, with everything that it watches.
    pub fn start(redraw: Redraw) -> Rc<dyn Page> {
        Rc::new(Self(Mounted::new(redraw)))
    }
}

impl Page for StudioPage {
    fn draw(&self) -> Html {
        let state = self.0.studio.state();
        let ui = self.0.ui();
        draw(&View {
            words: words(&state.settings),
            state: &state,
            ui: &ui,
            phase: Phase::from(&state.recording),
            page: &self.0,
        })
    }

    fn drawn(&self) {
        let state = self.0.studio.state();
        self.0.after_drawing(words(&state.settings), &state);
    }
}

fn draw(view: &View) -> Html {
    let recording = view.phase.is_recording();
    let class = match (view.ui.panel, view.state.playing.is_some() && !recording) {
        (true, _) => "studio with-panel",
        (false, true) => "studio reviewing",
        (false, false) => "studio",
    };
    let main = el("main[id=main]")
        .node(&view.page.nodes.main)
        .class(class)
        .with(el("h1.unseen").say(view.words.t(Route::Studio.name())))
        .with(preview(view))
        .with(takes(view))
        .with(panel(view));
    let toasts = toasts(view, Foremost::Page);
    let page = vec![
        main.into(),
        toasts.map_or_else(nothing, Html::from),
        key_list(view).into(),
        server_dialog(view).into(),
    ];
    shell(view.words, Route::Studio, recording, tools(view), page)
}

/// The picture with everything that makes a take.
fn preview(view: &View) -> El {
    el("section.preview")
        .set("aria-label", view.words.t("studio.preview"))
        .with(stage(view))
        .with(dock(view))
        .with(slate(view))
}
