//! The sentences of a language by key, read once from its file.
//!
//! The files are the plainest YAML, one `key: "sentence"` a line, so any editor or translation
//! service takes them. Read here rather than by rust-i18n, which adds 7.8 KB to the compressed
//! wasm for the same 260 sentences.

use std::cell::OnceCell;

use super::Language;

const FILES: [&str; Language::ALL.len()] = [
    include_str!("../../locales/en.yml"),
    include_str!("../../locales/zh-CN.yml"),
];

thread_local! {
    static TABLES: [OnceCell<Table>; FILES.len()] =
        const { [const { OnceCell::new() }; FILES.len()] };
}

/// Keys in order, each with its sentence.
#[derive(Clone)]
pub(super) struct Table(std::rc::Rc<[(&'static str, &'static str)]>);

impl Table {
    /// The sentences of a language.
    pub(super) fn of(language: Language) -> Self {
        let at = language as usize;
        TABLES.with(|tables| tables[at].get_or_init(|| Self::read(FILES[at])).clone())
    }

    fn read(file: &'static str) -> Self {
        let mut entries: Vec<_> = file.lines().filter_map(entry).collect();
        entries.sort_unstable();
        Self(entries.into())
    }

    pub(super) fn get(&self, key: &str) -> Option<&'static str> {
        let at = self
            .0
            .binary_search_by(|(known, _)| (*known).cmp(key))
            .ok()?;
        Some(self.0[at].1)
    }
}

/// One line's key and sentence; comments and blank lines have none.
fn entry(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (key, value) = line.split_once(": ")?;
    Some((key, value.strip_prefix('"')?.strip_suffix('"')?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names that a sentence leaves open.
    fn placeholders(sentence: &str) -> BTreeSet<&str> {
        sentence
            .split("%{")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_line_is_a_sentence_a_comment_or_blank() {
        for line in FILES.into_iter().flat_map(str::lines) {
            let sentence = entry(line);
            assert!(
                line.is_empty() || line.starts_with('#') || sentence.is_some(),
                "{line}"
            );
            let plain = sentence.is_none_or(|(_, text)| !text.contains(['"', '\\']));
            assert!(plain, "a quote or a backslash would need an escape: {line}");
        }
    }

    #[test]
    fn no_key_stands_twice() {
        for language in Language::ALL {
            let table = Table::of(language);
            let keys: BTreeSet<_> = table.0.iter().map(|(key, _)| key).collect();
            assert_eq!(keys.len(), table.0.len(), "{language:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_gaps() {
        let [english, chinese] = Language::ALL.map(Table::of);
        let keys = |table: &Table| table.0.iter().map(|(key, _)| *key).collect::<Vec<_>>();
        assert_eq!(keys(&english), keys(&chinese));
        for ((key, one), (_, other)) in english.0.iter().zip(chinese.0.iter()) {
            assert_eq!(placeholders(one), placeholders(other), "{key}");
        }
    }
}
