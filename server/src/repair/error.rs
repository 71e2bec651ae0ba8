use std::fmt;
use std::io;
use std::path::PathBuf;

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
