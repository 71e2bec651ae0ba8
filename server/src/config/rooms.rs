//! Flags about rooms: how many people, and how they find a path to each other.

use std::{num::NonZeroU32, path::PathBuf, str::FromStr};

use callreel_protocol::{IcePolicy, IceServer};
use clap::{Args, ValueEnum};

use super::units::Span;

/// How people meet.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rooms")]
pub struct Rooms {
    /// Most people in a room
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_PEERS",
        default_value = "8",
        value_parser = clap::value_parser!(u32).range(1..=1000)
    )]
    pub max_peers: u32,

    /// Most rooms
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_ROOMS",
        default_value_t = 10_000
    )]
    pub max_rooms: usize,

    /// Most sockets of rooms; one address may have a quarter of them, and 64 in any case. A proxy on
    /// this machine may have all
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_SOCKETS",
        default_value_t = 20_000
    )]
    pub max_sockets: usize,

    /// Most messages in a second on a socket, four times as many at once; one of more than 4 KiB
    /// counts as several. One that records is not cut for more, but read no faster
    #[arg(
        long,
        value_name = "N",
        env = "CALLREEL_MAX_MESSAGE_RATE",
        default_value = "250"
    )]
    pub max_message_rate: NonZeroU32,

    /// How long a lost connection keeps its place in a room
    #[arg(
        long,
        value_name = "TIME",
        env = "CALLREEL_GRACE",
        default_value = "45s"
    )]
    pub grace: Span,

    /// STUN or TURN server for the participants: stun:HOST:PORT or turn:HOST:PORT,USER,PASSWORD.
    /// Repeat it, or separate several by spaces; without any, nothing leaves the local network
    #[arg(
        long,
        value_name = "URL",
        env = "CALLREEL_ICE_SERVER",
        value_delimiter = ' '
    )]
    pub ice_server: Vec<IceFlag>,

    /// TURN server that shares --turn-secret-file: turn:HOST:PORT or turns:HOST:PORT. Everybody
    /// gets a password that is good for a day
    #[arg(
        long,
        value_name = "URL",
        env = "CALLREEL_TURN",
        value_delimiter = ' ',
        requires = "turn_secret_file"
    )]
    pub turn: Vec<TurnUrl>,

    /// File with the secret of the --turn servers (coturn: static-auth-secret)
    #[arg(long, value_name = "FILE", env = "CALLREEL_TURN_SECRET_FILE")]
    pub turn_secret_file: Option<PathBuf>,

    /// Which paths participants take to each other: all of them, or only through a TURN server,
    /// so that nobody learns the others' addresses
    #[arg(
        long,
        value_name = "POLICY",
        env = "CALLREEL_ICE_POLICY",
        default_value = "all"
    )]
    pub ice_policy: Paths,
}

/// Which paths participants may take to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Paths {
    /// The best there is.
    All,
    /// Through a TURN server.
    Relay,
}

impl From<Paths> for IcePolicy {
    fn from(paths: Paths) -> Self {
        match paths {
            Paths::All => Self::All,
            Paths::Relay => Self::Relay,
        }
    }
}

/// A server with what it needs, from one word on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceFlag(pub IceServer);

impl FromStr for IceFlag {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ',');
        let url = parts.next().unwrap_or_default();
        // A password may contain commas.
        let (username, credential) = (parts.next(), parts.next());
        check(url, &["stun:", "stuns:", "turn:", "turns:"])
            .ok_or("an address such as stun:stun.example:3478 or turn:turn.example:3478")?;
        match (url.starts_with("turn"), username, credential) {
            (true, Some(user), Some(password)) if !user.is_empty() && !password.is_empty() => {}
            (true, ..) => return Err("TURN needs a user and a password: turn:HOST,USER,PASSWORD"),
            (false, None, None) => {}
            (false, ..) => return Err("STUN takes no user"),
        }
        Ok(Self(IceServer {
            urls: vec![url.to_owned()],
            username: username.map(str::to_owned),
            credential: credential.map(str::to_owned),
        }))
    }
}

/// The address of a TURN server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnUrl(pub String);

impl FromStr for TurnUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text, &["turn:", "turns:"])
            .map(|()| Self(text.to_owned()))
            .ok_or("an address such as turn:turn.example:3478?transport=udp")
    }
}

/// Whether this is an address as RFC 7064 and RFC 7065 have it, which a browser will take.
fn check(url: &str, schemes: &[&str]) -> Option<()> {
    let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme))?;
    let (host, query) = match rest.split_once('?') {
        Some((host, query)) => (host, Some(query)),
        None => (rest, None),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]_".contains(c);
    let is_known = |query| matches!(query, "transport=udp" | "transport=tcp");
    let takes_query = url.starts_with("turn");
    let is_fine = !host.is_empty()
        && host.chars().all(is_host)
        && query.is_none_or(|query| takes_query && is_known(query));
    is_fine.then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_with_their_passwords() {
        let flag = |text: &str| text.parse::<IceFlag>().map(|flag| flag.0);
        let stun = flag("stun:stun.example:3478").expect("it is one");
        assert_eq!((stun.username, stun.credential), (None, None));
        let turn = flag("turn:[2001:db8::1]:3478?transport=udp,ann,pass,word").expect("it is one");
        assert_eq!(turn.urls, ["turn:[2001:db8::1]:3478?transport=udp"]);
        assert_eq!(turn.username.as_deref(), Some("ann"));
        assert_eq!(turn.credential.as_deref(), Some("pass,word"));
        for wrong in [
            "",
            "stun:",
            "stun.example",
            "http://stun.example",
            "stun:a b",
            "stun:a?transport=udp",
            "stun:a,ann,secret",
            "turn:a",
            "turn:a,ann",
            "turn:a,ann,",
            "turn:a,,secret",
            "turn:a?transport=sctp,ann,secret",
            "turn:user@a,ann,secret",
        ] {
            assert!(flag(wrong).is_err(), "{wrong}");
        }
        assert!("turns:a:443?transport=tcp".parse::<TurnUrl>().is_ok());
        assert!("stun:a".parse::<TurnUrl>().is_err());
    }
}
