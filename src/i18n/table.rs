//! The sentences of a language by key.
//!
//! The files are the plainest YAML, one `key: "sentence"` a line, so any editor or translation
//! service takes them. Read here rather than by rust-i18n, which adds 7.8 KB to the compressed
//! wasm for the same 260 sentences.

use std::cell::OnceCell;

use super::Language;

/// English is built in: it stands in for what can't be fetched.
const ENGLISH: &str = include_str!("../../locales/en.yml");

/// Keys with their sentences, in the order of the file.
type Table = Vec<(&'static str, &'static str)>;

thread_local! {
    static TABLES: [OnceCell<Table>; Language::ALL.len()] =
        const { [const { OnceCell::new() }; Language::ALL.len()] };
}

/// Whether the sentences of the language are there.
pub(super) fn has(language: Language) -> bool {
    language == Language::English || TABLES.with(|tables| tables[language as usize].get().is_some())
}

/// Takes the sentences of a language from its file.
pub(super) fn add(language: Language, file: String) {
    // Sentences live as long as the page, and a language is added once.
    let file: &'static str = Box::leak(file.into_boxed_str());
    TABLES.with(|tables| {
        tables[language as usize].get_or_init(|| read(file));
    });
}

/// The sentence of a key, in English where the language does not have it, or not yet.
pub(super) fn find(language: Language, key: &str) -> Option<&'static str> {
    TABLES.with(|tables| {
        let english = tables[Language::English as usize].get_or_init(|| read(ENGLISH));
        let own = tables[language as usize].get().unwrap_or(english);
        // Lengths differ mostly, so looking through all of them is quick.
        let mut entries = own.iter().chain(english);
        let found = entries.find(|(known, _)| *known == key);
        found.map(|(_, sentence)| *sentence)
    })
}

fn read(file: &'static str) -> Table {
    file.split('\n').filter_map(entry).collect()
}

/// One line's key and sentence; comments and blank lines have none.
fn entry(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (key, value) = line.strip_suffix('"')?.split_once('"')?;
    Some((key.strip_suffix(": ")?, value))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const CHINESE: &str = include_str!("../../locales/zh-CN.yml");

    fn sentences(file: &'static str) -> BTreeMap<&'static str, &'static str> {
        let lines = file.split('\n');
        let mut known = BTreeMap::new();
        for (key, sentence) in lines.filter_map(entry) {
            assert!(known.insert(key, sentence).is_none(), "{key} stands twice");
        }
        known
    }

    /// The names that a sentence leaves open.
    fn placeholders(sentence: &str) -> BTreeSet<&str> {
        let gaps = sentence.split("%{").skip(1);
        gaps.filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_line_is_a_sentence_a_comment_or_blank() {
        for line in [ENGLISH, CHINESE]
            .into_iter()
            .flat_map(|file| file.split('\n'))
        {
            let sentence = entry(line);
            assert!(
                line.is_empty() || line.starts_with('#') || sentence.is_some(),
                "{line}"
            );
            let plain = sentence.is_none_or(|(_, text)| !text.contains(['"', '\\']));
            assert!(plain, "a quote or a backslash would need an escape: {line}");
            let braces = |text: &str| text.matches('{').count() == placeholders(text).len();
            assert!(
                sentence.is_none_or(|(_, text)| braces(text)),
                "a brace alone: {line}"
            );
        }
    }

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_gaps() {
        let [english, chinese] = [ENGLISH, CHINESE].map(sentences);
        assert!(english.keys().eq(chinese.keys()), "the keys differ");
        for (key, one) in &english {
            assert_eq!(placeholders(one), placeholders(chinese[key]), "{key}");
        }
    }

    #[test]
    fn every_sentence_that_the_code_names_exists() {
        let mut missing = BTreeSet::new();
        let mut named = 0;
        for source in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref()) {
            for call in ["words.t(", "words.with("] {
                let calls = source.split(call).skip(1);
                let keys = calls.filter_map(|rest| rest.trim_start().strip_prefix('"'));
                let keys = keys.filter_map(|rest| rest.split('"').next());
                // This test's own text is no call.
                for key in keys.filter(|key| !key.contains(' ')) {
                    named += 1;
                    if find(Language::English, key).is_none() {
                        missing.insert(key.to_owned());
                    }
                }
            }
        }
        assert!(
            named > 50,
            "only {named} keys were seen: are they still written like this?"
        );
        assert!(missing.is_empty(), "no sentence for {missing:?}");
    }

    fn sources(dir: &std::path::Path) -> Vec<String> {
        let mut texts = Vec::new();
        for entry in std::fs::read_dir(dir)
            .expect("the sources are there")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                texts.extend(sources(&path));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.push(std::fs::read_to_string(path).expect("a source is text"));
            }
        }
        texts
    }

    #[test]
    fn a_sentence_is_found_and_filled() {
        assert_eq!(find(Language::English, "takes.undo"), Some("Undo"));
        assert!(!has(Language::Chinese));
        assert_eq!(find(Language::Chinese, "takes.undo"), Some("Undo"));
        add(Language::Chinese, CHINESE.to_owned());
        assert!(has(Language::Chinese));
        assert_eq!(find(Language::Chinese, "takes.undo"), Some("撤销"));
        assert_eq!(find(Language::English, "no.such.key"), None);
        let filled = super::super::fill("%{a} of %{b}, %{a}", &[("a", "1"), ("b", "2")]);
        assert_eq!(filled, "1 of 2, 1");
    }
}
