//! The package for other people's pages: `embed/` and two builds of the wasm that have no page.

use std::path::Path;

use super::{
    Files, LATER_IN_ROOMS, hash, keep_symbols, load_rest, minify, read_file, sheet::sheet, shorten,
    shrink,
};
use crate::{
    run::{Result, cargo, command, root, run, say, target_dir},
    tools,
};

/// A build of the wasm: a feature of the app, with what it says.
struct Core {
    feature: &'static str,
    /// The name of its JavaScript and its wasm.
    name: &'static str,
    /// The sentences of the build, in the order of `src/i18n/table.rs`.
    sentences: &'static [&'static str],
    /// Where those of the other language are.
    other_language: &'static str,
    /// What it does not start with, as in [`super::Page`].
    later: &'static [&'static str],
}

/// The builds: who only records does not load the code of calls.
const CORES: [Core; 2] = [
    Core {
        feature: "recorder",
        name: "core",
        sentences: &["common", "devices", "embed"],
        other_language: "zh-CN.js",
        // Who loads the recorder records.
        later: &[],
    },
    Core {
        feature: "call",
        name: "room-core",
        sentences: &["common", "devices", "room", "embed"],
        other_language: "zh-CN.room.js",
        later: &LATER_IN_ROOMS,
    },
];
/// The files of `embed/` that browsers load.
const SCRIPTS: [&str; 7] = [
    "callreel.js",
    "face.js",
    "join.js",
    "recorder.js",
    "room.js",
    "shared.js",
    "workers.js",
];
/// The workers' files, of `browser/js/`.
const WORKERS: [&str; 2] = ["ticker.js", "vault.js"];
/// What a page loads first where a server serves the package; each leads to the folder of its version.
const ENTRIES: [&str; 4] = ["callreel.js", "join.js", "recorder.js", "room.js"];

/// What the first visit of a page loads of it that has one of these.
pub const LOADED: [(&str, &[&str]); 2] = [
    (
        "recorder",
        &[
            "recorder.js",
            "callreel.js",
            "face.js",
            "shared.js",
            "workers.js",
            "ticker.js",
            "vault.js",
            "core.js",
            "core_bg.wasm",
        ],
    ),
    (
        "room",
        &[
            "room.js",
            "join.js",
            "room-look.js",
            "shared.js",
            "workers.js",
            "ticker.js",
            "vault.js",
            "room-core.js",
            "room-core_bg.wasm",
        ],
    ),
];

/// What browsers load of the package, by name.
pub fn build() -> Result<Files> {
    let mut files = Files::new();
    for core in &CORES {
        say(&format!(
            "building the package for other pages: {}",
            core.feature
        ));
        core.build(&mut files)?;
    }
    let mut script = |name: &str, js: &str| {
        files.insert(name.to_owned(), minify(js)?.into_bytes());
        Ok::<(), String>(())
    };
    for name in SCRIPTS {
        script(name, &read_text(&root().join("embed").join(name))?)?;
    }
    for name in WORKERS {
        script(name, &read_text(&root().join("browser/js").join(name))?)?;
    }
    let read = |file: &str| read_text(&root().join(file));
    let sheet = sheet(
        &read("styles/base.css")?,
        &read("styles/room.css")?,
        &read("embed/room.css")?,
    )?;
    script("room-look.js", &format!("export default {sheet:?};\n"))?;
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
    for (name, content) in docs()? {
        served.insert(format!("embed/{name}"), content);
    }
    Ok(served)
}

/// A page for each element and function, whose live examples use the entries.
pub fn docs() -> Result<Files> {
    let files = super::read(&root().join("embed/docs"))?.into_iter();
    Ok(files
        .map(|(name, content)| (format!("docs/{name}"), content))
        .collect())
}

/// The version of everything here.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

impl Core {
    fn build(&self, files: &mut Files) -> Result {
        let staged = target_dir().join("xtask/embed");
        let wasm_name = format!("{}_bg.wasm", self.name);
        let wasm = self.bind(&staged, &wasm_name)?;
        let (mut first, mut rest) = shrink(&wasm_name, &wasm, self.later)?;
        let js_name = format!("{}.js", self.name);
        let js = own_workers(&read_text(&staged.join(&js_name))?)?;
        let parts = std::iter::once(&mut first).chain(&mut rest);
        let mut js = shorten(parts.map(|part| &mut part.wasm), &js)?;
        if let Some(rest) = rest {
            let name = format!("{}_rest.wasm", self.name);
            js.push_str(&load_rest(&name));
            keep_symbols(&name, &rest.symbols)?;
            files.insert(name, rest.wasm);
        }
        keep_symbols(&wasm_name, &first.symbols)?;
        files.insert(wasm_name, first.wasm);
        files.insert(js_name, minify(&js)?.into_bytes());
        let sentences = sentences(self.sentences, "zh-CN")?;
        files.insert(
            self.other_language.to_owned(),
            minify(&sentences)?.into_bytes(),
        );
        Ok(())
    }

    fn bind(&self, staged: &Path, wasm_name: &str) -> Result<Vec<u8>> {
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
            self.feature,
        ]))?;
        let built = target_dir().join("wasm32-unknown-unknown/wasm/callreel-app.wasm");
        run(command(tools::wasm_bindgen()?)
            .args([
                "--target",
                "web",
                "--no-typescript",
                "--out-name",
                self.name,
            ])
            .arg("--out-dir")
            .arg(staged)
            .arg(built))?;
        read_file(&staged.join(wasm_name))
    }
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
fn sentences(pages: &[&str], language: &str) -> Result<String> {
    let mut text = String::new();
    for page in pages {
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
