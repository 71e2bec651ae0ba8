//! `cargo xtask bench upload`: 1 GiB from 8 clients, into our server and into others.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    clients,
    rivals::{self, Running},
};
use crate::{
    run::{Result, run, say, target_dir},
    start,
};

const CLIENTS: usize = 8;
const BYTES: usize = (1 << 30) / CLIENTS;
/// Rounds of each program; the median counts.
const ROUNDS: usize = 3;

/// The aims: of the sink's throughput, of the rival's, of the naive way's processor
/// time.
const OF_SINK: f64 = 0.8;
const OF_TUS: f64 = 2.5;
const OF_NAIVE: f64 = 0.1;

type Start = Box<dyn Fn(&Path) -> Result<Running>>;
type Client = fn(&str, usize) -> Result;

struct Program {
    name: &'static str,
    start: Start,
    client: Client,
    outcomes: Vec<Outcome>,
}

#[derive(Clone, Copy)]
struct Outcome {
    mib_a_second: f64,
    seconds_a_gib: f64,
    memory: u64,
}

/// Throughput, and the server's processor time for a GiB, side by side in one run.
pub fn upload() -> Result {
    let binary = start::build_server()?;
    let mut programs = programs(&binary);
    for round in 1..=ROUNDS {
        say(&format!("round {round} of {ROUNDS}"));
        for program in &mut programs {
            let outcome = measure(program)?;
            program.outcomes.push(outcome);
        }
    }
    let medians: Vec<_> = programs
        .into_iter()
        .map(|program| (program.name, median(program.outcomes)))
        .collect();
    judge(&medians)
}

fn programs(binary: &Path) -> Vec<Program> {
    let callreel = |durability: &'static str| -> Start {
        let binary = binary.to_owned();
        Box::new(move |dir| rivals::callreel(&binary, dir, &["--durability", durability]))
    };
    let program = |name, start: Start, client: Client| Program {
        name,
        start,
        client,
        outcomes: Vec::new(),
    };
    vec![
        program(
            "sink",
            Box::new(|dir| rivals::sink(dir, false)),
            clients::into_sink,
        ),
        program("callreel, process", callreel("process"), clients::by_tus),
        program(
            "sink, fdatasync",
            Box::new(|dir| rivals::sink(dir, true)),
            clients::into_sink,
        ),
        program("callreel, disk", callreel("disk"), clients::by_tus),
        program(
            "@tus/server",
            Box::new(|dir| rivals::node("tus-server.mjs", dir)),
            clients::by_tus,
        ),
        program(
            "JSON over WebSocket",
            Box::new(|dir| rivals::node("naive-server.mjs", dir)),
            clients::naively,
        ),
    ]
}

fn measure(program: &Program) -> Result<Outcome> {
    let dir = empty_folder()?;
    let server = (program.start)(&dir)?;
    // What an earlier program wrote must not be written to the disk at this one's cost.
    run(&mut Command::new("sync"))?;
    let before = server.processor_time();
    let client = program.client;
    let took = clients::together(CLIENTS, |_| client(&server.address, BYTES))?;
    let used = server.processor_time() - before;
    let gib = (CLIENTS * BYTES) as f64 / f64::from(1 << 30);
    Ok(Outcome {
        mib_a_second: gib * 1024.0 / took.as_secs_f64(),
        seconds_a_gib: used / gib,
        memory: server.memory(true),
    })
}

/// A folder on the disk that the repository is on, not in memory.
pub fn empty_folder() -> Result<PathBuf> {
    let dir = target_dir().join("bench/upload");
    let failed = |error| format!("cannot empty {}: {error}", dir.display());
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(failed)?;
    }
    fs::create_dir_all(&dir).map_err(failed)?;
    Ok(dir)
}

fn median(mut outcomes: Vec<Outcome>) -> Outcome {
    outcomes.sort_by(|a, b| a.mib_a_second.total_cmp(&b.mib_a_second));
    let memory = outcomes.iter().map(|outcome| outcome.memory).max();
    let middle = outcomes[outcomes.len() / 2];
    Outcome {
        memory: memory.unwrap_or(0),
        ..middle
    }
}

fn judge(medians: &[(&str, Outcome)]) -> Result {
    println!(
        "{:22} {:>9} {:>9} {:>10}",
        "", "MiB/s", "CPU s/GiB", "peak MiB"
    );
    for (name, outcome) in medians {
        println!(
            "{name:22} {:>9.0} {:>9.2} {:>10.1}",
            outcome.mib_a_second,
            outcome.seconds_a_gib,
            outcome.memory as f64 / f64::from(1 << 20)
        );
    }
    let of = |name: &str| {
        let found = medians.iter().find(|(known, _)| *known == name);
        found.expect("every program was measured").1
    };
    let ours = of("callreel, process");
    let sink = ours.mib_a_second / of("sink").mib_a_second;
    let tus = ours.mib_a_second / of("@tus/server").mib_a_second;
    let naive = ours.seconds_a_gib / of("JSON over WebSocket").seconds_a_gib;
    println!(
        "with durability off: {:.0} % of the sink's throughput (aim {:.0} %), {tus:.1} times \
         @tus/server's (aim {OF_TUS}), {:.0} % of the naive way's processor time (aim {:.0} %)",
        sink * 100.0,
        OF_SINK * 100.0,
        naive * 100.0,
        OF_NAIVE * 100.0
    );
    match sink >= OF_SINK && tus >= OF_TUS && naive <= OF_NAIVE {
        true => Ok(()),
        false => Err("an aim was missed".into()),
    }
}
