//! What the library does: every effect of the page.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    edge::{self, Following},
    link::{Link, token_of},
    state::{Over, Said, Standing, State, Watched},
    uploading::Uploads,
};
use crate::{
    app::{Change, Redraw, SETTINGS_KEY, remembered},
    routes::Route,
};
use callreel_browser::{
    Listener, owner, page, player,
    recordings::{Recording, Refused, Server},
};
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlVideoElement;
use yew::NodeRef;

/// Recordings that are being made are asked for this often, in ms.
const LOOK_EVERY_MS: u32 = 2_000;
/// The server is asked once nobody has typed for this long, in ms.
const TYPING_MS: u32 = 250;
/// What went well is said for this long, in ms.
const SAID_FOR_MS: u32 = 6_000;

/// The library's effects.
pub struct Library {
    pub(super) state: RefCell<State>,
    redraw: Redraw,
    /// The player's element.
    pub player: NodeRef,
    /// Counts the questions for a list: an answer to an older one is out of date.
    asked: Cell<u32>,
    typing: RefCell<Option<Timeout>>,
    saying: RefCell<Option<Timeout>>,
    /// The player's way to the live edge.
    pub(super) following: Following,
    running: RefCell<Option<([Interval; 2], Listener)>>,
    pub(super) uploads: RefCell<Uploads>,
}

impl Library {
    /// Opens the library, or the one recording that the address is about.
    pub fn start(redraw: Redraw) -> Rc<Self> {
        let state = State {
            settings: remembered(),
            ..State::default()
        };
        let library = Rc::new(Self {
            state: RefCell::new(state),
            redraw,
            player: NodeRef::default(),
            asked: Cell::new(0),
            typing: RefCell::default(),
            saying: RefCell::default(),
            following: Following::default(),
            running: RefCell::default(),
            uploads: RefCell::default(),
        });
        let weak = Rc::downgrade(&library);
        let look = Interval::new(LOOK_EVERY_MS, move || {
            if let Some(library) = weak.upgrade() {
                library.look();
            }
        });
        let weak = Rc::downgrade(&library);
        let moved = Listener::new(&gloo::utils::window(), "hashchange", move |_| {
            if let Some(library) = weak.upgrade() {
                library.follow_address();
            }
        });
        let keep = edge::keep(Rc::downgrade(&library));
        *library.running.borrow_mut() = Some(([look, keep], moved));
        library.load();
        library.follow_address();
        if !Self::is_watch_page() {
            let library = library.clone();
            // Without a vault there are no takes.
            spawn_local(async move { drop(library.take_up_uploads().await) });
        }
        library
    }

    /// What is known now.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Changes what is known and draws it.
    pub fn update(&self, apply: impl FnOnce(&mut State)) {
        apply(&mut self.state.borrow_mut());
        self.redraw.soon();
    }

    /// The player's element, if something is watched.
    pub fn video(&self) -> Option<HtmlVideoElement> {
        self.player.cast()
    }

    /// Takes a language or a theme.
    pub fn choose(&self, change: &Change) {
        // Another page may have changed the settings since this one was opened.
        let mut settings = remembered();
        change.apply(&mut settings);
        page::store(SETTINGS_KEY, &settings.to_json());
        self.update(|state| state.settings = settings);
    }

    /// The address of the server; empty for the page's own.
    pub fn base(&self) -> String {
        let state = self.state.borrow();
        let base = state.settings.server.as_deref().unwrap_or_default();
        base.trim_end_matches('/').to_owned()
    }

    fn server(&self) -> Server {
        Server {
            base: self.base(),
            key: owner::key().unwrap_or_default(),
        }
    }

    /// Whether this page shows one recording to whoever has its link.
    fn is_watch_page() -> bool {
        Route::here() == Route::Watch
    }

    /// Fetches the list from its beginning.
    pub fn load(self: &Rc<Self>) {
        if Self::is_watch_page() {
            return;
        }
        if owner::key().is_none() {
            return self.update(|state| state.standing = Standing::NoKey);
        }
        self.ask_for(None);
    }

    /// Fetches what comes next.
    pub fn load_more(self: &Rc<Self>) {
        let next = self.state.borrow().page.next.clone();
        if next.is_some() {
            self.update(|state| state.is_more_coming = true);
            self.ask_for(next);
        }
    }

    fn ask_for(self: &Rc<Self>, cursor: Option<String>) {
        let asked = self.asked.get() + 1;
        self.asked.set(asked);
        let library = self.clone();
        spawn_local(async move {
            let (query, sort) = {
                let state = library.state.borrow();
                (state.query.clone(), state.sort.id())
            };
            let server = library.server();
            let answer = server.list(&query, sort, cursor.as_deref()).await;
            if library.asked.get() != asked {
                return;
            }
            library.update(|state| {
                state.is_more_coming = false;
                match answer {
                    Ok(mut page) => {
                        if cursor.is_some() {
                            let mut all = std::mem::take(&mut state.page.recordings);
                            all.append(&mut page.recordings);
                            page.recordings = all;
                        }
                        state.page = page;
                        state.standing = Standing::Ready;
                    }
                    // What was fetched before stays where it is.
                    Err(refused) if cursor.is_some() => state.said = Some(failed(&refused)),
                    Err(refused) => state.standing = Standing::Failed(refused),
                }
            });
        });
    }

    /// Looks for words.
    pub fn search(self: &Rc<Self>, query: String) {
        self.state.borrow_mut().query = query;
        let weak = Rc::downgrade(self);
        let later = Timeout::new(TYPING_MS, move || {
            if let Some(library) = weak.upgrade() {
                library.load();
            }
        });
        *self.typing.borrow_mut() = Some(later);
    }

    /// Asks again for what is being made, as long as something is and somebody looks.
    fn look(self: &Rc<Self>) {
        if page::is_hidden() || !self.state.borrow().is_any_live() {
            return;
        }
        let library = self.clone();
        spawn_local(async move {
            let (live, token) = {
                let state = library.state.borrow();
                let live = state.page.recordings.iter();
                let watched = state.watched.as_ref().map(|watched| &watched.recording);
                let mut live: Vec<String> = live
                    .chain(watched)
                    .filter(|one| one.state != "complete")
                    .map(|one| one.id.clone())
                    .collect();
                live.sort_unstable();
                live.dedup();
                (live, state.link.token.clone())
            };
            for id in live {
                match library.server().get(&id, token.as_deref()).await {
                    Ok(new) => library.take_news(&new),
                    // Its owner has deleted it elsewhere.
                    Err(Refused::Answered(404 | 410, _)) => library.update(|state| {
                        state.remove(&id);
                    }),
                    // The next look may find the server again.
                    Err(Refused::Unreachable(_) | Refused::Answered(429, _)) => return,
                    Err(Refused::Answered(..)) => {}
                }
            }
        });
    }

    fn take_news(&self, new: &Recording) {
        let is_known = self.state.borrow().recording(&new.id) == Some(new);
        if is_known {
            return;
        }
        let video = self.video();
        let here = video.as_ref().map_or(0.0, |video| video.current_time());
        let ahead = video.as_ref().map_or(0.0, player::ahead);
        self.update(|state| {
            let ended = new.state == "complete";
            if let Some(watched) = &mut state.watched
                && watched.recording.id == new.id
                && watched.recording.state != new.state
                && ended
            {
                // The stream has become a file, which seeks; it goes on where the person was. Firefox
                // counts the seconds of a stream from where it was joined, so its end is what counts.
                watched.from = match new.duration_ms {
                    Some(ms) if watched.is_live => (ms / 1_000.0 - ahead).max(0.0),
                    _ => here,
                };
                watched.is_live = false;
                watched.version += 1;
            }
            state.update(new);
        });
    }

    /// Opens what the address says.
    fn follow_address(self: &Rc<Self>) {
        let hash = gloo::utils::window().location().hash();
        let link = Link::read(&hash.unwrap_or_default());
        if link.id.is_empty() {
            return self.update(|state| {
                state.watched = None;
                state.link = link;
            });
        }
        let library = self.clone();
        self.update(|state| {
            state.link.clone_from(&link);
            state.missing = None;
        });
        spawn_local(async move {
            let answer = library.server().get(&link.id, link.token.as_deref()).await;
            if library.state.borrow().link != link {
                return;
            }
            library.update(|state| match answer {
                Ok(recording) => {
                    state.watched = Some(Watched {
                        is_live: recording.state == "recording" && link.at == 0,
                        recording,
                        version: 0,
                        from: f64::from(link.at),
                    });
                }
                Err(refused) => {
                    state.watched = None;
                    state.missing = Some(refused);
                }
            });
        });
    }

    /// Plays what is being made from its beginning, or from where it is now.
    pub fn follow_live(&self, is_live: bool) {
        self.update(|state| {
            if let Some(watched) = &mut state.watched {
                watched.is_live = is_live;
                watched.from = 0.0;
                watched.version += 1;
            }
        });
    }

    /// Gives a recording another title.
    pub fn rename(self: &Rc<Self>, id: String, title: &str) {
        let (library, title) = (self.clone(), title.trim().to_owned());
        spawn_local(async move {
            let answer = library.server().rename(&id, &title).await;
            library.take_change(answer, None);
        });
    }

    /// Makes all links to a recording worthless; new ones can be made.
    pub fn revoke(self: &Rc<Self>, id: String) {
        let library = self.clone();
        spawn_local(async move {
            let answer = library.server().revoke_links(&id).await;
            library.take_change(answer, Some(said("share.revoked", String::new())));
        });
    }

    fn take_change(self: &Rc<Self>, answer: Result<Recording, Refused>, done: Option<Said>) {
        match answer {
            Ok(new) => {
                self.update(|state| state.update(&new));
                self.say(done);
            }
            Err(refused) => self.say(Some(failed(&refused))),
        }
    }

    /// Deletes a recording, which can be taken back for a while.
    pub fn delete(self: &Rc<Self>, id: String) {
        let library = self.clone();
        spawn_local(async move {
            match library.server().delete(&id).await {
                Ok(()) => {
                    library.update(|state| {
                        let watched = state.watched.take_if(|watched| watched.recording.id == id);
                        let listed = state.remove(&id);
                        state.deleted = listed.or(watched.map(|watched| watched.recording));
                    });
                    if library.state.borrow().link.id == id {
                        library.close();
                    }
                }
                Err(refused) => library.say(Some(failed(&refused))),
            }
        });
    }

    /// Takes the last deletion back.
    pub fn undo_delete(self: &Rc<Self>) {
        let Some(deleted) = self.state.borrow_mut().deleted.take() else {
            return;
        };
        let library = self.clone();
        spawn_local(async move {
            match library.server().restore(&deleted.id).await {
                // Where it belongs in the list is for the server to say.
                Ok(_) => library.load(),
                Err(refused) => library.say(Some(failed(&refused))),
            }
        });
        self.redraw.soon();
    }

    /// Goes back from a recording to the list.
    pub fn close(self: &Rc<Self>) {
        let moved = gloo::utils::window().location().set_hash("");
        debug_assert!(moved.is_ok(), "an empty fragment is one");
        self.follow_address();
    }

    /// The link that lets anybody watch, from a second on.
    pub fn link_to(&self, recording: &Recording, at: u32) -> String {
        let link = Link {
            id: recording.id.clone(),
            token: token_of(&recording.media_url),
            at,
        };
        let base = match self.base() {
            base if base.is_empty() => page::absolute(&Route::Library.to(Route::Watch)),
            base => [&base, "/", Route::Watch.folder()].concat(),
        };
        [base, link.write()].concat()
    }

    /// Puts a text on the clipboard and says so.
    pub fn copy(self: &Rc<Self>, text: String, done: &'static str) {
        let library = self.clone();
        spawn_local(async move {
            let said = match page::copy_text(&text).await {
                Ok(()) => said(done, String::new()),
                Err(error) => bad("say.not_copied", error.message.clone()),
            };
            library.say(Some(said));
        });
    }

    /// Takes another owner key in place of this browser's.
    pub fn use_key(self: &Rc<Self>, key: &str) {
        match owner::replace(key.trim()) {
            Ok(()) => {
                self.update(|state| {
                    state.standing = Standing::Loading;
                    state.over = None;
                });
                self.load();
                self.say(Some(said("key.taken", String::new())));
            }
            Err(_) => self.say(Some(bad("key.wrong", String::new()))),
        }
    }

    /// Opens or closes what is over the page.
    pub fn show(&self, over: Option<Over>) {
        self.update(|state| state.over = over);
    }

    /// Says something; what went well goes away by itself.
    pub fn say(self: &Rc<Self>, what: Option<Said>) {
        let Some(what) = what else {
            return;
        };
        let later = (!what.is_bad).then(|| {
            let weak = Rc::downgrade(self);
            Timeout::new(SAID_FOR_MS, move || {
                if let Some(library) = weak.upgrade() {
                    library.update(|state| state.said = None);
                }
            })
        });
        *self.saying.borrow_mut() = later;
        self.update(|state| state.said = Some(what));
    }
}

fn said(key: &'static str, with: String) -> Said {
    Said {
        key,
        with,
        is_bad: false,
    }
}

fn bad(key: &'static str, with: String) -> Said {
    Said {
        key,
        with,
        is_bad: true,
    }
}

/// What to say of a server that did not do it.
pub fn failed(refused: &Refused) -> Said {
    match refused {
        Refused::Unreachable(_) => bad("fail.unreachable", String::new()),
        Refused::Answered(401 | 403, _) => bad("fail.not_yours", String::new()),
        Refused::Answered(404 | 410, _) => bad("fail.gone", String::new()),
        Refused::Answered(429, _) => bad("fail.too_often", String::new()),
        Refused::Answered(_, code) => bad("fail.answered", code.clone()),
    }
}
