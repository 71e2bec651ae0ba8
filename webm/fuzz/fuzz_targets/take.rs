//! Two recorders' outputs of any bytes behind two good heads.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use support::ebml::{beginning, tracks};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let &[chunk, at, cut, middle, ref rest @ ..] = bytes else {
        return;
    };
    let middle = rest.len() * usize::from(middle) / 256;
    let head = [beginning(), tracks()].concat();
    let parts = [&rest[..middle], &rest[middle..]].map(|part| [&head, part].concat());
    let cut_ms = (cut > 0).then(|| f64::from(cut) * 20.0);
    let chunk = usize::from(chunk) * 8 + 1;
    support::survive::survive_parts(&[&parts[0], &parts[1]], f64::from(at) * 20.0, cut_ms, chunk);
});
