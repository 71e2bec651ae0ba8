//! A file of any bytes. Good seeds: `cargo fuzz run index corpus/index ../tests/samples`.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first byte says in what pieces the rest comes.
    if let Some((&chunk, file)) = bytes.split_first() {
        support::survive::survive(file, usize::from(chunk) * 16 + 1);
    }
    support::survive::survive(bytes, 4096);
});
