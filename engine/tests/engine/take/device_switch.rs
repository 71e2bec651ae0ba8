use super::studio::Studio;
use callreel_engine::take::{Input, Notice, Output, SWITCH_WITHIN_MS, TakeState};

#[test]
fn the_old_recorder_runs_until_the_new_one_has_begun() {
    let mut studio = Studio::recording();
    assert_eq!(
        studio.input(Input::SourceChanged),
        [Output::StartRecorder { part: 1 }]
    );
    assert_eq!(studio.state(), TakeState::Switching);
    studio.pass(200.0);
    assert_eq!(studio.elapsed(), 1_200.0, "the old one still records");
    assert_eq!(
        studio.ready(1),
        [
            Output::Cut {
                part: 0,
                at_ms: 1_200.0
            },
            Output::NextPart {
                part: 1,
                at_ms: 1_200.0,
                gap_ms: 0.0
            },
            Output::StopRecorder { part: 0 },
            Output::Notify(Notice::Joined { gap_ms: 0.0 }),
        ]
    );
    assert_eq!(studio.state(), TakeState::Recording);
    assert_eq!(studio.stopped(0), []);
    studio.pass(800.0);
    assert_eq!(studio.finish(), 2_000.0);
    assert_eq!(studio.machine.gap_ms(), 0.0);
}

#[test]
fn a_message_that_comes_late_names_the_moment_it_speaks_of() {
    let mut studio = Studio::switching();
    let began = studio.now - 150.0;
    let outputs = studio.ready_at(1, began);
    assert_eq!(
        outputs[0],
        Output::Cut {
            part: 0,
            at_ms: 1_050.0
        }
    );
}

#[test]
fn a_part_never_begins_before_the_one_it_follows() {
    let mut studio = Studio::switching();
    studio.ready(1);
    studio.input(Input::SourceChanged);
    studio.ready_at(2, studio.now - 500.0);
    assert_eq!(studio.joined, [(0, 0.0), (1, 1_200.0), (2, 1_200.0)]);
}

#[test]
fn switches_can_follow_each_other() {
    let mut studio = Studio::recording();
    for part in 1..=5 {
        studio.input(Input::SourceChanged);
        studio.pass(100.0);
        studio.ready(part);
        studio.pass(400.0);
    }
    assert_eq!(studio.finish(), 3_500.0);
    assert_eq!(studio.joined.len(), 6);
}

#[test]
fn the_next_switch_may_come_before_the_old_recorder_has_stopped() {
    let mut studio = Studio::switching();
    studio.ready(1);
    assert_eq!(
        studio.input(Input::SourceChanged),
        [Output::StartRecorder { part: 2 }]
    );
    studio.pass(100.0);
    studio.ready(2);
    assert_eq!(
        studio.input(Input::StopAsked),
        [Output::StopRecorder { part: 2 }]
    );
    studio.stopped(2);
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Stopping, "part 1 still writes");
    studio.stopped(1);
    assert_eq!(studio.state(), TakeState::Finished);
}

#[test]
fn a_new_recorder_that_fails_leaves_the_old_one() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.failed(1, "NotSupportedError"),
        [
            Output::DropPart { part: 1 },
            Output::Notify(Notice::SwitchFailed {
                code: "NotSupportedError".to_owned()
            }),
        ]
    );
    assert_eq!(studio.state(), TakeState::Recording);
    assert_eq!(studio.finish(), 1_200.0);
}

#[test]
fn a_new_recorder_that_stops_at_once_leaves_the_old_one() {
    let mut studio = Studio::switching();
    studio.stopped(1);
    assert_eq!(studio.state(), TakeState::Recording);
    assert_eq!(
        studio.notices,
        [Notice::SwitchFailed {
            code: "stopped".to_owned()
        }]
    );
}

#[test]
fn a_new_recorder_that_never_begins_leaves_the_old_one() {
    let mut studio = Studio::switching();
    studio.pass(SWITCH_WITHIN_MS);
    studio.input(Input::Tick);
    assert_eq!(studio.state(), TakeState::Recording);
    assert_eq!(studio.dropped, [1]);
    assert_eq!(studio.machine.poll_timeout(), None);
}

#[test]
fn a_format_that_cannot_be_joined_ends_with_its_source() {
    let mut studio = Studio::not_joinable();
    studio.input(Input::StartAsked);
    studio.ready(0);
    studio.pass(700.0);
    assert_eq!(
        studio.input(Input::SourceChanged),
        [
            Output::Notify(Notice::CannotJoin),
            Output::StopRecorder { part: 0 }
        ]
    );
    studio.let_stop();
    assert_eq!(studio.finished, [700.0]);
}
