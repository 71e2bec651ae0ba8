//! The tools the build and the tests need, in the versions the repository pins.
//!
//! The versions are in `[workspace.metadata.tools]` of the root `Cargo.toml`. What comes from a
//! package registry is installed into a folder of its own below the user's cache, so that nobody's
//! own tools change; what is on the path in the right version is used as it is.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use crate::run::{Result, cargo, command, find, output, run, say};

const MANIFEST: &str = include_str!("../../Cargo.toml");

/// What the tests need of a Debian system: (program, package).
const SYSTEM: &[(&str, &str)] = &[
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("firefox-esr", "firefox-esr"),
    ("ffmpeg", "ffmpeg"),
    ("mkvmerge", "mkvtoolnix"),
    ("mkvinfo", "mkvtoolnix"),
    ("webm_info", "libwebm-tools"),
    ("Xvfb", "xvfb"),
    ("pulseaudio", "pulseaudio"),
    ("pactl", "pulseaudio-utils"),
    ("python3", "python3"),
    ("sqlite3", "sqlite3"),
    ("turnserver", "coturn"),
];

/// Everything, for `cargo xtask tools`.
pub fn ensure_all() -> Result {
    for_app()?;
    for_tests()
}

/// What building the app needs.
pub fn for_app() -> Result {
    wasm_target()?;
    trunk()?;
    wasm_bindgen()?;
    Ok(())
}

/// What the tests need besides.
pub fn for_tests() -> Result {
    system_packages()?;
    geckodriver().map(|_| ())
}

/// The pinned version of a tool.
pub fn version(tool: &str) -> Result<&'static str> {
    // wasm-bindgen's tool must match its library to the digit, so the library's pin is its pin.
    let (table, key) = match tool {
        "wasm-bindgen-cli" => ("[workspace.dependencies]", "wasm-bindgen"),
        _ => ("[workspace.metadata.tools]", tool),
    };
    MANIFEST
        .lines()
        .skip_while(|line| line.trim() != table)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim().trim_matches('"') == key)
        .map(|(_, value)| value.trim().trim_matches('"').trim_start_matches('='))
        .ok_or_else(|| format!("Cargo.toml has no {key} in {table}"))
}

/// The path with the installed tools in front, for the programs that look their helpers up there.
pub fn path() -> Result<std::ffi::OsString> {
    let mut dirs = vec![tools_dir()?.join("bin")];
    dirs.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(dirs).map_err(|error| format!("cannot extend PATH: {error}"))
}

/// Trunk, which builds the app.
pub fn trunk() -> Result<PathBuf> {
    // Its TLS is only for downloads, which the build does not do.
    from_cargo("trunk", "trunk", &["--locked", "--no-default-features"])
}

/// wasm-bindgen, found by trunk on [`path`].
pub fn wasm_bindgen() -> Result<PathBuf> {
    from_cargo("wasm-bindgen-cli", "wasm-bindgen", &[])
}

/// The runner of wasm-bindgen's tests, which comes with [`wasm_bindgen`].
pub fn wasm_bindgen_test_runner() -> Result<PathBuf> {
    let runner = "wasm-bindgen-test-runner";
    let beside = wasm_bindgen()?.with_file_name(runner);
    if beside.is_file() {
        Ok(beside)
    } else {
        Err(format!("{} is missing", beside.display()))
    }
}

/// The WebDriver of Firefox.
pub fn geckodriver() -> Result<PathBuf> {
    from_cargo("geckodriver", "geckodriver", &["--locked"])
}

/// `wasm-opt`, from npm's binaryen, because distributions carry versions that reject our wasm.
/// `None` where there is no Node; the app is only larger then.
pub fn wasm_opt() -> Result<Option<PathBuf>> {
    npm(
        "binaryen",
        "bin/wasm-opt",
        "the wasm stays about a third larger",
    )
}

/// `terser`, which makes the JavaScript smaller. `None` as above.
pub fn terser() -> Result<Option<PathBuf>> {
    npm(
        "terser",
        "bin/terser",
        "the JavaScript stays a fifth larger",
    )
}

/// A file of an npm package, which is installed where it is missing. Without it the app only
/// stays larger, so that is said and no more.
fn npm(package: &str, file: &str, otherwise: &str) -> Result<Option<PathBuf>> {
    let version = version(package)?;
    let dir = tools_dir()?.join(format!("{package}-{version}"));
    let tool = dir.join("node_modules").join(package).join(file);
    let has_node = find("node").is_some();
    if has_node && tool.is_file() {
        return Ok(Some(tool));
    }
    if !has_node || find("npm").is_none() {
        say_once(format!("no Node.js with npm here, so {otherwise}"));
        return Ok(None);
    }
    say(&format!("installing {package} {version}"));
    create_dir(&dir)?;
    let mut npm = command("npm");
    npm.args([
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ])
    .arg("--prefix")
    .arg(&dir)
    .arg(format!("{package}@{version}"));
    match run(&mut npm) {
        Ok(()) if tool.is_file() => Ok(Some(tool)),
        result => {
            let reason = result
                .err()
                .unwrap_or_else(|| format!("the package has no {file}"));
            say(&format!(
                "{reason}; {otherwise}. To try again: npm install {package}@{version}"
            ));
            Ok(None)
        }
    }
}

/// Says what holds for every file of the app a single time.
fn say_once(what: String) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !said.contains(&what) {
        say(&what);
        said.insert(what);
    }
}

/// Where tools are installed: kept between clones, apart from the user's own.
fn tools_dir() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))
        .ok_or("HOME is not set, so there is no place to install tools")?;
    Ok(cache.join("callreel/tools"))
}

pub fn wasm_target() -> Result {
    let target = "wasm32-unknown-unknown";
    let mut rustc = command("rustc");
    rustc.args(["--print", "target-libdir", "--target", target]);
    if output(&mut rustc).is_some_and(|dir| Path::new(dir.trim()).is_dir()) {
        return Ok(());
    }
    say(&format!("installing Rust's target {target}"));
    run(command("rustup").args(["target", "add", target])).map_err(|error| {
        format!("{error}\nRust's target {target} is needed. With rustup, type: rustup target add {target}")
    })
}

/// Finds a tool in its pinned version on the path or among the installed ones, or installs it.
fn from_cargo(package: &str, program: &str, flags: &[&str]) -> Result<PathBuf> {
    let version = version(package)?;
    let dir = tools_dir()?;
    let installed = dir.join("bin").join(program);
    let on_path = find(program);
    if let Some(tool) = [Some(installed.clone()), on_path]
        .into_iter()
        .flatten()
        .find(|tool| reports(tool, version))
    {
        return Ok(tool);
    }
    say(&format!(
        "installing {package} {version}, which takes some minutes, once"
    ));
    let mut install = cargo();
    install
        .args([
            "install",
            "--force",
            "--quiet",
            "--version",
            version,
            "--root",
        ])
        .arg(&dir)
        .args(flags)
        .arg(package);
    // These tools run for seconds; their own profiles would spend minutes on optimising them.
    install
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
    forget_cargo_run(&mut install);
    run(&mut install).map_err(|error| {
        format!("{error}\n{package} {version} is needed. Type: cargo install --version {version} {package}")
    })?;
    Ok(installed)
}

/// Takes away what `cargo run` told this process about the repository, so that another cargo does
/// not build the tools into the repository's own target folder.
fn forget_cargo_run(command: &mut Command) {
    for name in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
    ] {
        command.env_remove(name);
    }
}

fn reports(tool: &Path, version: &str) -> bool {
    output(command(tool).arg("--version"))
        .is_some_and(|text| text.split_whitespace().any(|word| word == version))
}

pub fn system_packages() -> Result {
    let missing: Vec<&(&str, &str)> = SYSTEM
        .iter()
        .filter(|(program, _)| find(program).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let programs: Vec<&str> = missing.iter().map(|(program, _)| *program).collect();
    let mut packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    packages.dedup();
    let advice = format!(
        "The tests need {}. On Debian, type: apt-get update && apt-get install -y {}",
        programs.join(", "),
        packages.join(" ")
    );
    if find("apt-get").is_none() || !is_root() {
        return Err(advice);
    }
    say(&format!("installing {}", packages.join(", ")));
    let apt = || {
        let mut apt = command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-o", "Dpkg::Use-Pty=0"]);
        apt
    };
    run(apt().arg("update"))
        .and_then(|()| {
            run(apt()
                .args(["install", "-y", "--no-install-recommends"])
                .args(&packages))
        })
        .map_err(|error| format!("{error}\n{advice}"))
}

fn is_root() -> bool {
    output(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn create_dir(dir: &Path) -> Result {
    fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_a_version() {
        for tool in ["trunk", "wasm-bindgen-cli", "binaryen", "geckodriver"] {
            let version = version(tool).expect("it is in Cargo.toml");
            assert!(
                version.starts_with(|c: char| c.is_ascii_digit()),
                "{tool} {version}"
            );
        }
    }
}
