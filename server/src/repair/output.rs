use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread;

use callreel_webm::{Layout, Part, Patch};

use super::RepairError;
use crate::read_at::read_at;

/// Bytes copied at once, and where in the output copies begin: the system keeps each in memory of
/// one piece where it finds some. With less it works more, with more it has to search.
const COPY: usize = 256 << 10;
/// Copies that are read ahead of the one that is written.
const AHEAD: usize = 4;

/// The output before it is whole: removed unless published.
#[must_use = "the file is removed when this is dropped"]
pub(super) struct Output<'l> {
    file: File,
    path: PathBuf,
    layout: &'l Layout,
}

impl<'l> Output<'l> {
    /// Makes the file under another name, and takes its room on the disk.
    pub fn beside(output: &Path, layout: &'l Layout) -> io::Result<Self> {
        let mut name = OsString::from(".");
        name.push(output.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let path = output.with_file_name(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let output = Self { file, path, layout };
        reserve(&output.file, layout.len)?;
        Ok(output)
    }

    /// Writes all parts, those of the input as they are. Where nothing waits for a disk, reading takes
    /// nearly as long as writing, so another thread does it.
    pub fn write(&mut self, input: &File) -> io::Result<()> {
        let (filled, pieces) = sync_channel(AHEAD);
        let (used, free) = channel();
        for _ in 0..AHEAD {
            let _ = used.send(Vec::with_capacity(COPY));
        }
        let (file, layout) = (&mut self.file, self.layout);
        // Both ends are given away, so that whoever fails lets the other one end.
        thread::scope(move |scope| {
            scope.spawn(move || read_ahead(input, layout, &free, &filled));
            for part in &layout.parts {
                match part {
                    Part::Bytes(bytes) => file.write_all(bytes)?,
                    Part::Original(range) => {
                        let mut left = range.end - range.start;
                        while left > 0 {
                            let piece = next(&pieces)?;
                            file.write_all(&piece)?;
                            left -= piece.len() as u64;
                            // The reader is gone once it has read everything.
                            let _ = used.send(piece);
                        }
                    }
                }
            }
            Ok(())
        })
    }

    /// Applies a patch of the input to what of it was written.
    pub fn place(&mut self, patch: &Patch) -> io::Result<()> {
        let Some(offset) = output_offset(self.layout, patch.offset) else {
            return Ok(());
        };
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(&patch.bytes)
    }

    /// Gives the file its name, unless another got it meanwhile.
    pub fn publish(self, output: &Path) -> Result<(), RepairError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => RepairError::OutputExists(output.to_owned()),
            _ => RepairError::Io(output.to_owned(), error),
        };
        // A rename would replace what is there; a link does not, but not every disk has links.
        match fs::hard_link(&self.path, output) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                if fs::symlink_metadata(output).is_ok() {
                    return Err(RepairError::OutputExists(output.to_owned()));
                }
                fs::rename(&self.path, output).map_err(failed)
            }
            linked => linked.map_err(failed),
        }
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Takes a file's room on the disk at once, where the system and the disk can: one that is too full
/// says so before anything is copied, and blocks that have their place are written in two thirds
/// of the time.
fn reserve(file: &File, len: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::{
            fs::{FallocateFlags, fallocate},
            io::Errno,
        };
        if let Err(full @ (Errno::NOSPC | Errno::DQUOT)) =
            fallocate(file, FallocateFlags::empty(), 0, len)
        {
            return Err(full.into());
        }
    }
    let _ = (file, len);
    Ok(())
}

fn next(pieces: &Receiver<io::Result<Vec<u8>>>) -> io::Result<Vec<u8>> {
    // A reader that ended without a word has panicked.
    pieces.recv().unwrap_or(Err(io::ErrorKind::Other.into()))
}

/// Reads what of the input is in the layout, in pieces that end where copies in the output do.
fn read_ahead(
    input: &File,
    layout: &Layout,
    free: &Receiver<Vec<u8>>,
    filled: &SyncSender<io::Result<Vec<u8>>>,
) {
    let mut at = 0;
    for part in &layout.parts {
        let range = match part {
            Part::Bytes(bytes) => {
                at += bytes.len() as u64;
                continue;
            }
            Part::Original(range) => range.clone(),
        };
        let mut from = range.start;
        while from < range.end {
            // Nobody takes or gives any more where writing failed.
            let Ok(piece) = free.recv() else { return };
            let wanted = (COPY as u64 - at % COPY as u64).min(range.end - from);
            let piece = read_piece(input, from, wanted as usize, piece);
            let len = piece.as_ref().map_or(0, |piece| piece.len() as u64);
            from += len;
            at += len;
            if filled.send(piece).is_err() || len == 0 {
                return;
            }
        }
    }
}

fn read_piece(input: &File, from: u64, wanted: usize, mut piece: Vec<u8>) -> io::Result<Vec<u8>> {
    piece.resize(wanted, 0);
    let read = read_at(input, &mut piece, from)?;
    if read == 0 {
        // The file was cut while it was read.
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    piece.truncate(read);
    Ok(piece)
}

/// Where a byte of the input went; `None` where it was left out.
fn output_offset(layout: &Layout, offset: u64) -> Option<u64> {
    let mut at = 0;
    for part in &layout.parts {
        match part {
            Part::Bytes(bytes) => at += bytes.len() as u64,
            Part::Original(range) if range.contains(&offset) => {
                return Some(at + offset - range.start);
            }
            Part::Original(range) => at += range.end - range.start,
        }
    }
    None
}
