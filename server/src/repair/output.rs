use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use callreel_webm::{Layout, Part, Patch};

use super::RepairError;
use crate::read_at::read_at;

/// Bytes copied at once, and where in the output copies begin: the system keeps each in memory of
/// one piece where it finds some. With less it works more, with more it has to search.
const COPY: usize = 256 << 10;

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

    /// Writes all parts, those of the input as they are.
    pub fn write(&mut self, input: &File) -> io::Result<()> {
        let mut buffer = vec![0; COPY];
        let mut at = 0;
        for part in &self.layout.parts {
            match part {
                Part::Bytes(bytes) => {
                    self.file.write_all(bytes)?;
                    at += bytes.len() as u64;
                }
                Part::Original(range) => {
                    copy(input, range.clone(), &mut self.file, at, &mut buffer)?;
                    at += range.end - range.start;
                }
            }
        }
        Ok(())
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

/// Copies a range to where the output ends, which is at `at`.
fn copy(
    input: &File,
    range: Range<u64>,
    out: &mut File,
    at: u64,
    buffer: &mut [u8],
) -> io::Result<()> {
    let mut from = range.start;
    while from < range.end {
        let behind = (at + (from - range.start)) % buffer.len() as u64;
        let wanted = (buffer.len() as u64 - behind).min(range.end - from) as usize;
        let read = read_at(input, &mut buffer[..wanted], from)?;
        if read == 0 {
            // The file was cut while it was read.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        out.write_all(&buffer[..read])?;
        from += read as u64;
    }
    Ok(())
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
