//! Shorter names between the wasm and its JavaScript.
//!
//! wasm-bindgen gives each import a name that ends in a hash of 16 digits, which nothing
//! compresses: written once in the wasm and once in the JavaScript, they are 6 KB of the first
//! load.

use std::collections::HashMap;

use crate::run::Result;

const IMPORT_SECTION: u8 = 2;
const FUNCTION: u8 = 0;

/// The wasm with short names for its function imports, and the JavaScript that provides them
/// under these names.
pub fn shorten(wasm: &[u8], js: &str) -> Result<(Vec<u8>, String)> {
    let mut names = HashMap::new();
    let wasm = rename_imports(wasm, &mut names).ok_or("the wasm's imports can't be read")?;
    Ok((wasm, rename_words(js, &names)))
}

/// Core Specification 2.0, sections 5.5.2 (sections) and 5.5.5 (imports).
fn rename_imports(wasm: &[u8], names: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let (preamble, mut rest) = wasm.split_at_checked(8)?;
    let mut renamed = preamble.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let section = take_vec(&mut rest)?;
        let section = match id {
            IMPORT_SECTION => rename_in_section(section, names)?,
            _ => section.to_vec(),
        };
        renamed.push(id);
        put_vec(&mut renamed, &section);
    }
    Some(renamed)
}

fn rename_in_section(mut rest: &[u8], names: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let count = take_number(&mut rest)?;
    let mut renamed = Vec::new();
    put_number(&mut renamed, count);
    for _ in 0..count {
        put_vec(&mut renamed, take_vec(&mut rest)?);
        let name = std::str::from_utf8(take_vec(&mut rest)?).ok()?;
        let (&kind, after) = rest.split_first()?;
        // Other kinds have other forms; wasm-bindgen imports functions only.
        if kind != FUNCTION {
            return None;
        }
        rest = after;
        let next = short_name(names.len());
        put_vec(
            &mut renamed,
            names.entry(name.to_owned()).or_insert(next).as_bytes(),
        );
        renamed.push(kind);
        put_number(&mut renamed, take_number(&mut rest)?);
    }
    Some(renamed)
}

/// `a` … `z`, `aa`, `ab`, …
fn short_name(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'a' + (number % 26) as u8));
        if number < 26 {
            return name;
        }
        number = number / 26 - 1;
    }
}

/// Replaces whole words; in the JavaScript the names are property names and nothing else.
fn rename_words(js: &str, names: &HashMap<String, String>) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut renamed = String::with_capacity(js.len());
    let mut rest = js;
    while let Some(start) = rest.find(is_word) {
        let (before, from_word) = rest.split_at(start);
        let end = from_word.find(|c| !is_word(c)).unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        renamed.push_str(before);
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed + rest
}

/// LEB128 (Core Specification 2.0, section 5.2.2), up to 32 bits.
fn take_number(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_vec<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take_number(rest)? as usize;
    let (vec, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(vec)
}

fn put_vec(out: &mut Vec<u8>, vec: &[u8]) {
    put_number(out, vec.len() as u32);
    out.extend_from_slice(vec);
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"\0asm\x01\0\0\0";

    fn module(imports: &[&str]) -> Vec<u8> {
        let mut section = Vec::new();
        put_number(&mut section, imports.len() as u32);
        for name in imports {
            put_vec(&mut section, b"./app_bg.js");
            put_vec(&mut section, name.as_bytes());
            section.extend([FUNCTION, 3]);
        }
        let mut wasm = HEAD.to_vec();
        wasm.push(IMPORT_SECTION);
        put_vec(&mut wasm, &section);
        wasm.extend([10, 2, 0xAA, 0xBB]);
        wasm
    }

    #[test]
    fn both_sides_get_the_same_names() {
        let (wasm, js) = shorten(
            &module(&["__wbg_now_463ac581d2fc7ea3", "__wbg_call_1"]),
            "{__wbg_call_1(a){}, __wbg_now_463ac581d2fc7ea3: now, __wbg_now_4: 0}",
        )
        .expect("a module");
        assert_eq!(wasm, module(&["a", "b"]));
        assert_eq!(js, "{b(a){}, a: now, __wbg_now_4: 0}");
    }

    #[test]
    fn names_go_on_after_z() {
        let names = [0, 25, 26, 27, 701, 702].map(short_name);
        assert_eq!(names, ["a", "z", "aa", "ab", "zz", "aaa"]);
    }

    #[test]
    fn what_is_no_wasm_is_refused() {
        assert!(shorten(b"short", "").is_err());
        let cut = module(&["name"]);
        assert!(shorten(&cut[..cut.len() - 5], "").is_err());
    }
}
