//! Long takes in real browsers: how soon they can be replayed, and what memory they take.

use std::{
    collections::HashMap,
    fs,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use crate::{
    run::{Result, say},
    test,
};

/// The most that a take of any length may need from stop to replay ready, in ms.
const AIM_MS: f64 = 200.0;
/// How often memory is read.
const EVERY: Duration = Duration::from_millis(200);

/// Ten seconds and two hours: from stop to replay ready. Half an hour: memory meanwhile.
pub fn replay() -> Result {
    let mut slowest = 0.0_f64;
    for (browser, mut command) in test::in_browsers()? {
        say(&format!("long takes in {browser}"));
        command
            .args(["--test", "browser", "--", "long_take", "--nocapture"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot run cargo: {error}"))?;
        let sizes = watch(&mut child, browser)?;
        let output = child
            .wait_with_output()
            .map_err(|error| format!("cannot wait for cargo: {error}"))?;
        let printed = String::from_utf8_lossy(&output.stdout);
        for line in printed
            .lines()
            .filter_map(|line| line.find("long take:").map(|at| &line[at..]))
        {
            println!("{line}");
            slowest = slowest.max(ready_ms(line)?);
        }
        if !output.status.success() {
            return Err(format!("the long takes failed in {browser}:\n{printed}"));
        }
        // The first readings are of a browser that is still starting.
        let settled = &sizes[sizes.len() / 5..];
        let (least, most) = (settled.iter().min(), settled.iter().max());
        println!(
            "{browser} with all its processes: {} to {} MB (PSS, {} readings)",
            least.unwrap_or(&0) / 1_000_000,
            most.unwrap_or(&0) / 1_000_000,
            settled.len()
        );
    }
    match slowest <= AIM_MS {
        true => Ok(()),
        false => Err(format!(
            "a replay was ready after {slowest} ms; the aim is {AIM_MS}"
        )),
    }
}

/// How long it took from stop to replay ready, of what a test said of a long take.
fn ready_ms(line: &str) -> Result<f64> {
    let (_, time) = line.split_once("replay ready ").unwrap_or_default();
    let (time, _) = time.split_once(' ').unwrap_or_default();
    time.parse()
        .map_err(|_| format!("this says no time: {line}"))
}

/// The proportional set size of a program's browser, read until the program ends, in bytes.
fn watch(child: &mut Child, browser: &str) -> Result<Vec<u64>> {
    let mut sizes = Vec::new();
    while child
        .try_wait()
        .map_err(|error| error.to_string())?
        .is_none()
    {
        let size: u64 = descendants(child.id())
            .into_iter()
            .filter(|pid| name(*pid).is_some_and(|name| name.contains(browser)))
            .filter_map(pss)
            .sum();
        if size > 0 {
            sizes.push(size);
        }
        thread::sleep(EVERY);
    }
    Ok(sizes)
}

/// All processes that a process has started, and those that they have.
fn descendants(root: u32) -> Vec<u32> {
    let parents: HashMap<u32, u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, parent(pid)?)))
        .collect();
    let is_below = |pid: u32| {
        std::iter::successors(Some(pid), |pid| parents.get(pid).copied()).any(|pid| pid == root)
    };
    parents
        .keys()
        .copied()
        .filter(|pid| *pid != root && is_below(*pid))
        .collect()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; the state and the parent follow it.
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

fn name(pid: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()
}

fn pss(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
