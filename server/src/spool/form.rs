use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Write},
    ops::Range,
};

use serde::{Deserialize, Serialize};

use super::patches::Entry;

const MAGIC: &str = "callreel head 1";
/// No description is longer (bytes): a damaged recording has at most 4096 pieces.
const MAX_DESCRIPTION: u64 = 1 << 20;

/// How a spooled recording is served so that it seeks: a new head, then pieces of the spooled
/// file, with some bytes changed on the way.
///
/// Its file has three parts: a line that says what it is, a line of JSON, and the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// Bytes of the head.
    pub head: u64,
    /// What of the spooled file follows it.
    pub ranges: Vec<Range<u64>>,
    /// Entries of the patch log that belong to it.
    pub patches: u64,
    /// Patches besides: those of a cluster that was open when this was written.
    tail: Vec<(u64, Vec<u8>)>,
    /// Milliseconds.
    pub duration_ms: f64,
}

impl Form {
    pub(super) fn new(
        head: &[u8],
        ranges: Vec<Range<u64>>,
        patches: u64,
        tail: &[Entry],
        duration_ms: f64,
    ) -> Self {
        let tail = tail.iter().map(|it| (it.offset, it.bytes().to_vec()));
        Self {
            head: head.len() as u64,
            ranges,
            patches,
            tail: tail.collect(),
            duration_ms,
        }
    }

    /// Bytes of the whole.
    pub fn size(&self) -> u64 {
        let ranges: u64 = self.ranges.iter().map(|it| it.end - it.start).sum();
        self.head + ranges
    }

    pub(super) fn tail(&self) -> impl Iterator<Item = Entry> {
        self.tail
            .iter()
            .filter_map(|(at, bytes)| Entry::new(*at, bytes))
    }

    pub(super) fn write(&self, head: &[u8], mut to: impl Write) -> io::Result<()> {
        let description = serde_json::to_string(self)?;
        to.write_all(format!("{MAGIC}\n{description}\n").as_bytes())?;
        to.write_all(head)
    }

    /// Reads a form, and where in the file its head begins.
    ///
    /// # Errors
    ///
    /// The disk's; `InvalidData` where the file is no form, or not a whole one.
    pub(super) fn read(file: &File) -> io::Result<(Self, u64)> {
        let len = file.metadata()?.len();
        let mut lines = BufReader::new(file.take(MAX_DESCRIPTION));
        let (mut magic, mut description) = (String::new(), String::new());
        lines.read_line(&mut magic)?;
        if magic.trim_end() != MAGIC {
            return Err(io::ErrorKind::InvalidData.into());
        }
        lines.read_line(&mut description)?;
        let invalid = |_| io::Error::from(io::ErrorKind::InvalidData);
        let form: Self = serde_json::from_str(&description).map_err(invalid)?;
        let head_at = (magic.len() + description.len()) as u64;
        let is_sound = form.ranges.iter().all(|range| range.start <= range.end);
        if head_at + form.head != len || !is_sound {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok((form, head_at))
    }
}
