//! What the package's JavaScript gives and hears.

use callreel_browser::js;
use callreel_engine::{
    formats::{Container, Format, FormatOrder, Media},
    record::{RecordState, TakeRecord},
    upload::UploadNote,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Blob;

use crate::take;

#[wasm_bindgen]
extern "C" {
    /// What is wanted: `RecordOptions` and `RoomOptions` of `embed/*.d.ts`, checked by
    /// `embed/*.js`. A room's may change, and are read when they are needed.
    #[derive(Clone)]
    pub type Options;
    #[wasm_bindgen(method, getter)]
    pub(super) fn source(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn format(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = bitRate)]
    pub(super) fn bit_rate(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn timeslice(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxDuration)]
    pub(super) fn max_duration(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn title(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn upload(this: &Options) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn server(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = ownerKey)]
    pub(super) fn owner_key(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn token(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn room(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn name(this: &Options) -> Option<String>;
    /// The tag of a language whose sentences are there.
    #[wasm_bindgen(method, getter)]
    pub(super) fn lang(this: &Options) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn width(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn height(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = frameRate)]
    pub(super) fn frame_rate(this: &Options) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = facingMode)]
    pub(super) fn facing_mode(this: &Options) -> Option<String>;

    /// Who is told what happens: an object of `embed/*.js`.
    #[derive(Clone)]
    pub type Hearer;
    /// It stands elsewhere, or time has passed.
    #[wasm_bindgen(method)]
    pub(super) fn moved(this: &Hearer);
    /// A take is over; without one where nothing was recorded.
    #[wasm_bindgen(method)]
    pub(super) fn finished(this: &Hearer, take: JsValue);
    /// Something went wrong, or should be known.
    #[wasm_bindgen(method)]
    pub(super) fn problem(this: &Hearer, code: &str, detail: &str);
    /// The upload of a take stands elsewhere.
    #[wasm_bindgen(method)]
    pub(super) fn uploading(this: &Hearer, take: &str, state: &str, sent: f64, held: f64);
    /// The server has all of a take, as the recording of this id.
    #[wasm_bindgen(method)]
    pub(super) fn uploaded(this: &Hearer, take: &str, id: &str, address: &str);
    /// A device was refused: `{code, message, steps, line}`.
    #[wasm_bindgen(method)]
    pub(super) fn refused(this: &Hearer, refusal: JsValue);
    /// One is in the room.
    #[wasm_bindgen(method)]
    pub(super) fn joined(this: &Hearer, room: &str);
    /// One is out of it.
    #[wasm_bindgen(method)]
    pub(super) fn left(this: &Hearer);
    /// One was not let in: a code, and perhaps a sentence of the server's.
    #[wasm_bindgen(method, js_name = keptOut)]
    pub(super) fn kept_out(this: &Hearer, code: &str, message: &str);
    /// Somebody came, or is otherwise than before: `Peer` of `embed/room.d.ts`.
    #[wasm_bindgen(method)]
    pub(super) fn peer(this: &Hearer, peer: JsValue);
    /// Somebody went.
    #[wasm_bindgen(method, js_name = peerLeft)]
    pub(super) fn peer_left(this: &Hearer, id: u32);
    /// Somebody wrote something, at a time in ms since 1970; without a name it is one's own.
    #[wasm_bindgen(method)]
    pub(super) fn said(this: &Hearer, from: Option<String>, text: &str, at_ms: f64);
    /// A recording of the call goes on.
    #[wasm_bindgen(method)]
    pub(super) fn recording(this: &Hearer, durable: bool);
}

/// The format of that id, or the first in that container ("webm", "mp4"), else the browser's best.
pub fn format(wanted: Option<&str>, media: Media) -> Option<&'static Format> {
    let wanted_container = match wanted {
        Some("webm") => Some(Container::Webm),
        Some("mp4") => Some(Container::Mp4),
        _ => None,
    };
    let offered = take::formats(media);
    let of_container = offered
        .into_iter()
        .find(|format| Some(format.container) == wanted_container);
    of_container.or_else(|| take::format(FormatOrder::Default, wanted, media))
}

/// A take as JavaScript gets it; the note says what the server has of one that was uploaded.
pub fn described(
    record: &TakeRecord,
    file: &Blob,
    durable: bool,
    note: Option<&UploadNote>,
) -> JsValue {
    let note = note.filter(|note| note.complete);
    let uploaded = |part: Option<&String>| part.map_or("", String::as_str).into();
    js::object(&[
        ("id", record.id.as_str().into()),
        ("title", record.title.as_str().into()),
        ("blob", file.into()),
        ("type", record.mime.as_str().into()),
        ("extension", record.extension.as_str().into()),
        ("source", record.source.as_str().into()),
        ("duration", record.duration_ms.into()),
        ("createdAt", record.created_at.into()),
        ("durable", durable.into()),
        ("recovered", (record.state == RecordState::Recovered).into()),
        (
            "recording",
            uploaded(note.and_then(|it| it.recording.as_ref())),
        ),
        ("address", uploaded(note.and_then(|it| it.address.as_ref()))),
    ])
}
