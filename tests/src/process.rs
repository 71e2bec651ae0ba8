//! Child processes, and all the processes they start in turn.

use std::{
    cell::Cell,
    fs,
    io::{BufRead as _, BufReader, Read},
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
#[cfg(target_os = "linux")]
use rustix::process::setpriority_process;
use rustix::process::{Pid, Signal, kill_process};
#[cfg(target_os = "linux")]
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

use crate::survivors;

/// Lets nothing that this thread starts put itself in front of others. Started by root, Chromium
/// makes its threads several times as important as anybody else's (nice −8), and a Firefox that
/// calls it gets next to no processor time on a busy machine.
fn all_alike() {
    #[cfg(target_os = "linux")]
    {
        let _only_root_has_it_to_lose =
            remove_capability_from_bounding_set(CapabilitySet::SYS_NICE);
        let _nobody_has_a_higher_one = setpriority_process(None, OF_BACKGROUND);
    }
}

/// The nice value that Chromium gives to a new page until it is looked at, and which only root could
/// raise again.
#[cfg(target_os = "linux")]
const OF_BACKGROUND: i32 = 5;

/// A child that is killed, with everything it started, when this value goes.
#[must_use = "dropping it kills the process"]
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: Log,
    /// Seconds of processor time that were counted already.
    noted: f64,
}

/// What a process printed, line by line, shared with the thread that reads it.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn read(&self, pipe: impl Read + Send + 'static) {
        let log = self.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                log.push(String::from_utf8_lossy(&line).into_owned());
            }
        });
    }

    fn push(&self, line: String) {
        // A panic elsewhere can't leave a list of strings half changed.
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    /// All lines so far.
    pub fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .join("\n")
    }

    /// What `pick` finds in the first line in which it finds something.
    pub fn find<T>(&self, pick: impl FnMut(&String) -> Option<T>) -> Option<T> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find_map(pick)
    }
}

impl Process {
    /// Starts a program and collects what it prints.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        all_alike();
        let mut child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!("cannot start {name}; `cargo xtask tools` installs what is missing")
            })?;
        let log = Log::default();
        if let Some(stdout) = child.stdout.take() {
            log.read(stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            log.read(stderr);
        }
        survivors::watch(child.id());
        Ok(Self {
            child,
            log,
            noted: 0.0,
        })
    }

    /// What it printed so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line from which `pick` gets something, such as the port it listens on.
    pub fn wait_for_line<T>(
        &mut self,
        timeout: Duration,
        mut pick: impl FnMut(&str) -> Option<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            if let Some(found) = self.log.find(|line| pick(line)) {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}) and printed:\n{}", self.log.text());
            }
            if start.elapsed() > timeout {
                bail!(
                    "waited {timeout:?} for its first line; it printed:\n{}",
                    self.log.text()
                );
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to end and waits until it has; true if it ended with success.
    pub fn terminate(&mut self, timeout: Duration) -> Result<bool> {
        signal(self.id(), Signal::TERM);
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status.success());
            }
            if start.elapsed() > timeout {
                bail!("it did not end within {timeout:?} of SIGTERM");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops everything that it started, as a machine that sleeps does, or lets it go on.
    pub fn freeze_children(&self, is_frozen: bool) {
        let what = if is_frozen {
            Signal::STOP
        } else {
            Signal::CONT
        };
        for id in descendants(self.id()) {
            signal(id, what);
        }
    }

    /// Adds the processor time that it and everything it started have had, since this was last
    /// called, to what this thread's test [`spent`].
    pub fn note_spent(&mut self) {
        let all = descendants(self.id()).into_iter().chain([self.id()]);
        let now: f64 = all.map(processor_seconds).sum();
        // What has ended and was not waited for is not counted any more.
        SPENT.set(SPENT.get() + (now - self.noted).max(0.0));
        self.noted = now;
    }

    /// `kill -9`, for it and everything it started.
    pub fn kill(&mut self) {
        // Its children are found through it, so list them before it goes.
        let descendants = descendants(self.id());
        self.note_spent();
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.id(), Signal::KILL);
        }
        for id in descendants {
            signal(id, Signal::KILL);
        }
        survivors::forget(self.id());
        // It was killed, so it ends; an error says that somebody else waited for it.
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Processes that descend from `ancestor`, nearest first.
pub fn descendants(ancestor: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, parent(id)?)))
        .collect();
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == id)
                .map(|(child, _)| *child),
        );
        next += 1;
    }
    found.split_off(1)
}

fn parent(id: u32) -> Option<u32> {
    stat(id, 1)?.try_into().ok()
}

/// A number that the kernel tells of a process, counted from behind its name (proc(5)).
fn stat(id: u32, at: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in parentheses and may hold spaces.
    let mut numbers = stat.rsplit_once(')')?.1.split_whitespace();
    numbers.nth(at)?.parse().ok()
}

/// Processor time in seconds that a process and its children that ended have had.
fn processor_seconds(id: u32) -> f64 {
    // The kernel counts in hundredths for everybody.
    let ticks: u64 = (11..=14).filter_map(|at| stat(id, at)).sum();
    ticks as f64 / 100.0
}

thread_local! {
    /// Processor time in seconds that this thread's test and its browsers and servers had.
    static SPENT: Cell<f64> = const { Cell::new(0.0) };
}

/// Processor time in seconds that this thread's processes have had, as far as it was noted, since
/// this was last called.
pub fn spent() -> f64 {
    SPENT.take()
}

/// Proportional set size in bytes: memory that is shared is counted in shares.
pub fn pss(id: u32) -> u64 {
    rollup(id, &["Pss:"])
}

/// The same without what is mapped from files.
pub fn own_pss(id: u32) -> u64 {
    rollup(id, &["Pss_Anon:", "Pss_Shmem:"])
}

/// The sum of some lines of what the kernel says of a process's memory, in bytes.
fn rollup(id: u32, names: &[&str]) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
    let kilobytes = rollup.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let is_asked_for = names.contains(&words.next()?);
        words.next()?.parse::<u64>().ok().filter(|_| is_asked_for)
    });
    kilobytes.sum::<u64>() * 1024
}

fn signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended by itself in the meantime.
        let _ = kill_process(pid, signal);
    }
}
