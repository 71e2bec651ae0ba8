//! What the parts of the page are drawn from, and how they act.

use std::rc::Rc;

use super::{
    controller::Studio,
    mounted::Mounted,
    state::{Preview, Recording, StudioState},
};
use crate::i18n::Words;
use callreel_engine::{
    constraints::{BoundError, Property},
    settings::Settings,
};
use yew::prelude::*;

/// What the page knows besides the studio's state: what is open on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ui {
    /// Whether the settings are shown.
    pub panel: bool,
    /// What is shown over the page.
    pub over: Option<Over>,
    /// The take whose title is being written.
    pub renaming: Option<String>,
    /// The take that the person wants to play; another one in the player is only shown.
    pub wanted: Option<String>,
    /// The constraint that was not taken over, and why.
    pub refused: Option<(Property, BoundError)>,
}

/// What can be shown over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The list of keys.
    Keys,
    /// The server.
    Server,
}

/// What is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foremost {
    /// The page, perhaps with the settings beside it.
    Page,
    /// The settings, where there is no room beside the page.
    Panel,
    /// This.
    Over(Over),
}

/// What a recording does now, without its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// None.
    #[default]
    Idle,
    /// Being started.
    Starting,
    /// At work.
    Running,
    /// Waiting to go on.
    Paused,
    /// The last bytes are being kept.
    Stopping,
}

impl From<&Recording> for Phase {
    fn from(recording: &Recording) -> Self {
        match recording {
            Recording::Idle => Self::Idle,
            Recording::Starting => Self::Starting,
            Recording::Running(running) if running.paused => Self::Paused,
            Recording::Running(_) => Self::Running,
            Recording::Stopping => Self::Stopping,
        }
    }
}

impl Phase {
    /// Whether a take is being made.
    pub const fn is_recording(self) -> bool {
        !matches!(self, Self::Idle)
    }
}

/// Everything that a part of the page is drawn from.
pub struct View<'a> {
    /// The sentences.
    pub words: Words,
    /// What is known.
    pub state: &'a StudioState,
    /// What is open.
    pub ui: &'a Ui,
    /// What the recording does.
    pub phase: Phase,
    /// What acts.
    pub page: &'a Rc<Mounted>,
}

impl View<'_> {
    /// The controller.
    pub fn studio(&self) -> &Studio {
        &self.page.studio
    }

    /// What the person has chosen so far.
    pub fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// What is in front of everything else.
    pub fn foremost(&self) -> Foremost {
        match self.ui.over {
            Some(over) => Foremost::Over(over),
            None if self.ui.panel && self.page.is_panel_over() => Foremost::Panel,
            None => Foremost::Page,
        }
    }

    /// Whether there is a picture.
    pub const fn has_picture(&self) -> bool {
        matches!(self.state.preview, Preview::Live { video: Some(_), .. })
    }

    /// A click asks this of the controller.
    pub fn act(&self, act: fn(&Studio)) -> Callback<MouseEvent> {
        let page = self.page.clone();
        Callback::from(move |_| act(&page.studio))
    }

    /// A click asks this of the controller, about the take with this id.
    pub fn act_on(&self, id: &str, act: fn(&Studio, &str)) -> Callback<MouseEvent> {
        let (page, id) = (self.page.clone(), id.to_owned());
        Callback::from(move |_| act(&page.studio, &id))
    }

    /// A choice changes the settings.
    pub fn set(&self, apply: fn(&mut Settings, &str)) -> Callback<String> {
        let page = self.page.clone();
        Callback::from(move |value: String| page.studio.change(&|s| apply(s, &value)))
    }

    /// A switch changes the settings.
    pub fn set_flag(&self, apply: fn(&mut Settings, bool)) -> Callback<bool> {
        let page = self.page.clone();
        Callback::from(move |on| page.studio.change(&|s| apply(s, on)))
    }

    /// A number changes the settings.
    pub fn set_number(&self, apply: fn(&mut Settings, Option<f64>)) -> Callback<Option<f64>> {
        let page = self.page.clone();
        Callback::from(move |value| page.studio.change(&|s| apply(s, value)))
    }

    /// A click changes what is open.
    pub fn show(&self, apply: fn(&mut Ui)) -> Callback<MouseEvent> {
        let page = self.page.clone();
        Callback::from(move |_| page.show(apply))
    }

    /// The closing of a dialog changes what is open.
    pub fn closed(&self, apply: fn(&mut Ui)) -> Callback<()> {
        let page = self.page.clone();
        Callback::from(move |()| page.show(apply))
    }
}

impl Studio {
    /// Changes the settings from what they are now.
    pub(super) fn change(&self, apply: &dyn Fn(&mut Settings)) {
        let mut settings = self.0.settings.borrow().clone();
        apply(&mut settings);
        self.set(settings);
    }
}
