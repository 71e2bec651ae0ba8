//! What a candidate of ICE says: its line (RFC 8839, section 5.1) and its priority (RFC 8445,
//! section 5.1.2.1).

/// A way to be reached, read from its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Alike for candidates that are found in the same way.
    pub foundation: String,
    /// 1 to 256; 1 is RTP, and everything where both share a port.
    pub component: u16,
    /// `udp` or `tcp`, in small letters.
    pub transport: String,
    /// Larger is tried sooner.
    pub priority: Priority,
    /// An IP address, or a name that hides one (`….local`).
    pub address: String,
    /// The port there.
    pub port: u16,
    /// How it was found.
    pub kind: Kind,
    /// The address and port behind it, for all but hosts.
    pub related: Option<(String, u16)>,
    /// `active`, `passive` or `so`, over TCP (RFC 6544, section 4.5).
    pub tcp_type: Option<String>,
}

/// How a candidate was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An address of the machine itself.
    Host,
    /// The address that a STUN server sees.
    ServerReflexive,
    /// The address that the other side sees.
    PeerReflexive,
    /// An address of a TURN server, which passes everything on.
    Relayed,
    /// Something newer, by its name in the line.
    Other(String),
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "host" => Self::Host,
            "srflx" => Self::ServerReflexive,
            "prflx" => Self::PeerReflexive,
            "relay" => Self::Relayed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its name in the line.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relayed => "relay",
            Self::Other(name) => name,
        }
    }
}

/// A priority: 2²⁴ × type preference + 2⁸ × local preference + (256 − component).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(pub u32);

impl Priority {
    /// How much this type of candidate is preferred: 0 to 126 by the specification, 0 to 255 in
    /// what is read.
    #[must_use]
    pub const fn type_preference(self) -> u32 {
        self.0 >> 24
    }

    /// How much this address is preferred among those of its type: 0 to 65,535.
    #[must_use]
    pub const fn local_preference(self) -> u32 {
        self.0 >> 8 & 0xffff
    }

    /// The component, as the priority has it: 1 to 256.
    #[must_use]
    pub const fn component(self) -> u32 {
        256 - (self.0 & 0xff)
    }
}

impl Candidate {
    /// Reads a candidate's line, with `a=` in front of it or without; `None` where it is none.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        let line = line.strip_prefix("a=").unwrap_or(line);
        let mut words = line.strip_prefix("candidate:")?.split(' ');
        let foundation = words.next().filter(|word| !word.is_empty())?.to_owned();
        let component = words.next()?.parse().ok()?;
        if !(1..=256).contains(&component) {
            return None;
        }
        let transport = words.next()?.to_ascii_lowercase();
        let priority = Priority(words.next()?.parse().ok()?);
        let address = words.next().filter(|word| !word.is_empty())?.to_owned();
        let port = words.next()?.parse().ok()?;
        if words.next()? != "typ" {
            return None;
        }
        let kind = Kind::of(words.next().filter(|word| !word.is_empty())?);
        let (mut from, mut from_port, mut tcp_type) = (None, None, None);
        // What follows are pairs of a name and a value, some of them known.
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            match name {
                "raddr" => from = Some(value.to_owned()),
                "rport" => from_port = value.parse().ok(),
                "tcptype" => tcp_type = Some(value.to_owned()),
                _ => {}
            }
        }
        Some(Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            related: from.zip(from_port),
            tcp_type,
        })
    }
}
