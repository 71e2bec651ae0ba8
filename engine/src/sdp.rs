//! What an offer or an answer says of each medium (SDP, RFC 8866, as JSEP uses it, RFC 9429).

/// A media description: what begins with `m=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video` or `application` (data channels).
    pub kind: String,
    /// Nothing is sent or received: its port is 0, and it is in no bundle.
    pub rejected: bool,
    /// Names it (`a=mid`).
    pub mid: String,
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    pub direction: String,
    /// In the order of preference.
    pub codecs: Vec<Codec>,
}

/// A codec that is offered or taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codec {
    /// The number in the packets (payload type).
    pub number: String,
    /// Such as `VP8` or `opus`.
    pub name: String,
    /// Hz.
    pub clock_rate: String,
    /// The format's parameters (`a=fmtp`); perhaps "".
    pub parameters: String,
}

impl Codec {
    /// It carries no pictures or sound itself: it repairs, protects or fills in.
    #[must_use]
    pub fn is_helper(&self) -> bool {
        is_helper(&self.name)
    }
}

/// Whether a codec of this name, with its kind in front or not, only helps others.
#[must_use]
pub fn is_helper(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    let helpers = [
        "rtx",
        "red",
        "ulpfec",
        "flexfec-03",
        "CN",
        "telephone-event",
    ];
    helpers
        .iter()
        .any(|helper| name.eq_ignore_ascii_case(helper))
}

impl Media {
    /// The codec that is used first.
    #[must_use]
    pub fn codec(&self) -> Option<&Codec> {
        self.codecs.iter().find(|codec| !codec.is_helper())
    }
}

/// The media descriptions of an offer or an answer, in their order. Total: what is not understood
/// is left out.
#[must_use]
pub fn media(sdp: &str) -> Vec<Media> {
    let mut found: Vec<Media> = Vec::new();
    // Bundled media may have port 0 in an offer, and be alive (RFC 9143, section 7.2).
    let mut bundle_only = false;
    for line in sdp.split('\n') {
        let line = line.trim_end_matches('\r');
        if let Some(line) = line.strip_prefix("m=") {
            found.push(begin(line));
            bundle_only = false;
        } else if let (Some(media), Some(line)) = (found.last_mut(), line.strip_prefix("a=")) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name {
                "mid" => media.mid = value.to_owned(),
                "sendrecv" | "sendonly" | "recvonly" | "inactive" => {
                    media.direction = name.to_owned();
                }
                "bundle-only" => bundle_only = true,
                "rtpmap" => map(media, value),
                "fmtp" => {
                    if let Some((number, parameters)) = value.split_once(' ')
                        && let Some(codec) = codec(media, number)
                    {
                        codec.parameters = parameters.to_owned();
                    }
                }
                _ => {}
            }
            media.rejected &= !bundle_only;
        }
    }
    found
}

/// Reads what follows `m=`: kind, port, protocol, and the numbers of the codecs.
fn begin(line: &str) -> Media {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let kind = words.next().unwrap_or_default().to_owned();
    let port = words.next().unwrap_or_default();
    let is_rtp = words.next().is_some_and(|protocol| protocol.contains('/'))
        && (kind == "audio" || kind == "video");
    let numbers = words.filter(|_| is_rtp).map(|number| Codec {
        number: number.to_owned(),
        ..Codec::default()
    });
    Media {
        rejected: port == "0",
        // What is said where nothing is said (RFC 8866, section 6.7).
        direction: "sendrecv".to_owned(),
        codecs: numbers.collect(),
        kind,
        ..Media::default()
    }
}

fn codec<'a>(media: &'a mut Media, number: &str) -> Option<&'a mut Codec> {
    media.codecs.iter_mut().find(|codec| codec.number == number)
}

/// Reads what follows `a=rtpmap:`, such as `96 VP8/90000`.
fn map(media: &mut Media, value: &str) {
    let Some((number, rest)) = value.split_once(' ') else {
        return;
    };
    if let Some(codec) = codec(media, number) {
        let mut parts = rest.split('/');
        codec.name = parts.next().unwrap_or_default().to_owned();
        codec.clock_rate = parts.next().unwrap_or_default().to_owned();
    }
}
