//! Sentences in the person's language.
//!
//! A sentence is named by its key, and each language has a file of them in `locales/`. The
//! language comes through a context, so a component that asks for [`use_words`] is drawn again
//! when the person switches.

mod table;

use callreel_browser::page;
use table::Table;
use yew::prelude::*;

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

    /// Whether a space stands between two sentences.
    pub const fn spaces_sentences(self) -> bool {
        matches!(self, Self::English)
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

    /// The language for a person who chose this one, or none.
    pub fn of_person(chosen: Option<&str>) -> Self {
        Self::choose(chosen, &page::languages())
    }
}

/// The sentences of one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    /// The sentence of that key; the key itself where there is none, so that a gap is seen.
    pub fn t(self, key: &str) -> String {
        self.find(key).unwrap_or(key).to_owned()
    }

    /// The sentence of that key, if there is one.
    pub fn find(self, key: &str) -> Option<&'static str> {
        Table::of(self.0).get(key)
    }

    /// The sentence of that key with each `%{name}` replaced.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.find(key).unwrap_or(key), values)
    }

    /// The sentence for `count` things: the key's `.one` or `.other`, with `%{count}` replaced.
    pub fn count(self, key: &str, count: usize) -> String {
        let form = if count == 1 { ".one" } else { ".other" };
        self.with(&[key, form].concat(), &[("count", &count.to_string())])
    }
}

fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, tail)) = rest.split_once("%{") {
        let Some((name, after)) = tail.split_once('}') else {
            break;
        };
        text.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => text.push_str(value),
            None => text.push_str(name),
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The sentences of the person's language.
#[hook]
pub fn use_words() -> Words {
    use_context::<Words>().unwrap_or_default()
}
