//! Long takes: ending one costs its index, not its length, and memory stays flat meanwhile.
//!
//! The takes are synthetic: one small recording again and again, each time as a further part. So
//! the whole way is gone, as with recorders that take over from one another: joined, written and
//! flushed in the vault, followed, finished, and opened in a player.

use callreel_browser::{
    Listener,
    blob::ObjectUrl,
    page,
    take_file::{self, TakeFile},
    vault::Vault,
};
use futures_channel::oneshot;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};
use web_sys::{HtmlMediaElement, HtmlVideoElement};

const SAMPLE: &[u8] = include_bytes!("../../../webm/tests/samples/chromium-vp8-opus.webm");
/// One part follows the other after so many ms, a little more than the sample is long.
const PART_MS: f64 = 2_520.0;
/// What finishing may add to the wasm's memory however long the take is, in bytes.
const SLACK: f64 = 2e6;

fn wasm_bytes() -> f64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    f64::from(buffer.byte_length())
}

async fn event(video: &HtmlVideoElement, name: &'static str) {
    let (sender, happened) = oneshot::channel();
    let _listener = Listener::once(video, name, move |_| {
        let _ = sender.send(());
    });
    happened.await.unwrap();
}

/// Makes a take of so many parts, ends it and opens it; looks into its middle. Says how much the
/// wasm's memory grew from the take's first tenth to its end, in bytes.
async fn make(parts: u32) -> f64 {
    let vault = Vault::start().unwrap();
    let id = page::random_id().unwrap();
    assert!(vault.claim(&id).await.unwrap());
    let mut file = TakeFile::create(&vault, &id, true).await.unwrap();
    let mut early = 0.0;
    for part in 0..parts {
        if part > 0 {
            file.next_part(f64::from(part) * PART_MS).await.unwrap();
        }
        file.push(SAMPLE.to_vec()).await.unwrap();
        if part == parts / 10 {
            early = wasm_bytes();
        }
    }
    let stopped = page::now();
    let ended = file.finish().await.unwrap().unwrap();
    let head = ended.head.as_deref();
    let blob = take_file::assemble(&vault, &id, head, &ended.media, "video/webm")
        .await
        .unwrap();
    let url = ObjectUrl::new(&blob).unwrap();
    let document = gloo::utils::document();
    let video: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
    video.set_muted(true);
    video.set_src(url.as_str());
    event(&video, "loadedmetadata").await;
    let ready_ms = page::now() - stopped;
    let grown = wasm_bytes() - early;
    let length_ms = f64::from(parts) * PART_MS;
    let off = video.duration() * 1_000.0 - length_ms;
    assert!(off.abs() < 100.0, "{off} ms off after {parts} parts");
    // Firefox may forget where to go when it is told before it has the first frame.
    if video.ready_state() < HtmlMediaElement::HAVE_CURRENT_DATA {
        event(&video, "loadeddata").await;
    }
    video.set_current_time(length_ms / 2_000.0);
    event(&video, "seeked").await;
    video.remove_attribute("src").unwrap();
    vault.remove(&id).await.unwrap();
    // `cargo xtask bench replay` reads and judges it; here other tests take their share of the time.
    console_log!(
        "long take: {:.0} s, {:.1} MB; stop to replay ready {:.0} ms; wasm grew by {:.0} KB",
        length_ms / 1_000.0,
        ended.size as f64 / 1e6,
        ready_ms,
        grown / 1e3,
    );
    grown
}

#[wasm_bindgen_test]
async fn ten_seconds() {
    make(4).await;
}

#[wasm_bindgen_test]
async fn half_an_hour_in_flat_memory() {
    let grown = make(720).await;
    assert!(grown <= SLACK, "{grown} bytes");
}

#[wasm_bindgen_test]
async fn two_hours_in_flat_memory() {
    let grown = make(2_880).await;
    assert!(grown <= SLACK, "{grown} bytes");
}
