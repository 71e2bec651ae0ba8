use std::{fs::File, io, sync::Arc};

use bytes::Bytes;
use callreel_protocol::RecordingId;
use callreel_webm::{Index, Part, TrackKind};

use super::{
    Form, Kind, Spool,
    patches::{Entry, PatchLog},
};
use crate::{
    read_at::read_at,
    repair::{self, FollowError},
};

/// Follows the bytes of one recording as they are spooled, and knows at any moment how to make
/// what there is seekable. Bytes that are no WebM are only counted.
#[derive(Debug)]
pub struct Indexer {
    /// None where the bytes are no WebM, or so strange that they are best left alone.
    index: Option<Index>,
    patches: PatchLog,
    /// The first bytes, by which other formats are told.
    first: Vec<u8>,
}

/// Bytes that tell a format.
const FIRST: usize = 16;

impl Indexer {
    /// For a recording of which nothing is spooled yet.
    pub fn new(spool: &Spool, id: RecordingId) -> Self {
        Self {
            index: Some(Index::new()),
            patches: PatchLog::new(spool.path(id, Kind::Patches)),
            first: Vec::with_capacity(FIRST),
        }
    }

    /// For a recording that is in the spool already. Frames are passed over, so this takes about
    /// as long as reading the headers between them.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn of(spool: &Spool, id: RecordingId, media: &File, len: u64) -> io::Result<Self> {
        let mut patches = PatchLog::new(spool.path(id, Kind::Patches));
        let followed = repair::follow(media, len, &mut |patch| {
            patches.add([*patch]);
            Ok(())
        });
        let index = match followed {
            Ok(index) => Some(index),
            Err(FollowError::Webm(_)) => None,
            Err(FollowError::Io(error)) => return Err(error),
        };
        let mut first = vec![0; FIRST];
        let read = read_at(media, &mut first, 0)?;
        first.truncate(read);
        Ok(Self {
            index,
            patches,
            first,
        })
    }

    /// Takes the first `len` bytes of what was spooled just now.
    pub fn push(&mut self, batch: &[Bytes], mut len: usize) {
        let missing = FIRST.saturating_sub(self.first.len());
        let first = batch.iter().flatten().take(missing.min(len));
        self.first.extend(first);
        let Some(index) = &mut self.index else {
            return;
        };
        for bytes in batch {
            let bytes = &bytes[..len.min(bytes.len())];
            len -= bytes.len();
            match index.push(bytes) {
                Ok(patches) => self.patches.add(patches),
                Err(_) => {
                    self.index = None;
                    return;
                }
            }
        }
    }

    /// The index, where the bytes are WebM.
    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    /// What the bytes are, where they tell.
    pub fn media_type(&self) -> Option<&'static str> {
        if let Some(index) = &self.index {
            let mut tracks = index.tracks().iter().peekable();
            tracks.peek()?;
            let has_video = tracks.any(|track| track.kind == TrackKind::Video);
            return Some(if has_video {
                "video/webm"
            } else {
                "audio/webm"
            });
        }
        match self.first.as_slice() {
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
            [b'O', b'g', b'g', b'S', ..] => Some("audio/ogg"),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'A',
                b'V',
                b'E',
                ..,
            ] => Some("audio/wav"),
            _ => None,
        }
    }

    /// Milliseconds so far, where the bytes tell.
    pub fn duration_ms(&self) -> Option<u64> {
        let index = self.index.as_ref()?;
        let duration = index.duration_ms();
        (duration > 0.0).then(|| duration.round() as u64)
    }

    /// How what there is so far becomes seekable. None where it can only be played as it is.
    pub fn form(&self) -> Option<NewForm> {
        let finished = self.index.as_ref()?.finish().ok()?;
        let log = self.patches.state()?;
        let last = finished.patches.iter();
        let last = last.filter_map(|patch| Entry::new(patch.offset, &patch.bytes));
        let tail: Vec<_> = log.held.iter().copied().chain(last).collect();

        let mut parts = finished.layout.parts.into_iter();
        let Some(Part::Bytes(head)) = parts.next() else {
            return None;
        };
        let ranges = parts.filter_map(|part| match part {
            Part::Original(range) => Some(range),
            Part::Bytes(_) => None,
        });
        let duration_ms = finished.layout.duration_ms;
        let form = Form::new(&head, ranges.collect(), log.written, &tail, duration_ms);
        Some(NewForm {
            form,
            head,
            log: log.file,
        })
    }
}

/// A form that is not written yet.
#[derive(Debug)]
pub struct NewForm {
    form: Form,
    head: Vec<u8>,
    log: Option<Arc<File>>,
}

impl NewForm {
    /// Writes it beside the recording. Blocks.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn write(&self, spool: &Spool, id: RecordingId) -> io::Result<()> {
        if let Some(log) = &self.log {
            spool.sync(log)?;
        }
        spool.replace(id, Kind::Head, |file| self.form.write(&self.head, file))
    }
}
