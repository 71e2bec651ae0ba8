//! `cargo xtask bench call`: how soon one sees somebody after joining.

use crate::{
    app,
    run::{Result, cargo, run},
    start, tools,
};

/// Builds everything, and has the browsers' harness measure it.
pub fn call() -> Result {
    tools::system_packages()?;
    let geckodriver = tools::geckodriver()?;
    app::build()?;
    let server = start::build_server()?;
    let mut measure = cargo();
    measure
        .args(["run", "--quiet", "--locked", "--package", "callreel-tests"])
        .args(["--example", "call"])
        .env("CALLREEL_BIN", server)
        .env("GECKODRIVER", geckodriver);
    run(&mut measure)
}
