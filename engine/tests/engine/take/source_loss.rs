use super::studio::Studio;
use callreel_engine::take::{Input, Notice, Output, TakeState, TrackKind, WAIT_FOR_SOURCE_MS};

const CAMERA_GONE: Input = Input::TrackEnded {
    kind: TrackKind::Video,
};

#[test]
fn a_lost_source_is_told_and_the_take_goes_on() {
    let mut studio = Studio::recording();
    assert_eq!(
        studio.input(CAMERA_GONE),
        [Output::Notify(Notice::SourceEnded {
            kind: TrackKind::Video
        })]
    );
    assert_eq!(studio.state(), TakeState::Recording, "the sound goes on");
}

#[test]
fn a_lost_source_is_no_news_after_the_take() {
    let mut studio = Studio::recording();
    studio.finish();
    assert_eq!(studio.input(CAMERA_GONE), []);
}

#[test]
fn a_recorder_without_sources_waits_for_another_one() {
    let mut studio = Studio::recording();
    studio.input(CAMERA_GONE);
    studio.stopped(0);
    assert_eq!(studio.state(), TakeState::Waiting);
    studio.pass(400.0);
    assert_eq!(
        studio.input(Input::SourceChanged),
        [Output::StartRecorder { part: 1 }]
    );
    studio.pass(100.0);
    studio.ready(1);
    assert_eq!(
        studio.notices.last(),
        Some(&Notice::Joined { gap_ms: 500.0 })
    );
    studio.pass(1_000.0);
    assert_eq!(studio.finish(), 2_000.0);
}

#[test]
fn a_wait_in_vain_ends_the_take() {
    let mut studio = Studio::recording();
    studio.stopped(0);
    studio.pass(WAIT_FOR_SOURCE_MS);
    studio.input(Input::Tick);
    assert_eq!(studio.finished, [1_000.0]);
    assert_eq!(studio.state(), TakeState::Finished);
}

#[test]
fn a_stop_while_waiting_ends_the_take_at_once() {
    let mut studio = Studio::recording();
    studio.stopped(0);
    studio.pass(400.0);
    assert_eq!(
        studio.input(Input::StopAsked),
        [Output::FinishVault {
            elapsed_ms: 1_000.0
        }]
    );
}

#[test]
fn a_pause_while_waiting_stops_the_waiting() {
    let mut studio = Studio::recording();
    studio.stopped(0);
    studio.input(Input::PauseAsked);
    assert_eq!(studio.machine.poll_timeout(), None);
    studio.pass(WAIT_FOR_SOURCE_MS * 2.0);
    assert_eq!(studio.input(Input::Tick), []);
    studio.input(Input::ResumeAsked);
    studio.ready(1);
    assert_eq!(studio.state(), TakeState::Recording);
}

#[test]
fn a_format_that_cannot_be_joined_ends_with_its_recorder() {
    let mut studio = Studio::not_joinable();
    studio.input(Input::StartAsked);
    studio.ready(0);
    studio.pass(900.0);
    studio.stopped(0);
    assert_eq!(studio.finished, [900.0]);
}
