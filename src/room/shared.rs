//! What people write and give to each other: plain values that are drawn.

use callreel_engine::call::Key;

use super::{
    receiving::Kept,
    state::{Side, State},
};

/// So many lines of the chat are kept.
const MAX_LINES: usize = 1_000;

/// A line of the chat.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Who wrote it; `None` is oneself.
    pub from: Option<String>,
    /// When, in ms since 1970.
    pub at_ms: f64,
    /// What.
    pub said: Said,
    /// Those to whom a line of one's own has not come yet, and its number among the lines to them.
    pub waits: Vec<(Key, u32)>,
    /// Nobody has got it so far: a text of one's own.
    pub unheard: bool,
}

/// What a line of the chat has.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// A text.
    Text(String),
    /// A file: with whom, whether it is one's own, and its number.
    File(Key, bool, u32),
}

/// A file between two people.
#[derive(Clone, PartialEq)]
pub struct SharedFile {
    /// With whom.
    pub key: Key,
    /// It is one's own.
    pub mine: bool,
    /// Its number, by its sender.
    pub number: u32,
    /// Its name: text, never a path.
    pub name: String,
    /// What the other one is called.
    pub with: String,
    /// In bytes.
    pub size: u64,
    /// Bytes that are there.
    pub done: u64,
    /// How it stands.
    pub stage: FileStage,
}

/// How a file stands.
#[derive(Clone, PartialEq)]
pub enum FileStage {
    /// It waits for a yes.
    Offered,
    /// The connection was lost while it moved: it waits for another yes.
    Interrupted,
    /// It is on its way.
    Moving,
    /// It has come, and can be saved.
    Kept(Kept),
    /// It is there.
    Sent,
    /// Somebody did not want it, or went.
    Cancelled,
    /// It did not come, and why.
    Failed(Failure),
}

impl FileStage {
    /// Whether it waits for a yes.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Offered | Self::Interrupted)
    }

    /// Whether there is anything to be done with it.
    fn is_wanted(&self) -> bool {
        self.waits() || matches!(self, Self::Moving | Self::Kept(_))
    }
}

/// Why a file did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What came is not what was sent.
    Damaged,
    /// The receiver's disk is full.
    DiskFull,
    /// The receiver's browser keeps no files for the page.
    NoPlace,
    /// The sender's file can't be read any more.
    Unreadable,
    /// Something else, in the browser's words.
    Other(String),
}

impl State {
    /// Adds a line to the chat; of so many the oldest give way, but no file that is still wanted.
    pub fn add_line(&mut self, from: Option<String>, at_ms: f64, said: Said) {
        if from.is_some() && self.side != Some(Side::Chat) {
            self.unread += 1;
        }
        let unheard = from.is_none() && matches!(said, Said::Text(_));
        self.chat.push(Line {
            from,
            at_ms,
            said,
            waits: Vec::new(),
            unheard,
        });
        if self.chat.len() <= MAX_LINES {
            return;
        }
        let files = &self.files;
        let is_over = |line: &Line| match line.said {
            Said::Text(_) => true,
            Said::File(key, mine, number) => !files
                .iter()
                .any(|f| (f.key, f.mine, f.number) == (key, mine, number) && f.stage.is_wanted()),
        };
        let oldest = self.chat.iter().position(is_over).unwrap_or(0);
        if let Said::File(key, mine, number) = self.chat.remove(oldest).said {
            let is = |f: &SharedFile| (f.key, f.mine, f.number) == (key, mine, number);
            self.files.retain(|file| !is(file));
        }
        self.chat_gone += 1;
    }

    /// One's own lines have come to this person, up to that number.
    pub fn lines_came(&mut self, key: Key, number: u32) {
        for line in &mut self.chat {
            let before = line.waits.len();
            line.waits.retain(|&(to, own)| to != key || own > number);
            line.unheard &= line.waits.len() == before;
        }
    }

    /// This person went: nothing comes to them any more.
    pub fn lines_missed(&mut self, key: Key) {
        for line in &mut self.chat {
            line.waits.retain(|&(to, _)| to != key);
        }
    }

    /// The call is over: what was said goes, and what came and can be saved stays.
    pub fn forget_talk(&mut self) {
        let files = std::mem::take(&mut self.files);
        let kept = |file: &SharedFile| matches!(file.stage, FileStage::Kept(_));
        self.received.extend(files.into_iter().filter(kept));
        self.chat.clear();
        (self.chat_gone, self.unread, self.files_to) = (0, 0, None);
    }
}
