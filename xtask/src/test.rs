//! `cargo xtask test`: every check, and one line at the end that sums them up.

use std::{
    process::Command,
    sync::OnceLock,
    thread::{self, ScopedJoinHandle},
};

use crate::{
    app, package,
    run::{Result, can_step_back, cargo, find, run, say, target_dir},
    tally::{Length, Part, Tally},
    tools,
};

/// What only the names of tests have that no other may disturb.
const ALONE: &str = "::alone_in_";
/// What is in the names of tests with calls in them.
const CALLS: [&str; 2] = ["calls", "embed_room"];

/// The quick parts, in their order, and all that the others would build: a compiler wants the whole
/// machine, and tests that step back would get nothing beside it until their browsers are given up.
const FIRST: [(&str, Part); 5] = [
    ("fmt", fmt),
    ("clippy", clippy),
    ("deny", deny),
    ("package", package),
    ("build", build),
];

/// What measures frames and milliseconds: it leaves half of the machine to others, if they step back
/// whenever it wants something.
const MEASURING: (&str, Part) = ("alone", alone);

/// The parts that run behind it. Those of one line run at the same time, because one of them waits a
/// lot.
const BEHIND: [&[(&str, Part)]; 2] = [
    &[("unit", unit), ("browser", browser)],
    &[("studio", studio)],
];

/// A part that runs beside others.
type Running<'scope> = ScopedJoinHandle<'scope, (&'static str, Tally)>;

/// Runs all parts, one part, or the tests with a certain name.
pub fn test(name: Option<&str>, length: Length) -> Result {
    let parts = [&FIRST[..], &[MEASURING], BEHIND[0], BEHIND[1]].concat();
    let is_part = |name| parts.iter().any(|(part, _)| *part == name);
    let (part, filter) = match name {
        Some(name) if is_part(name) => (Some(name), None),
        filter => (None, filter),
    };
    let is_chosen = |title: &str| match (part, filter) {
        (Some(part), _) => part == title,
        // Only these know tests by their names.
        (None, Some(_)) => matches!(title, "unit" | "studio"),
        (None, None) => true,
    };
    let mut tally = Tally::new(length);
    for part in FIRST.iter().filter(|(title, _)| is_chosen(title)) {
        tally = side_by_side(tally, &[part], filter);
    }
    thread::scope(|scope| {
        let (title, run) = MEASURING;
        let mut measuring = is_chosen(title).then(|| {
            install();
            scope.spawn(move || (title, Tally::kept(length).with(run, filter)))
        });
        tally.steps_back = measuring.is_some() && can_step_back();
        if !tally.steps_back {
            // Nobody may be beside it.
            tally = with_that_of(tally, measuring.take());
        }
        for line in BEHIND {
            let chosen: Vec<_> = line.iter().filter(|(title, _)| is_chosen(title)).collect();
            tally = side_by_side(tally, &chosen, filter);
        }
        with_that_of(tally, measuring).finish()
    })
}

/// Runs parts at the same time; what the first one prints is seen as it comes.
fn side_by_side(mut tally: Tally, parts: &[&(&'static str, Part)], filter: Option<&str>) -> Tally {
    let Some(((title, first), others)) = parts.split_first() else {
        return tally;
    };
    if !others.is_empty() {
        install();
    }
    thread::scope(|scope| {
        let begin = |(title, run): &&(_, Part)| {
            let mut kept = Tally::kept(tally.length);
            kept.steps_back = tally.steps_back;
            let (title, run) = (*title, *run);
            scope.spawn(move || (title, kept.with(run, filter)))
        };
        let others: Vec<_> = others.iter().map(begin).collect();
        say(&format!("== {title}"));
        tally = tally.with(*first, filter);
        others
            .into_iter()
            .fold(tally, |tally, running| with_that_of(tally, Some(running)))
    })
}

/// Waits for a part, if there is one, and adds what it counted.
fn with_that_of(mut tally: Tally, running: Option<Running>) -> Tally {
    if let Some(running) = running {
        let (title, counted) = running.join().expect("a part that fails says so");
        say(&format!("== {title}"));
        tally.add(counted);
    }
    tally
}

/// Installs what parts need that run at the same time, and would each install. What can't be had they
/// say themselves.
fn install() {
    let _ = tools::wasm_target()
        .and_then(|()| tools::system_packages())
        .and_then(|()| tools::wasm_bindgen_test_runner().map(drop))
        .and_then(|()| tools::geckodriver().map(drop));
}

/// Builds the app, once.
fn build_app() -> Result {
    static BUILT: OnceLock<Result> = OnceLock::new();
    BUILT.get_or_init(app::build).clone()
}

/// Builds the npm package, once.
fn build_package() -> Result {
    static BUILT: OnceLock<Result> = OnceLock::new();
    BUILT.get_or_init(package::package).clone()
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

/// What the parts behind this one run.
fn build(tally: &mut Tally, _: Option<&str>) -> Result {
    build_studio()?;
    // Firefox runs the same.
    let [(_, browser), _] = browser_tests()?;
    for mut tests in [unit_tests(), studio_tests(), browser] {
        tally.check(tests.arg("--no-run"));
    }
    Ok(())
}

fn unit(tally: &mut Tally, filter: Option<&str>) -> Result {
    tools::system_packages()?;
    build_app()?;
    // Much of a server's test is waiting, too.
    let mut test = unit_tests();
    tally.tests(test.env("RUST_TEST_THREADS", "6").args(filter))
}

fn unit_tests() -> Command {
    let mut test = cargo();
    test.args(["test", "--locked", "--no-fail-fast", "--workspace"])
        .args(["--exclude", "callreel-tests"]);
    test
}

/// The tests of `browser/`, inside real browsers; `browser/webdriver.json` says how they start.
fn browser(tally: &mut Tally, _: Option<&str>) -> Result {
    for (browser, mut test) in browser_tests()? {
        tally.print(&format!("xtask: in {browser}"));
        tally.tests(&mut test)?;
    }
    Ok(())
}

fn browser_tests() -> Result<[(&'static str, Command); 2]> {
    Ok(in_browsers()?.map(|(browser, mut test)| {
        test.arg("--tests");
        (browser, test)
    }))
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
        // The runner reads all of it, and a panic says where it is without.
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "120")
        .env(variable, driver);
        (browser, test)
    }))
}

/// The npm package: its types and its modules, in projects that take it from its tarball.
fn package(tally: &mut Tally, _: Option<&str>) -> Result {
    build_package()?;
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
    // Everybody in a call costs processor time as long as it lasts, and it lasts longer the more of
    // them run; much of every other test is waiting. On two cores four at once take as long as three,
    // and more processor time.
    let [calls, rooms] = CALLS;
    let skip = "--skip";
    match filter {
        Some(name) => in_studio(tally, "4", &[name]),
        None => in_studio(tally, "2", &[calls, rooms, skip, ALONE])
            .and_then(|()| in_studio(tally, "3", &[skip, calls, skip, rooms, skip, ALONE])),
    }
}

/// Those tests of it that no other may disturb.
fn alone(tally: &mut Tally, _: Option<&str>) -> Result {
    in_studio(tally, "1", &[ALONE])
}

/// Runs tests of the studio by their names, so many at once.
fn in_studio(tally: &mut Tally, threads: &str, names: &[&str]) -> Result {
    build_studio()?;
    let binary = format!("callreel{}", std::env::consts::EXE_SUFFIX);
    let mut test = studio_tests();
    test.arg("--")
        .args(names)
        .env("CALLREEL_BIN", target_dir().join("debug").join(binary))
        .env("GECKODRIVER", tools::geckodriver()?)
        .env("RUST_TEST_THREADS", threads);
    tally.tests(&mut test)
}

fn studio_tests() -> Command {
    let mut test = cargo();
    test.args(["test", "--locked", "--no-fail-fast"])
        .args(["--package", "callreel-tests"]);
    test
}

/// Builds what tests of the studio run, once.
fn build_studio() -> Result {
    static BUILT: OnceLock<Result> = OnceLock::new();
    let build = || {
        tools::system_packages()?;
        build_app()?;
        build_package()?;
        package::build_projects(&package::install()?)?;
        run(cargo().args(["build", "--locked", "--package", "callreel-server"]))
    };
    BUILT.get_or_init(build).clone()
}
