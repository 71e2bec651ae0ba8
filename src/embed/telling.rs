//! What the page is told of a room: how its state differs from what was told last.

use std::rc::Rc;

use callreel_browser::{js, media::Stream};
use callreel_engine::{call::Standing, settings::Source};
use wasm_bindgen::JsValue;

use super::{around::Around, refusal};
use crate::{
    app::words,
    room::{
        recording::UNSUPPORTED,
        shared::Said,
        state::{Message, Out, Person, Phase, State},
    },
};

/// Tells what is new. JavaScript may do anything with it, so nothing is borrowed meanwhile.
pub fn tell(around: &Rc<Around>) {
    let Some(room) = around.room() else { return };
    let new = room.state().clone();
    let old = around.told.replace(new.clone());
    if old == new {
        return;
    }
    let hearer = &around.hearer;
    let was_in = old.phase == Phase::In;
    let is_in = new.phase == Phase::In;
    if is_in && !was_in {
        around.is_in();
        hearer.joined(&new.room);
    }
    for gone in &old.people {
        if new.people.iter().all(|person| person.key != gone.key) {
            hearer.peer_left(gone.key);
        }
    }
    for person in &new.people {
        if !old.people.contains(person) {
            hearer.peer(described(person));
        }
    }
    let lines = |state: &State| state.chat_gone + state.chat.len();
    // Each call begins with an empty chat.
    let known = Some(lines(&old)).filter(|known| *known <= lines(&new));
    let skipped = known.unwrap_or(0).saturating_sub(new.chat_gone);
    for line in new.chat.iter().skip(skipped) {
        if let Said::Text(text) = &line.said {
            hearer.said(line.from.clone(), text, line.at_ms);
        }
    }
    if new.own.recording && !old.own.recording {
        hearer.recording(around.is_durable());
    }
    problems(around, &old, &new);
    match &new.phase {
        Phase::Over(_) if new.phase == old.phase => {}
        Phase::Over(Out::Full(_)) => hearer.kept_out("room_full", ""),
        Phase::Over(Out::Refused { code, message }) => {
            let known = words(&new.settings).find(&["over.refused.", code].concat());
            hearer.kept_out(code, known.unwrap_or(message));
        }
        _ => {}
    }
    // After the reason: nothing follows it.
    if was_in && !is_in {
        hearer.left();
    }
    hearer.moved();
}

fn problems(around: &Around, old: &State, new: &State) {
    let hearer = &around.hearer;
    let refused = |failure, source| {
        hearer.refused(refusal::told(words(&new.settings), failure, source));
    };
    if let Some((failure, source)) = &new.own.failure
        && old.own.failure != new.own.failure
    {
        refused(failure, *source);
    }
    for notice in new.notices.iter().filter(|notice| notice.id > old.noticed) {
        match &notice.what {
            // Camera and microphone are told above.
            Message::Refused(failure, source @ Source::Screen) => refused(failure, *source),
            Message::Unreachable => {
                let server = around.options.server().unwrap_or_default();
                hearer.problem("room_unreachable", &server);
            }
            Message::RecorderFailed(code) if code == UNSUPPORTED => hearer.problem(code, ""),
            Message::KeptOut { code, message } => {
                let known = words(&new.settings).find(&["over.refused.", code].concat());
                hearer.problem("room_kept_out", known.unwrap_or(message));
            }
            Message::NoRelay => hearer.problem("room_no_relay", ""),
            Message::NoWay(name) => hearer.problem("room_no_way", name),
            Message::RecorderFailed(code) => hearer.problem("recorder_failed", code),
            Message::DiskFull => hearer.problem("disk_full", ""),
            Message::NotLoaded => {
                let sentence = words(&new.settings).find("say.not_loaded");
                hearer.problem("other", sentence.unwrap_or_default());
            }
            Message::Failed(text) => hearer.problem("other", text),
            _ => {}
        }
    }
}

/// Somebody else, as JavaScript gets them.
fn described(person: &Person) -> JsValue {
    let stream = |stream: Option<&Stream>| stream.map_or(JsValue::NULL, |s| s.as_raw().into());
    let screen = person.screen.as_ref().filter(|_| person.status.screen);
    let connection = match person.standing {
        Standing::Connecting | Standing::Wayless => "connecting",
        Standing::Connected => "connected",
        Standing::Interrupted => "interrupted",
    };
    js::object(&[
        ("id", person.key.into()),
        ("name", person.name.as_str().into()),
        ("stream", stream(person.stream.as_ref())),
        ("screen", stream(screen)),
        ("camera", person.status.camera.into()),
        ("microphone", person.status.microphone.into()),
        ("hand", person.status.hand.into()),
        ("recording", person.status.recording.into()),
        ("speaking", person.speaks.into()),
        ("connection", connection.into()),
    ])
}
