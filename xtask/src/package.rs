//! `cargo xtask package`: the npm form of the package, in `target/package/callreel`; and projects that
//! take it from its tarball, as a web developer would.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    app::{self, embed},
    run::{Result, command, find, root, run, say, shown, target_dir},
    tools,
};

/// What goes into it besides what browsers load.
const BESIDE: [&str; 8] = [
    "README.md",
    "callreel.d.ts",
    "join.d.ts",
    "package.json",
    "react.d.ts",
    "react.js",
    "recorder.d.ts",
    "room.d.ts",
];
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
/// What the projects need besides, in the versions that `Cargo.toml` pins.
const NEEDED: [&str; 6] = [
    "@types/react",
    "@types/react-dom",
    "react",
    "react-dom",
    "typescript",
    "vite",
];
/// The projects that Vite builds.
const PROJECTS: [&str; 4] = ["react", "react-room", "typescript", "typescript-room"];

fn package_dir() -> PathBuf {
    target_dir().join("package")
}

/// Makes the package.
pub fn package() -> Result {
    tools::for_app()?;
    let mut files = embed::build()?;
    for name in BESIDE {
        files.insert(name.to_owned(), read(&root().join("embed").join(name))?);
    }
    files.append(&mut embed::docs()?);
    for name in LICENCES {
        files.insert(name.to_owned(), read(&root().join(name))?);
    }
    let manifest = files.get_mut("package.json").expect("it was just added");
    let text = String::from_utf8_lossy(manifest);
    let text = text.replace("\"0.0.0\"", &format!("{:?}", embed::version()));
    *manifest = text.into_bytes();
    let dir = package_dir().join("callreel");
    app::write_exactly(&dir, &files)?;
    say(&format!("the package is in {}", dir.display()));
    Ok(())
}

/// Packs the package and installs it into a folder with the projects; gives that folder. What did not
/// change since the last time is not installed again.
pub fn install() -> Result<PathBuf> {
    if find("npm").is_none() {
        return Err("the package is tried out with Node.js and npm, and there are none".into());
    }
    let package = package_dir().join("callreel");
    let dir = package_dir().join("examples");
    copy(&root().join("embed/examples"), &dir)?;
    copy(&root().join("embed/types"), &dir.join("types"))?;
    let manifest = manifest()?;
    let installed = app::hash(&(app::read(&package)?, &manifest));
    let mark = dir.join("node_modules/.callreel");
    if fs::read_to_string(&mark).is_ok_and(|mark| mark == installed) {
        return Ok(dir);
    }
    say("installing the package into projects that use it");
    run(command("npm")
        .args(["pack", "--silent", "--pack-destination", ".."])
        .current_dir(&package))?;
    // npm takes a tarball of the same name for the same; what is not there need not go.
    let _ = fs::remove_dir_all(dir.join("node_modules/callreel"));
    let _ = fs::remove_file(dir.join("package-lock.json"));
    write(&dir.join("package.json"), manifest.as_bytes())?;
    run(command("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
        .args(["--prefer-offline", "--ignore-scripts"])
        .current_dir(&dir))?;
    write(&mark, installed.as_bytes())?;
    Ok(dir)
}

/// What the projects depend on.
fn manifest() -> Result<String> {
    let tarball = format!("file:../callreel-{}.tgz", embed::version());
    let mut needed = vec![format!("\"callreel\": {tarball:?}")];
    for name in NEEDED {
        needed.push(format!("{name:?}: {:?}", tools::version(name)?));
    }
    let needed = needed.join(",\n    ");
    Ok(format!(
        "{{\n  \"private\": true,\n  \"type\": \"module\",\n  \"dependencies\": {{\n    {needed}\n  }}\n}}\n"
    ))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

fn write(file: &Path, content: &[u8]) -> Result {
    fs::write(file, content).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn copy(from: &Path, to: &Path) -> Result {
    for (name, content) in app::read(from)? {
        let file = to.join(name);
        let dir = file.parent().expect("it is in a folder");
        fs::create_dir_all(dir)
            .map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
        write(&file, &content)?;
    }
    Ok(())
}

/// Has Vite build the projects.
pub fn build_projects(dir: &Path) -> Result {
    for project in PROJECTS {
        say(&format!("building the example {project}"));
        run(command("node")
            .arg(dir.join("node_modules/vite/bin/vite.js"))
            .args(["build", "--logLevel", "warn", "--base", "./"])
            .arg(dir.join(project)))?;
    }
    Ok(())
}

/// Checks that correct uses of the types compile.
pub fn check_right(dir: &Path) -> Result {
    run(&mut tsc(dir, "tsconfig.json"))
}

/// Checks that wrong uses don't: each line that is marked as wrong has an error, and no other has.
pub fn check_wrong(dir: &Path) -> Result {
    let source = read(&dir.join("types/wrong.ts"))?;
    let source = String::from_utf8_lossy(&source);
    let lines = (1..).zip(source.lines());
    let wrong: BTreeSet<u32> = lines
        .filter(|(_, line)| line.ends_with("// wrong"))
        .map(|(number, _)| number)
        .collect();
    let mut tsc = tsc(dir, "tsconfig.wrong.json");
    let said = tsc
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", shown(&tsc)))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let refused: BTreeSet<u32> = said.lines().filter_map(line_of).collect();
    match wrong == refused && !wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "lines marked as wrong: {wrong:?}, lines refused: {refused:?}\n{said}"
        )),
    }
}

/// Imports every entry where there is no document, as servers do that draw pages: it must define nothing
/// and ask for nothing.
const IMPORT_ALL: &str = r#"
    import { readFileSync } from "node:fs";
    const { exports } = JSON.parse(readFileSync("node_modules/callreel/package.json"));
    for (const entry of Object.keys(exports).filter((entry) => !entry.endsWith(".json"))) {
        await import("callreel" + entry.slice(1));
    }
"#;

/// Checks that the package can be imported without a document.
pub fn check_without_document(dir: &Path) -> Result {
    run(command("node")
        .args(["--input-type=module", "--eval", IMPORT_ALL])
        .current_dir(dir))
}

/// The line that an error is in: `types/wrong.ts(12,9): error TS2345: …`.
fn line_of(message: &str) -> Option<u32> {
    let (place, _) = message.split_once("): error TS")?;
    let (_, place) = place.rsplit_once('(')?;
    place.split(',').next()?.parse().ok()
}

fn tsc(dir: &Path, project: &str) -> Command {
    let mut tsc = command("node");
    tsc.arg(dir.join("node_modules/typescript/bin/tsc"))
        .args(["--pretty", "false", "--project"])
        .arg(dir.join(project));
    tsc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_an_error_is_found() {
        let message = "types/wrong.ts(12,9): error TS2345: Argument of type 'string' (a text).";
        assert_eq!(line_of(message), Some(12));
        assert_eq!(line_of("  Types of property 'a' are incompatible."), None);
    }
}
