//! What the page holds while it is there: its elements, its listeners, and what it last showed.

use std::{cell::RefCell, rc::Rc};

use super::{
    controller::Studio,
    shortcuts,
    state::{Message, Preview, StudioState, TakeView, Takes},
    view::{Phase, Ui},
};
use crate::{
    app::{Redraw, present},
    components::{show_dialog, sync_fields},
    i18n::{Language, Words},
    routes::Route,
};
use callreel_browser::{Listener, audio, media::Stream, rest};
use callreel_engine::{names::clock_text, settings::Theme, silence};
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Element, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlVideoElement,
    ScrollIntoViewOptions, ScrollLogicalPosition, wasm_bindgen::JsCast,
};
use yew::prelude::*;

/// Ms between two looks at the microphone's level: quick enough for a voice.
const LEVEL_EVERY_MS: u32 = 66;
/// What went well is said for this long, in ms.
const SAID_FOR_MS: u32 = 6_000;
/// The settings stand beside the page from this width on, in CSS pixels; `studio.css` has it too.
const BESIDE_FROM: i32 = 1_100;

/// The id of a take's element begins with this.
pub const TAKE: &str = "take-";
/// The id of what is said over the page.
pub const TOASTS: &str = "toasts";
/// The button of a take that deletes it.
pub const DELETE: &str = ".delete";

/// The elements that are more than drawn.
#[derive(Default)]
pub struct Nodes {
    /// The page.
    pub main: NodeRef,
    /// The live picture.
    pub video: NodeRef,
    /// The level of the microphone.
    pub meter: NodeRef,
    /// The recorded time.
    pub clock: NodeRef,
    /// The list of takes.
    pub takes: NodeRef,
    /// The take that is watched.
    pub player: NodeRef,
    /// The title that is being written.
    pub title: NodeRef,
    /// The settings.
    pub panel: NodeRef,
    /// The list of keys.
    pub keys: NodeRef,
    /// The server.
    pub server: NodeRef,
    /// The address of a server.
    pub address: NodeRef,
    /// The token of a server's host.
    pub token: NodeRef,
}

/// The page while it is there.
pub struct Mounted {
    /// The controller.
    pub studio: Studio,
    /// Its elements.
    pub nodes: Nodes,
    ui: RefCell<Ui>,
    shown: RefCell<Shown>,
    handover: RefCell<Option<Handover>>,
    redraw: Redraw,
    running: RefCell<Option<(Listener, Interval)>>,
}

/// Where the keyboard goes on when what it is on goes away.
struct Handover {
    from: Option<Element>,
    /// The id of the element around it.
    around: String,
    control: &'static str,
}

/// What was shown last, to see what is new.
#[derive(Default)]
struct Shown {
    stream: Option<Stream>,
    document: Option<(Words, Phase, Theme)>,
    /// The language whose sentences were asked for.
    asked: Option<Language>,
    playing: String,
    speaker: String,
    renaming: Option<String>,
    deleted: Option<String>,
    phase: Phase,
    panel: bool,
    has_picture: bool,
    has_stage: bool,
    level: u32,
    fading: Vec<(u32, Timeout)>,
}

impl Mounted {
    /// A page around a controller.
    pub fn new(redraw: Redraw) -> Rc<Self> {
        let page = Rc::new(Self {
            studio: Studio::start(redraw.clone()),
            nodes: Nodes::default(),
            ui: RefCell::default(),
            shown: RefCell::default(),
            handover: RefCell::default(),
            redraw,
            running: RefCell::default(),
        });
        let weak = Rc::downgrade(&page);
        let pulse = Interval::new(LEVEL_EVERY_MS, {
            let weak = weak.clone();
            move || {
                if let Some(page) = weak.upgrade() {
                    page.beat();
                }
            }
        });
        let keys = shortcuts::listen(move |key| {
            if let Some(page) = weak.upgrade() {
                let (phase, picture) = {
                    let shown = page.shown.borrow();
                    (shown.phase, shown.has_picture)
                };
                shortcuts::press(&page, key, phase, picture);
            }
        });
        *page.running.borrow_mut() = Some((keys, pulse));
        page
    }

    /// What is open.
    pub fn ui(&self) -> Ui {
        self.ui.borrow().clone()
    }

    /// Changes what is open.
    pub fn show(&self, apply: impl FnOnce(&mut Ui)) {
        apply(&mut self.ui.borrow_mut());
        self.redraw.soon();
    }

    /// What the keyboard is on goes away; it goes on with this control of a take.
    pub fn hand_over(&self, take: &str, control: &'static str) {
        self.hand_over_to([TAKE, take].concat(), control);
    }

    fn hand_over_to(&self, around: String, control: &'static str) {
        *self.handover.borrow_mut() = Some(Handover {
            from: gloo::utils::document().active_element(),
            around,
            control,
        });
    }

    /// Deletes a take. The keyboard goes on with the next one, else with what brings it back.
    pub fn delete(&self, id: &str) {
        let next = match &self.studio.state().takes {
            Takes::Ready(takes) => next_to(takes, id),
            Takes::Loading | Takes::Unavailable(_) => None,
        };
        match next {
            Some(next) => self.hand_over(&next, DELETE),
            None => self.hand_over_to(TOASTS.to_owned(), ".note:last-child .btn"),
        }
        self.studio.delete(id);
    }

    /// Whether the settings stand beside the page, not over it.
    pub fn has_room_beside() -> bool {
        let root = gloo::utils::document().document_element();
        root.is_some_and(|root| root.client_width() >= BESIDE_FROM)
    }

    /// Whether the settings, once open, stand over the page. A window that was made wider leaves
    /// them there.
    pub fn is_panel_over(&self) -> bool {
        let panel = self.nodes.panel.cast::<HtmlDialogElement>();
        match panel.filter(|panel| panel.open()) {
            Some(panel) => panel.matches(":modal").unwrap_or(false),
            None => !Self::has_room_beside(),
        }
    }

    /// Level and clock are written past Yew: drawing the page fifteen times a second is not worth
    /// two numbers.
    fn beat(&self) {
        let percent = (silence::meter(f64::from(self.studio.level())) * 100.0) as u32;
        let mut shown = self.shown.borrow_mut();
        if let Some(meter) = self.nodes.meter.cast::<HtmlElement>()
            && shown.level != percent
        {
            shown.level = percent;
            let mut length = percent.to_string();
            let told = meter.set_attribute("aria-valuenow", &length);
            length.push('%');
            let drawn = meter.style().set_property("--level", &length);
            debug_assert!(told.is_ok() && drawn.is_ok(), "both names are valid");
        }
        if let Some(clock) = self.nodes.clock.cast::<HtmlElement>() {
            let time = clock_text(self.studio.elapsed_ms());
            if clock.text_content().as_deref() != Some(&*time) {
                clock.set_text_content(Some(&time));
            }
        }
    }

    /// Brings what Yew does not draw into line with the state: media, dialogs, the document.
    pub fn after_drawing(self: &Rc<Self>, words: Words, state: &StudioState) {
        let ui = self.ui();
        let phase = Phase::from(&state.recording);
        self.show_picture(state);
        self.show_take(state, phase);
        show_dialog(&self.nodes.panel, ui.panel, Self::has_room_beside());
        if ui.panel && !self.shown.borrow().panel && !rest::is_loaded() {
            // Its code is asked for again; drawing it follows.
            let load = async |studio: Studio| studio.compare();
            self.studio.later(load);
        }
        self.shown.borrow_mut().panel = ui.panel;
        let over = |what| ui.over == Some(what);
        show_dialog(&self.nodes.keys, over(super::view::Over::Keys), false);
        show_dialog(&self.nodes.server, over(super::view::Over::Server), false);
        if let Some(main) = self.nodes.main.cast::<Element>() {
            sync_fields(&main);
        }
        self.begin_title(&ui);
        self.take_over();
        self.keep_focus(state);
        self.fade(state);
        self.load_words(words);
        let document = (words, phase, state.settings.theme);
        if self.shown.borrow_mut().document.replace(document) != Some(document) {
            let title = if phase.is_recording() {
                "page.recording"
            } else {
                Route::Studio.name()
            };
            present(words, words.t(title), state.settings.theme);
        }
    }

    /// Fetches the sentences of a language that the person switched to.
    fn load_words(self: &Rc<Self>, Words(language): Words) {
        let mut shown = self.shown.borrow_mut();
        if language.is_loaded() || shown.asked == Some(language) {
            return;
        }
        shown.asked = Some(language);
        let page = Rc::downgrade(self);
        spawn_local(async move {
            language.load(Route::Studio.base()).await;
            if let Some(page) = page.upgrade() {
                // The title is to be said again too.
                page.shown.borrow_mut().document = None;
                page.redraw.soon();
            }
        });
    }

    fn show_picture(&self, state: &StudioState) {
        let stream = match &state.preview {
            Preview::Live { video, .. } => video.clone(),
            _ => None,
        };
        let mut shown = self.shown.borrow_mut();
        shown.has_picture = stream.is_some();
        let Some(video) = self.nodes.video.cast::<HtmlVideoElement>() else {
            return;
        };
        if !shown.has_stage {
            shown.has_stage = true;
            // The attribute counts only in markup, so the property says it.
            video.set_muted(true);
            self.studio.set_stage(Some(video.clone()));
        }
        if shown.stream != stream {
            video.set_src_object(stream.as_ref().map(Stream::as_raw));
            shown.stream = stream;
        }
    }

    fn show_take(&self, state: &StudioState, phase: Phase) {
        let mut shown = self.shown.borrow_mut();
        let began = phase.is_recording() && !shown.phase.is_recording();
        shown.phase = phase;
        if began && state.playing.is_some() {
            // A take that is watched would be heard in the one that is made.
            self.studio.close_player();
        }
        let playing = state
            .playing
            .as_ref()
            .map_or("", |playing| playing.url.as_str());
        let speaker = state
            .settings
            .speaker
            .as_ref()
            .map_or("", |speaker| &speaker.id);
        let is_new = shown.playing != playing;
        let Some(video) = self.nodes.player.cast::<HtmlVideoElement>() else {
            shown.playing.clear();
            return;
        };
        if is_new {
            playing.clone_into(&mut shown.playing);
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            video.scroll_into_view_with_scroll_into_view_options(&options);
        }
        if (is_new && !speaker.is_empty()) || shown.speaker != speaker {
            speaker.clone_into(&mut shown.speaker);
            let speaker = speaker.to_owned();
            spawn_local(async move {
                // A speaker that is gone leaves the sound where the browser puts it.
                let _ = audio::set_speaker(&video, &speaker).await;
            });
        }
    }

    /// Puts the cursor into a title that is to be written.
    fn begin_title(&self, ui: &Ui) {
        let mut shown = self.shown.borrow_mut();
        if shown.renaming == ui.renaming {
            return;
        }
        shown.renaming.clone_from(&ui.renaming);
        if let Some(input) = self.nodes.title.cast::<HtmlInputElement>() {
            focus(&input);
            input.select();
        }
    }

    /// The button that deleted a take is gone with it; what comes next is in the list.
    fn keep_focus(&self, state: &StudioState) {
        let deleted = state.deleted.as_ref().map(|take| take.record.id.clone());
        let mut shown = self.shown.borrow_mut();
        if shown.deleted == deleted {
            return;
        }
        shown.deleted = deleted;
        if let Some(list) = self.nodes.takes.cast().filter(|_| active().is_none()) {
            focus(&list);
        }
    }

    /// Moves the keyboard once what it was on is gone and what comes next is there, unless the
    /// person has moved it meanwhile.
    fn take_over(&self) {
        let mut handover = self.handover.borrow_mut();
        let Some(Handover {
            from,
            around,
            control,
        }) = &*handover
        else {
            return;
        };
        let active = active();
        if active.is_some() {
            if active != *from {
                *handover = None;
            }
            return;
        }
        let around = gloo::utils::document().get_element_by_id(around);
        let next = around.and_then(|around| around.query_selector(control).ok().flatten());
        if let Some(next) = next.and_then(|next| next.dyn_into().ok()) {
            focus(&next);
            *handover = None;
        }
    }

    /// Takes away what went well after a while; what needs a look stays until it is dismissed.
    fn fade(self: &Rc<Self>, state: &StudioState) {
        let mut shown = self.shown.borrow_mut();
        for notice in &state.notices {
            let passing = matches!(
                notice.what,
                Message::Copied | Message::SnapshotSaved { .. } | Message::Switched { .. }
            );
            let is_fading = shown.fading.iter().any(|(id, _)| *id == notice.id);
            if passing && !is_fading {
                let (studio, id) = (self.studio.clone(), notice.id);
                let timeout = Timeout::new(SAID_FOR_MS, move || studio.dismiss(id));
                shown.fading.push((id, timeout));
            }
        }
        shown
            .fading
            .retain(|(id, _)| state.notices.iter().any(|notice| notice.id == *id));
    }
}

/// What the keyboard is on.
fn active() -> Option<Element> {
    let active = gloo::utils::document().active_element();
    active.filter(|active| active.tag_name() != "BODY")
}

fn focus(element: &HtmlElement) {
    let focused = element.focus();
    debug_assert!(focused.is_ok(), "focusing never throws");
}

/// The take behind one, else the one before it.
fn next_to(takes: &[TakeView], id: &str) -> Option<String> {
    let at = takes.iter().position(|take| take.record.id == id)?;
    let next = takes.get(at + 1).or_else(|| takes.get(at.checked_sub(1)?));
    next.map(|take| take.record.id.clone())
}
