//! One recording, watched: the browser's own player, with speed, keys and links beside it.

use std::rc::Rc;

use super::{
    controller::{Library, failed},
    list::{download, facts, title_line, title_of},
    state::{Over, Speed, Watched},
    view::View,
};
use crate::{
    components::{Button, Choice, El, Glyph, Select, el, icon, text},
    routes::Route,
};
use callreel_browser::{Listener, player};
use web_sys::{HtmlElement, HtmlVideoElement, wasm_bindgen::JsCast};
use yew::prelude::*;

/// The page while a recording is open.
pub fn watched(view: &View, watched: &Watched) -> El {
    let words = view.words;
    let recording = &watched.recording;
    let title = title_of(view, recording);
    let is_owner = Route::here() == Route::Library;
    let heading = match is_owner {
        true => title_line(view, recording, title.clone()),
        false => el("div.title").with(el("strong").text(title.clone())),
    };
    el("main.watching[id=main]")
        .with(el("h1.unseen").text(title.clone()))
        .maybe(is_owner.then(|| {
            el("a.btn quiet back")
                .put("href", "#".to_owned().into())
                .with(icon(Glyph::Back))
                .with(el("span").say(words.t("player.back")))
        }))
        .with(screen(view, watched, &title))
        .with(
            el("div.caption")
                .with(heading)
                .with(controls(view, watched, is_owner)),
        )
        .with(facts(view, recording))
}

fn screen(view: &View, watched: &Watched, title: &str) -> El {
    let recording = &watched.recording;
    let mut url = [&*view.library.base(), &recording.media_url].concat();
    if watched.is_live {
        url.push_str(if url.contains('?') {
            "&live=1"
        } else {
            "?live=1"
        });
    }
    if watched.from >= 1.0 {
        // The browser seeks there by itself (Media Fragments, section 4.2.1).
        url.push_str("#t=");
        url.push_str(&(watched.from as u32).to_string());
    }
    let name = view.words.with("player.name", &[("title", title)]);
    let is_sound = recording.mime.starts_with("audio");
    let video = el("video[controls][playsinline][preload=auto]")
        .key([&*recording.id, "/", &watched.version.to_string()].concat())
        .node(&view.library.player)
        .class_if("player", is_sound, "sound")
        .flag("autoplay", watched.is_live || watched.version > 0)
        .put("aria-label", name.into())
        .put("src", url.into());
    let live = (recording.state == "recording").then(|| live(view, watched));
    el("div.screen").with(video).maybe(live)
}

/// What can be done about a recording that is still being made.
fn live(view: &View, watched: &Watched) -> El {
    let words = view.words;
    let (key, to) = match watched.is_live {
        true => ("player.from_start", false),
        false => ("player.to_live", true),
    };
    let change = view.act(move |library| library.follow_live(to));
    el("div.live-bar")
        .with(el("span.chip live").say(words.t("library.live")))
        .with(el("span.quiet small[role=status]").say(words.t("player.being_made")))
        .with(Button::new(words.t(key), change).view())
}

fn controls(view: &View, watched: &Watched, is_owner: bool) -> El {
    let words = view.words;
    let recording = &watched.recording;
    let library = view.library.clone();
    let speed = Callback::from(move |chosen: String| {
        let speed = Speed::ALL.into_iter().find(|speed| speed.id() == chosen);
        library.update(|state| state.speed = speed.unwrap_or_default());
    });
    let speeds = Speed::ALL.map(|speed| Choice::fixed(speed.id(), speed.id()));
    let chosen = view.state.speed.id().into();
    let speed_list = Select::new(words.t("player.speed").into(), chosen, speeds.into());
    let icon = |key, act, glyph| {
        Button::new(words.t(key), act)
            .icon(glyph)
            .class("btn quiet")
    };
    let small = view.act(|library| {
        if let Some(video) = library.video() {
            player::toggle_picture_in_picture(&video);
        }
    });
    let moment = {
        let recording = recording.clone();
        view.act(move |library| {
            let at = library.video().map_or(0.0, |video| video.current_time());
            library.copy(
                library.link_to(&recording, at as u32),
                "player.moment_copied",
            );
        })
    };
    let id = &recording.id;
    let share = view.act_on(id, |library, id| library.show(Some(Over::Share(id))));
    let delete = view.act_on(id, |library, id| library.delete(id));
    el("div.controls")
        .with(speed_list.silent().view(speed))
        .maybe(
            player::has_picture_in_picture()
                .then(|| icon("player.small", small, Glyph::Small).view()),
        )
        .with(icon("player.moment", moment, Glyph::Clock).view())
        .maybe(is_owner.then(|| icon("library.share", share, Glyph::Link).view()))
        .with(download(view, recording))
        .maybe(is_owner.then(|| icon("library.delete", delete, Glyph::Delete).view()))
}

/// The page while what the address asks for is not there.
pub fn missing(view: &View) -> El {
    let words = view.words;
    let why = view.state.missing.as_ref().map(failed);
    let (title, body) = match &why {
        Some(said) => (words.t("player.missing"), view.say(said.key, &said.with)),
        None => (words.t("player.loading"), String::new()),
    };
    let way = (Route::here() == Route::Library).then(|| {
        el("a.btn primary")
            .put("href", "#".to_owned().into())
            .say(words.t("player.back"))
    });
    el("main.lost[id=main]")
        .with(el("span.badge").with(icon(Glyph::Film)))
        .with(el("h1").say(title))
        .with(el("p.quiet").child(text(body.into())))
        .maybe(way)
}

/// Keys for the player, wherever the focus is but in a field.
pub fn keys(library: &Rc<Library>) -> Listener {
    let weak = Rc::downgrade(library);
    Listener::new(&gloo::utils::document(), "keydown", move |event| {
        let Some(library) = weak.upgrade() else {
            return;
        };
        let key: &KeyboardEvent = event.unchecked_ref();
        let on = key
            .target()
            .and_then(|on| on.dyn_into::<HtmlElement>().ok());
        let tag = on.map_or_else(String::new, |on| on.tag_name());
        if let Some(video) = library.video()
            && !key.ctrl_key()
            && !key.alt_key()
            && !key.meta_key()
            && !key.is_composing()
            && press(&video, &key.key(), &tag)
        {
            event.prevent_default();
        }
    })
}

/// Does what a key means; false where it means nothing here.
fn press(video: &HtmlVideoElement, key: &str, focused: &str) -> bool {
    let is_field = matches!(focused, "INPUT" | "SELECT" | "TEXTAREA");
    // A focused player knows these by itself, and a button is pressed with the space bar.
    let is_native = matches!(key, " " | "ArrowLeft" | "ArrowRight" | "Home" | "End");
    let is_theirs = is_native && matches!(focused, "VIDEO" | "BUTTON" | "A");
    if is_field || is_theirs {
        return false;
    }
    let step = |seconds: f64| video.set_current_time((video.current_time() + seconds).max(0.0));
    match key {
        " " | "k" if video.paused() => {
            // A refusal is shown by the player itself.
            let _ = video.play();
        }
        " " | "k" => {
            let paused = video.pause();
            debug_assert!(paused.is_ok(), "pausing never throws");
        }
        "ArrowLeft" => step(-5.0),
        "ArrowRight" => step(5.0),
        "j" => step(-10.0),
        "l" => step(10.0),
        "Home" => video.set_current_time(0.0),
        "m" => video.set_muted(!video.muted()),
        "f" => player::toggle_full_screen(video),
        "p" => player::toggle_picture_in_picture(video),
        _ => return tenth(video, key),
    }
    true
}

/// The digits go to that tenth of the recording.
fn tenth(video: &HtmlVideoElement, key: &str) -> bool {
    let Ok(digit @ 0..=9) = key.parse::<u8>() else {
        return false;
    };
    let length = video.duration();
    if length.is_finite() {
        video.set_current_time(length * f64::from(digit) / 10.0);
    }
    true
}
