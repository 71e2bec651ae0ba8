//! Measurements with a limit.

mod call;
mod clients;
mod finish;
mod library;
mod replay;
mod rivals;
mod signaling;
mod stream;
mod upload;
mod webm;
mod websocket;

pub use call::call;
pub use finish::finish;
pub use library::library;
pub use replay::replay;
pub use rivals::be_sink;
pub use signaling::{measure_signaling, signaling};
pub use upload::upload;
pub use webm::webm;

use std::time::Duration;

use crate::{
    app,
    run::{Result, root},
};

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What the first visit of a page may load, in bytes after brotli.
fn budget(page: &str) -> usize {
    match page {
        "room" | "lab" => 200_000,
        _ => 150_000,
    }
}

/// Sizes of what the first visit loads, against the budget.
pub fn size() -> Result {
    app::build()?;
    let files = app::read(&root().join("dist"))?;
    let mut missed = Vec::new();
    for page in app::PAGES {
        let total = page_size(&files, page.address)?;
        let (page, budget) = (page.name, budget(page.name));
        println!("{total:>9} bytes  {page} in total; the budget is {budget}");
        if total > budget {
            missed.push(format!(
                "{page} is {} bytes over its budget",
                total - budget
            ));
        }
    }
    for (entry, loaded) in app::embed::LOADED {
        let total = embed_size(&files, loaded);
        let budget = embed_budget(entry);
        println!("{total:>9} bytes  {entry} in other pages, in total; the budget is {budget}");
        if total > budget {
            missed.push(format!(
                "{entry} in other pages is {} bytes over its budget",
                total - budget
            ));
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(missed.join("; ")),
    }
}

/// What an element in another page may load, in bytes after brotli.
fn embed_budget(entry: &str) -> usize {
    match entry {
        "recorder" => 120_000,
        _ => 200_000,
    }
}

/// What an element in another page weighs after brotli, in bytes: all that it loads for those who
/// read English, with the file that leads to the folder of its version.
fn embed_size(files: &app::Files, loaded: &[&str]) -> usize {
    let mut total = 0;
    for (name, content) in files.iter().filter(|(name, _)| name.starts_with("embed/")) {
        let (folder, file) = name.rsplit_once('/').unwrap_or_default();
        let is_loaded = match folder {
            "embed" => loaded.first() == Some(&file),
            "embed/docs" => false,
            _ => loaded.contains(&file),
        };
        let core = file.strip_suffix("_rest.wasm");
        let is_rest =
            core.is_some_and(|core| loaded.contains(&[core, "_bg.wasm"].concat().as_str()));
        if !is_loaded && !is_rest {
            continue;
        }
        let compressed = files.get(&format!("{name}.br"));
        let compressed = compressed.map_or(content.len(), Vec::len);
        println!(
            "{compressed:>9} bytes  {name} ({} before brotli){}",
            content.len(),
            if is_rest { ", after that" } else { "" }
        );
        if is_loaded {
            total += compressed;
        }
    }
    total
}

/// What a page and all that it names weigh after brotli, in bytes.
fn page_size(files: &app::Files, address: &str) -> Result<usize> {
    let page = files.get(address).ok_or("the page is not built")?;
    let page = String::from_utf8_lossy(page);
    let is_loaded = |name: &str| {
        let is_code = [".js", ".wasm", ".css"]
            .iter()
            .any(|end| name.ends_with(end));
        name == address || (is_code && page.contains(name))
    };
    let weigh = |name: &str, content: &[u8], when: &str| {
        let compressed = files.get(&format!("{name}.br"));
        let compressed = compressed.map_or(content.len(), Vec::len);
        println!(
            "{compressed:>9} bytes  {name} ({} before brotli){when}",
            content.len()
        );
        compressed
    };
    let mut total = 0;
    let scripts: Vec<_> = files
        .iter()
        .filter(|(name, _)| is_loaded(name))
        .inspect(|(name, content)| total += weigh(name, content, ""))
        .filter(|(name, _)| name.ends_with(".js"))
        .map(|(_, content)| String::from_utf8_lossy(content))
        .collect();
    let names_rest = |name: &str| {
        name.ends_with("_rest.wasm") && scripts.iter().any(|script| script.contains(name))
    };
    for (name, content) in files.iter().filter(|(name, _)| names_rest(name)) {
        weigh(name, content, ", after that");
    }
    Ok(total)
}
