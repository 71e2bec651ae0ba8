//! The wasm as small as it gets: without what only panics use, through wasm-opt, in two parts, each
//! in a good order.

use std::fs;

use super::{
    arrange::arrange, create_dir, divide::divide, hash, read_file, snip::snip, write_file,
};
use crate::{
    run::{Result, command, run, say, target_dir},
    tools,
};

/// Smallest output, from the features that Rust's target uses. With all features, wasm-opt writes
/// forms of them that no browser reads yet.
const WASM_OPT_FLAGS: &[&str] = &[
    // Names, for the table of symbols.
    "--debuginfo",
    // Rust's stack lies in front of its data, so nothing valid points to the first KiB.
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    // The second time it finds some more.
    "-Oz",
    // Brotli sees what is common better than locals do.
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    // Inlining makes it larger once it is compressed.
    "--always-inline-max-function-size=0",
    "--one-caller-inline-max-function-size=50",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// How this is done: other code may write other bytes.
const CODE: [&str; 5] = [
    include_str!("arrange.rs"),
    include_str!("divide.rs"),
    include_str!("divide/first.rs"),
    include_str!("divide/rest.rs"),
    include_str!("snip.rs"),
];

/// A part of the wasm, and the names of its functions and what it calls of the rest, a line each.
pub struct Part {
    pub wasm: Vec<u8>,
    pub symbols: String,
}

/// What the page starts with, and what it loads later, where there is such a thing: the functions
/// with `later` in their names. Where there is no wasm-opt, the wasm is returned as it came.
pub fn shrink(name: &str, wasm: &[u8], later: &[&str]) -> Result<(Part, Option<Part>)> {
    let Some(wasm_opt) = tools::wasm_opt()? else {
        let whole = Part {
            wasm: wasm.to_vec(),
            symbols: String::new(),
        };
        return Ok((whole, None));
    };
    let cache = target_dir().join("xtask/wasm-opt");
    create_dir(&cache)?;
    let version = tools::version("binaryen")?;
    let key = hash(&(wasm, CODE, WASM_OPT_FLAGS, version, later));
    let file = |extension: &str| cache.join(format!("{key}.{extension}"));
    let is_kept = file("kept");
    if !is_kept.is_file() {
        say(&format!("optimising {name}"));
        let (snipped, optimised) = (file("snipped"), file("optimised"));
        write_file(&snipped, &snip(wasm)?)?;
        run(command(&wasm_opt)
            .args(WASM_OPT_FLAGS)
            .arg(&snipped)
            .arg("-o")
            .arg(&optimised))?;
        let keep = |part: &str, wasm: &[u8], doors: &str| -> Result {
            let (wasm, symbols) = arrange(wasm)?;
            let symbols = symbols + doors;
            write_file(&file(&format!("{part}.symbols")), symbols.as_bytes())?;
            write_file(&file(&format!("{part}.wasm")), &wasm)
        };
        let whole = read_file(&optimised)?;
        if later.is_empty() {
            keep("first", &whole, "")?;
        } else {
            let parts = divide(&whole, later)?;
            keep("first", &parts.first, &parts.doors)?;
            keep("rest", &parts.rest, "")?;
        }
        for file in [snipped, optimised] {
            fs::remove_file(&file)
                .map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
        }
        // Nothing is kept unless all is, should somebody interrupt this.
        write_file(&is_kept, b"")?;
    }
    let part = |part: &str| -> Result<Part> {
        let symbols = read_file(&file(&format!("{part}.symbols")))?;
        Ok(Part {
            wasm: read_file(&file(&format!("{part}.wasm")))?,
            symbols: String::from_utf8_lossy(&symbols).into_owned(),
        })
    };
    let rest = (!later.is_empty()).then(|| part("rest")).transpose()?;
    Ok((part("first")?, rest))
}
