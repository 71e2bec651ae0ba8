//! Builds the app into `dist/`: trunk, then a smaller wasm, then the compressed forms of the files.

mod arrange;
mod divide;
pub mod embed;
mod preloads;
mod sheet;
mod shorten;
mod shrink;
mod snip;

use std::{
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hasher as _},
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    run::{Result, cargo, command, output, root, run, say, target_dir},
    tools,
};
use preloads::in_one_order;
use shorten::shorten;
use shrink::shrink;

/// Files smaller than this gain nothing from compression worth a request header.
const MIN_COMPRESSED: usize = 256;

/// The files of a built app by their path below `dist/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Builds the app. Files that did not change keep their time stamps, so that the server, which
/// carries them, is not built again for nothing.
pub fn build() -> Result {
    tools::for_app()?;
    // Trunk builds offline, so that it never fetches tools by itself; the crates must be there.
    run(cargo().args(["fetch", "--locked", "--quiet"]))?;
    let mut files = Files::new();
    for page in PAGES {
        say(&format!("building the app: {}", page.name));
        let mut built = trunk(page.name, page.html)?;
        optimise(&mut built, page.later)?;
        let html = built.remove("index.html").ok_or("trunk wrote no page")?;
        files.insert(page.address.to_owned(), in_one_order(&html));
        // What pages have in common has the same name in each of them.
        files.append(&mut built);
    }
    files.append(&mut embed::for_server()?);
    write(&root().join("dist"), &files)
}

/// A page: a build of the app that has only its own code.
pub struct Page {
    pub name: &'static str,
    /// What trunk builds it from.
    pub html: &'static str,
    /// Where it stands in `dist/`.
    pub address: &'static str,
    /// Parts of the names of functions that are not in what the page starts with: they are loaded
    /// after it, and what uses them waits for `callreel_browser::rest::loaded`.
    pub later: &'static [&'static str],
}

/// The pages.
pub const PAGES: [Page; 4] = [
    Page {
        name: "studio",
        html: "index.html",
        address: "index.html",
        later: &[
            "callreel::components::field::NumberField",
            "callreel::components::field::switch",
            "callreel::studio::bounds::",
            "callreel::studio::comparing::",
            "callreel::studio::constraints_form::",
            "callreel::studio::constraints_table::",
            "callreel::studio::holding::",
            "callreel::studio::panel::forms",
            "callreel::studio::panel::sound",
            "callreel::studio::recording_form::",
            "callreel::studio::recording::<impl callreel::studio::controller::Studio>::begin",
            "callreel::studio::recording::<impl callreel::studio::controller::Studio>::make_take",
            "callreel::studio::recording::<impl callreel::studio::controller::Studio>::take_event",
            "callreel::studio::recording::<impl callreel::studio::controller::Studio>::take_finished",
            "callreel::studio::recording::<impl callreel::studio::controller::Studio>::take_new_picture::{{closure}}",
            "callreel::studio::unmet::",
            "callreel::studio::upload_form::",
            "callreel::take::live::",
            "callreel::upload::Task",
            "callreel::upload::server::ask",
            "callreel_browser::rest::in_the_rest",
            "callreel_browser::take_file::TakeFile",
            "callreel_browser::take_file::end",
            "callreel_browser::take_file::recover",
            "callreel_engine::comparison::",
            "callreel_engine::nearest::",
            "callreel_webm::",
        ],
    },
    Page {
        name: "library",
        html: "library.html",
        address: "library/index.html",
        later: &[],
    },
    Page {
        name: "room",
        html: "room.html",
        address: "room/index.html",
        later: &LATER_IN_ROOMS,
    },
    Page {
        name: "lab",
        html: "lab.html",
        address: "lab/index.html",
        later: &[],
    },
];

/// What a room does not start with, on a page of its own or in somebody else's: recording,
/// uploading, and files that move.
pub const LATER_IN_ROOMS: [&str; 11] = [
    "callreel::room::recording::<impl callreel::room::controller::Room>::compose_now",
    "callreel::room::recording::<impl callreel::room::controller::Room>::take_event",
    "callreel::take::live::",
    "callreel::upload::Task",
    "callreel::upload::server::ask",
    "callreel_browser::gallery::",
    "callreel_browser::rest::in_the_rest",
    "callreel_browser::take_file::TakeFile",
    "callreel_browser::take_file::end",
    "callreel_browser::take_file::recover",
    "callreel_webm::",
];

/// Builds one page and all that belongs to it.
fn trunk(page: &str, html: &str) -> Result<Files> {
    let staged = target_dir().join("xtask/trunk").join(page);
    run(command(tools::trunk()?)
        .args(["build", "--release", "--offline", "--locked"])
        .arg("--dist")
        .arg(&staged)
        .arg(html)
        .env("PATH", tools::path()?)
        // Trunk reads this variable as its own flag and rejects the usual value 1.
        .env_remove("NO_COLOR"))?;
    read(&staged)
}

/// Makes each wasm file and the JavaScript beside it smaller. All get names of their own
/// afterwards, because caches keep a hashed name for ever.
fn optimise(files: &mut Files, later: &[&str]) -> Result {
    let names: Vec<String> = files
        .keys()
        .filter(|name| name.ends_with("_bg.wasm"))
        .cloned()
        .collect();
    for wasm_name in names {
        let js_name = wasm_name.replace("_bg.wasm", ".js");
        let (Some(wasm), Some(js)) = (files.remove(&wasm_name), files.remove(&js_name)) else {
            return Err(format!("{wasm_name} has no {js_name} beside it"));
        };
        let (mut first, mut rest) = shrink(&wasm_name, &wasm, later)?;
        let parts = std::iter::once(&mut first).chain(&mut rest);
        let mut js = shorten(
            parts.map(|part| &mut part.wasm),
            &String::from_utf8_lossy(&js),
        )?;
        if let Some(rest) = rest {
            let name = rename_hash(
                &wasm_name.replace("_bg.wasm", "_rest.wasm"),
                &hash(&rest.wasm),
            );
            js.push_str(&load_rest(&name));
            keep_symbols(&name, &rest.symbols)?;
            files.insert(name, rest.wasm);
        }
        let js = minify(&js)?;
        let mut rename = |name: String, content: Vec<u8>| {
            let new_name = rename_hash(&name, &hash(&content));
            replace_in_texts(files, &name, &new_name);
            files.insert(new_name.clone(), content);
            new_name
        };
        let served_as = rename(wasm_name, first.wasm);
        rename(js_name, js.into_bytes());
        keep_symbols(&served_as, &first.symbols)?;
    }
    let snippets = files
        .iter_mut()
        .filter(|(name, _)| name.starts_with("snippets/") && name.ends_with(".js"));
    for (_, content) in snippets {
        *content = minify(&String::from_utf8_lossy(content))?.into_bytes();
    }
    Ok(())
}

/// A panic is shown with numbers of functions.
fn keep_symbols(wasm_name: &str, symbols: &str) -> Result {
    let file = target_dir().join(format!("xtask/symbols/{wasm_name}.txt"));
    write_file(&file, symbols.as_bytes())
}

/// What the page's JavaScript loads the rest of the wasm with, into the instance that is there.
/// What fails can be tried again.
fn load_rest(name: &str) -> String {
    const CODE: &str = r"
let rest;
function callreelRest() {
    const load = async () => {
        const response = await fetch(new URL('NAME', import.meta.url));
        await __wbg_load(response, { ...__wbg_get_imports(), FIRST: wasm });
    };
    rest ??= load().catch(error => { rest = undefined; throw error; });
    return rest;
}
";
    CODE.replace("NAME", name).replace("FIRST", divide::FIRST)
}

/// Runs terser, where there is one: trunk's own minifier gives up on modules.
fn minify(js: &str) -> Result<String> {
    let Some(terser) = tools::terser()? else {
        return Ok(js.to_owned());
    };
    let file = target_dir().join("xtask/minify.js");
    write_file(&file, js.as_bytes())?;
    let arguments = ["--module", "--compress", "--mangle", "--"];
    output(command("node").arg(terser).args(arguments).arg(&file))
        .ok_or_else(|| format!("terser can't read {}", file.display()))
}

/// Puts another hash into a file name that has one; other names stay, for something names them.
fn rename_hash(name: &str, hash: &str) -> String {
    let is_hash =
        |part: &str| (13..=16).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    match name.split(['-', '_', '.']).find(|part| is_hash(part)) {
        Some(old) => name.replace(old, hash),
        None => name.to_owned(),
    }
}

fn replace_in_texts(files: &mut Files, old: &str, new: &str) {
    let texts = files.iter_mut().filter(|(name, _)| is_text(name));
    for (_, content) in texts {
        if let Ok(text) = std::str::from_utf8(content)
            && text.contains(old)
        {
            *content = text.replace(old, new).into_bytes();
        }
    }
}

fn is_text(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(
        extension,
        "html" | "js" | "mjs" | "css" | "svg" | "json" | "webmanifest" | "txt" | "map" | "yml"
    )
}

type Compress = fn(&[u8]) -> Vec<u8>;

/// Makes `dist` hold exactly these files and the compressed forms of them that are smaller.
fn write(dist: &Path, files: &Files) -> Result {
    let old = if dist.is_dir() {
        read(dist)?
    } else {
        Files::new()
    };
    let mut wanted = Files::new();
    for (name, content) in files {
        let is_compressible =
            content.len() >= MIN_COMPRESSED && (is_text(name) || name.ends_with(".wasm"));
        let forms = [("br", brotli as Compress), ("gz", gzip as Compress)];
        for (extension, compress) in forms.into_iter().filter(|_| is_compressible) {
            let compressed_name = format!("{name}.{extension}");
            let compressed = match old.get(&compressed_name) {
                Some(compressed) if old.get(name) == Some(content) => compressed.clone(),
                _ => compress(content),
            };
            if compressed.len() < content.len() {
                wanted.insert(compressed_name, compressed);
            }
        }
        wanted.insert(name.clone(), content.clone());
    }
    write_exactly(dist, &wanted)
}

/// Makes a folder hold exactly these files; what did not change keeps its time stamp.
pub fn write_exactly(dir: &Path, wanted: &Files) -> Result {
    let old = if dir.is_dir() {
        read(dir)?
    } else {
        Files::new()
    };
    for name in old.keys().filter(|name| !wanted.contains_key(*name)) {
        let file = dir.join(name);
        fs::remove_file(&file)
            .map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
    }
    for (name, content) in wanted
        .iter()
        .filter(|(name, content)| old.get(*name) != Some(*content))
    {
        write_file(&dir.join(name), content)?;
    }
    Ok(())
}

/// The content as a server sends it to nearly every browser.
pub fn brotli(content: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &params)
        .expect("memory is readable and writable");
    compressed
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(content)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

/// Reads all files below a folder, hidden ones excepted.
pub fn read(dir: &Path) -> Result<Files> {
    fn visit(dir: &Path, prefix: &str, files: &mut Files) -> Result {
        let cannot = |error| format!("cannot read {}: {error}", dir.display());
        for entry in fs::read_dir(dir).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if entry.path().is_dir() {
                visit(&entry.path(), &format!("{prefix}{name}/"), files)?;
            } else {
                files.insert(format!("{prefix}{name}"), read_file(&entry.path())?);
            }
        }
        Ok(())
    }
    let mut files = Files::new();
    visit(dir, "", &mut files)?;
    Ok(files)
}

fn read_file(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

fn write_file(file: &PathBuf, content: &[u8]) -> Result {
    if let Some(dir) = file.parent() {
        create_dir(dir)?;
    }
    fs::write(file, content).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn create_dir(dir: &Path) -> Result {
    fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))
}

/// A short name for what a value is.
pub fn hash(value: &impl std::hash::Hash) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_optimised_file_gets_a_new_hash_and_its_users_learn_of_it() {
        let old = "callreel-app-71b1fcd9d2ec0a5e_bg.wasm";
        let new = rename_hash(old, "00000000000000ff");
        assert_eq!(new, "callreel-app-00000000000000ff_bg.wasm");
        assert_eq!(
            rename_hash("worker_bg.wasm", "00000000000000ff"),
            "worker_bg.wasm"
        );

        let mut files = Files::from([(
            "index.html".to_owned(),
            format!("load('/{old}')").into_bytes(),
        )]);
        replace_in_texts(&mut files, old, &new);
        assert_eq!(files["index.html"], format!("load('/{new}')").into_bytes());
    }
}
