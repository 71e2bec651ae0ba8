use super::studio::Studio;
use callreel_engine::take::{Input, Notice, Output};

#[test]
fn what_is_safe_follows_the_chunks() {
    let mut studio = Studio::recording();
    studio.chunk(0, 5_000);
    assert_eq!(
        (studio.machine.bytes(), studio.machine.durable_ms()),
        (5_000, 1_000.0)
    );
    studio.pass(1_000.0);
    assert_eq!(studio.machine.durable_ms(), 1_000.0);
    studio.chunk(0, 6_000);
    assert_eq!(
        (studio.machine.bytes(), studio.machine.durable_ms()),
        (11_000, 2_000.0)
    );
}

#[test]
fn chunks_that_would_not_survive_are_told_once() {
    let mut studio = Studio::recording();
    let chunk = Input::ChunkStored {
        part: 0,
        bytes: 10,
        at_ms: studio.now,
        durable: false,
    };
    assert_eq!(
        studio.input(chunk.clone()),
        [Output::Notify(Notice::NotDurable)]
    );
    assert_eq!(studio.input(chunk), []);
    assert_eq!(
        (studio.machine.bytes(), studio.machine.durable_ms()),
        (20, 0.0)
    );
}

#[test]
fn bytes_of_a_new_part_count_from_the_join_on() {
    let mut studio = Studio::switching();
    studio.chunk(0, 100);
    studio.chunk(1, 7);
    assert_eq!(studio.machine.bytes(), 100);
    studio.ready(1);
    assert_eq!(studio.machine.bytes(), 107);
}

#[test]
fn bytes_of_a_dropped_part_never_count() {
    let mut studio = Studio::switching();
    studio.chunk(1, 7);
    studio.input(Input::SourceChanged);
    studio.chunk(1, 7);
    studio.ready(2);
    assert_eq!(studio.machine.bytes(), 0);
}

#[test]
fn the_end_of_an_old_part_says_nothing_about_the_new_one() {
    let mut studio = Studio::switching();
    studio.ready(1);
    studio.pass(300.0);
    studio.chunk(0, 100);
    assert_eq!(studio.machine.durable_ms(), 1_200.0, "the rest is cut off");
}

#[test]
fn a_page_about_to_be_frozen_asks_for_what_there_is() {
    let mut studio = Studio::switching();
    assert_eq!(
        studio.input(Input::PageSuspended),
        [
            Output::FlushRecorder { part: 0 },
            Output::FlushRecorder { part: 1 },
            Output::Notify(Notice::Suspended),
        ]
    );
    studio.pass(30_000.0);
    assert_eq!(
        studio.input(Input::PageReturned),
        [Output::Notify(Notice::Returned { after_ms: 30_000.0 })]
    );
    assert_eq!(studio.input(Input::PageReturned), []);
}

#[test]
fn a_page_that_records_nothing_may_be_frozen() {
    let mut studio = Studio::new();
    assert_eq!(studio.input(Input::PageSuspended), []);
    assert_eq!(studio.input(Input::PageReturned), []);
}
