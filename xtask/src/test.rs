//! `cargo xtask test`: every check, and one line at the end that sums them up.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use crate::{
    app, package,
    run::{Result, cargo, find, say, shown, target_dir},
    tools,
};

/// How long the tests may run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A share of every long run.
    Short,
    /// All of them.
    Long,
}

/// Runs a part, or those of its tests whose names contain the text.
type Part = fn(&mut Tally, Option<&str>) -> Result;

/// What only the names of tests have that run while no other does.
const ALONE: &str = "::alone_in_";

/// The parts, in the order in which they run: the quick ones first.
const PARTS: &[(&str, Part)] = &[
    ("fmt", fmt),
    ("clippy", clippy),
    ("deny", deny),
    ("unit", unit),
    ("browser", browser),
    ("package", package),
    ("studio", studio),
];

/// Runs all parts, one part, or the tests with a certain name.
pub fn test(name: Option<&str>, length: Length) -> Result {
    let is_part = |name| PARTS.iter().any(|(part, _)| *part == name);
    let (part, filter) = match name {
        Some(name) if is_part(name) => (Some(name), None),
        filter => (None, filter),
    };
    let mut tally = Tally {
        length,
        ..Tally::default()
    };
    for (title, run) in PARTS {
        let is_chosen = match (part, filter) {
            (Some(part), _) => part == *title,
            // Only these know tests by their names.
            (None, Some(_)) => matches!(*title, "unit" | "studio"),
            (None, None) => true,
        };
        if is_chosen {
            say(&format!("== {title}"));
            // A tool that is missing is a failure of its part; the others still say what they know.
            if let Err(message) = run(&mut tally, filter) {
                tally.fail(message);
            }
        }
    }
    tally.finish()
}

struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
    /// The test whose output comes now.
    reporting: Option<String>,
    length: Length,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            passed: 0,
            failed: 0,
            failures: Vec::new(),
            reporting: None,
            length: Length::Short,
        }
    }
}

impl Tally {
    fn fail(&mut self, message: String) {
        say(&message);
        self.failed += 1;
        self.failures.push(message);
    }

    /// A command that passes or fails as a whole.
    fn check(&mut self, command: &mut Command) {
        match crate::run::run(command) {
            Ok(()) => self.passed += 1,
            Err(message) => self.fail(message),
        }
    }

    /// A command that runs test executables; their own counts are added.
    fn tests(&mut self, command: &mut Command) -> Result {
        let name = shown(command);
        if self.length == Length::Long {
            command.env("CALLREEL_SOAK", "1");
        }
        let cannot = |error| format!("cannot run `{name}`: {error}");
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(cannot)?;
        let stdout = child.stdout.take().expect("it was asked to be piped");
        let failed_before = self.failed;
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(cannot)?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
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

    fn finish(self) -> Result {
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

fn fmt(tally: &mut Tally, _: Option<&str>) -> Result {
    tally.check(cargo().args(["fmt", "--all", "--check"]));
    Ok(())
}

fn clippy(tally: &mut Tally, _: Option<&str>) -> Result {
    tools::wasm_target()?;
    let clippy = || {
        let mut clippy = cargo();
        clippy.args(["clippy", "--quiet", "--locked", "--all-targets"]);
        clippy
    };
    let deny = ["--", "--deny", "warnings"];
    tally.check(clippy().arg("--workspace").args(deny));
    // The crates below these two are linted natively; their test libraries know no wasm.
    let mut wasm = clippy();
    wasm.args(["--target", "wasm32-unknown-unknown"]).args([
        "--package",
        "callreel",
        "--package",
        "callreel-browser",
    ]);
    tally.check(wasm.args(deny));
    Ok(())
}

/// cargo-deny takes longer to build than everything else here, so it runs where it is installed.
fn deny(tally: &mut Tally, _: Option<&str>) -> Result {
    if find("cargo-deny").is_none() {
        say(
            "cargo-deny is not installed, so licences are not checked. To have it: cargo install --locked cargo-deny",
        );
        return Ok(());
    }
    tally.check(cargo().args([
        "deny",
        "--offline",
        "--workspace",
        "check",
        "bans",
        "licenses",
        "sources",
    ]));
    Ok(())
}

fn unit(tally: &mut Tally, filter: Option<&str>) -> Result {
    tools::system_packages()?;
    app::build()?;
    let mut test = cargo();
    test.args([
        "test",
        "--locked",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "callreel-tests",
    ])
    // Much of a server's test is waiting, too.
    .env("RUST_TEST_THREADS", "4");
    tally.tests(test.args(filter))
}

/// The tests of `browser/`, inside real browsers; `browser/webdriver.json` says how they start.
fn browser(tally: &mut Tally, _: Option<&str>) -> Result {
    for (browser, mut test) in in_browsers()? {
        say(&format!("in {browser}"));
        tally.tests(test.arg("--tests"))?;
    }
    Ok(())
}

/// The command that runs tests of `browser/`, by browser.
pub fn in_browsers() -> Result<[(&'static str, Command); 2]> {
    tools::wasm_target()?;
    tools::system_packages()?;
    let runner = tools::wasm_bindgen_test_runner()?;
    let chromedriver = find("chromedriver").ok_or("chromedriver is not on the path")?;
    let drivers = [
        ("chromium", "CHROMEDRIVER", chromedriver),
        ("firefox", "GECKODRIVER", tools::geckodriver()?),
    ];
    Ok(drivers.map(|(browser, variable, driver)| {
        let mut test = cargo();
        test.args([
            "test",
            "--locked",
            "--no-fail-fast",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--package", "callreel-browser"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env(variable, driver);
        (browser, test)
    }))
}

/// The npm package: its types and its modules, in projects that take it from its tarball.
fn package(tally: &mut Tally, _: Option<&str>) -> Result {
    package::package()?;
    let dir = package::install()?;
    for check in [
        package::check_right,
        package::check_wrong,
        package::check_without_document,
    ] {
        match check(&dir) {
            Ok(()) => tally.passed += 1,
            Err(message) => tally.fail(message),
        }
    }
    Ok(())
}

/// The whole product in real browsers against the real server.
fn studio(tally: &mut Tally, filter: Option<&str>) -> Result {
    tools::system_packages()?;
    let geckodriver = tools::geckodriver()?;
    app::build()?;
    package::package()?;
    package::build_projects(&package::install()?)?;
    crate::run::run(cargo().args(["build", "--locked", "--package", "callreel-server"]))?;
    let binary = format!("callreel{}", std::env::consts::EXE_SUFFIX);
    let binary = target_dir().join("debug").join(binary);
    let mut run = |names: &[&str]| {
        let mut test = cargo();
        test.args(["test", "--locked", "--no-fail-fast"])
            .args(["--package", "callreel-tests"])
            .args(names)
            .env("CALLREEL_BIN", &binary)
            .env("GECKODRIVER", &geckodriver)
            // Much of a test is waiting.
            .env("RUST_TEST_THREADS", "4");
        tally.tests(&mut test)
    };
    // Tests that run alone would each wait for those before it to end, and those behind it for it.
    match filter {
        Some(name) => run(&[name]),
        None => run(&["--", "--skip", ALONE]).and_then(|()| run(&[ALONE])),
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
