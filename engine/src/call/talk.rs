//! What people in a call tell each other directly, as JSON text over the data channel.

use super::Key;
use crate::json::{Object, Value, parse, string};

/// A chat message longer than this is cut, in characters.
pub const MAX_CHAT: usize = 4_000;
/// A name of a file longer than this is cut, in characters.
const MAX_FILE_NAME: usize = 200;

/// The reactions there are, in the order of the page.
pub const REACTIONS: [&str; 6] = ["👍", "👏", "❤️", "😂", "😮", "🎉"];

/// What others see of a person besides picture and sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "five things are on or off")]
pub struct Status {
    /// The microphone is on.
    pub microphone: bool,
    /// The camera is on.
    pub camera: bool,
    /// A screen is shared.
    pub screen: bool,
    /// The hand is raised.
    pub hand: bool,
    /// The call is being recorded here.
    pub recording: bool,
}

/// A file that somebody offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileOffer {
    /// Tells it from the sender's other files.
    pub id: u32,
    /// As its owner calls it: text, never a path.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Talk {
    /// How the sender is.
    Status(Status),
    /// Something written, with the sender's link that it belongs to, and its number: the lines of a
    /// link are counted from 1. A line without one is 0.
    Chat(Key, u32, String),
    /// The number of the last line that came, and the link that it belongs to: over a new connection,
    /// and whenever a line has come.
    Heard(Key, u32),
    /// One of [`REACTIONS`], by its place.
    Reaction(usize),
    /// The sender goes.
    Goodbye,
    /// The sender has a file.
    File(FileOffer),
    /// The receiver wants that file of the sender's.
    Accept(u32),
    /// Either side does not want to go on with a file; whether it is the file of the one who says
    /// so.
    Cancel(u32, bool),
    /// The receiver has so many bytes of a file on its disk.
    Written(u32, u64),
    /// All of a file is sent; its SHA-256 in hexadecimal digits.
    Sent(u32, String),
}

impl Talk {
    /// As text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = Object::default();
        let kind = match self {
            Self::Status(_) => "status",
            Self::Chat(..) => "chat",
            Self::Heard(..) => "heard",
            Self::Reaction(_) => "reaction",
            Self::Goodbye => "goodbye",
            Self::File(_) => "file",
            Self::Accept(_) => "accept",
            Self::Cancel(..) => "cancel",
            Self::Written(..) => "written",
            Self::Sent(..) => "sent",
        };
        json.raw("kind", &string(kind));
        match self {
            Self::Status(status) => {
                for (name, on) in status.members() {
                    json.raw(name, if on { "true" } else { "false" });
                }
            }
            Self::Chat(link, number, _) | Self::Heard(link, number) => {
                json.raw("link", &link.to_string());
                json.raw("number", &number.to_string());
                if let Self::Chat(.., text) = self {
                    json.raw("text", &string(text));
                }
            }
            Self::Reaction(place) => json.raw("place", &place.to_string()),
            Self::Goodbye => {}
            Self::File(file) => {
                json.raw("id", &file.id.to_string());
                json.raw("name", &string(&file.name));
                json.raw("size", &file.size.to_string());
            }
            Self::Accept(id) => json.raw("id", &id.to_string()),
            Self::Cancel(id, mine) => {
                json.raw("id", &id.to_string());
                json.raw("mine", if *mine { "true" } else { "false" });
            }
            Self::Written(id, bytes) => {
                json.raw("id", &id.to_string());
                json.raw("bytes", &bytes.to_string());
            }
            Self::Sent(id, hash) => {
                json.raw("id", &id.to_string());
                json.raw("hash", &string(hash));
            }
        }
        json.finish()
    }

    /// `None` for what is none, or of a newer kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value = parse(text)?;
        let is_on = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
        let number = |name: &str| value.get(name).and_then(Value::as_u32);
        let link = || number("link").unwrap_or(0);
        let id = || number("id");
        let size = |name: &str| {
            let number = value.get(name)?.as_f64().filter(|size| *size >= 0.0)?;
            Some(number as u64)
        };
        Some(match value.text("kind") {
            "status" => Self::Status(Status {
                microphone: is_on("microphone"),
                camera: is_on("camera"),
                screen: is_on("screen"),
                hand: is_on("hand"),
                recording: is_on("recording"),
            }),
            "chat" => {
                let text = cut(value.text("text").trim(), MAX_CHAT);
                let number = number("number").unwrap_or(0);
                (!text.is_empty()).then_some(Self::Chat(link(), number, text))?
            }
            "heard" => Self::Heard(link(), number("number")?),
            "reaction" => {
                let place = number("place")? as usize;
                (place < REACTIONS.len()).then_some(Self::Reaction(place))?
            }
            "goodbye" => Self::Goodbye,
            "file" => Self::File(FileOffer {
                id: id()?,
                name: file_name(value.text("name")),
                size: size("size")?,
            }),
            "accept" => Self::Accept(id()?),
            "cancel" => Self::Cancel(id()?, is_on("mine")),
            "written" => Self::Written(id()?, size("bytes")?),
            "sent" => Self::Sent(id()?, value.text("hash").to_owned()),
            _ => return None,
        })
    }
}

impl Status {
    const fn members(&self) -> [(&'static str, bool); 5] {
        [
            ("microphone", self.microphone),
            ("camera", self.camera),
            ("screen", self.screen),
            ("hand", self.hand),
            ("recording", self.recording),
        ]
    }
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// A name to save under: no folders, no control characters, not hidden.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).collect();
    let plain = cut(plain.trim().trim_start_matches('.'), MAX_FILE_NAME);
    if plain.is_empty() {
        "file".to_owned()
    } else {
        plain
    }
}

/// A piece of what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// To be read.
    Text(&'a str),
    /// An address to follow: `http:` or `https:`, nothing else.
    Link(&'a str),
}

/// Finds the addresses in a text.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = next_link(rest) {
        let (before, tail) = rest.split_at(at);
        // An address ends where nothing of one follows; marks of the sentence are not part of it.
        let end = tail.find(|c: char| !is_of_link(c)).unwrap_or(tail.len());
        let link = tail[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*']);
        if link.len() <= "https://".len() {
            let (text, after) = rest.split_at(at + end);
            pieces.push(Piece::Text(text));
            rest = after;
            continue;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Link(link));
        rest = &tail[link.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn next_link(text: &str) -> Option<usize> {
    let http = text.find("http://");
    let https = text.find("https://");
    match (http, https) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What RFC 3986 has in an address, and letters of other scripts but not their punctuation.
fn is_of_link(character: char) -> bool {
    match character {
        c if c.is_ascii() => c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c),
        c => c.is_alphanumeric(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_comes_back_as_it_was() {
        let file = FileOffer {
            id: 7,
            name: "a \"b\".txt".into(),
            size: 5_000_000_000,
        };
        for talk in [
            Talk::Status(Status {
                microphone: true,
                hand: true,
                ..Status::default()
            }),
            Talk::Chat(2, 1, "你好\n<b>".into()),
            Talk::Heard(2, 1),
            Talk::Reaction(5),
            Talk::Goodbye,
            Talk::File(file),
            Talk::Accept(3),
            Talk::Cancel(3, true),
            Talk::Written(3, 5_000_000_000),
            Talk::Sent(3, "00ff".into()),
        ] {
            assert_eq!(Talk::parse(&talk.to_json()), Some(talk));
        }
    }

    #[test]
    fn what_is_no_message_is_none() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"kind":"chat","text":"  "}"#,
            r#"{"kind":"reaction","place":6}"#,
            r#"{"kind":"reaction","place":-1}"#,
            r#"{"kind":"file","id":1,"name":"x","size":-1}"#,
            r#"{"kind":"later"}"#,
        ] {
            assert_eq!(Talk::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_is_never_a_path() {
        for (name, safe) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\y.exe", "y.exe"),
            (".bashrc", "bashrc"),
            ("a\u{0}b\n.txt", "ab.txt"),
            ("", "file"),
            ("..", "file"),
        ] {
            assert_eq!(file_name(name), safe, "{name:?}");
        }
    }

    #[test]
    fn links_are_http_and_end_before_the_sentence_does() {
        use Piece::{Link, Text};
        let found = pieces("See https://a.example/b?c=d(e), or http://x.example。好");
        assert_eq!(
            found,
            [
                Text("See "),
                Link("https://a.example/b?c=d(e"),
                Text("), or "),
                Link("http://x.example"),
                Text("。好"),
            ]
        );
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "http:// a",
        ] {
            assert!(
                !pieces(text).iter().any(|piece| matches!(piece, Link(_))),
                "{text}"
            );
        }
    }
}
