use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    run::{Result, cargo, command, run, say, shown, target_dir},
    start, tools,
};

/// Rounds of each program; the median counts.
const ROUNDS: usize = 5;
/// How many times as fast as the faster of ffmpeg and mkvmerge our programs should be.
const INDEX_RATIO: f64 = 10.0;
const REPAIR_RATIO: f64 = 3.0;
/// The most memory ours may use, in bytes.
const MEMORY: u64 = 16 << 20;

/// What one program did with the recording.
struct Outcome {
    name: &'static str,
    seconds: f64,
    /// Peak of resident memory in bytes.
    memory: u64,
}

/// Indexing and repairing against the programs people would use otherwise, on the same recording of
/// 1 GiB in the same run. The recording is read from memory, where the system keeps it.
pub fn webm() -> Result {
    tools::system_packages()?;
    let server = start::build_server()?;
    let example = "bench";
    run(cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "callreel-webm",
        "--example",
        example,
    ]))?;
    let bench = target_dir().join("release/examples").join(example);
    let dir = target_dir().join("bench");
    fs::create_dir_all(&dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
    let (input, output) = (dir.join("take.webm"), dir.join("out.webm"));
    remove(&input)?;
    say("writing a recording of 1 GiB");
    run(command(&bench).arg("make").arg(&input))?;
    let bytes = fs::metadata(&input)
        .map_err(|error| format!("there is no recording: {error}"))?
        .len();

    let program =
        |name: &'static str, program: &Path, before: &[&str], between: &[&str], writes: bool| {
            let mut command = command(program);
            command.args(before).arg(&input).args(between);
            if writes {
                command.arg(&output);
            }
            (name, command)
        };
    let mut programs = [
        program("index", &bench, &["index"], &[], false),
        program("index, every byte", &bench, &["push"], &[], false),
        program("callreel repair", &server, &["repair"], &["-o"], true),
        program(
            "ffmpeg -c copy",
            Path::new("ffmpeg"),
            &["-v", "error", "-i"],
            &["-c", "copy"],
            true,
        ),
        program("mkvmerge", Path::new("mkvmerge"), &["-q"], &[], false),
        // Nobody who writes as much can be much faster than this.
        program("cp", Path::new("cp"), &[], &[], true),
    ];
    programs[4].1.arg("-o").arg(&output);
    let mut rounds: Vec<Vec<Outcome>> = programs.iter().map(|_| Vec::new()).collect();
    for round in 1..=ROUNDS {
        say(&format!("round {round} of {ROUNDS}"));
        for ((name, command), outcomes) in programs.iter_mut().zip(&mut rounds) {
            remove(&output)?;
            // What an earlier program wrote must not be written to the disk at this one's cost.
            run(&mut Command::new("sync"))?;
            outcomes.push(measure(name, command)?);
        }
    }
    remove(&output)?;
    remove(&input)?;
    judge(bytes, rounds.into_iter().map(median).collect())
}

fn judge(bytes: u64, outcomes: Vec<Outcome>) -> Result {
    let seconds = |wanted: &str| {
        outcomes
            .iter()
            .find(|outcome| outcome.name == wanted)
            .map_or(0.0, |outcome| outcome.seconds)
    };
    let rival = seconds("ffmpeg -c copy").min(seconds("mkvmerge"));
    println!(
        "{:20} {:>9} {:>9} {:>10} {:>9}",
        "", "seconds", "GB/s", "peak MiB", "ratio"
    );
    for outcome in &outcomes {
        println!(
            "{:20} {:>9.3} {:>9.2} {:>10.1} {:>9.1}",
            outcome.name,
            outcome.seconds,
            bytes as f64 / 1e9 / outcome.seconds,
            outcome.memory as f64 / f64::from(1 << 20),
            rival / outcome.seconds,
        );
    }
    let mut missed = Vec::new();
    for (name, aim) in [("index", INDEX_RATIO), ("callreel repair", REPAIR_RATIO)] {
        if rival / seconds(name) < aim {
            missed.push(format!(
                "{name} should be {aim} times as fast as the faster rival"
            ));
        }
    }
    for outcome in outcomes
        .iter()
        .take(3)
        .filter(|outcome| outcome.memory > MEMORY)
    {
        missed.push(format!(
            "{} should use at most {} MiB",
            outcome.name,
            MEMORY >> 20
        ));
    }
    if missed.is_empty() {
        Ok(())
    } else {
        Err(missed.join("; "))
    }
}

/// Runs a program and watches its memory, which Linux tells as long as it runs.
fn measure(name: &'static str, command: &mut Command) -> Result<Outcome> {
    let cannot = |error| format!("cannot run {name}: {error}");
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().map_err(cannot)?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(cannot)? {
            break status;
        }
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        let kilobytes = status.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .split_whitespace()
                .next()?
                .parse::<u64>()
                .ok()
        });
        memory = memory.max(kilobytes.unwrap_or(0) * 1024);
        thread::sleep(Duration::from_micros(500));
    };
    let seconds = start.elapsed().as_secs_f64();
    if status.success() {
        Ok(Outcome {
            name,
            seconds,
            memory,
        })
    } else {
        Err(format!("`{}` failed ({status})", shown(command)))
    }
}

fn median(mut outcomes: Vec<Outcome>) -> Outcome {
    let memory = outcomes
        .iter()
        .map(|outcome| outcome.memory)
        .max()
        .unwrap_or(0);
    outcomes.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let middle = outcomes.swap_remove(outcomes.len() / 2);
    Outcome { memory, ..middle }
}

fn remove(file: &Path) -> Result {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", file.display()))
        }
        _ => Ok(()),
    }
}
