//! `callreel repair`: makes a recorded WebM seekable, a truncated one too.
//!
//! The input is only read: once for its headers, with frames passed over, and once more to copy
//! them. Memory depends neither on its length nor on what is in it.

mod error;
mod follow;
mod output;
mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use callreel_webm::Patch;

pub use error::RepairError;
pub use follow::{FollowError, follow};
use output::Output;
pub use report::RepairReport;

/// Patches kept in memory, 24 bytes each; a file that needs more is read a second time.
const MAX_PATCHES: usize = 1 << 16;

/// Writes a seekable copy of `input` to `output`, or to `NAME.seekable.webm` beside the input.
///
/// # Errors
///
/// See [`RepairError`]. An output that is there already is never overwritten, and appears whole.
/// As with any copy, the system may keep it in memory for a while before the disk has it.
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
    let mut out = Output::beside(&output, &finished.layout).map_err(failed_out)?;
    out.write(&file).map_err(failed_out)?;
    let mut place = |patch: &Patch| out.place(patch);
    if patches.len() > MAX_PATCHES {
        follow(&file, len, &mut place).map_err(failed)?;
    }
    patches.iter().try_for_each(place).map_err(failed_out)?;
    out.publish(&output)?;
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
