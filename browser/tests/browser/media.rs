//! Tracks, recorders, sound and pictures in a real browser with fake devices.

use std::{cell::Cell, rc::Rc};

use callreel_browser::{
    audio::{Mixer, Slot},
    compositor::{Compositor, Config},
    devices,
    media::{self, Stream},
    page,
    recorder::{self, RecorderConfig, RecorderEvent},
    take_file::TakeFile,
    ticker::Ticker,
    vault::Vault,
};
use futures_util::StreamExt;
use gloo::timers::future::TimeoutFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// What a second of recording leaves at least, in ms. A machine that has its hands full leaves out much
/// of it; what is not recorded leaves nothing.
const RECORDED_MS: f64 = 100.0;
const SMALL: &str = r#"{"width":{"ideal":320},"height":{"ideal":240}}"#;

fn config(mime: &str) -> RecorderConfig {
    RecorderConfig {
        mime: mime.to_owned(),
        timeslice_ms: 200,
        key_frame_ms: Some(1_000),
        ..RecorderConfig::default()
    }
}

/// Records for about a second into the vault; the finished file's length in ms.
async fn record(stream: &Stream, mime: &str) -> f64 {
    let vault = Vault::start().unwrap();
    let id = page::random_id().unwrap();
    let mut file = TakeFile::create(&vault, &id, true).await.unwrap();
    let (recorder, mut events) = config(mime).start(stream).unwrap();
    let mut chunks = 0;
    while let Some(event) = events.next().await {
        match event {
            RecorderEvent::Chunk(chunk) => {
                file.push(callreel_browser::blob::bytes(&chunk).await.unwrap())
                    .await
                    .unwrap();
                chunks += 1;
                if chunks == 6 {
                    recorder.stop().unwrap();
                }
            }
            RecorderEvent::Failed(error) => panic!("{error:?}"),
            RecorderEvent::Started { .. } | RecorderEvent::Stopped => {}
        }
    }
    let ended = file
        .finish()
        .await
        .unwrap()
        .expect("something was recorded");
    assert!(!ended.media.is_empty() && ended.head.is_some());
    vault.remove(&id).await.unwrap();
    ended.duration_ms.expect("WebM tells its length")
}

#[wasm_bindgen_test]
async fn devices_are_listed_by_kind() {
    let listed = devices::enumerate().await.unwrap();
    assert!(listed.iter().any(|d| d.kind == devices::Kind::Camera));
    assert!(listed.iter().any(|d| d.kind == devices::Kind::Microphone));
}

#[wasm_bindgen_test]
async fn a_dropped_stream_turns_the_camera_off() {
    let stream = media::open_devices(Some(SMALL), Some("{}")).await.unwrap();
    // Not the method of that name, which is JavaScript's and makes another track.
    let track = Clone::clone(stream.video().unwrap().as_raw());
    let kept = stream.audio().unwrap().clone();
    assert_eq!(track.ready_state(), web_sys::MediaStreamTrackState::Live);
    drop(stream);
    assert_eq!(track.ready_state(), web_sys::MediaStreamTrackState::Ended);
    assert!(kept.is_live(), "a clone of a track keeps it alive");
}

#[wasm_bindgen_test]
async fn what_can_not_be_met_is_named() {
    let refused = media::open_devices(Some(r#"{"width":{"exact":31999}}"#), None).await;
    let error = refused.unwrap_err();
    assert_eq!(error.name, "OverconstrainedError");
    assert_eq!(error.constraint.as_deref(), Some("width"));
}

#[wasm_bindgen_test]
async fn a_take_becomes_a_finished_file() {
    let stream = media::open_devices(Some(SMALL), Some("{}")).await.unwrap();
    let length = record(&stream, "video/webm;codecs=vp8,opus").await;
    assert!((RECORDED_MS..60_000.0).contains(&length), "{length} ms");
}

#[wasm_bindgen_test]
async fn the_mixer_gives_one_unbroken_track() {
    let microphone = media::open_devices(None, Some("{}")).await.unwrap();
    let mixer = Mixer::new().unwrap();
    // On a busy machine it takes longer than a person waits for it.
    while !mixer.start().await {}
    mixer.set(Slot::Microphone, microphone.audio()).unwrap();
    // The fake microphone beeps.
    while mixer.level() < 0.001 {
        TimeoutFuture::new(50).await;
    }
    mixer.set(Slot::Microphone, None).unwrap();
    assert_eq!(mixer.level(), 0.0);
    assert!(mixer.track().is_live());
    let sound = Stream::of(vec![mixer.track().clone()]).unwrap();
    let length = record(&sound, "audio/webm;codecs=opus").await;
    assert!(length > RECORDED_MS, "silence is recorded too: {length} ms");
}

#[wasm_bindgen_test]
async fn a_composed_picture_survives_its_sources() {
    let camera = media::open_devices(Some(SMALL), None).await.unwrap();
    let compositor = Compositor::start(Config {
        width: 320,
        height: 240,
        frame_rate: 20.0,
        filter: "grayscale(1)".to_owned(),
        placeholder: "nothing to see".to_owned(),
    })
    .unwrap();
    compositor.set_main(Some(&camera)).unwrap();
    compositor.set_corner(Some(&camera)).unwrap();
    let picture = Stream::of(vec![compositor.track().clone()]).unwrap();
    let length = record(&picture, "video/webm;codecs=vp8").await;
    assert!(length > RECORDED_MS, "{length} ms");
    compositor.set_main(None).unwrap();
    compositor.set_corner(None).unwrap();
    let length = record(&picture, "video/webm;codecs=vp8").await;
    assert!(length > RECORDED_MS, "{length} ms");
}

#[wasm_bindgen_test]
async fn the_ticker_ticks_until_it_is_dropped() {
    let ticks = Rc::new(Cell::new(0));
    let counted = Rc::clone(&ticks);
    let ticker = Ticker::start(20.0, move || counted.set(counted.get() + 1)).unwrap();
    while ticks.get() < 10 {
        TimeoutFuture::new(20).await;
    }
    drop(ticker);
    let then = ticks.get();
    TimeoutFuture::new(200).await;
    assert_eq!(ticks.get(), then);
}

#[wasm_bindgen_test]
fn what_is_recordable_is_told() {
    assert!(recorder::available());
    assert!(recorder::is_supported("video/webm;codecs=vp8,opus"));
    assert!(!recorder::is_supported("video/nonsense"));
}

#[wasm_bindgen_test]
fn ids_are_random_and_long() {
    let (one, other) = (page::random_id().unwrap(), page::random_id().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.len(), 32);
    assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
}
