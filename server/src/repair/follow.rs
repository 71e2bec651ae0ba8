//! Reads a file's headers and passes over its frames.

use std::fs::File;
use std::io;

use callreel_webm::{Index, Patch};

use crate::read_at::read_at;

/// Bytes read at once: few enough to stay in the processor's cache.
const READ_MAX: usize = 64 << 10;
/// Bytes read at once behind a frame that was passed over: a packet of sound, and the header of
/// the picture behind it.
const READ_MIN: usize = 1 << 10;
/// To read a smaller frame takes less time than to pass over it.
const WORTH_SEEKING: u64 = 4 << 10;

/// Why a file could not be followed.
#[derive(Debug)]
pub enum FollowError {
    /// Reading failed, or what was to be done with a patch did.
    Io(io::Error),
    /// The file is none that can be read.
    Webm(callreel_webm::Error),
}

impl From<io::Error> for FollowError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<callreel_webm::Error> for FollowError {
    fn from(error: callreel_webm::Error) -> Self {
        Self::Webm(error)
    }
}

/// Indexes the first `len` bytes of a file that does not grow any more, and passes over what need
/// not be read. `each` gets the patches as they are found.
///
/// # Errors
///
/// See [`FollowError`].
pub fn follow(
    file: &File,
    len: u64,
    each: &mut impl FnMut(&Patch) -> io::Result<()>,
) -> Result<Index, FollowError> {
    let mut index = Index::new();
    let mut buffer = vec![0; READ_MAX];
    follow_on(file, len, &mut index, &mut buffer, each)?;
    // A damaged size may have swallowed the rest of the file: then there are clusters behind it.
    loop {
        let mut doubting = index.clone();
        let Some((mut at, mut patches)) = doubting.reread_tail() else {
            return Ok(index);
        };
        while doubting.is_searching() {
            if at >= len {
                return Ok(index);
            }
            let read = read(file, at, len, &mut buffer)?;
            patches.extend(doubting.push(&buffer[..read])?);
            at += read as u64;
        }
        index = doubting;
        patches.iter().try_for_each(&mut *each)?;
        follow_on(file, len, &mut index, &mut buffer, each)?;
    }
}

/// Follows a file from where its index is to the end.
fn follow_on(
    file: &File,
    len: u64,
    index: &mut Index,
    buffer: &mut [u8],
    each: &mut impl FnMut(&Patch) -> io::Result<()>,
) -> Result<(), FollowError> {
    let mut window = READ_MAX;
    while index.position() < len {
        let skippable = index.skippable().min(len - index.position());
        if skippable >= WORTH_SEEKING {
            index.skip(skippable);
            window = READ_MIN;
            continue;
        }
        let read = read(file, index.position(), len, &mut buffer[..window])?;
        index
            .push(&buffer[..read])?
            .iter()
            .try_for_each(&mut *each)?;
        window = (window * 2).min(READ_MAX);
    }
    Ok(())
}

/// Reads at least one byte from `at` on, and none at `len` or behind.
fn read(file: &File, at: u64, len: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let wanted = usize::try_from(len - at).map_or(buffer.len(), |left| left.min(buffer.len()));
    match read_at(file, &mut buffer[..wanted], at)? {
        // The file was cut while it was read.
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        read => Ok(read),
    }
}
