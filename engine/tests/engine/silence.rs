use callreel_engine::silence::{
    HEARD_FROM, MicState, SILENT_AFTER_MS, SILENT_BELOW, SilenceWatch, meter,
};

const LOUD: f64 = 0.1;
const QUIET: f64 = 0.000_1;

/// Feeds a level every 100 ms and returns the last state.
fn feed(watch: &mut SilenceWatch, from_ms: u32, to_ms: u32, level: f64) -> MicState {
    let mut state = MicState::Fine;
    for now in (from_ms..=to_ms).step_by(100) {
        state = watch.feed(f64::from(now), level, false, false);
    }
    state
}

#[test]
fn a_pause_in_speech_is_no_silence() {
    let mut watch = SilenceWatch::new();
    assert_eq!(feed(&mut watch, 0, 3_900, QUIET), MicState::Fine);
    assert_eq!(feed(&mut watch, 4_000, 4_000, LOUD), MicState::Fine);
    assert_eq!(feed(&mut watch, 4_100, 8_000, QUIET), MicState::Fine);
}

#[test]
fn silence_is_told_with_its_length() {
    let mut watch = SilenceWatch::new();
    feed(&mut watch, 0, 1_000, LOUD);
    assert_eq!(
        feed(&mut watch, 1_100, 5_100, QUIET),
        MicState::Silent {
            for_ms: SILENT_AFTER_MS
        }
    );
    assert_eq!(
        feed(&mut watch, 5_200, 6_100, QUIET),
        MicState::Silent { for_ms: 5_000.0 }
    );
}

#[test]
fn a_warning_goes_only_with_a_clear_sound() {
    let between = (SILENT_BELOW + HEARD_FROM) / 2.0;
    let mut watch = SilenceWatch::new();
    assert_eq!(
        feed(&mut watch, 0, 8_000, between),
        MicState::Fine,
        "never warned"
    );
    feed(&mut watch, 8_100, 13_000, QUIET);
    assert!(matches!(
        feed(&mut watch, 13_100, 13_500, between),
        MicState::Silent { .. }
    ));
    assert_eq!(feed(&mut watch, 13_600, 13_600, HEARD_FROM), MicState::Fine);
    assert_eq!(feed(&mut watch, 13_700, 17_000, between), MicState::Fine);
}

#[test]
fn what_the_track_says_comes_first() {
    let mut watch = SilenceWatch::new();
    feed(&mut watch, 0, 5_000, QUIET);
    assert_eq!(watch.feed(5_100.0, QUIET, true, false), MicState::Muted);
    assert_eq!(watch.feed(5_200.0, LOUD, false, true), MicState::Ended);
    assert_eq!(watch.feed(5_300.0, LOUD, true, true), MicState::Ended);
    assert_eq!(
        watch.feed(5_400.0, QUIET, false, false),
        MicState::Fine,
        "counted anew"
    );
}

#[test]
fn a_broken_meter_hears_nothing() {
    let mut watch = SilenceWatch::new();
    assert!(matches!(
        feed(&mut watch, 0, 4_000, f64::NAN),
        MicState::Silent { .. }
    ));
}

#[test]
fn a_meter_stays_in_its_frame() {
    assert_eq!(meter(0.0), 0.0);
    assert_eq!(meter(-1.0), 0.0);
    assert_eq!(meter(f64::NAN), 0.0);
    assert_eq!(meter(7.0), 1.0);
    assert!(meter(0.01) < meter(0.1));
}
