//! What tests say, counted: one line at the end sums them up.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::run::{Result, behind, shown};

/// How long the tests may run.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Length {
    /// A share of every long run.
    #[default]
    Short,
    /// All of them.
    Long,
}

/// Runs a part of the tests, or those of it whose names contain the text.
pub type Part = fn(&mut Tally, Option<&str>) -> Result;

/// What the tests have said so far.
#[derive(Default)]
pub struct Tally {
    pub passed: u64,
    failed: u64,
    failures: Vec<String>,
    /// The test whose output comes now.
    reporting: Option<String>,
    pub length: Length,
    /// Whether its tests leave the processor to others, which measure, whenever those want it.
    pub steps_back: bool,
    /// What is printed when another part is over; at once where there is none.
    kept: Option<String>,
}

impl Tally {
    /// Nothing so far.
    pub fn new(length: Length) -> Self {
        Self {
            length,
            ..Self::default()
        }
    }

    /// Nothing so far, and what is said is kept until [`Tally::add`].
    pub fn kept(length: Length) -> Self {
        Self {
            kept: Some(String::new()),
            ..Self::new(length)
        }
    }

    /// Runs a part. A tool that is missing is a failure of its part; the others still say what they know.
    pub fn with(mut self, run: Part, filter: Option<&str>) -> Self {
        if let Err(message) = run(&mut self, filter) {
            self.fail(message);
        }
        self
    }

    /// Adds what another one counted, and prints what it kept.
    pub fn add(&mut self, other: Self) {
        print!("{}", other.kept.unwrap_or_default());
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }

    /// Prints a line, or keeps it.
    pub fn print(&mut self, line: &str) {
        match &mut self.kept {
            Some(kept) => *kept += &format!("{line}\n"),
            None => println!("{line}"),
        }
    }

    /// Something that failed without a count of its own.
    pub fn fail(&mut self, message: String) {
        self.print(&format!("xtask: {message}"));
        self.failed += 1;
        self.failures.push(message);
    }

    /// A command that passes or fails as a whole.
    pub fn check(&mut self, command: &mut Command) {
        match crate::run::run(command) {
            Ok(()) => self.passed += 1,
            Err(message) => self.fail(message),
        }
    }

    /// A command that runs test executables; their own counts are added.
    pub fn tests(&mut self, command: &mut Command) -> Result {
        let name = shown(command);
        if self.length == Length::Long {
            command.env("CALLREEL_SOAK", "1");
        }
        let mut behind = self.steps_back.then(|| behind(command));
        let command = behind.as_mut().unwrap_or(command);
        let cannot = |error| format!("cannot run `{name}`: {error}");
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
        let stdout = child.stdout.take().expect("it was asked to be piped");
        let failed_before = self.failed;
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(cannot)?;
            let line = String::from_utf8_lossy(&line);
            self.print(&line);
            self.read(&line);
        }
        let status = child.wait().map_err(cannot)?;
        match (status.success(), self.failed - failed_before) {
            (true, 0) => {}
            // It did not get as far as counting: it does not compile, or it crashed.
            (false, 0) => self.fail(format!("`{name}` failed ({status})")),
            (_, failed) => self.failures.push(format!("`{name}`: {failed} failed")),
        }
        Ok(())
    }

    /// Adds what one test executable says at its end: `test result: ok. 3 passed; 0 failed; …`, and
    /// why a browser test failed: `--- firefox: …` below `---- NAME stdout ----`.
    fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ") {
            self.reporting = name.strip_suffix(" stdout ----").map(Into::into);
        }
        let why = ["--- chromium: ", "--- firefox: "]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        if let (Some(why), Some(name)) = (why, &self.reporting) {
            self.failures.push(format!("{name}: {why}"));
            return;
        }
        let Some((_, counts)) = line
            .split_once("test result: ")
            .and_then(|(_, rest)| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let number = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                _ => {}
            }
        }
    }

    /// Says it all once more, shortly; a failure ends the process.
    pub fn finish(self) -> Result {
        for failure in &self.failures {
            println!("failed: {failure}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        // The sum is the last line of all, so an error message must not follow it.
        if self.failed > 0 {
            std::process::exit(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_both_kinds_of_runner() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s");
        tally.read("test result: FAILED. 1 passed; 2 failed; 0 ignored");
        tally.read("test some::thing ... ok");
        assert_eq!((tally.passed, tally.failed), (13, 2));
    }

    #[test]
    fn a_failure_comes_with_its_reason() {
        let mut tally = Tally::default();
        tally.read("---- kill::firefox::a_take_survives stdout ----");
        tally.read("--- console of browser 1, firefox");
        tally.read("--- firefox: waited 60 s for the take");
        assert_eq!(
            tally.failures,
            ["kill::firefox::a_take_survives: waited 60 s for the take"]
        );
    }
}
