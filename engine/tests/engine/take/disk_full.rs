use super::studio::Studio;
use callreel_engine::take::{Input, Notice, TakeState};

#[test]
fn a_full_disk_ends_the_take_and_keeps_it() {
    let mut studio = Studio::recording();
    studio.chunk(0, 4_000);
    studio.input(Input::DiskFull);
    assert_eq!(studio.state(), TakeState::Stopping);
    assert_eq!(studio.input(Input::DiskFull), [], "said once");
    studio.let_stop();
    assert_eq!(studio.state(), TakeState::Finished);
    assert_eq!(studio.notices, [Notice::DiskFull]);
    assert_eq!(studio.machine.bytes(), 4_000);
}

#[test]
fn a_full_disk_before_the_first_frame_ends_the_take() {
    let mut studio = Studio::new();
    studio.input(Input::StartAsked);
    studio.input(Input::DiskFull);
    studio.let_stop();
    assert_eq!(studio.state(), TakeState::Finished);
}

#[test]
fn a_full_disk_during_a_pause_ends_the_take() {
    let mut studio = Studio::recording();
    studio.input(Input::PauseAsked);
    studio.input(Input::DiskFull);
    studio.let_stop();
    assert_eq!(studio.finished, [1_000.0]);
}
