//! Sentences in the person's language.
//!
//! A sentence is named by its key. `locales/` has a file of them for each page and language, and
//! `common` ones for all pages.

mod table;

use callreel_browser::page;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, js_sys::Promise, wasm_bindgen::JsCast};

/// A language of the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 简体中文.
    Chinese,
}

impl Language {
    /// Every language, in the order of the list.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// What the language calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
        }
    }

    /// What stands between a title and a sentence, and between two sentences.
    pub const fn between_sentences(self) -> [&'static str; 2] {
        match self {
            Self::English => [". ", " "],
            Self::Chinese => ["。", ""],
        }
    }

    /// The language of that tag. Any Chinese is nearer to 简体中文 than to English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The chosen language, else the first that the person reads, else English.
    pub fn choose(chosen: Option<&str>, read: &[String]) -> Self {
        let read = || read.iter().find_map(|tag| Self::from_tag(tag));
        chosen
            .and_then(Self::from_tag)
            .or_else(read)
            .unwrap_or_default()
    }

    /// Whether its sentences are there.
    pub fn is_loaded(self) -> bool {
        table::has(self)
    }

    /// Fetches its sentences, unless they are there: nobody loads a language that they don't
    /// read. What can't be had is said in English. `base` is where the app's files are.
    pub async fn load(self, base: &str) {
        if self.is_loaded() {
            return;
        }
        let window = gloo::utils::window();
        let asked = table::PAGES.map(|(page, _)| {
            window.fetch_with_str(&[base, page, ".", self.tag(), ".yml"].concat())
        });
        let mut files = Vec::new();
        for answer in asked {
            files.extend(text_of(answer).await);
        }
        table::add(self, files);
    }

    /// Takes its sentences from a text, unless they are there.
    #[cfg(any(feature = "recorder", feature = "call"))]
    pub fn take(self, sentences: String) {
        table::add(self, vec![sentences]);
    }

    /// The language for a person who chose this one, or none.
    pub fn of_person(chosen: Option<&str>) -> Self {
        Self::choose(chosen, &page::languages())
    }
}

async fn text_of(asked: Promise) -> Option<String> {
    let response: Response = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}

/// The sentences of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// The sentence of that key; the key itself where there is none, so that a gap is seen.
    pub fn t(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The sentence of a key made of two parts, such as `filter.` and `blur`.
    pub fn of(self, kind: &str, id: &str) -> &'static str {
        let sentence = self.find(&[kind, id].concat());
        debug_assert!(sentence.is_some(), "every id has a sentence");
        sentence.unwrap_or_default()
    }

    /// The sentence of that key, if there is one.
    pub fn find(self, key: &str) -> Option<&'static str> {
        table::find(self.0, key)
    }

    /// The sentence of that key with each `%{name}` replaced.
    pub fn with(self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(self.t(key), values)
    }
}

/// A sentence with each `%{name}` replaced.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    // Braces stand nowhere else in the sentences.
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else {
            break;
        };
        text.push_str(before.trim_end_matches('%'));
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(value),
            None => text.push_str(name),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}
