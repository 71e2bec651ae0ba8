//! `callreel repair`: makes a recorded WebM seekable, a truncated one too.
//!
//! The input is only read: once for its headers, with frames passed over, and once more to copy
//! them. Memory depends neither on its length nor on what is in it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use callreel_webm::{Index, Layout, Part, Patch, Report, Track, TrackKind};

/// Bytes read at once: few enough to stay in the processor's cache.
const READ_MAX: usize = 64 << 10;
/// Bytes read at once behind a frame that was passed over: a page.
const READ_MIN: usize = 4 << 10;
/// To read a smaller frame takes less time than to pass over it.
const WORTH_SEEKING: u64 = 16 << 10;
/// Bytes copied at once, by two threads with three buffers: with fewer, the disk's cache is made
/// of smaller pieces.
const COPY_BUFFER: usize = 512 << 10;
const COPY_BUFFERS: usize = 3;
/// Patches kept in memory, 24 bytes each; a file that needs more is read a second time.
const MAX_PATCHES: usize = 1 << 16;

/// What was repaired, and how. `Display` tells it in a few lines.
#[derive(Debug)]
pub struct RepairReport {
    /// The seekable file.
    pub output: PathBuf,
    /// Its length in bytes.
    pub len: u64,
    /// Its duration in ms.
    pub duration_ms: f64,
    /// The tracks in it.
    pub tracks: Vec<Track>,
    /// What was found in the input.
    pub found: Report,
}

/// Why a file could not be repaired. Nothing is left behind then, and the input is untouched.
#[derive(Debug)]
pub enum RepairError {
    /// The input is a folder, a pipe or a device.
    NotAFile(PathBuf),
    /// The output is the input itself.
    OutputIsInput(PathBuf),
    /// The output is there already.
    OutputExists(PathBuf),
    /// The input is no WebM, or holds nothing to play.
    Unreadable(PathBuf, callreel_webm::Error),
    /// Reading or writing failed.
    Io(PathBuf, io::Error),
}

impl RepairError {
    /// The stable name of the error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAFile(_) => "not_a_file",
            Self::OutputIsInput(_) => "output_is_input",
            Self::OutputExists(_) => "output_exists",
            Self::Unreadable(_, error) => error.code(),
            Self::Io(..) => "io",
        }
    }
}

impl fmt::Display for RepairError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile(path) => write!(f, "{} is not a file", path.display()),
            Self::OutputIsInput(path) => {
                write!(f, "{} would be overwritten by itself", path.display())
            }
            Self::OutputExists(path) => write!(
                f,
                "{} is there already; choose another name",
                path.display()
            ),
            Self::Unreadable(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for RepairError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

/// Writes a seekable copy of `input` to `output`, or to `NAME.seekable.webm` beside the input.
///
/// # Errors
///
/// See [`RepairError`]. An output that is there already is never overwritten.
pub fn repair(input: &Path, output: Option<&Path>) -> Result<RepairReport, RepairError> {
    let failed_in = |error| RepairError::Io(input.to_owned(), error);
    let output = output.map_or_else(|| default_output(input), Path::to_owned);
    let file = File::open(input).map_err(failed_in)?;
    let metadata = file.metadata().map_err(failed_in)?;
    if !metadata.is_file() {
        return Err(RepairError::NotAFile(input.to_owned()));
    }
    check_output(input, &output)?;

    let len = metadata.len();
    let failed = |error| match error {
        FollowError::Io(error) => failed_in(error),
        FollowError::Webm(error) => RepairError::Unreadable(input.to_owned(), error),
    };
    let mut patches = Vec::new();
    let index = follow(&file, len, &mut |patch| {
        if patches.len() <= MAX_PATCHES {
            patches.push(*patch);
        }
        Ok(())
    })
    .map_err(failed)?;
    let finished = index.finish().map_err(|error| failed(error.into()))?;
    patches.extend_from_slice(&finished.patches);

    let failed_out = |error| RepairError::Io(output.clone(), error);
    let temporary = Temporary::beside(&output).map_err(failed_out)?;
    let out = &temporary.file;
    write(&file, &finished.layout, out).map_err(failed_out)?;
    let mut place = |patch: &Patch| place(patch, &finished.layout, out);
    if patches.len() > MAX_PATCHES {
        follow(&file, len, &mut place).map_err(failed)?;
    }
    patches.iter().try_for_each(place).map_err(failed_out)?;
    temporary.publish(&output)?;
    Ok(RepairReport {
        output,
        len: finished.layout.len,
        duration_ms: finished.layout.duration_ms,
        tracks: index.tracks().to_vec(),
        found: finished.report,
    })
}

fn default_output(input: &Path) -> PathBuf {
    let mut name = input.file_stem().unwrap_or_default().to_owned();
    name.push(".seekable.webm");
    input.with_file_name(name)
}

/// Refuses an output that exists, be it a link that leads nowhere.
fn check_output(input: &Path, output: &Path) -> Result<(), RepairError> {
    if fs::symlink_metadata(output).is_err() {
        return Ok(());
    }
    let same = match (fs::canonicalize(input), fs::canonicalize(output)) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    };
    Err(if same {
        RepairError::OutputIsInput(output.to_owned())
    } else {
        RepairError::OutputExists(output.to_owned())
    })
}

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
            let read = read_at(file, at, len, &mut buffer)?;
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
        let read = read_at(file, index.position(), len, &mut buffer[..window])?;
        index
            .push(&buffer[..read])?
            .iter()
            .try_for_each(&mut *each)?;
        window = (window * 2).min(READ_MAX);
    }
    Ok(())
}

/// Reads at least one byte from `at` on, and none at `len` or behind.
fn read_at(mut file: &File, at: u64, len: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let wanted = usize::try_from(len - at).map_or(buffer.len(), |left| left.min(buffer.len()));
    file.seek(SeekFrom::Start(at))?;
    loop {
        match file.read(&mut buffer[..wanted]) {
            // The file was cut while it was read.
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn write(file: &File, layout: &Layout, mut out: &File) -> io::Result<()> {
    for part in &layout.parts {
        match part {
            Part::Bytes(bytes) => out.write_all(bytes)?,
            Part::Original(range) => copy(file, range.start, range.end - range.start, out)?,
        }
    }
    Ok(())
}

/// Applies a patch of the input to the output.
fn place(patch: &Patch, layout: &Layout, mut out: &File) -> io::Result<()> {
    let Some(offset) = output_offset(layout, patch.offset) else {
        return Ok(());
    };
    out.seek(SeekFrom::Start(offset))?;
    out.write_all(&patch.bytes)
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

/// Copies a range to where the output ends. One thread reads while the other writes, which takes
/// two thirds of the time that `copy_file_range` does.
fn copy(file: &File, from: u64, len: u64, mut out: &File) -> io::Result<()> {
    let end = from + len;
    let (full, filled) = mpsc::sync_channel(COPY_BUFFERS);
    let (empty, to_fill) = mpsc::sync_channel(COPY_BUFFERS);
    for _ in 0..COPY_BUFFERS {
        // The channel has room for all of them.
        let _ = empty.send(vec![0; COPY_BUFFER]);
    }
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut at = from;
            // Without a writer there is nothing more to read.
            while at < end
                && let Ok(mut buffer) = to_fill.recv()
            {
                let read = read_at(file, at, end, &mut buffer);
                at += read.as_ref().map_or(end, |read| *read as u64);
                if full.send(read.map(|read| (buffer, read))).is_err() {
                    return;
                }
            }
        });
        for chunk in filled {
            let (buffer, read) = chunk?;
            out.write_all(&buffer[..read])?;
            let _ = empty.send(buffer);
        }
        Ok(())
    })
}

/// The output before it is whole: removed unless published.
#[must_use = "the file is removed when this is dropped"]
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    fn beside(output: &Path) -> io::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(output.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let path = output.with_file_name(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        Ok(Self { file, path })
    }

    /// Gives the file its name, unless another got it meanwhile.
    fn publish(self, output: &Path) -> Result<(), RepairError> {
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

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing to remove.
        let _ = fs::remove_file(&self.path);
    }
}

impl fmt::Display for RepairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = &self.found;
        writeln!(
            f,
            "{}: {} bytes, {}",
            self.output.display(),
            self.len,
            Clock(self.duration_ms)
        )?;
        for track in &self.tracks {
            match track.kind {
                TrackKind::Video => writeln!(
                    f,
                    "  video {} {}x{}",
                    track.codec_id, track.width, track.height
                )?,
                TrackKind::Audio => writeln!(
                    f,
                    "  audio {} {} Hz, {} channel(s)",
                    track.codec_id, track.sample_rate, track.channels
                )?,
                TrackKind::Other => writeln!(f, "  other {}", track.codec_id)?,
            }
        }
        writeln!(
            f,
            "  kept {} bytes of media: {} clusters, {} frames, {} key frames; {} index entries",
            found.kept_bytes, found.clusters, found.blocks, found.keyframes, found.cues
        )?;
        if found.dropped_bytes > 0 {
            writeln!(f, "  lost {} bytes", found.dropped_bytes)?;
        }
        if found.truncated {
            writeln!(f, "  the file ended in the middle of a frame")?;
        }
        if found.damages > 0 {
            writeln!(f, "  passed over {} damaged place(s)", found.damages)?;
        }
        if found.codec_delay_removed {
            writeln!(f, "  removed a codec delay that players refuse")?;
        }
        if found.tracks_removed > 0 {
            writeln!(
                f,
                "  left out {} track(s) without frames",
                found.tracks_removed
            )?;
        }
        if found.already_indexed {
            writeln!(f, "  the file was seekable before")?;
        }
        Ok(())
    }
}

/// Milliseconds as people read them.
struct Clock(f64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.max(0.0).round() as u64;
        let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
        let (seconds, rest) = (ms / 1000 % 60, ms % 1000);
        write!(f, "{hours}:{minutes:02}:{seconds:02}.{rest:03}")
    }
}
