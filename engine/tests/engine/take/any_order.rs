//! Whatever happens in whatever order: the take ends once, with everything kept.

use super::studio::{Recorder, Studio};
use callreel_engine::take::{Input, Part, TakeState, TrackKind};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Event {
    Person(Input),
    Pass(u16),
    /// Something happens to one of the recorders there are; which one is picked by the number.
    Ready(u8),
    Chunk(u8, u16),
    Stopped(u8),
    Failed(u8, bool),
}

fn event() -> impl Strategy<Value = Event> {
    let person = prop_oneof![
        4 => Just(Input::PauseAsked),
        4 => Just(Input::ResumeAsked),
        6 => Just(Input::SourceChanged),
        1 => Just(Input::StopAsked),
        1 => Just(Input::DiskFull),
        2 => Just(Input::Tick),
        1 => Just(Input::PageSuspended),
        1 => Just(Input::PageReturned),
        1 => Just(Input::TrackEnded { kind: TrackKind::Video }),
    ];
    prop_oneof![
        4 => person.prop_map(Event::Person),
        4 => (0..3_000_u16).prop_map(Event::Pass),
        6 => any::<u8>().prop_map(Event::Ready),
        3 => (any::<u8>(), any::<u16>()).prop_map(|(who, bytes)| Event::Chunk(who, bytes)),
        2 => any::<u8>().prop_map(Event::Stopped),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(who, tracks)| Event::Failed(who, tracks)),
    ]
}

fn pick(studio: &Studio, who: u8, wanted: &[Recorder]) -> Option<Part> {
    let parts: Vec<Part> = studio
        .recorders
        .iter()
        .filter(|(_, recorder)| wanted.contains(recorder))
        .map(|(part, _)| *part)
        .collect();
    let count = parts.len();
    (count > 0).then(|| parts[usize::from(who) % count])
}

fn happen(studio: &mut Studio, event: Event) {
    const ALIVE: &[Recorder] = &[
        Recorder::Starting,
        Recorder::Recording,
        Recorder::Paused,
        Recorder::Stopping,
    ];
    match event {
        Event::Person(input) => drop(studio.input(input)),
        Event::Pass(ms) => studio.pass(f64::from(ms)),
        Event::Ready(who) => {
            if let Some(part) = pick(studio, who, &[Recorder::Starting]) {
                studio.ready(part);
            }
        }
        Event::Chunk(who, bytes) => {
            if let Some(part) = pick(studio, who, ALIVE) {
                studio.chunk(part, u64::from(bytes));
            }
        }
        Event::Stopped(who) => {
            if let Some(part) = pick(studio, who, ALIVE) {
                studio.stopped(part);
            }
        }
        Event::Failed(who, tracks) => {
            if let Some(part) = pick(studio, who, ALIVE) {
                let code = if tracks {
                    "InvalidModificationError"
                } else {
                    "UnknownError"
                };
                studio.failed(part, code);
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn a_take_ends_once_with_everything_kept(events in prop::collection::vec(event(), 0..60)) {
        let mut studio = Studio::new();
        studio.input(Input::StartAsked);
        let began = studio.now;
        let mut elapsed = 0.0;
        for event in events {
            let waiting = studio.machine.poll_timeout().is_some();
            let state = studio.state();
            happen(&mut studio, event);
            prop_assert!(studio.elapsed() >= elapsed, "time goes on");
            elapsed = studio.elapsed();
            prop_assert!(elapsed <= studio.now - began, "no more than there was");
            let transient = matches!(
                state,
                TakeState::Starting | TakeState::Switching | TakeState::Waiting | TakeState::Stopping
            );
            prop_assert_eq!(waiting, transient, "what is awaited has an end: {:?}", state);
        }
        studio.input(Input::StopAsked);
        studio.let_stop();
        prop_assert!(!studio.state().is_live(), "{:?}", studio.state());
        prop_assert_eq!(studio.finished.len(), 1);
        if studio.state() == TakeState::Finished {
            let kept: u64 = studio.bytes.values().sum();
            prop_assert_eq!(studio.machine.bytes(), kept, "all but dropped parts");
            let mut places = studio.joined.windows(2);
            prop_assert!(places.all(|pair| pair[0].1 <= pair[1].1), "{:?}", studio.joined);
        }
    }

    #[test]
    fn ticks_alone_end_a_take_that_nothing_answers(switches in 0..5_usize, stop in any::<bool>()) {
        let mut studio = Studio::new();
        studio.input(Input::StartAsked);
        for _ in 0..switches {
            studio.input(Input::SourceChanged);
        }
        if stop {
            studio.input(Input::StopAsked);
        }
        while let Some(due) = studio.machine.poll_timeout() {
            studio.now = due;
            studio.input(Input::Tick);
        }
        prop_assert!(!studio.state().is_live());
    }
}
