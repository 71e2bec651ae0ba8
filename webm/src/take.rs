use crate::source::Source;
use crate::{Error, Finished, Index, Patch};

/// What is to be done to a take's file: first the bytes appended, then the patches applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Write {
    /// Bytes that go to the end of the file.
    pub append: Vec<u8>,
    /// Bytes to overwrite, all in front of what is appended.
    pub patches: Vec<Patch>,
}

/// How a recorder's output went on from the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Join {
    /// Where the recorder's time 0 came to lie on the take's timeline, in ms.
    pub at_ms: f64,
    /// Milliseconds from the end of the last picture before to the first after; below zero where
    /// they overlap, `None` where one of them is not there.
    pub video_gap_ms: Option<f64>,
    /// The same for sound.
    pub audio_gap_ms: Option<f64>,
}

/// Grows one file out of one or more recorders' outputs: a take whose devices change.
///
/// The first recorder's bytes become the file unchanged. Those of the next follow as clusters
/// with moved timestamps. Less than 64 bytes are held back, besides what precedes a recorder's
/// first cluster; so a file cut off at any moment has all whole blocks in it.
#[derive(Debug, Clone)]
pub struct TakeWriter {
    index: Index,
    source: Source,
    joins: Vec<Join>,
}

impl Default for TakeWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl TakeWriter {
    /// A take of which nothing is recorded yet.
    pub fn new() -> Self {
        Self {
            index: Index::new(),
            source: Source::new(None),
            joins: Vec::new(),
        }
    }

    /// Takes the current recorder's next bytes.
    ///
    /// # Errors
    ///
    /// [`Error::CodecChanged`] and [`Error::TimescaleChanged`] where a later recorder's output
    /// can't be joined to the first's, [`Error::Malformed`] where it is damaged, and what
    /// [`Index::push`] returns. Every later push of that recorder returns the same. The file so
    /// far stays good: finish it, and begin another take.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Write, Error> {
        let mut append = Vec::with_capacity(chunk.len() + 64);
        let read = self.source.read(chunk, &mut append, &self.index);
        // Whole blocks in front of damage are not lost; the error comes again with the next push.
        if append.is_empty() {
            read?;
        }
        self.write(append)
    }

    fn write(&mut self, mut append: Vec<u8>) -> Result<Write, Error> {
        let base = self.index.position();
        let mut patches = self.index.push(&append)?;
        patches.retain(|patch| {
            let Some(at) = patch.offset.checked_sub(base) else {
                return true;
            };
            let at = at as usize;
            if let Some(slot) = append.get_mut(at..at + patch.bytes.len()) {
                slot.copy_from_slice(&patch.bytes);
            }
            false
        });
        Ok(Write { append, patches })
    }

    /// Drops blocks of the current recorder whose time is at or after `at_ms` (ms on the take's
    /// timeline) from here on; what was pushed before stays.
    pub fn cut(&mut self, at_ms: f64) {
        self.source.cut(at_ms);
    }

    /// The bytes that follow come from a new recorder, whose time 0 is `at_ms` on the take's
    /// timeline. Where that lies before what is there already, the new part is moved behind it;
    /// where it would leave a hole in the sound shorter than a packet, it is moved up to it.
    ///
    /// Before the first recorder's first cluster, the new recorder simply takes its place, and
    /// its time 0 is the take's.
    ///
    /// # Errors
    ///
    /// What [`push`](Self::push) returned if the file can't be read.
    pub fn next_part(&mut self, at_ms: f64) -> Result<Write, Error> {
        self.joins.extend(self.source.join());
        if !self.index.has_clusters() {
            self.source = Source::new(None);
            return Ok(Write::default());
        }
        self.source = Source::new(Some(at_ms));
        Ok(Write {
            append: Vec::new(),
            patches: self.index.seal(),
        })
    }

    /// The index of the file as it grows.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// How each later recorder went on from the one before it.
    pub fn joins(&self) -> Vec<Join> {
        let current = self.source.join();
        self.joins.iter().copied().chain(current).collect()
    }

    /// Finishes the file up to the last whole block.
    ///
    /// # Errors
    ///
    /// As [`Index::finish`].
    pub fn finish(&mut self) -> Result<Finished, Error> {
        self.index.finish()
    }
}
