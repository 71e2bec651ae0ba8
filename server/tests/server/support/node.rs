//! Programs for Node, with packages as they are published.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Where the programs are and their packages are installed, once for each lock file.
fn folder() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tus");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tus");
    fs::create_dir_all(&target).expect("the target folder is ours");
    // Several tests may come here at once, in several processes.
    let lock = File::create(target.join(".lock")).expect("the target folder is ours");
    lock.lock().expect("locks work here");
    let copy = |name: &str| {
        let content = fs::read(source.join(name)).expect("the file is in the repository");
        // Another test may be reading it.
        if fs::read(target.join(name)).ok().as_ref() != Some(&content) {
            fs::write(target.join(name), content).expect("the target folder is ours");
        }
    };
    copy("client.mjs");
    let read = |dir: &Path| fs::read_to_string(dir.join("package-lock.json")).unwrap_or_default();
    let is_installed = target.join("node_modules/.package-lock.json").is_file();
    if !is_installed || read(&source) != read(&target) {
        copy("package.json");
        copy(".npmrc");
        copy("package-lock.json");
        let status = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--loglevel=error"])
            .current_dir(&target)
            .stdin(Stdio::null())
            .status();
        let is_done = status.expect("npm is there").success();
        if !is_done {
            // Or the next run would believe that it was.
            let _ = fs::remove_file(target.join("package-lock.json"));
        }
        assert!(is_done, "npm ci failed");
    }
    target
}

/// Runs one of the programs to its end.
pub fn node(program: &str, arguments: &[&str]) -> Output {
    Command::new("node")
        .arg(program)
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::null())
        .output()
        .expect("node is there")
}

/// Runs a program of the caller's own beside those packages.
pub fn node_script(name: &str, script: &str, arguments: &[&str]) -> Output {
    fs::write(folder().join(name), script).expect("the target folder is ours");
    node(name, arguments)
}
