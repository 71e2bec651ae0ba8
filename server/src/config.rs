//! The command line. Every flag is also an environment variable.

mod recordings;
mod rooms;
mod tls;
mod units;

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand};

pub use recordings::{Durability, Recordings, Retention, Uploads};
pub use rooms::Rooms;
pub use tls::Tls;
pub use units::{Bytes, Span};

/// `callreel [flags]`, or `callreel repair IN [-o OUT]`.
#[derive(Debug, Parser)]
#[command(
    name = "callreel",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
#[command(about = "Record yourself, your screen or a call in the browser, from one binary")]
#[command(
    after_help = "Without a command, callreel serves the app. Logs go to standard error; \
                        CALLREEL_LOG=debug shows more of them."
)]
pub struct Cli {
    /// Flags for serving.
    #[command(flatten)]
    pub config: Config,

    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the binary does besides serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a recorded WebM seekable, a truncated one too; the file itself stays as it is
    Repair {
        /// The recording
        #[arg(value_name = "IN")]
        input: PathBuf,
        /// Where to write the seekable copy; by default beside the recording
        #[arg(short, long, value_name = "OUT")]
        output: Option<PathBuf>,
    },
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// Address to listen on; port 0 picks a free one
    #[arg(
        long,
        value_name = "ADDR",
        env = "CALLREEL_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: String,

    /// How to speak: off (HTTP), self-signed (HTTPS with a certificate that is made for this
    /// machine's names and addresses), or CERT,KEY (HTTPS with these two files in PEM)
    #[arg(long, value_name = "HOW", env = "CALLREEL_TLS", default_value = "off")]
    pub tls: Tls,

    /// Folder for what the server keeps; made when there is something to keep
    #[arg(
        long,
        value_name = "DIR",
        env = "CALLREEL_DATA_DIR",
        default_value = "./data"
    )]
    pub data_dir: PathBuf,

    /// Origin whose pages may embed the app in a frame, upload and use the API, such as
    /// https://example.org; repeat it or separate several by commas
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "CALLREEL_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    pub allow_origin: Vec<Origin>,

    /// Origin of another server that this one's pages may be pointed at, which the content security
    /// policy forbids otherwise; repeat it or separate several by commas
    #[arg(
        long,
        value_name = "ORIGIN",
        env = "CALLREEL_CONNECT_ORIGIN",
        value_delimiter = ','
    )]
    pub connect_origin: Vec<Origin>,

    /// Flags about recordings.
    #[command(flatten)]
    pub recordings: Recordings,

    /// Flags about rooms.
    #[command(flatten)]
    pub rooms: Rooms,
}

/// A web origin: scheme, host and port, as a browser writes it in the `Origin` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = &'static str;

    /// Takes what can stand in a `Content-Security-Policy` without changing its meaning, and
    /// nothing else: a space or semicolon would add a directive.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let (scheme, host, own_port) = [("https://", ":443"), ("http://", ":80")]
            .into_iter()
            .find_map(|(scheme, port)| Some((scheme, text.strip_prefix(scheme)?, port)))
            .ok_or("an origin begins with https:// or http://")?;
        // Browsers leave out the port that the scheme has anyway (the URL standard, section 4.4).
        let host = host.strip_suffix(own_port).unwrap_or(host);
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if host.is_empty() || !host.chars().all(allowed) {
            return Err(
                "an origin is a scheme, a host and perhaps a port, such as https://example.org:8443",
            );
        }
        Ok(Self(format!("{scheme}{host}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for (text, origin) in [
            ("https://example.org", "https://example.org"),
            ("HTTPS://Example.org:8443/", "https://example.org:8443"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("https://example.org:443", "https://example.org"),
            ("http://[::1]:80/", "http://[::1]"),
            ("http://example.org:443", "http://example.org:443"),
            ("https://example.org:4430", "https://example.org:4430"),
        ] {
            assert_eq!(
                text.parse::<Origin>().as_ref().map(Origin::as_str),
                Ok(origin)
            );
        }
    }

    #[test]
    fn an_origin_cannot_carry_a_directive() {
        for text in [
            "https://a; script-src *",
            "https://a b",
            "*",
            "example.org",
            "https://",
            "https://a/b",
            "'self'",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text} was taken");
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
