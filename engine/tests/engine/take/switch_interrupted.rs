use super::studio::Studio;
use callreel_engine::take::{Input, Notice, Output, TakeState};

#[test]
fn a_switch_during_a_switch_drops_the_one_in_between() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.input(Input::SourceChanged),
        [
            Output::DropPart { part: 1 },
            Output::StartRecorder { part: 2 }
        ]
    );
    assert_eq!(studio.ready(1), [], "too late");
    studio.pass(100.0);
    studio.ready(2);
    studio.pass(700.0);
    assert_eq!(studio.finish(), 2_000.0);
    assert_eq!(studio.joined, [(0, 0.0), (2, 1_300.0)]);
}

#[test]
fn a_stop_during_a_switch_keeps_all_of_the_old_part() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.input(Input::StopAsked),
        [
            Output::DropPart { part: 1 },
            Output::StopRecorder { part: 0 }
        ]
    );
    assert_eq!(studio.ready(1), [], "too late");
    studio.chunk(0, 100);
    studio.let_stop();
    assert_eq!(studio.finished, [1_200.0]);
    assert_eq!(studio.machine.bytes(), 100);
}

#[test]
fn a_stop_right_after_the_join_waits_for_both() {
    let mut studio = Studio::switching();
    studio.ready(1);
    studio.input(Input::StopAsked);
    studio.stopped(1);
    assert_eq!(studio.state(), TakeState::Stopping);
    studio.chunk(0, 100);
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Finished);
    assert_eq!(studio.machine.bytes(), 100);
}

#[test]
fn a_pause_during_a_switch_makes_it_a_switch_during_a_pause() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.input(Input::PauseAsked),
        [
            Output::DropPart { part: 1 },
            Output::StopRecorder { part: 0 }
        ]
    );
    assert_eq!(studio.state(), TakeState::Paused);
    assert_eq!(studio.ready(1), [], "too late");
    studio.pass(5_000.0);
    assert_eq!(
        studio.input(Input::ResumeAsked),
        [Output::StartRecorder { part: 2 }]
    );
    studio.pass(100.0);
    studio.ready(2);
    assert_eq!(studio.joined, [(0, 0.0), (2, 1_200.0)]);
    studio.pass(800.0);
    assert_eq!(studio.finish(), 2_000.0);
}

#[test]
fn a_full_disk_during_a_switch_keeps_all_of_the_old_part() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.input(Input::DiskFull),
        [
            Output::Notify(Notice::DiskFull),
            Output::DropPart { part: 1 },
            Output::StopRecorder { part: 0 },
        ]
    );
    studio.let_stop();
    assert_eq!(studio.finished, [1_200.0]);
}

#[test]
fn an_old_recorder_that_dies_during_a_switch_leaves_a_gap() {
    let mut studio = Studio::switching();
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Waiting);
    studio.pass(180.0);
    assert_eq!(studio.elapsed(), 1_200.0, "nothing is recorded");
    let outputs = studio.ready(1);
    assert_eq!(
        outputs[..2],
        [
            Output::Cut {
                part: 0,
                at_ms: 1_200.0
            },
            Output::NextPart {
                part: 1,
                at_ms: 1_200.0,
                gap_ms: 180.0
            },
        ]
    );
    assert_eq!(studio.machine.gap_ms(), 180.0);
    studio.pass(800.0);
    assert_eq!(studio.finish(), 2_000.0);
}

#[test]
fn an_old_recorder_that_dies_after_the_new_one_began_leaves_no_gap() {
    let mut studio = Studio::switching();
    let began = studio.now;
    studio.pass(50.0);
    studio.stopped(0);
    studio.pass(50.0);
    let outputs = studio.ready_at(1, began);
    assert_eq!(
        outputs[1],
        Output::NextPart {
            part: 1,
            at_ms: 1_200.0,
            gap_ms: 0.0
        }
    );
    assert_eq!(
        studio.elapsed(),
        1_300.0,
        "the new one has recorded all the while"
    );
}

#[test]
fn when_old_and_new_both_die_the_take_is_finished() {
    let mut studio = Studio::switching();
    studio.failed(0, "UnknownError");
    studio.failed(1, "UnknownError");
    assert_eq!(studio.state(), TakeState::Stopping);
    studio.let_stop();
    assert_eq!(studio.finished, [1_200.0]);
}
