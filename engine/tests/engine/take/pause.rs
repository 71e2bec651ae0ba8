use super::studio::Studio;
use callreel_engine::take::{Input, Output, TakeState};

#[test]
fn a_pause_is_left_out() {
    let mut studio = Studio::recording();
    assert_eq!(
        studio.input(Input::PauseAsked),
        [Output::PauseRecorder { part: 0 }]
    );
    assert_eq!(studio.state(), TakeState::Paused);
    studio.pass(60_000.0);
    assert_eq!(studio.elapsed(), 1_000.0);
    assert_eq!(
        studio.input(Input::ResumeAsked),
        [Output::ResumeRecorder { part: 0 }]
    );
    studio.pass(500.0);
    assert_eq!(studio.finish(), 1_500.0);
}

#[test]
fn a_stop_during_a_pause_ends_the_take() {
    let mut studio = Studio::recording();
    studio.input(Input::PauseAsked);
    studio.pass(500.0);
    assert_eq!(studio.finish(), 1_000.0);
}

#[test]
fn asking_twice_changes_nothing() {
    let mut studio = Studio::recording();
    assert_eq!(studio.input(Input::ResumeAsked), []);
    studio.input(Input::PauseAsked);
    assert_eq!(studio.input(Input::PauseAsked), []);
}

#[test]
fn a_pause_before_the_first_frame_is_kept_in_mind() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    assert_eq!(studio.input(Input::PauseAsked), []);
    assert_eq!(studio.ready(0), [Output::PauseRecorder { part: 0 }]);
    assert_eq!(studio.state(), TakeState::Paused);
}

#[test]
fn a_pause_before_the_first_frame_can_be_taken_back() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    studio.input(Input::PauseAsked);
    studio.input(Input::ResumeAsked);
    assert_eq!(studio.ready(0), []);
    assert_eq!(studio.state(), TakeState::Recording);
}

#[test]
fn a_switch_while_paused_waits_for_the_end_of_the_pause() {
    let mut studio = Studio::recording();
    studio.input(Input::PauseAsked);
    studio.pass(300.0);
    assert_eq!(
        studio.input(Input::SourceChanged),
        [Output::StopRecorder { part: 0 }]
    );
    assert_eq!(
        studio.input(Input::SourceChanged),
        [],
        "it has to start anew in any case"
    );
    studio.let_stop();
    assert_eq!(studio.state(), TakeState::Paused);
    studio.pass(300.0);
    assert_eq!(
        studio.input(Input::ResumeAsked),
        [Output::StartRecorder { part: 1 }]
    );
    assert_eq!(studio.state(), TakeState::Waiting);
    studio.pass(150.0);
    assert_eq!(studio.elapsed(), 1_000.0, "nothing is recorded yet");
    let outputs = studio.ready(1);
    assert_eq!(
        outputs[..2],
        [
            Output::Cut {
                part: 0,
                at_ms: 1_000.0
            },
            Output::NextPart {
                part: 1,
                at_ms: 1_000.0,
                gap_ms: 150.0
            },
        ]
    );
    studio.pass(1_000.0);
    assert_eq!(studio.finish(), 2_000.0);
}

#[test]
fn a_stop_after_a_switch_while_paused_keeps_the_first_part() {
    let mut studio = Studio::recording();
    studio.input(Input::PauseAsked);
    studio.input(Input::SourceChanged);
    assert_eq!(studio.finish(), 1_000.0);
    assert_eq!(studio.joined, [(0, 0.0)]);
}

#[test]
fn a_recorder_that_dies_in_a_pause_is_replaced_after_it() {
    let mut studio = Studio::recording();
    studio.input(Input::PauseAsked);
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Paused);
    assert_eq!(
        studio.input(Input::ResumeAsked),
        [Output::StartRecorder { part: 1 }]
    );
    studio.ready(1);
    studio.pass(1_000.0);
    assert_eq!(studio.finish(), 2_000.0);
}
