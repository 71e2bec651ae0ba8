use crate::{
    block::BLOCK_MIN,
    ebml::{self, Header, Malformed},
    ids,
};

/// Bytes of an element looked at together with its header: enough for a block's own header and
/// the first of its frames.
const PREFIX: usize = 32;

/// No header and prefix are longer, so nothing more is ever held between two pushes.
const HOLD: usize = 64;

/// The header of an element that begins, with the first of its data where those matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element {
    pub header: Header,
    /// Where the element begins, in bytes from the beginning of the file.
    pub at: u64,
    bytes: [u8; HOLD],
    len: u8,
}

impl Element {
    /// ID and size, as they stand in the file.
    pub fn head(&self) -> &[u8] {
        &self.bytes[..self.header.len()]
    }

    /// The first of the data: all of a number, the beginning of a block, otherwise nothing.
    pub fn prefix(&self) -> &[u8] {
        &self.bytes[self.header.len()..usize::from(self.len)]
    }

    /// Everything looked at so far: [`Self::head`] and [`Self::prefix`].
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    pub fn id(&self) -> u32 {
        self.header.id
    }

    /// Where the data begins.
    pub fn data_at(&self) -> u64 {
        self.at + self.header.len() as u64
    }

    /// Where the element ends; `None` for an unknown size.
    pub fn end(&self) -> Option<u64> {
        Some(self.data_at().saturating_add(self.header.size?))
    }
}

/// Some bytes of an element's data.
pub(crate) enum Payload<'i> {
    Held([u8; HOLD], usize),
    Input(&'i [u8]),
}

impl Payload<'_> {
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Self::Held(bytes, len) => &bytes[..*len],
            Self::Input(bytes) => bytes,
        }
    }
}

pub(crate) enum Step<'i> {
    /// The input is used up.
    More,
    Payload(Payload<'i>),
    Element(Element),
    /// No element can begin with this byte, which is used up.
    Damage(u8),
}

/// Cuts a stream of bytes into elements, and holds less than 64 bytes between two inputs.
///
/// Segment, Cluster and BlockGroup are entered: their children come as elements of their own.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Where the first byte that is not dealt with stands.
    at: u64,
    hold: [u8; HOLD],
    held: usize,
    /// Bytes of data to come before the next element.
    payload: u64,
    scanning: bool,
}

impl Reader {
    pub fn new() -> Self {
        Self {
            at: 0,
            hold: [0; HOLD],
            held: 0,
            payload: 0,
            scanning: false,
        }
    }

    /// Where the next element, or the next byte of data, stands.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Bytes seen, those of an unfinished element header included.
    pub fn position(&self) -> u64 {
        self.at.saturating_add(self.held as u64)
    }

    /// Bytes of data to come before the next element.
    pub fn payload(&self) -> u64 {
        self.payload
    }

    /// Whether a cluster is searched for.
    pub fn is_scanning(&self) -> bool {
        self.scanning
    }

    /// Leaves out `n` bytes, at most [`Self::payload`].
    pub fn skip(&mut self, n: u64) {
        let n = n.min(self.payload);
        self.payload -= n;
        self.at = self.at.saturating_add(n);
    }

    /// Leaves out everything there is.
    pub fn swallow(&mut self, n: u64) {
        self.at = self.position().saturating_add(n);
        self.held = 0;
        self.payload = 0;
    }

    /// The beginning of an element header, as far as it has come.
    pub fn held(&self) -> &[u8] {
        &self.hold[..self.held]
    }

    /// Goes on at the next cluster; the bytes of `element` after the first `used` are searched too.
    pub fn resync(&mut self, element: &Element, used: usize) {
        let back = element.bytes().get(used..).unwrap_or_default();
        let mut hold = [0; HOLD];
        let held = &self.hold[..self.held];
        // What an element was read from was in the hold or behind it, so both fit together.
        let len = back.len() + held.len();
        if let Some(room) = hold.get_mut(..len) {
            room[..back.len()].copy_from_slice(back);
            room[back.len()..].copy_from_slice(held);
            self.hold = hold;
            self.held = len;
        }
        self.at = element.at + used as u64;
        self.payload = 0;
        self.scanning = true;
    }

    /// Goes on at the next cluster behind a place where [`Step::Damage`] was met.
    pub fn resync_behind_damage(&mut self) {
        self.scanning = true;
    }

    /// Goes back to an offset, from where the input is fed again, and on to the next cluster.
    pub fn search_from(&mut self, at: u64) {
        *self = Self {
            at,
            scanning: true,
            ..Self::new()
        };
    }

    /// The next thing in `input`, which is moved on behind it.
    pub fn step<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        if self.payload > 0 {
            return self.step_payload(input);
        }
        loop {
            if self.scanning && !self.scan(input) {
                return Step::More;
            }
            if self.held == 0 && input.is_empty() {
                return Step::More;
            }
            // With nothing held the input is looked at as it stands; the copy is 64 bytes.
            let mut window = [0; HOLD];
            window[..self.held].copy_from_slice(&self.hold[..self.held]);
            let fresh = input.len().min(HOLD - self.held);
            window[self.held..self.held + fresh].copy_from_slice(&input[..fresh]);
            let len = self.held + fresh;
            match parse(&window[..len], self.scanning) {
                Ok(None) => {
                    self.hold = window;
                    self.held = len;
                    *input = &input[fresh..];
                    return Step::More;
                }
                Ok(Some((header, used))) => {
                    self.scanning = false;
                    return Step::Element(self.begin(header, used, window, input));
                }
                Err(Malformed) if self.scanning => {
                    // Only looked like a cluster: search on behind its first byte.
                    self.drop_front(1, input);
                }
                Err(Malformed) => {
                    let byte = window[0];
                    self.drop_front(1, input);
                    return Step::Damage(byte);
                }
            }
        }
    }

    fn step_payload<'i>(&mut self, input: &mut &'i [u8]) -> Step<'i> {
        let wanted = usize::try_from(self.payload).unwrap_or(usize::MAX);
        let payload = if self.held > 0 {
            let len = wanted.min(self.held);
            let bytes = self.hold;
            self.held -= len;
            self.hold.copy_within(len.., 0);
            Payload::Held(bytes, len)
        } else if input.is_empty() {
            return Step::More;
        } else {
            let (bytes, rest) = input.split_at(wanted.min(input.len()));
            *input = rest;
            Payload::Input(bytes)
        };
        let len = payload.as_slice().len() as u64;
        self.at += len;
        self.payload -= len;
        Step::Payload(payload)
    }

    fn begin(
        &mut self,
        header: Header,
        used: usize,
        window: [u8; HOLD],
        input: &mut &[u8],
    ) -> Element {
        let element = Element {
            header,
            at: self.at,
            bytes: window,
            len: used as u8,
        };
        self.drop_front(used, input);
        let prefix = (used - header.len()) as u64;
        self.payload = if is_entered(header.id) {
            0
        } else {
            header.size.unwrap_or(0).saturating_sub(prefix)
        };
        element
    }

    /// Moves on by `n` bytes of hold and input.
    fn drop_front(&mut self, n: usize, input: &mut &[u8]) {
        let from_hold = n.min(self.held);
        self.hold.copy_within(from_hold.., 0);
        self.held -= from_hold;
        *input = input.get(n - from_hold..).unwrap_or_default();
        self.at = self.at.saturating_add(n as u64);
    }

    /// Searches for a Cluster ID; `true` if hold and input begin with one.
    fn scan(&mut self, input: &mut &[u8]) -> bool {
        const ID: [u8; 4] = ids::CLUSTER.to_be_bytes();
        loop {
            let mut window = [0; HOLD];
            window[..self.held].copy_from_slice(&self.hold[..self.held]);
            let fresh = input.len().min(HOLD - self.held);
            window[self.held..self.held + fresh].copy_from_slice(&input[..fresh]);
            let len = self.held + fresh;
            if let Some(found) = window[..len].windows(4).position(|four| four == ID) {
                self.drop_front(found, input);
                return true;
            }
            // The last three bytes may be the beginning of an ID.
            let tail = len.min(3);
            self.at += (len - tail) as u64;
            self.hold = [0; HOLD];
            self.hold[..tail].copy_from_slice(&window[len - tail..len]);
            self.held = tail;
            *input = &input[fresh..];
            if input.is_empty() {
                return false;
            }
        }
    }
}

/// Reads a header and its prefix: how many bytes they are, or `None` if there are more to come.
/// A cluster that was searched for must also look like one inside.
fn parse(bytes: &[u8], scanning: bool) -> Result<Option<(Header, usize)>, Malformed> {
    let Some(header) = ebml::header(bytes)? else {
        return Ok(None);
    };
    if scanning {
        let Some(&child) = bytes.get(header.len()) else {
            return Ok(None);
        };
        let child = u32::from(child);
        if !matches!(
            child,
            ids::TIMESTAMP | ids::CRC_32 | ids::VOID | ids::POSITION | ids::PREV_SIZE
        ) {
            return Err(Malformed);
        }
    }
    let used = header.len() + prefix_len(&header);
    Ok((bytes.len() >= used).then_some((header, used)))
}

fn prefix_len(header: &Header) -> usize {
    let size = header.size.unwrap_or(0);
    match header.id {
        ids::TIMESTAMP | ids::BLOCK_DURATION => size.min(8) as usize,
        ids::SIMPLE_BLOCK | ids::BLOCK if size >= BLOCK_MIN => size.min(PREFIX as u64) as usize,
        _ => 0,
    }
}

fn is_entered(id: u32) -> bool {
    matches!(id, ids::SEGMENT | ids::CLUSTER | ids::BLOCK_GROUP)
}
