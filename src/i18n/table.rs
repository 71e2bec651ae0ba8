//! The sentences of a language by key.
//!
//! The files are the plainest YAML, one `key: "sentence"` a line, so any editor or translation
//! service takes them. Read here rather than by rust-i18n, which adds 7.8 KB to the compressed
//! wasm for the same 260 sentences.

use std::cell::OnceCell;

use super::Language;

/// What the pages of this build say, in English, which is built in: it stands in for what can't be
/// fetched.
pub(super) const PAGES: [(&str, &str); PAGE_COUNT] = [
    ("common", include_str!("../../locales/common.en.yml")),
    #[cfg(any(
        feature = "studio",
        feature = "room",
        feature = "lab",
        feature = "recorder",
        feature = "call"
    ))]
    ("devices", include_str!("../../locales/devices.en.yml")),
    #[cfg(feature = "studio")]
    ("studio", include_str!("../../locales/studio.en.yml")),
    #[cfg(feature = "library")]
    ("library", include_str!("../../locales/library.en.yml")),
    #[cfg(any(feature = "room", feature = "call"))]
    ("room", include_str!("../../locales/room.en.yml")),
    #[cfg(feature = "lab")]
    ("lab", include_str!("../../locales/lab.en.yml")),
    #[cfg(any(feature = "recorder", feature = "call"))]
    ("embed", include_str!("../../locales/embed.en.yml")),
];
const PAGE_COUNT: usize = 1
    + cfg!(any(
        feature = "studio",
        feature = "room",
        feature = "lab",
        feature = "recorder",
        feature = "call"
    )) as usize
    + cfg!(feature = "studio") as usize
    + cfg!(feature = "library") as usize
    + cfg!(any(feature = "room", feature = "call")) as usize
    + cfg!(feature = "lab") as usize
    + cfg!(any(feature = "recorder", feature = "call")) as usize;

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

/// Takes the sentences of a language from its files.
pub(super) fn add(language: Language, files: Vec<String>) {
    // Sentences live as long as the page, and a language is added once.
    TABLES.with(|tables| {
        tables[language as usize].get_or_init(|| {
            let files = files.into_iter();
            files
                .flat_map(|file| read(Box::leak(file.into_boxed_str())))
                .collect()
        });
    });
}

/// The sentence of a key, in English where the language does not have it, or not yet.
pub(super) fn find(language: Language, key: &str) -> Option<&'static str> {
    TABLES.with(|tables| {
        let english = tables[Language::English as usize].get_or_init(english);
        let own = tables[language as usize].get().unwrap_or(english);
        // Lengths differ mostly, so looking through all of them is quick.
        let mut entries = own.iter().chain(english);
        let found = entries.find(|(known, _)| *known == key);
        found.map(|(_, sentence)| *sentence)
    })
}

fn english() -> Table {
    PAGES.iter().flat_map(|(_, file)| read(file)).collect()
}

fn read(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.split('\n').filter_map(entry)
}

/// One line's key and sentence; comments and blank lines have none.
fn entry(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (key, value) = line.strip_suffix('"')?.split_once('"')?;
    Some((key.strip_suffix(": ")?, value))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    use super::*;

    /// The sentences of every page: its name, in English, in Chinese.
    fn pages() -> Vec<(&'static str, &'static str, &'static str)> {
        let chinese = |page: &str| {
            let file = format!("{}/locales/{page}.zh-CN.yml", env!("CARGO_MANIFEST_DIR"));
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
            &*Box::leak(text.into_boxed_str())
        };
        let pages = PAGES.into_iter();
        pages
            .map(|(page, english)| (page, english, chinese(page)))
            .collect()
    }

    fn sentences(file: &'static str) -> BTreeMap<&'static str, &'static str> {
        let mut known = BTreeMap::new();
        for (key, sentence) in read(file) {
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
        let files = pages().into_iter().flat_map(|(_, one, other)| [one, other]);
        for line in files.flat_map(|file| file.split('\n')) {
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
        for (page, english, chinese) in pages() {
            let [english, chinese] = [english, chinese].map(sentences);
            assert!(english.keys().eq(chinese.keys()), "{page}: the keys differ");
            for (key, one) in &english {
                assert_eq!(placeholders(one), placeholders(chinese[key]), "{key}");
            }
        }
    }

    /// What a page's own code says is in its own file or the common one: no other page's sentences
    /// are there when it is built alone.
    #[test]
    fn every_sentence_that_the_code_names_exists() {
        let mut missing = BTreeSet::new();
        let mut named = 0;
        let common = sentences(PAGES[0].1);
        for folder in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).expect("there") {
            let folder = folder.expect("it can be read");
            let own = PAGES.iter().find(|(page, _)| folder.file_name() == *page);
            let mut own = own.map(|(_, file)| sentences(file)).unwrap_or_default();
            if folder.file_name() != "library" {
                own.extend(sentences(PAGES[1].1));
            }
            for source in sources(&folder.path()) {
                for call in ["words.t(", "words.with("] {
                    let calls = source.split(call).skip(1);
                    let keys = calls.filter_map(|rest| rest.trim_start().strip_prefix('"'));
                    let keys = keys.filter_map(|rest| rest.split('"').next());
                    // This test's own text is no call.
                    for key in keys.filter(|key| !key.contains(' ')) {
                        named += 1;
                        if !own.contains_key(key) && !common.contains_key(key) {
                            missing.insert(key.to_owned());
                        }
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

    fn sources(path: &Path) -> Vec<String> {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("the sources are there").flatten();
            return entries.flat_map(|entry| sources(&entry.path())).collect();
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let text = is_rust.then(|| fs::read_to_string(path).expect("a source is text"));
        text.into_iter().collect()
    }

    #[test]
    fn a_sentence_is_found_and_filled() {
        assert_eq!(find(Language::English, "takes.undo"), Some("Undo"));
        assert!(!has(Language::Chinese));
        assert_eq!(find(Language::Chinese, "takes.undo"), Some("Undo"));
        let files = pages()
            .into_iter()
            .map(|(_, _, chinese)| chinese.to_owned());
        add(Language::Chinese, files.collect());
        assert!(has(Language::Chinese));
        assert_eq!(find(Language::Chinese, "takes.undo"), Some("撤销"));
        assert_eq!(find(Language::English, "no.such.key"), None);
        let filled = super::super::fill("%{a} of %{b}, %{a}", &[("a", "1"), ("b", "2")]);
        assert_eq!(filled, "1 of 2, 1");
    }
}
