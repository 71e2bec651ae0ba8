//! Running other programs.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What an xtask command ends with; the error is a text for the person who called it.
pub type Result<T = ()> = std::result::Result<T, String>;

/// The repository.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask
        .parent()
        .expect("xtask is a folder of the repository")
        .to_owned()
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Says what happens next.
pub fn say(text: &str) {
    println!("xtask: {text}");
}

/// A program to run in the repository.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    // What cargo says of this package is not for others: build scripts that ask for their own, as
    // ring's, would run again after each change between `cargo xtask` and `cargo`.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo, the one that runs this xtask.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// What starts a program as one that steps back.
fn stepping_back() -> Command {
    let mut chrt = command("chrt");
    chrt.args(["--idle", "0"]);
    chrt
}

/// Whether this system knows programs that step back, and lets them be started.
pub fn can_step_back() -> bool {
    output(stepping_back().arg("true")).is_some()
}

/// The same program, to which the system gives only processor time that nobody else wants, whatever
/// priority it gives itself.
pub fn behind(program: &Command) -> Command {
    let mut behind = stepping_back();
    behind.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => behind.env(name, value),
            None => behind.env_remove(name),
        };
    }
    behind
}

/// Runs a program to its end; anything but success is an error.
pub fn run(command: &mut Command) -> Result {
    let shown = shown(command);
    let status = command
        .status()
        .map_err(|error| format!("cannot run `{shown}`: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// What a program prints on standard output, or nothing if it can't be run or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// Looks a program up on the path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_steps_back_does_the_same() {
        // Elsewhere nobody is asked to.
        if !can_step_back() {
            return;
        }
        let mut says = command("sh");
        says.args(["-c", "echo \"$SAID $(chrt -p $$)\""])
            .env("SAID", "it");
        let said = output(&mut behind(&says)).expect("it can be run");
        assert!(said.starts_with("it "), "{said}");
        assert!(said.contains("SCHED_IDLE"), "{said}");
    }
}
