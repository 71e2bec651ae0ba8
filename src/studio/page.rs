//! The page: the studio's state, and where each part of it is shown.

use super::{
    controller::Studio,
    messages::{self, Place},
    mounted::Mounted,
    panel::panel,
    server::server_dialog,
    shortcuts::key_list,
    slate::slate,
    stage::stage,
    state::StudioState,
    takes::takes,
    tools::tools,
    transport::dock,
    view::{Phase, View},
};
use crate::{
    app::{remembered, shell, words},
    components::{El, el},
    routes::Route,
};
use yew::prelude::*;

/// The studio.
#[component]
pub fn StudioPage() -> Html {
    let state = use_reducer(|| StudioState::new(remembered()));
    let redraw = use_force_update();
    let page = {
        let (dispatch, settings) = (state.dispatcher(), state.settings.clone());
        use_memo((), move |()| {
            Mounted::new(Studio::start(dispatch, settings), redraw)
        })
    };
    let page = (*page).clone();
    let words = words(&state.settings);
    let ui = page.ui();
    let view = View {
        words,
        state: &state,
        ui: &ui,
        phase: Phase::from(&state.recording),
        page: &page,
    };
    let drawn = draw(&view);
    let state = state.clone();
    use_effect(move || page.after_drawing(words, &state));
    drawn
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
    let deleted = view
        .state
        .deleted
        .as_ref()
        .map(|take| messages::deleted(view, take));
    let toasts = el("div.toasts[role=status]")
        .child(messages::notices(view, Place::Page))
        .child(crate::components::list(deleted.into_iter().collect()));
    let page = vec![
        main.into(),
        toasts.into(),
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
