use std::{fs::File, io, sync::Arc};

use callreel_protocol::RecordingId;

use super::{Form, Kind, Spool, patches};
use crate::read_at::read_at;

/// A recording as it is played: a file of which any part can be read.
#[derive(Clone, Debug)]
pub struct MediaReader(Arc<Source>);

#[derive(Debug)]
struct Source {
    media: File,
    len: u64,
    form: Option<OpenForm>,
}

#[derive(Debug)]
struct OpenForm {
    form: Form,
    file: File,
    head_at: u64,
    log: Option<File>,
}

impl MediaReader {
    /// The first `len` bytes of the media as they were sent.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn original(spool: &Spool, id: RecordingId, len: u64) -> io::Result<Self> {
        let media = File::open(spool.path(id, Kind::Media))?;
        Ok(Self(Arc::new(Source {
            media,
            len,
            form: None,
        })))
    }

    /// The seekable form.
    ///
    /// # Errors
    ///
    /// The disk's; `NotFound` or `InvalidData` where the form must be made again.
    pub fn seekable(spool: &Spool, id: RecordingId) -> io::Result<Self> {
        let media = File::open(spool.path(id, Kind::Media))?;
        let file = File::open(spool.path(id, Kind::Head))?;
        let (form, head_at) = Form::read(&file)?;
        let media_len = media.metadata()?.len();
        if form.ranges.iter().any(|range| range.end > media_len) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let log = match form.patches {
            0 => None,
            _ => Some(File::open(spool.path(id, Kind::Patches))?),
        };
        // It is being made again, or that was interrupted.
        let is_short =
            |log: &File| Ok::<_, io::Error>(log.metadata()?.len() < patches::size(form.patches));
        if log.as_ref().map_or(Ok(false), is_short)? {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let len = form.size();
        let form = Some(OpenForm {
            form,
            file,
            head_at,
            log,
        });
        Ok(Self(Arc::new(Source { media, len, form })))
    }

    /// Bytes of the whole.
    pub fn len(&self) -> u64 {
        self.0.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// Reads bytes from `offset` on, fewer than asked for where a piece ends.
    ///
    /// # Errors
    ///
    /// The disk's.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.0.len.saturating_sub(offset);
        let limit = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let buffer = &mut buffer[..limit];
        match &self.0.form {
            None => read_at(&self.0.media, buffer, offset),
            Some(form) => form.read_at(&self.0.media, buffer, offset),
        }
    }
}

impl OpenForm {
    fn read_at(&self, media: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset < self.form.head {
            let left = limited(buffer, self.form.head - offset);
            return read_at(&self.file, left, self.head_at + offset);
        }
        let mut passed = self.form.head;
        for range in &self.form.ranges {
            let len = range.end - range.start;
            if offset < passed + len {
                let at = range.start + (offset - passed);
                let buffer = limited(buffer, range.end - at);
                let read = read_at(media, buffer, at)?;
                self.patch(&mut buffer[..read], at)?;
                return Ok(read);
            }
            passed += len;
        }
        Ok(0)
    }

    fn patch(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        if let Some(log) = &self.log {
            patches::apply(log, self.form.patches, at, buffer)?;
        }
        self.form.tail().for_each(|entry| entry.apply(at, buffer));
        Ok(())
    }
}

fn limited(buffer: &mut [u8], len: u64) -> &mut [u8] {
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(buffer.len());
    &mut buffer[..len]
}
