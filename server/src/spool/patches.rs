//! The patches of a recording on the disk: 24 bytes each, in the order of their offsets, so that
//! those of any range are found without reading the others. There may be one for every frame of
//! a strange file, far more than fit in memory.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
};

use callreel_webm::Patch;

use crate::read_at::read_at;

/// Bytes of an entry: offset, length, up to twelve bytes, padding.
const ENTRY: usize = 24;
/// Patches of a cluster come in any order, and recorders have one or two of them.
const WINDOW: usize = 64;

/// Bytes of a log with so many entries.
pub(super) const fn size(entries: u64) -> u64 {
    entries.saturating_mul(ENTRY as u64)
}

/// A patch as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub offset: u64,
    len: u8,
    bytes: [u8; 12],
}

impl Entry {
    pub fn new(offset: u64, patch: &[u8]) -> Option<Self> {
        let mut bytes = [0; 12];
        bytes.get_mut(..patch.len())?.copy_from_slice(patch);
        Some(Self {
            offset,
            len: patch.len() as u8,
            bytes,
        })
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn encode(&self) -> [u8; ENTRY] {
        let mut entry = [0; ENTRY];
        entry[..8].copy_from_slice(&self.offset.to_le_bytes());
        entry[8] = self.len;
        entry[9..21].copy_from_slice(&self.bytes);
        entry
    }

    fn decode(entry: &[u8; ENTRY]) -> Self {
        let (offset, rest) = entry.split_first_chunk().expect("an entry has 24 bytes");
        let (len, rest) = rest.split_first().expect("an entry has 24 bytes");
        let (bytes, _) = rest.split_first_chunk().expect("an entry has 24 bytes");
        Self {
            offset: u64::from_le_bytes(*offset),
            len: *len,
            bytes: *bytes,
        }
    }

    /// Changes what of these bytes, which begin at `at`, is to be changed.
    pub fn apply(&self, at: u64, buffer: &mut [u8]) {
        for (place, byte) in (self.offset..).zip(self.bytes()) {
            let index = place
                .checked_sub(at)
                .and_then(|it| usize::try_from(it).ok());
            if let Some(target) = index.and_then(|index| buffer.get_mut(index)) {
                *target = *byte;
            }
        }
    }
}

/// Writes patches down as an index finds them.
#[derive(Debug)]
pub(super) struct PatchLog {
    path: PathBuf,
    /// Made with the first patch: the client's own uploads have none.
    file: Option<Arc<File>>,
    /// The last few, in order: another may still come before one of them.
    held: Vec<Entry>,
    written: u64,
    /// The offset of the last that was written.
    last: u64,
    /// One came too late, or the disk did not take one.
    hopeless: bool,
}

/// What is in a log at one moment.
#[derive(Debug)]
pub(super) struct LogState<'l> {
    pub file: Option<Arc<File>>,
    /// Patches in the file.
    pub written: u64,
    /// Those that are not in it yet.
    pub held: &'l [Entry],
}

impl PatchLog {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            held: Vec::new(),
            written: 0,
            last: 0,
            hopeless: false,
        }
    }

    /// Takes patches as an index finds them.
    pub fn add(&mut self, patches: impl IntoIterator<Item = Patch>) {
        for patch in patches {
            let Some(entry) = Entry::new(patch.offset, &patch.bytes) else {
                continue;
            };
            let at = self
                .held
                .partition_point(|held| held.offset <= entry.offset);
            self.held.insert(at, entry);
            // Written by the half window, because each write is a call.
            if self.held.len() >= 2 * WINDOW {
                self.write_first(WINDOW);
            }
        }
    }

    fn write_first(&mut self, count: usize) {
        let rest = self.held.split_off(count);
        let ready = std::mem::replace(&mut self.held, rest);
        let first = ready.first().map_or(self.last, |entry| entry.offset);
        if first < self.last {
            self.hopeless = true;
        }
        self.last = ready.last().map_or(self.last, |entry| entry.offset);
        if let Err(error) = self.write(&ready) {
            tracing::warn!(%error, path = %self.path.display(), "patches could not be written");
            self.hopeless = true;
        }
    }

    /// What is in the log. None where patches are missing, so that the recording can't be made
    /// seekable from it.
    pub fn state(&self) -> Option<LogState<'_>> {
        (!self.hopeless).then(|| LogState {
            file: self.file.clone(),
            written: self.written,
            held: &self.held,
        })
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        if entries.is_empty() || self.hopeless {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                // Whoever is reading an older log goes on with the old file.
                let _ = fs::remove_file(&self.path);
                self.file.insert(Arc::new(File::create_new(&self.path)?))
            }
        };
        let bytes: Vec<u8> = entries.iter().flat_map(Entry::encode).collect();
        file.as_ref().write_all(&bytes)?;
        self.written += entries.len() as u64;
        Ok(())
    }
}

/// Applies the first `count` patches of a log to bytes that begin at `at`.
pub(super) fn apply(log: &File, count: u64, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    let end = at + buffer.len() as u64;
    // A patch that begins up to eleven bytes earlier reaches into them.
    let mut next = first_from(log, count, at.saturating_sub(11))?;
    while next < count {
        let entry = read(log, next)?;
        if entry.offset >= end {
            break;
        }
        entry.apply(at, buffer);
        next += 1;
    }
    Ok(())
}

/// The first entry with at least this offset.
fn first_from(log: &File, count: u64, offset: u64) -> io::Result<u64> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if read(log, middle)?.offset < offset {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn read(log: &File, at: u64) -> io::Result<Entry> {
    let mut entry = [0; ENTRY];
    read_exact_at(log, &mut entry, at * ENTRY as u64)?;
    Ok(Entry::decode(&entry))
}

fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match read_at(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
