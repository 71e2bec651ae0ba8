use super::studio::Studio;
use callreel_engine::take::{
    Input, Notice, Output, START_WITHIN_MS, STOP_WITHIN_MS, TakeMachine, TakeState,
};

#[test]
fn a_plain_take() {
    let mut take = TakeMachine::new(true);
    assert_eq!(take.state(), TakeState::Idle);
    assert_eq!(
        take.handle(Input::StartAsked, 0.0),
        [Output::StartRecorder { part: 0 }]
    );
    assert_eq!(take.state(), TakeState::Starting);
    assert_eq!(
        take.handle(
            Input::PartReady {
                part: 0,
                at_ms: 120.0
            },
            150.0
        ),
        []
    );
    assert_eq!(take.state(), TakeState::Recording);
    assert_eq!(take.elapsed(5_120.0), 5_000.0);
    assert_eq!(
        take.handle(Input::StopAsked, 5_120.0),
        [Output::StopRecorder { part: 0 }]
    );
    assert_eq!(take.state(), TakeState::Stopping);
    assert_eq!(
        take.handle(Input::RecorderStopped { part: 0 }, 5_300.0),
        [Output::FinishVault {
            elapsed_ms: 5_000.0
        }]
    );
    assert_eq!(take.state(), TakeState::Finished);
    assert_eq!(take.poll_timeout(), None);
}

#[test]
fn a_second_start_does_nothing() {
    let mut studio = Studio::recording();
    assert_eq!(studio.input(Input::StartAsked), []);
    studio.finish();
    assert_eq!(studio.input(Input::StartAsked), []);
}

#[test]
fn nothing_happens_before_the_start() {
    let mut studio = Studio::new();
    for input in [
        Input::PauseAsked,
        Input::ResumeAsked,
        Input::StopAsked,
        Input::SourceChanged,
    ] {
        assert_eq!(studio.input(input), []);
    }
    assert_eq!(studio.input(Input::DiskFull), []);
    assert_eq!(studio.state(), TakeState::Idle);
}

#[test]
fn a_stop_before_the_first_frame_keeps_what_there_is() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    studio.chunk(0, 300);
    assert_eq!(
        studio.input(Input::StopAsked),
        [Output::StopRecorder { part: 0 }]
    );
    studio.chunk(0, 200);
    studio.let_stop();
    assert_eq!(studio.state(), TakeState::Finished);
    assert_eq!(studio.machine.bytes(), 500);
}

#[test]
fn a_refused_start_is_a_failure_and_no_take() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    studio.failed(0, "NotSupportedError");
    let code = "NotSupportedError".to_owned();
    assert_eq!(studio.notices, [Notice::StartFailed { code: code.clone() }]);
    assert_eq!(studio.state(), TakeState::Failed { code });
    assert_eq!(studio.finished, [0.0]);
    assert_eq!(studio.input(Input::StopAsked), []);
}

#[test]
fn a_recorder_that_never_begins_is_given_up() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    let due = studio.machine.poll_timeout().expect("a start is awaited");
    assert_eq!(due, studio.now + START_WITHIN_MS);
    studio.pass(START_WITHIN_MS - 1.0);
    assert_eq!(studio.input(Input::Tick), []);
    studio.pass(1.0);
    studio.input(Input::Tick);
    assert_eq!(
        studio.state(),
        TakeState::Failed {
            code: "start_timeout".to_owned()
        }
    );
}

#[test]
fn a_page_that_was_held_up_itself_does_not_give_up() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    studio.pass(2.0 * START_WITHIN_MS);
    studio.input(Input::PageHeldUp {
        ms: 2.0 * START_WITHIN_MS - 1.0,
    });
    assert_eq!(studio.input(Input::Tick), []);
    studio.pass(START_WITHIN_MS - 1.0);
    studio.input(Input::Tick);
    assert_ne!(studio.state(), TakeState::Starting);
}

#[test]
fn a_recorder_that_never_stops_is_given_up() {
    let mut studio = Studio::recording();
    studio.input(Input::StopAsked);
    studio.pass(STOP_WITHIN_MS);
    studio.input(Input::Tick);
    assert_eq!(studio.state(), TakeState::Finished);
    assert_eq!(studio.notices, [Notice::StopTimedOut]);
    assert_eq!(studio.finished, [1_000.0]);
    assert_eq!(studio.stopped(0), [], "too late");
}

#[test]
fn a_slow_disk_gets_the_time_it_needs() {
    let mut studio = Studio::recording();
    studio.input(Input::StopAsked);
    for _ in 0..5 {
        studio.pass(STOP_WITHIN_MS - 1.0);
        studio.chunk(0, 100);
        assert_eq!(studio.input(Input::Tick), []);
    }
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Finished);
    assert_eq!(studio.notices, []);
}

#[test]
fn tracks_that_change_before_the_first_frame_start_over() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    assert_eq!(
        studio.input(Input::SourceChanged),
        [
            Output::DropPart { part: 0 },
            Output::StartRecorder { part: 1 }
        ]
    );
    assert_eq!(studio.ready(0), [], "it was dropped");
    studio.pass(50.0);
    assert_eq!(
        studio.ready(1),
        [Output::NextPart {
            part: 1,
            at_ms: 0.0,
            gap_ms: 0.0
        }]
    );
    studio.pass(2_000.0);
    assert_eq!(studio.finish(), 2_000.0);
}

#[test]
fn live_states_are_those_that_a_closed_tab_would_interrupt() {
    let mut studio = Studio::new();
    assert!(!studio.state().is_live());
    studio.input(Input::StartAsked);
    assert!(studio.state().is_live());
    studio.ready(0);
    assert!(studio.state().is_live());
    studio.finish();
    assert!(!studio.state().is_live());
}
