//! `cargo xtask bench signaling`: our rooms beside a relay of a dozen lines with Socket.IO, the
//! server on one core, everybody else on the other.

mod people;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::{
    rivals::{self, Running},
    upload::empty_folder,
};
use crate::{
    run::{Result, command, find, run, say},
    start,
};
use people::Vocabulary;

/// Rounds of each program; the median counts.
const ROUNDS: usize = 3;
/// Pairs that answer each other.
const PAIRS: usize = 50;
/// Sockets that do nothing.
const IDLE: usize = 10_000;

/// The aims: messages in a second of processor time and bytes of a socket against the
/// rival's, and bytes of a socket by themselves.
const OF_RIVAL: f64 = 3.0;
const OF_RIVAL_MEMORY: f64 = 1.0 / 3.0;
const SOCKET: f64 = 6.0 * 1024.0;

struct Program {
    name: &'static str,
    vocabulary: Vocabulary,
    start: Box<dyn Fn() -> Result<Running>>,
    outcomes: Vec<Outcome>,
}

/// What one program did in one round.
#[derive(Clone, Copy, Default)]
struct Outcome {
    /// Messages passed on in a second, and in a second of the server's processor time.
    rate: f64,
    rate_of_processor: f64,
    /// What 99 of 100 messages took at half that rate, in ms.
    latency: f64,
    /// Bytes of an idle socket.
    socket: f64,
    /// Seconds until all idle sockets were there again.
    reconnect: f64,
}

/// Builds, and runs the measurement on the second core.
pub fn signaling() -> Result {
    let binary = start::build_server()?;
    let own = env::current_exe().map_err(|error| error.to_string())?;
    if find("taskset").is_none() {
        return Err("this needs taskset (Debian: util-linux), to give each side a core".into());
    }
    let mut pinned = command("taskset");
    pinned
        .args(["-c", "1"])
        .arg(own)
        .arg("signaling")
        .arg(binary);
    run(&mut pinned)
}

/// Measures, wherever it runs.
pub fn measure_signaling(binary: &Path) -> Result {
    say(&format!("the machine's load is {}", load()));
    let mut programs = programs(binary.to_owned());
    for round in 1..=ROUNDS {
        say(&format!("round {round} of {ROUNDS}"));
        for program in &mut programs {
            let outcome = measure(program)?;
            program.outcomes.push(outcome);
        }
    }
    say(&format!("the machine's load is {}", load()));
    let [ours, rival] = programs.map(|program| (program.name, median(&program.outcomes)));
    judge(ours, rival)
}

fn programs(binary: PathBuf) -> [Program; 2] {
    let callreel = move || {
        let limits = ["--max-request-rate", "--max-message-rate"];
        let mut flags: Vec<_> = limits.iter().flat_map(|name| [*name, "1000000"]).collect();
        flags.extend(["--max-sockets", "20000"]);
        rivals::callreel_on_one_core(&binary, &empty_folder()?, &flags)
    };
    let rival = || rivals::node_on_one_core("relay-server.mjs");
    [
        Program {
            name: "callreel",
            vocabulary: Vocabulary::Callreel,
            start: Box::new(callreel),
            outcomes: Vec::new(),
        },
        Program {
            name: "Socket.IO",
            vocabulary: Vocabulary::SocketIo,
            start: Box::new(rival),
            outcomes: Vec::new(),
        },
    ]
}

fn measure(program: &Program) -> Result<Outcome> {
    let words = program.vocabulary;
    let server = (program.start)()?;
    // So that what was never used before is not counted.
    people::answer_each_other(words, &server, PAIRS)?;
    let (rate, rate_of_processor) = people::answer_each_other(words, &server, PAIRS)?;
    let latency = people::latency(words, &server.address, PAIRS, rate / 2.0)?;
    drop(server);

    let server = (program.start)()?;
    // The same: a few sockets that come and go.
    drop(people::idle(words, &server.address, 100)?);
    let before = server.memory(false);
    let (idle, _) = people::idle(words, &server.address, IDLE)?;
    let socket = (server.memory(false) - before) as f64 / IDLE as f64;
    drop(idle);
    let (_again, reconnect) = people::idle(words, &server.address, IDLE)?;
    Ok(Outcome {
        rate,
        rate_of_processor,
        latency,
        socket,
        reconnect,
    })
}

/// Each number's own.
fn median(outcomes: &[Outcome]) -> Outcome {
    let middle = |number: fn(&Outcome) -> f64| {
        let mut numbers: Vec<_> = outcomes.iter().map(number).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    Outcome {
        rate: middle(|it| it.rate),
        rate_of_processor: middle(|it| it.rate_of_processor),
        latency: middle(|it| it.latency),
        socket: middle(|it| it.socket),
        reconnect: middle(|it| it.reconnect),
    }
}

fn judge(ours: (&str, Outcome), rival: (&str, Outcome)) -> Result {
    println!(
        "{:10} {:>11} {:>11} {:>8} {:>13} {:>12}",
        "", "messages/s", "per CPU s", "p99 ms", "bytes/socket", "reconnect s"
    );
    for (name, outcome) in [ours, rival] {
        println!(
            "{name:10} {:>11.0} {:>11.0} {:>8.2} {:>13.0} {:>12.2}",
            outcome.rate,
            outcome.rate_of_processor,
            outcome.latency,
            outcome.socket,
            outcome.reconnect
        );
    }
    let (ours, rival) = (ours.1, rival.1);
    let times = ours.rate_of_processor / rival.rate_of_processor;
    let memory = ours.socket / rival.socket;
    println!(
        "{times:.1} times its messages in a second of processor time (aim {OF_RIVAL}), {memory:.2} \
         of its memory for a socket (aim {OF_RIVAL_MEMORY:.2})"
    );
    match times >= OF_RIVAL && memory <= OF_RIVAL_MEMORY && ours.socket <= SOCKET {
        true => Ok(()),
        false => Err("an aim was missed".into()),
    }
}

/// Programs that wanted to run in the last minute, on average.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}
