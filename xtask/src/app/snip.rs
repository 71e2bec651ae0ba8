//! A wasm without the code and the data that only a panic uses.
//!
//! A panic of the app ends it either way. What is gone is its text: the browser's console shows
//! `unreachable` with the numbers of functions, which `target/xtask/symbols` has names for. A plain
//! `trunk build` keeps the texts. In the first load they are 10 KB.
//!
//! Rust can leave them out by itself (`-Cpanic=immediate-abort`, `-Zlocation-detail=none`,
//! `-Zfmt-debug=none`), but only where it is not stable and the standard library is built again.

use std::{
    collections::{HashMap, HashSet},
    convert::Infallible,
};

use wasm_encoder::{
    CodeSection, DataSection, Function, Instruction, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    Data, DataKind, DataSectionReader, FunctionBody, KnownCustom, Name, Operator, Parser, Payload,
    TypeRef,
};

use crate::run::Result;

/// Where every panic goes through.
const EVERY_PANIC: &str = "core::panicking::panic_fmt";

/// Functions that never return, by the beginning of their names.
const ENDS: &[&str] = &[
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::str::slice_error_fail",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::cell::panic_already_",
    "core::cell::lazy::panic_poisoned",
    "std::thread::local::panic_access_error",
    "std::panicking::panic_handler",
    "std::panicking::panic_with_hook",
    "std::alloc::rust_oom",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "alloc::alloc::handle_alloc_error",
    "hashbrown::raw::Fallibility::capacity_overflow",
    "wasm_bindgen::throw_str",
    "wasm_bindgen::__rt::borrow_fail",
    "console_error_panic_hook::hook",
    "__rustc::rust_panic",
    "__rustc::__rust_alloc_error_handler",
];

/// What every value is written as text with.
const EVERY_TEXT: &str = "core::fmt::write";

/// What runs when the app starts, to show panics: nothing is left to be shown.
const HOOK: &str = "yew::renderer::set_default_panic_hook";

/// What stays of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Whole,
    /// A trap.
    Trap,
    /// Nothing is done.
    Nothing,
    /// `Ok(())`, and nothing is written.
    WritesNothing,
}

/// The wasm, which needs its names, with traps in place of panics.
pub fn snip(wasm: &[u8]) -> Result<Vec<u8>> {
    let rests = rests(wasm).map_err(|error| format!("the wasm can't be read: {error}"))?;
    // Without this the app would grow by 10 KB and nobody would know why.
    if !rests.has_panics {
        return Err(format!(
            "the wasm has no {EVERY_PANIC}: Rust gave its panics other names, which {} has to learn",
            file!()
        ));
    }
    let mut module = Module::new();
    Snip { rests, function: 0 }
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| format!("the wasm can't be read: {error}"))?;
    Ok(module.finish())
}

struct Rests {
    has_panics: bool,
    /// Of the functions that are not whole, by their index.
    by_function: HashMap<u32, Rest>,
    imports: u32,
}

fn rests(wasm: &[u8]) -> std::result::Result<Rests, wasmparser::Error> {
    let mut rests = Rests {
        has_panics: false,
        by_function: HashMap::new(),
        imports: 0,
    };
    let mut bodies = Vec::new();
    let mut formatting = Formatting::default();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    rests.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(names) = section.as_known() else {
                    continue;
                };
                for names in names {
                    let Name::Function(names) = names? else {
                        continue;
                    };
                    for name in names {
                        let name = name?;
                        let plain = without_hashes(name.name);
                        rests.has_panics |= plain.starts_with(EVERY_PANIC);
                        formatting.learn(name.index, &plain);
                        let rest = rest(&plain);
                        if rest != Rest::Whole {
                            rests.by_function.insert(name.index, rest);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let unused = formatting.unused(&rests, &bodies)?;
    rests
        .by_function
        .extend(unused.into_iter().map(|function| (function, Rest::Trap)));
    Ok(rests)
}

/// The functions that write values as text.
#[derive(Default)]
struct Formatting {
    all: HashSet<u32>,
    every: Option<u32>,
}

impl Formatting {
    fn learn(&mut self, function: u32, name: &str) {
        let is_formatting = name.contains(" as core::fmt::")
            || name.trim_start_matches('<').starts_with("core::fmt::")
            || name.starts_with("alloc::fmt::");
        if is_formatting {
            self.all.insert(function);
        }
        if name == EVERY_TEXT {
            self.every = Some(function);
        }
    }

    /// Those that nothing uses any more. Values reach most of them through tables, which no call
    /// shows; but only from [`EVERY_TEXT`], so as soon as that is called, none is unused.
    fn unused(
        self,
        rests: &Rests,
        bodies: &[FunctionBody<'_>],
    ) -> std::result::Result<HashSet<u32>, wasmparser::Error> {
        let calls = |function: u32| -> std::result::Result<Vec<u32>, wasmparser::Error> {
            let mut calls = Vec::new();
            let own = function.checked_sub(rests.imports);
            if let Some(body) = own.and_then(|own| bodies.get(own as usize)) {
                for operator in body.get_operators_reader()? {
                    if let Operator::Call { function_index } = operator? {
                        calls.push(function_index);
                    }
                }
            }
            Ok(calls)
        };
        let mut used = HashSet::new();
        let mut open: Vec<u32> = (rests.imports..rests.imports + bodies.len() as u32)
            .filter(|function| !self.all.contains(function))
            .collect();
        while let Some(function) = open.pop() {
            if rests.by_function.contains_key(&function) {
                continue;
            }
            for called in calls(function)? {
                if self.all.contains(&called) && used.insert(called) {
                    open.push(called);
                }
            }
        }
        if self.every.is_some_and(|every| used.contains(&every)) {
            return Ok(HashSet::new());
        }
        Ok(self.all.difference(&used).copied().collect())
    }
}

fn rest(name: &str) -> Rest {
    let is_trap = ENDS.iter().any(|end| name.starts_with(end)) || name.ends_with("::assert_failed");
    let shows_panic = name.starts_with("<std::panicking::panic_handler::");
    if is_trap || shows_panic {
        Rest::Trap
    } else if name.starts_with(HOOK) {
        Rest::Nothing
    } else if name.contains(" as core::fmt::Debug>::fmt") {
        Rest::WritesNothing
    } else {
        Rest::Whole
    }
}

/// The name without the hashes of crates: `core[c5930c85a12de822]::…`.
pub fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest))
                if hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                plain.push_str(rest);
            }
            _ => {
                plain.push('[');
                plain.push_str(part);
            }
        }
    }
    plain
}

struct Snip {
    rests: Rests,
    /// The function that comes next in the code section.
    function: u32,
}

impl Reencode for Snip {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        let index = self.rests.imports + self.function;
        self.function += 1;
        let mut snipped = Function::new([]);
        match self.rests.by_function.get(&index) {
            None | Some(Rest::Whole) => return utils::parse_function_body(self, code, body),
            Some(Rest::Trap) => snipped.instruction(&Instruction::Unreachable),
            Some(Rest::Nothing) => &mut snipped,
            Some(Rest::WritesNothing) => snipped.instruction(&Instruction::I32Const(0)),
        };
        snipped.instruction(&Instruction::End);
        code.function(&snipped);
        Ok(())
    }

    fn parse_data_section(
        &mut self,
        out: &mut DataSection,
        section: DataSectionReader<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        let data = section
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let mut memory = Memory(
            data.iter()
                .map(|data| Ok((address(data)?, data.data.to_vec())))
                .collect::<std::result::Result<_, wasmparser::Error>>()?,
        );
        memory.forget_locations();
        for (data, (_, bytes)) in data.into_iter().zip(memory.0) {
            self.parse_data(
                out,
                Data {
                    data: &bytes,
                    ..data
                },
            )?;
        }
        Ok(())
    }
}

/// Where the data comes to lie; data that is not placed at a constant is nowhere.
fn address(data: &Data<'_>) -> std::result::Result<Option<u32>, wasmparser::Error> {
    let DataKind::Active { offset_expr, .. } = &data.kind else {
        return Ok(None);
    };
    Ok(match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => None,
    })
}

/// The memory that the app starts with, in pieces by their addresses.
struct Memory(Vec<(Option<u32>, Vec<u8>)>);

impl Memory {
    /// Zeroes every `core::panic::Location` (file name as pointer and length, line, column), and
    /// the file names. Nothing else looks like one: the name must end in `.rs` and a zero.
    fn forget_locations(&mut self) {
        const SIZE: usize = 16;
        let mut files = Vec::new();
        for piece in 0..self.0.len() {
            let Some(start) = self.0[piece].0 else {
                continue;
            };
            let first = (4 - start as usize % 4) % 4;
            let end = self.0[piece].1.len().saturating_sub(SIZE - 1);
            for at in (first..end).step_by(4) {
                let bytes = &self.0[piece].1[at..at + SIZE];
                let word = |n: usize| {
                    let bytes = [0, 1, 2, 3].map(|byte| bytes[4 * n + byte]);
                    u32::from_le_bytes(bytes) as usize
                };
                let (pointer, len, line, column) = (word(0), word(1), word(2), word(3));
                let is_place = (1..100_000).contains(&line) && (1..1_000).contains(&column);
                if is_place && self.is_file_name(pointer, len) {
                    self.0[piece].1[at..at + SIZE].fill(0);
                    files.push((pointer, len));
                }
            }
        }
        for (pointer, len) in files {
            if let Some(name) = self.bytes(pointer, len) {
                name.fill(0);
            }
        }
    }

    fn is_file_name(&mut self, pointer: usize, len: usize) -> bool {
        (4..500).contains(&len)
            && self
                .bytes(pointer, len + 1)
                .is_some_and(|name| name.ends_with(b".rs\0"))
    }

    fn bytes(&mut self, pointer: usize, len: usize) -> Option<&mut [u8]> {
        self.0.iter_mut().find_map(|(start, bytes)| {
            let at = pointer.checked_sub((*start)? as usize)?;
            bytes.get_mut(at..at.checked_add(len)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_panic_uses_is_snipped() {
        for (name, expected) in [
            ("core[c5930c85a12de822]::panicking::panic_fmt", Rest::Trap),
            (
                "core::panicking::panic_display::h0975ae2e1e5da109",
                Rest::Trap,
            ),
            (
                "<alloc[3ca501edff3f0c7c]::vec::Vec<_, _>>::remove::assert_failed",
                Rest::Trap,
            ),
            (
                "<std[a543996e6e7dbf1e]::panicking::panic_handler::StaticStrPayload as core[c5930c85a12de822]::panic::PanicPayload>::get",
                Rest::Trap,
            ),
            (
                "yew::renderer::set_default_panic_hook::h57e5b09a00779d3d",
                Rest::Nothing,
            ),
            (
                "<char as core[c5930c85a12de822]::fmt::Debug>::fmt",
                Rest::WritesNothing,
            ),
            (
                "<u32 as core[c5930c85a12de822]::fmt::Display>::fmt",
                Rest::Whole,
            ),
            (
                "<core::result::Result<T,E> as wasm_bindgen::UnwrapThrowExt<T>>::unwrap_throw::h4",
                Rest::Whole,
            ),
            (
                "std[a543996e6e7dbf1e]::panicking::panic_count::is_zero_slow_path",
                Rest::Whole,
            ),
            ("<[u8] as app::Draw>::draw", Rest::Whole),
        ] {
            assert_eq!(rest(&without_hashes(name)), expected, "{name}");
        }
    }

    #[test]
    fn a_location_and_its_file_are_forgotten_and_what_is_like_one_stays() {
        let words = |words: [u32; 4]| words.map(u32::to_le_bytes).concat();
        let location = words([1000, 7, 12, 5]);
        let no_file = words([1008, 3, 12, 5]);
        let no_place = words([1000, 7, 12, 5000]);
        let table = [location, no_file.clone(), no_place.clone()].concat();
        let mut memory = Memory(vec![
            (Some(1000), b"src/a.rs\0not.rs".to_vec()),
            (Some(2000), table),
            (None, vec![1; 20]),
        ]);
        // `src/a.rs` is 8 bytes long, so a length of 7 is no file name and nothing goes.
        memory.forget_locations();
        assert_eq!(memory.0[0].1, b"src/a.rs\0not.rs");

        memory.0[1].1[4] = 8;
        memory.forget_locations();
        assert_eq!(memory.0[0].1, b"\0\0\0\0\0\0\0\0\0not.rs");
        assert_eq!(memory.0[1].1, [vec![0; 16], no_file, no_place].concat());
    }

    #[test]
    fn a_wasm_without_panics_is_refused() {
        let error = snip(b"\0asm\x01\0\0\0").expect_err("it has no names");
        assert!(error.contains(EVERY_PANIC), "{error}");
    }
}
