//! Nothing that a test started outlives the tests, whatever ends them.
//!
//! Statics are not dropped when a process ends, and nothing is when it is killed. So a shell stands by
//! that is told of every child; when it is told nothing any more it kills what is left, and removes
//! the folder of the run.

use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{ChildStdin, Command, Stdio},
    sync::{LazyLock, Mutex, PoisonError},
};

use tempfile::TempDir;

/// Reads `+ GROUP` and `- GROUP` until there is nobody to write them.
const STAND_BY: &str = "
    while read -r what group; do
        if [ $what = + ]; then
            groups=\"$groups $group\"
        else
            rest=
            for one in $groups; do [ $one = $group ] || rest=\"$rest $one\"; done
            groups=$rest
        fi
    done
    for group in $groups; do kill -KILL -$group; done
    # What is killed may still write for a moment.
    for turn in 1 2 3 4 5; do rm -rf -- \"$0\" && break; sleep 1; done";

/// The folder of this run, for everything that tests keep for a while.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = TempDir::with_prefix("callreel-tests-").expect("a temporary folder can be made");
    folder.keep()
});

/// `None` where there is no shell.
static SHELL: LazyLock<Option<Mutex<ChildStdin>>> = LazyLock::new(|| {
    let shell = Command::new("sh")
        .args(["-c", STAND_BY])
        .arg(&*FOLDER)
        // What ends the tests from a terminal must not end it.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    shell.ok()?.stdin.map(Mutex::new)
});

/// A new folder in the folder of this run.
pub(crate) fn folder(prefix: &str) -> std::io::Result<TempDir> {
    TempDir::with_prefix_in(prefix, &*FOLDER)
}

/// From now on this process group is killed with the tests.
pub(crate) fn watch(group: u32) {
    tell('+', group);
}

/// It is gone: its number may be somebody else's soon.
pub(crate) fn forget(group: u32) {
    tell('-', group);
}

fn tell(what: char, group: u32) {
    if let Some(shell) = &*SHELL {
        let mut shell = shell.lock().unwrap_or_else(PoisonError::into_inner);
        // A shell that was killed is no reason for a test to fail.
        let _ = shell.write_all(format!("{what} {group}\n").as_bytes());
    }
}
