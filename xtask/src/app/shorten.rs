//! Shorter names between the wasm and its JavaScript.
//!
//! wasm-bindgen gives each import a name that ends in a hash of 16 digits, which nothing
//! compresses: written once in the wasm and once in the JavaScript, they are 6 KB of the first
//! load.

use std::{collections::HashMap, convert::Infallible};

use wasm_encoder::{
    ImportSection, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{Import, ImportSectionReader, Parser};

use super::divide::FIRST;
use crate::run::Result;

/// Gives the imports that the JavaScript provides short names in each wasm, and in the JavaScript,
/// which is returned.
pub fn shorten<'a>(parts: impl Iterator<Item = &'a mut Vec<u8>>, js: &str) -> Result<String> {
    let mut shorten = Shorten::default();
    for wasm in parts {
        let mut module = Module::new();
        shorten
            .parse_core_module(&mut module, Parser::new(0), wasm)
            .map_err(|error| format!("the wasm's imports can't be read: {error}"))?;
        *wasm = module.finish();
    }
    Ok(rename_words(js, &shorten.names))
}

#[derive(Default)]
struct Shorten {
    names: HashMap<String, String>,
}

impl Reencode for Shorten {
    type Error = Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> std::result::Result<(), Error<Infallible>> {
        for import in section.into_imports() {
            let import = import?;
            let next = short_name(self.names.len());
            let name = match import.module {
                // What one part of a wasm lends the other is short already.
                FIRST => import.name,
                _ => self.names.entry(import.name.to_owned()).or_insert(next),
            };
            let name = name.to_owned();
            utils::parse_import(
                self,
                imports,
                Import {
                    name: &name,
                    ..import
                },
            )?;
        }
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, TypeSection};

    use super::*;

    fn module(imports: &[(&str, &str)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut section = ImportSection::new();
        for (module, name) in imports {
            section.import(module, name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&section);
        module.finish()
    }

    #[test]
    fn both_sides_get_the_same_names() {
        let long = ["__wbg_now_463ac581d2fc7ea3", "__wbg_call_1", "__wbg_log_2"];
        let app = "./app_bg.js";
        let mut first = module(&[(app, long[0]), (app, long[1])]);
        let mut rest = module(&[(FIRST, "0"), (app, long[2]), (app, long[1])]);
        let js = shorten(
            [&mut first, &mut rest].into_iter(),
            "{__wbg_call_1(a){}, __wbg_now_463ac581d2fc7ea3: now, __wbg_now_4: 0, __wbg_log_2}",
        )
        .expect("two modules");
        assert_eq!(first, module(&[(app, "a"), (app, "b")]));
        assert_eq!(rest, module(&[(FIRST, "0"), (app, "c"), (app, "b")]));
        assert_eq!(js, "{b(a){}, a: now, __wbg_now_4: 0, c}");
    }

    #[test]
    fn names_go_on_after_z() {
        let names = [0, 25, 26, 27, 701, 702].map(short_name);
        assert_eq!(names, ["a", "z", "aa", "ab", "zz", "aaa"]);
    }

    #[test]
    fn what_is_no_wasm_is_refused() {
        assert!(shorten([&mut b"short".to_vec()].into_iter(), "").is_err());
        let mut cut = module(&[("app", "name")]);
        cut.truncate(cut.len() - 5);
        assert!(shorten([&mut cut].into_iter(), "").is_err());
    }
}
