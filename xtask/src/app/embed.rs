//! The package for other people's pages: `embed/` and a build of the wasm that has no page.

use std::path::Path;

use super::{Files, hash, minify, read_file, shorten, shrink, write_file};
use crate::{
    run::{Result, cargo, command, root, run, say, target_dir},
    tools,
};

/// The files of `embed/` that browsers load.
const SCRIPTS: [&str; 4] = ["callreel.js", "face.js", "recorder.js", "workers.js"];
/// The workers' files, of `browser/js/`.
const WORKERS: [&str; 2] = ["ticker.js", "vault.js"];
/// The sentences of the build, in the order of `src/i18n/table.rs`.
const SENTENCES: [&str; 3] = ["common", "devices", "embed"];
/// What a page loads first where a server serves the package; each leads to the folder of its version.
const ENTRIES: [&str; 2] = ["callreel.js", "recorder.js"];

/// What browsers load of the package, by name.
pub fn build() -> Result<Files> {
    say("building the package for other pages");
    let staged = target_dir().join("xtask/embed");
    let wasm = bind(&staged)?;
    // A page that embeds this pays for all of it before anything is recorded, so it is one part.
    let (mut whole, _) = shrink("core_bg.wasm", &wasm, &[])?;
    let core = own_workers(&read_text(&staged.join("core.js"))?)?;
    let core = shorten(std::iter::once(&mut whole.wasm), &core)?;
    let symbols_of = target_dir().join("xtask/symbols/core_bg.wasm.txt");
    write_file(&symbols_of, whole.symbols.as_bytes())?;

    let mut files = Files::from([("core_bg.wasm".to_owned(), whole.wasm)]);
    let mut script = |name: &str, js: &str| {
        files.insert(name.to_owned(), minify(js)?.into_bytes());
        Ok::<(), String>(())
    };
    script("core.js", &core)?;
    for name in SCRIPTS {
        script(name, &read_text(&root().join("embed").join(name))?)?;
    }
    for name in WORKERS {
        script(name, &read_text(&root().join("browser/js").join(name))?)?;
    }
    script("zh-CN.js", &sentences("zh-CN")?)?;
    Ok(files)
}

/// The same as a server has it, below `dist/`: in a folder whose name changes with what is in it, so
/// that it may be kept for ever, and in front of that the addresses that stay.
pub fn for_server() -> Result<Files> {
    let files = build()?;
    let folder = format!("{}-{}", version(), hash(&files));
    let mut served = Files::new();
    for name in ENTRIES {
        let entry = format!("export * from \"./{folder}/{name}\";\n");
        served.insert(format!("embed/{name}"), entry.into_bytes());
    }
    for (name, content) in files {
        served.insert(format!("embed/{folder}/{name}"), content);
    }
    Ok(served)
}

/// The version of everything here.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

fn bind(staged: &Path) -> Result<Vec<u8>> {
    run(cargo().args([
        "build",
        "--locked",
        "--profile",
        "wasm",
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        "callreel",
        "--bin",
        "callreel-app",
        "--no-default-features",
        "--features",
        "recorder",
    ]))?;
    let built = target_dir().join("wasm32-unknown-unknown/wasm/callreel-app.wasm");
    run(command(tools::wasm_bindgen()?)
        .args(["--target", "web", "--no-typescript", "--out-name", "core"])
        .arg("--out-dir")
        .arg(staged)
        .arg(built))?;
    read_file(&staged.join("core_bg.wasm"))
}

/// The JavaScript beside the wasm with its workers from `workers.js`, which knows where they may come
/// from in a page that is not ours.
fn own_workers(js: &str) -> Result<String> {
    let mut own = String::with_capacity(js.len());
    for line in js.split_inclusive('\n') {
        match line.split_once(" from './snippets/") {
            Some((import, file)) if WORKERS.iter().any(|worker| file.contains(worker)) => {
                own.push_str(import);
                own.push_str(" from './workers.js';\n");
            }
            Some((_, file)) => return Err(format!("the package has no place for {file}")),
            None => own.push_str(line),
        }
    }
    Ok(own)
}

/// The sentences of a language as a module, which bundlers know how to load late.
fn sentences(language: &str) -> Result<String> {
    let mut text = String::new();
    for page in SENTENCES {
        let file = read_text(&root().join(format!("locales/{page}.{language}.yml")))?;
        for line in file.lines().filter(|line| line.ends_with('"')) {
            text.push_str(line);
            text.push('\n');
        }
    }
    // What Rust escapes in a text, JavaScript understands.
    Ok(format!("export default {text:?};\n"))
}

fn read_text(file: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&read_file(file)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_come_from_the_package() {
        let js =
            "import { spawnVault } from './snippets/callreel-browser-1/js/vault.js';\nlet a;\n";
        assert_eq!(
            own_workers(js).as_deref(),
            Ok("import { spawnVault } from './workers.js';\nlet a;\n")
        );
        assert!(own_workers("import { a } from './snippets/other/inline0.js';\n").is_err());
    }
}
