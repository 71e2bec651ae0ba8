//! Whatever fails in whatever order: the server holds a beginning of what the vault holds, and in
//! the end all of it.

use super::world::{Network, World, answer, refusal};
use callreel_engine::upload::{Answer, Input, UploadState};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Event {
    Record(u32),
    Finish,
    Deliver,
    Pass(u32),
    Network(Network),
    Mood(Answer),
    Person(Input),
    Reload,
    /// The server was restored from an older copy, or the host removed the recording.
    Vanish,
    /// Left alone for too long: the server finished it as it was.
    Expire,
}

fn network() -> impl Strategy<Value = Network> {
    prop_oneof![
        3 => Just(Network::Up),
        2 => Just(Network::Down),
        2 => Just(Network::Deaf),
        2 => (0..400_000_u64).prop_map(Network::CutAfter),
    ]
}

/// Everything but what ends an upload until the person does something.
fn mood() -> impl Strategy<Value = Answer> {
    let passing = prop_oneof![
        Just(refusal(409, "superseded")),
        Just(refusal(413, "owner_full")),
        Just(refusal(429, "too_many_uploads")),
        Just(refusal(503, "shutting_down")),
        Just(refusal(507, "disk_full")),
        Just(answer(500)),
        Just(answer(502)),
        // A sign-in page.
        Just(answer(200)),
        Just(answer(302)),
    ];
    (passing, prop::option::of(0..90_000_u32)).prop_map(|(answer, asked)| Answer {
        retry_after_ms: asked.map(f64::from),
        ..answer
    })
}

fn event() -> impl Strategy<Value = Event> {
    let person = prop_oneof![
        Just(Input::PauseAsked),
        Just(Input::ResumeAsked),
        any::<bool>().prop_map(Input::StandBack),
        Just(Input::Renamed),
        Just(Input::Online),
        Just(Input::Tick),
    ];
    prop_oneof![
        6 => (1..300_000_u32).prop_map(Event::Record),
        1 => Just(Event::Finish),
        12 => Just(Event::Deliver),
        4 => (0..70_000_u32).prop_map(Event::Pass),
        3 => network().prop_map(Event::Network),
        3 => mood().prop_map(Event::Mood),
        2 => person.prop_map(Event::Person),
        1 => Just(Event::Reload),
        1 => Just(Event::Vanish),
        1 => Just(Event::Expire),
    ]
}

fn happen(world: &mut World, event: Event) {
    match event {
        Event::Record(bytes) => world.record(bytes as usize),
        Event::Finish => world.finish(),
        Event::Deliver => world.deliver(),
        Event::Pass(ms) => world.pass(f64::from(ms)),
        Event::Network(network) => world.network = network,
        Event::Mood(answer) => world.server.moods.push(answer),
        Event::Person(input) => world.input(input),
        Event::Reload => world.reload(),
        // What happens to a recording after it was complete is not the upload's matter.
        Event::Vanish | Event::Expire if world.state() == UploadState::Complete => {}
        Event::Vanish => drop(world.server.recordings.pop_last()),
        Event::Expire => {
            if let Some(mut last) = world.server.recordings.last_entry() {
                last.get_mut().complete = true;
                let size = last.get().bytes.len() as u64;
                last.get_mut().length = Some(size);
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(200))]

    #[test]
    fn a_take_arrives_once_the_network_is_there(
        events in prop::collection::vec(event(), 0..80),
    ) {
        let mut world = World::new();
        world.record(1);
        for event in events {
            happen(&mut world, event);
            world.check();
        }
        world.network = Network::Up;
        world.server.moods.clear();
        world.record(1_000);
        world.finish();
        world.input(Input::StandBack(false));
        world.input(Input::ResumeAsked);
        world.run();
        world.check();
        prop_assert_eq!(world.state(), UploadState::Complete);
        let recording = world.recording().expect("it is there");
        prop_assert!(recording.complete);
        prop_assert_eq!(&recording.bytes, &world.vault);
        prop_assert!(world.kept.complete, "it is remembered");
        prop_assert_eq!(world.machine.poll_timeout(), None);
    }

    #[test]
    fn nothing_is_asked_in_a_hurry_while_nobody_answers(minutes in 1..30_u32) {
        let mut world = World::with_take(3_000_000);
        world.network = Network::Down;
        let until = f64::from(minutes) * 60_000.0;
        while world.now < until {
            world.deliver();
            world.pass(f64::INFINITY);
        }
        let most = 8 + minutes * 4;
        prop_assert!(world.history.len() <= most as usize, "{} questions", world.history.len());
    }
}
