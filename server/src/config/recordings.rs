//! Flags about recordings: who may upload, how much, and how long it is kept.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};

use super::units::{Bytes, Span};

/// How recordings are taken and kept.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Recordings")]
pub struct Recordings {
    /// Who may upload: everybody, those with a token that the host signed, or nobody
    /// [default: open on a loopback address, elsewhere token with --auth-secret-file, else off]
    #[arg(long, value_name = "WHO", env = "CALLREEL_UPLOADS")]
    pub uploads: Option<Uploads>,

    /// File with the administrator's token, which opens every recording; at the end of a file with
    /// a secret, a newline does not count
    #[arg(long, value_name = "FILE", env = "CALLREEL_ADMIN_TOKEN_FILE")]
    pub admin_token_file: Option<PathBuf>,

    /// File with the secret that the host signs tokens with (JWT, HS256)
    #[arg(long, value_name = "FILE", env = "CALLREEL_AUTH_SECRET_FILE")]
    pub auth_secret_file: Option<PathBuf>,

    /// What acknowledged bytes survive: the loss of power (disk), or the end of the process alone
    #[arg(
        long,
        value_name = "WHAT",
        env = "CALLREEL_DURABILITY",
        default_value = "disk"
    )]
    pub durability: Durability,

    /// Most bytes of one recording
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_RECORDING_BYTES",
        default_value = "16GiB"
    )]
    pub max_recording_bytes: Bytes,

    /// Most bytes of one owner's recordings [default: as many as fit]
    #[arg(long, value_name = "N", env = "CALLREEL_MAX_OWNER_BYTES")]
    pub max_owner_bytes: Option<Bytes>,

    /// Most bytes of all recordings [default: as many as fit]
    #[arg(long, value_name = "N", env = "CALLREEL_MAX_TOTAL_BYTES")]
    pub max_total_bytes: Option<Bytes>,

    /// Most recordings of one owner, deleted ones that can be restored among them
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_OWNER_RECORDINGS",
        default_value_t = 100_000
    )]
    pub max_owner_recordings: u64,

    /// Most recordings
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_RECORDINGS",
        default_value_t = 1_000_000
    )]
    pub max_recordings: u64,

    /// Most recordings of one owner that are uploaded at the same time
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_OWNER_UPLOADS",
        default_value_t = 256
    )]
    pub max_owner_uploads: usize,

    /// Most recordings that are uploaded at the same time
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_UPLOADS",
        default_value_t = 1024
    )]
    pub max_uploads: usize,

    /// Most sockets that record, or are about to
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_RECORDING_SOCKETS",
        default_value_t = 2048
    )]
    pub max_recording_sockets: usize,

    /// Most requests in a second from one address, and of one owner; four times as many at once
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_REQUEST_RATE",
        default_value = "2000"
    )]
    pub max_request_rate: std::num::NonZeroU32,

    /// How long nothing comes before a recording counts as interrupted
    #[arg(
        long,
        value_name = "TIME",
        env = "CALLREEL_INTERRUPTED_AFTER",
        default_value = "15s"
    )]
    pub interrupted_after: Span,

    /// How long an interrupted upload can be resumed before it is finished as it is
    #[arg(
        long,
        value_name = "TIME",
        env = "CALLREEL_UPLOAD_EXPIRY",
        default_value = "24h"
    )]
    pub upload_expiry: Span,

    /// How long a deleted recording can be restored
    #[arg(
        long,
        value_name = "TIME",
        env = "CALLREEL_UNDO_WINDOW",
        default_value = "5m"
    )]
    pub undo_window: Span,

    /// How long recordings are kept, such as 30d, or off
    #[arg(
        long,
        value_name = "TIME",
        env = "CALLREEL_RETENTION",
        default_value = "off"
    )]
    pub retention: Retention,
}

/// Who may upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Uploads {
    /// Everybody.
    Open,
    /// Those with a token that the host signed, and the administrator.
    Token,
    /// Nobody.
    Off,
}

/// What acknowledged bytes survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// Loss of power: the disk has said that it has them.
    Disk,
    /// `kill -9` of the server: the operating system has them.
    Process,
}

/// How long recordings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(pub Option<Span>);

impl FromStr for Retention {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self(None)),
            _ => text.parse().map(|span| Self(Some(span))),
        }
    }
}
