//! The wasm as small as it gets: without what only panics use, through wasm-opt, in a good order.

use std::fs;

use super::{arrange::arrange, create_dir, hash, read_file, snip::snip, write_file};
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
const CODE: [&str; 2] = [include_str!("arrange.rs"), include_str!("snip.rs")];

/// The smaller wasm, and the names of its functions, a line each. Where there is no wasm-opt, it
/// is returned as it came, and no names.
pub fn shrink(name: &str, wasm: &[u8]) -> Result<(Vec<u8>, String)> {
    let Some(wasm_opt) = tools::wasm_opt()? else {
        return Ok((wasm.to_vec(), String::new()));
    };
    let cache = target_dir().join("xtask/wasm-opt");
    create_dir(&cache)?;
    let key = hash(&(wasm, CODE, WASM_OPT_FLAGS, tools::version("binaryen")?));
    let file = |extension: &str| cache.join(format!("{key}.{extension}"));
    let (small, symbols) = (file("wasm"), file("symbols"));
    if !small.is_file() {
        say(&format!("optimising {name}"));
        let (snipped, optimised, partial) = (file("snipped"), file("optimised"), file("partial"));
        write_file(&snipped, &snip(wasm)?)?;
        run(command(&wasm_opt)
            .args(WASM_OPT_FLAGS)
            .arg(&snipped)
            .arg("-o")
            .arg(&optimised))?;
        let (arranged, names) = arrange(&read_file(&optimised)?)?;
        write_file(&symbols, names.as_bytes())?;
        // The whole file or none, should somebody interrupt this.
        write_file(&partial, &arranged)?;
        fs::rename(&partial, &small)
            .map_err(|error| format!("cannot keep {}: {error}", small.display()))?;
        for file in [snipped, optimised] {
            fs::remove_file(&file)
                .map_err(|error| format!("cannot remove {}: {error}", file.display()))?;
        }
    }
    let names = String::from_utf8_lossy(&read_file(&symbols)?).into_owned();
    Ok((read_file(&small)?, names))
}
