//! `cargo xtask start`: from a clone to a running server.

use std::path::PathBuf;

use crate::{
    app,
    run::{Result, cargo, command, run, say, shown, target_dir},
};

/// Builds everything and becomes the server.
pub fn start(flags: &[&str]) -> Result {
    app::build()?;
    let mut server = command(build_server()?);
    server.args(flags);
    become_it(server)
}

/// Builds the server with the app inside, and says where the binary is.
pub fn build_server() -> Result<PathBuf> {
    say("building the server");
    run(cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "callreel-server",
    ]))?;
    Ok(target_dir()
        .join("release")
        .join(format!("callreel{}", std::env::consts::EXE_SUFFIX)))
}

/// Replaces this process, so that signals reach the server itself.
#[cfg(unix)]
fn become_it(mut server: std::process::Command) -> Result {
    use std::os::unix::process::CommandExt as _;
    let error = server.exec();
    Err(format!("cannot run `{}`: {error}", shown(&server)))
}

#[cfg(not(unix))]
fn become_it(mut server: std::process::Command) -> Result {
    run(&mut server)
}
