//! The page: the list, or one recording.

use std::rc::Rc;

use super::{
    controller::Library,
    key::key_dialog,
    list, player,
    share::{share, shared},
    state::{Over, State},
    view::View,
};
use crate::{
    app::{Page, Redraw, looks, present, shell, words},
    components::{
        Button, El, Glyph, Note, Tone, el, list as nodes, nothing, show_dialog, sync_fields,
    },
    routes::Route,
};
use callreel_browser::Listener;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// The library, or one recording for whoever has its link.
pub struct LibraryPage {
    library: Rc<Library>,
    _keys: Listener,
    key: NodeRef,
    field: NodeRef,
    link: NodeRef,
}

impl LibraryPage {
    /// The page, with everything that it watches.
    pub fn start(redraw: Redraw) -> Rc<dyn Page> {
        let library = Library::start(redraw);
        Rc::new(Self {
            _keys: player::keys(&library),
            library,
            key: NodeRef::default(),
            field: NodeRef::default(),
            link: NodeRef::default(),
        })
    }
}

impl Page for LibraryPage {
    fn draw(&self) -> Html {
        let state = self.library.state();
        let words = words(&state.settings);
        let view = View {
            words,
            state: &state,
            library: &self.library,
        };
        let page = match &state.watched {
            Some(watched) => player::watched(&view, watched),
            None if !state.link.id.is_empty() || Route::here() == Route::Watch => {
                player::missing(&view)
            }
            None => list::library(&view),
        };
        let page = vec![
            page.into(),
            toasts(&view).into(),
            key_dialog(&view, &self.key, &self.field).into(),
            share(&view, &self.link).into(),
        ];
        let library = self.library.clone();
        let choose = Callback::from(move |change| library.choose(&change));
        let tools = nodes(looks(words, state.settings.theme, &choose).into());
        shell(words, Route::here(), false, tools, page)
    }

    fn drawn(&self) {
        let state = self.library.state();
        let words = words(&state.settings);
        show_dialog(&self.key, state.over == Some(Over::Key), false);
        show_dialog(&self.link, shared(&state).is_some(), false);
        settle(&state);
        if let Some(video) = self.library.video() {
            video.set_playback_rate(self.library.following.rate(&state));
        }
        let title = page_title(&state, words.t(Route::here().name()));
        present(words, &title, state.settings.theme);
    }
}

fn page_title(state: &State, name: &str) -> String {
    let watched = state.watched.as_ref();
    let title = watched.map(|watched| watched.recording.title.clone());
    title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| name.to_owned())
}

/// Brings into line what Yew does not draw: lists, and the cursor in a title that is written.
fn settle(state: &State) {
    let document = gloo::utils::document();
    let main: Option<Element> = document.get_element_by_id("main");
    let Some(main) = main else {
        return;
    };
    sync_fields(&main);
    let input = main.query_selector(".title-input").ok().flatten();
    if state.renaming.is_some()
        && let Some(input) = input
        && document.active_element().as_ref() != Some(&input)
    {
        use web_sys::wasm_bindgen::JsCast;
        let input: HtmlInputElement = input.unchecked_into();
        let focused = input.focus();
        debug_assert!(focused.is_ok(), "focusing never throws");
        input.select();
    }
}

fn toasts(view: &View) -> El {
    let words = view.words;
    let dismiss = || view.act(|library| library.update(|state| state.said = None));
    let said = view.state.said.as_ref().map(|said| {
        let tone = if said.is_bad {
            Tone::Warning
        } else {
            Tone::Good
        };
        Note::new(tone, view.say(said.key, &said.with))
            .dismiss(words.t("common.dismiss"), dismiss())
            .view(0)
    });
    let deleted = view.state.deleted.as_ref().map(|deleted| {
        let title = list::title_of(view, deleted);
        let undo = view.act(|library| library.undo_delete());
        let undo = Button::new(words.t("library.undo"), undo).glyph(Glyph::Undo);
        let close = view.act(|library| library.update(|state| state.deleted = None));
        Note::new(
            Tone::Info,
            words.with("library.deleted", &[("title", &title)]),
        )
        .action(undo)
        .dismiss(words.t("common.dismiss"), close)
        .view(1)
    });
    el("div.toasts[role=status]")
        .child(said.unwrap_or_else(nothing))
        .child(deleted.unwrap_or_else(nothing))
}
