//! Small help with texts.

/// Whether one text is inside another. The search of the standard library is made for long texts
/// and costs 2 KB of wasm; these are names and messages.
pub(crate) fn has(text: &str, part: &str) -> bool {
    let part = part.as_bytes();
    part.is_empty()
        || text
            .as_bytes()
            .windows(part.len())
            .any(|window| window == part)
}
