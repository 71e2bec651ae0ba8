use std::fmt;

/// Why a file can't be read on, or be finished.
///
/// Damage after the first whole cluster is not an error: what came before is kept, and
/// [`Report`](crate::Report) tells the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes don't begin with an EBML header whose DocType is `webm` or `matroska`.
    NotWebm,
    /// The EBML header, Info or Tracks are damaged.
    Malformed,
    /// The EBML header, Info or Tracks are larger than any recorder's (over 1 MiB).
    HeaderTooLarge,
    /// The file ends, or its clusters begin, before its Tracks.
    NoTracks,
    /// There is no whole block in the file: nothing to play.
    NoMedia,
    /// A recorder of the same take came with another codec, channel count or track.
    CodecChanged,
    /// A recorder of the same take counts time in another unit.
    TimescaleChanged,
}

impl Error {
    /// The stable name of the error, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotWebm => "not_webm",
            Self::Malformed => "malformed",
            Self::HeaderTooLarge => "header_too_large",
            Self::NoTracks => "no_tracks",
            Self::NoMedia => "no_media",
            Self::CodecChanged => "codec_changed",
            Self::TimescaleChanged => "timescale_changed",
        }
    }

    /// What happened, for people.
    pub fn message(self) -> &'static str {
        match self {
            Self::NotWebm => "this is not a WebM or Matroska file",
            Self::Malformed => "the beginning of the file is damaged",
            Self::HeaderTooLarge => "the beginning of the file is larger than it can rightly be",
            Self::NoTracks => "the file ends before it says what is in it",
            Self::NoMedia => "there is no whole picture or sound in the file",
            Self::CodecChanged => "the recording goes on in another format",
            Self::TimescaleChanged => "the recording goes on in another unit of time",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}
