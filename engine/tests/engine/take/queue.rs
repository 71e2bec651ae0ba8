//! What recorders give is in the file, in the order of the take.

use std::collections::BTreeMap;

use callreel_engine::take::{
    Input, LATE_AFTER_MS, Output, Part, STOP_WITHIN_MS, Step, TakeMachine, TakeQueue, TakeState,
};
use proptest::prelude::*;

/// A machine, its queue, and a file that is written as fast as it may be.
struct Pump {
    machine: TakeMachine,
    queue: TakeQueue<u32>,
    now: f64,
    /// Recorders that live, and whether they were told to stop.
    recorders: BTreeMap<Part, bool>,
    /// Which part the file expects bytes of.
    expected: Option<Part>,
    written: Vec<(Part, u32)>,
    given: Vec<(Part, u32)>,
    /// Parts of the take in their order.
    joined: Vec<Part>,
    finished: bool,
    drained: Vec<Part>,
}

impl Pump {
    fn started() -> Self {
        let mut pump = Self {
            machine: TakeMachine::new(true),
            queue: TakeQueue::default(),
            now: 0.0,
            recorders: BTreeMap::new(),
            expected: None,
            written: Vec::new(),
            given: Vec::new(),
            joined: Vec::new(),
            finished: false,
            drained: Vec::new(),
        };
        pump.input(Input::StartAsked);
        pump
    }

    /// A take of which a recorder has given something.
    fn recording() -> Self {
        let mut pump = Self::started();
        pump.ready(0);
        pump.pass(1_000.0);
        pump.gives(0, 1);
        pump
    }

    fn input(&mut self, input: Input) {
        for output in self.machine.handle(input, self.now) {
            self.obey(output);
        }
        self.write();
    }

    fn obey(&mut self, output: Output) {
        match output {
            Output::StartRecorder { part } => {
                self.queue.started(part, self.now);
                self.recorders.insert(part, false);
                if part == 0 {
                    self.joined.push(part);
                }
            }
            Output::StopRecorder { part } => {
                if let Some(told) = self.recorders.get_mut(&part) {
                    *told = true;
                }
            }
            Output::DropPart { part } => {
                self.queue.dropped(part);
                self.recorders.remove(&part);
                // The first recorder's chunks are written before it has said that it began.
                let written = &self.written;
                self.given
                    .retain(|one| one.0 != part || written.contains(one));
            }
            Output::Cut { part, at_ms } => self.queue.cut(part, at_ms),
            Output::NextPart { part, at_ms, .. } => {
                self.queue.joined(part, at_ms, self.now);
                self.joined.push(part);
            }
            Output::FinishVault { .. } => self.finished = true,
            _ => {}
        }
    }

    fn write(&mut self) {
        while let Some(step) = self.queue.poll(self.now) {
            match step {
                Step::Write {
                    part, chunk, at_ms, ..
                } => {
                    let expected = *self.expected.get_or_insert(part);
                    assert_eq!(part, expected, "bytes of one part behind another's");
                    self.written.push((part, chunk));
                    self.input(Input::ChunkStored {
                        part,
                        bytes: 1,
                        at_ms,
                        durable: true,
                    });
                }
                Step::Join { part, .. } => {
                    assert_ne!(self.expected, None, "there is something to join to");
                    self.expected = Some(part);
                }
                Step::Drained { part } => {
                    self.recorders.remove(&part);
                    self.drained.push(part);
                    self.input(Input::RecorderStopped { part });
                }
            }
        }
    }

    fn ready(&mut self, part: Part) {
        let at_ms = self.now;
        self.input(Input::PartReady { part, at_ms });
    }

    fn gives(&mut self, part: Part, chunk: u32) {
        self.given.push((part, chunk));
        self.queue.came(part, chunk, self.now);
        self.write();
    }

    fn stops(&mut self, part: Part) {
        self.queue.stopped(part);
        self.write();
    }

    fn pass(&mut self, ms: f64) {
        self.now += ms;
        if self
            .machine
            .poll_timeout()
            .is_some_and(|due| due <= self.now)
        {
            self.input(Input::Tick);
        }
        self.write();
    }

    /// Lets all recorders stop that were told to.
    fn let_stop(&mut self) {
        let told = |(part, told): (&Part, &bool)| told.then_some(*part);
        while let Some(part) = self.recorders.iter().find_map(told) {
            self.recorders.remove(&part);
            self.stops(part);
        }
    }

    /// What was given of the take's parts, in their order.
    fn wanted(&self) -> Vec<(Part, u32)> {
        let of = |part: &Part| {
            let part = *part;
            let given = self.given.iter().filter(move |(of, _)| *of == part);
            given.copied()
        };
        self.joined.iter().flat_map(of).collect()
    }
}

#[test]
fn a_source_that_changed_in_a_pause_is_joined() {
    let mut pump = Pump::recording();
    pump.input(Input::PauseAsked);
    pump.input(Input::SourceChanged);
    pump.gives(0, 2);
    pump.let_stop();
    pump.pass(60_000.0);
    pump.input(Input::ResumeAsked);
    pump.gives(1, 3);
    pump.ready(1);
    assert_eq!(pump.written, [(0, 1), (0, 2), (1, 3)]);
    assert_eq!(pump.expected, Some(1), "the writer was told");
}

#[test]
fn a_recorder_that_was_replaced_after_it_ended_is_joined() {
    let mut pump = Pump::recording();
    pump.stops(0);
    assert_eq!(pump.machine.state(), TakeState::Waiting);
    pump.input(Input::SourceChanged);
    pump.gives(1, 2);
    pump.ready(1);
    assert_eq!(pump.written, [(0, 1), (1, 2)]);
}

#[test]
fn what_may_be_cut_waits_for_the_new_recorder() {
    let mut pump = Pump::recording();
    pump.input(Input::SourceChanged);
    pump.pass(100.0);
    pump.gives(0, 2);
    assert_eq!(pump.written, [(0, 1)]);
    pump.ready(1);
    assert_eq!(pump.written, [(0, 1), (0, 2)]);
}

#[test]
fn a_recorder_that_never_stops_holds_nothing_up() {
    let mut pump = Pump::recording();
    pump.input(Input::SourceChanged);
    pump.gives(1, 2);
    pump.ready(1);
    assert_eq!(pump.written, [(0, 1)]);
    pump.pass(LATE_AFTER_MS - 1.0);
    pump.gives(0, 3);
    pump.pass(LATE_AFTER_MS - 1.0);
    assert_eq!(pump.written, [(0, 1), (0, 3)], "it is slow, but it gives");
    pump.pass(1.0);
    assert_eq!(pump.written, [(0, 1), (0, 3), (1, 2)]);
    assert_eq!(pump.drained, [0]);
}

#[test]
fn a_recorder_that_never_stops_costs_a_take_nothing_at_its_end() {
    let mut pump = Pump::recording();
    pump.input(Input::SourceChanged);
    pump.gives(1, 2);
    pump.ready(1);
    pump.input(Input::StopAsked);
    pump.stops(1);
    pump.pass(STOP_WITHIN_MS + 1.0);
    assert!(pump.finished);
    assert_eq!(pump.written, [(0, 1)], "the first may still give something");
    pump.queue.end();
    pump.write();
    assert_eq!(pump.written, [(0, 1), (1, 2)]);
}

#[test]
fn a_page_that_slept_waits_for_what_recorders_gave_meanwhile() {
    let mut queue = TakeQueue::default();
    queue.started(0, 0.0);
    queue.started(1, 1_000.0);
    queue.joined(1, 1_000.0, 1_100.0);
    let woken = 2.0 * LATE_AFTER_MS;
    queue.held_up(woken - 2_000.0);
    assert_eq!(queue.poll(woken), None);
    queue.came(0, 'a', woken);
    assert!(matches!(
        queue.poll(woken),
        Some(Step::Write { chunk: 'a', .. })
    ));
}

#[test]
fn each_part_is_cut_where_its_own_successor_begins() {
    let mut queue = TakeQueue::default();
    queue.started(0, 0.0);
    queue.started(1, 1_000.0);
    queue.cut(0, 1_000.0);
    queue.joined(1, 1_000.0, 1_100.0);
    queue.started(2, 1_200.0);
    queue.cut(1, 1_200.0);
    queue.joined(2, 1_200.0, 1_300.0);
    queue.came(0, 'a', 1_400.0);
    queue.stopped(0);
    queue.came(1, 'b', 1_500.0);
    queue.stopped(1);
    let cuts: Vec<_> = std::iter::from_fn(|| queue.poll(1_500.0))
        .filter_map(|step| match step {
            Step::Write { part, cut_ms, .. } => Some((part, cut_ms)),
            _ => None,
        })
        .collect();
    assert_eq!(cuts, [(0, Some(1_000.0)), (1, Some(1_200.0))]);
}

#[test]
fn a_recorder_that_ends_before_it_takes_over_is_given_up_at_once() {
    let mut pump = Pump::recording();
    pump.input(Input::SourceChanged);
    pump.stops(1);
    assert_eq!(pump.machine.state(), TakeState::Recording);
}

#[test]
fn the_second_recorder_begins_a_take_whose_first_was_dropped() {
    let mut pump = Pump::started();
    pump.input(Input::SourceChanged);
    pump.gives(1, 1);
    pump.input(Input::StopAsked);
    pump.let_stop();
    assert_eq!(pump.written, [(1, 1)]);
    assert!(pump.finished);
}

#[derive(Clone, Debug)]
enum Event {
    Person(Input),
    Pass(u16),
    Ready(u8),
    Gives(u8),
    Stops(u8),
    Fails(u8),
}

fn event() -> impl Strategy<Value = Event> {
    let person = prop_oneof![
        3 => Just(Input::PauseAsked),
        3 => Just(Input::ResumeAsked),
        5 => Just(Input::SourceChanged),
    ];
    prop_oneof![
        4 => person.prop_map(Event::Person),
        3 => (0..1_500_u16).prop_map(Event::Pass),
        5 => any::<u8>().prop_map(Event::Ready),
        6 => any::<u8>().prop_map(Event::Gives),
        2 => any::<u8>().prop_map(Event::Stops),
        1 => any::<u8>().prop_map(Event::Fails),
    ]
}

fn happen(pump: &mut Pump, event: Event, number: u32) {
    let parts: Vec<Part> = pump.recorders.keys().copied().collect();
    let pick = |who: u8| parts.get(usize::from(who) % parts.len().max(1)).copied();
    match event {
        Event::Person(input) => pump.input(input),
        Event::Pass(ms) => pump.pass(f64::from(ms)),
        Event::Ready(who) => pick(who).into_iter().for_each(|part| pump.ready(part)),
        Event::Gives(who) => pick(who)
            .into_iter()
            .for_each(|part| pump.gives(part, number)),
        Event::Stops(who) => pick(who).into_iter().for_each(|part| {
            pump.recorders.remove(&part);
            pump.stops(part);
        }),
        Event::Fails(who) => pick(who).into_iter().for_each(|part| {
            let code = "InvalidModificationError".to_owned();
            pump.input(Input::RecorderFailed { part, code });
        }),
    }
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn all_of_a_take_is_in_the_file_in_its_order(events in prop::collection::vec(event(), 0..60)) {
        let mut pump = Pump::started();
        for (number, event) in events.into_iter().enumerate() {
            happen(&mut pump, event, number as u32);
        }
        pump.input(Input::StopAsked);
        pump.let_stop();
        // One that was given up late has nothing more to say.
        while !pump.finished {
            pump.pass(STOP_WITHIN_MS);
        }
        if pump.machine.state() == TakeState::Finished {
            prop_assert_eq!(&pump.written, &pump.wanted());
        }
    }
}
