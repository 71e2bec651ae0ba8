use super::studio::Studio;
use callreel_engine::take::{Input, Notice, Output, QUICK_FAILURES, RETRY_AFTER_MS, TakeState};

#[test]
fn a_recorder_that_fails_after_a_while_is_replaced() {
    let mut studio = Studio::recording();
    studio.pass(RETRY_AFTER_MS);
    let outputs = studio.failed(0, "UnknownError");
    assert!(
        outputs.contains(&Output::StopRecorder { part: 0 }),
        "its bytes may be the trouble"
    );
    assert!(outputs.contains(&Output::StartRecorder { part: 1 }));
    assert_eq!(studio.state(), TakeState::Waiting);
    studio.chunk(0, 10);
    studio.let_stop();
    studio.pass(250.0);
    studio.ready(1);
    assert_eq!(studio.machine.gap_ms(), 250.0);
    assert_eq!(
        studio.machine.bytes(),
        10,
        "its last chunk came after the failure"
    );
    studio.pass(1_000.0);
    assert_eq!(studio.finish(), 1_000.0 + RETRY_AFTER_MS + 1_000.0);
}

#[test]
fn a_recorder_that_fails_at_once_ends_the_take() {
    let mut studio = Studio::recording();
    studio.failed(0, "UnknownError");
    assert_eq!(studio.state(), TakeState::Stopping);
    studio.let_stop();
    assert_eq!(studio.finished, [1_000.0]);
    assert_eq!(
        studio.notices,
        [Notice::RecorderFailed {
            code: "UnknownError".to_owned()
        }]
    );
}

#[test]
fn tracks_that_change_under_a_recorder_are_a_switch() {
    let mut studio = Studio::recording();
    studio.failed(0, "InvalidModificationError");
    assert_eq!(studio.notices, [], "nobody has to know");
    studio.let_stop();
    studio.pass(90.0);
    studio.ready(1);
    assert_eq!(studio.notices, [Notice::Joined { gap_ms: 90.0 }]);
    assert_eq!(studio.state(), TakeState::Recording);
}

#[test]
fn tracks_that_change_without_end_end_the_take() {
    let mut studio = Studio::recording();
    for part in 0..=QUICK_FAILURES {
        assert_ne!(studio.state(), TakeState::Stopping);
        studio.failed(part, "InvalidModificationError");
        studio.let_stop();
        studio.ready(part + 1);
    }
    assert_eq!(studio.state(), TakeState::Finished);
}

#[test]
fn a_failure_during_a_switch_waits_for_the_new_one() {
    let mut studio = Studio::switching();
    studio.failed(0, "InvalidModificationError");
    assert_eq!(studio.state(), TakeState::Waiting);
    assert_eq!(studio.recorders.len(), 2, "no third one");
    studio.ready(1);
    assert_eq!(studio.state(), TakeState::Recording);
}

#[test]
fn a_format_that_cannot_be_joined_is_not_retried() {
    let mut studio = Studio::not_joinable();
    studio.input(Input::StartAsked);
    studio.ready(0);
    studio.pass(60_000.0);
    studio.failed(0, "UnknownError");
    studio.let_stop();
    assert_eq!(studio.finished, [60_000.0]);
}

#[test]
fn a_failure_of_a_recorder_that_was_told_to_stop_is_no_news() {
    let mut studio = Studio::recording();
    studio.input(Input::StopAsked);
    assert_eq!(studio.failed(0, "UnknownError"), []);
    studio.let_stop();
    assert_eq!(studio.state(), TakeState::Finished);
}
