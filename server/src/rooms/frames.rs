//! Frames of a WebSocket (RFC 6455, section 5), between bytes and messages.
//!
//! The library reads and writes their heads. It does not do the rest here, because it keeps two
//! buffers for every socket, as large as what is read at once; these readers keep nothing while
//! nothing is half read, so ten thousand silent sockets cost next to nothing, and a busy one is
//! read in large pieces all the same.

use std::io::Cursor;

use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

/// Bytes of a message at most that are read at all.
pub const MAX_MESSAGE: usize = 128 << 10;
/// Bytes of a control frame at most (section 5.5).
const MAX_CONTROL: usize = 125;
/// Memory that a reader may keep while nothing is half read.
const SPARE: usize = 1 << 10;

/// What came.
#[derive(Debug, PartialEq)]
pub enum Came<'a> {
    /// A whole message.
    Text(&'a str),
    /// A whole message of so many bytes.
    Binary(usize),
    /// A part of a message.
    Part,
    /// To be answered with the same bytes.
    Ping(&'a [u8]),
    /// The client is there.
    Pong,
    /// The client is going, and perhaps says why.
    Close(Option<u16>),
}

/// Why bytes are no frames that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// They break the protocol.
    Malformed,
    /// They announce more than is read.
    TooLarge,
}

/// Finds messages in bytes as they come.
#[derive(Debug, Default)]
pub struct Reader {
    /// A frame that is not whole yet.
    partial: Vec<u8>,
    /// A message that is not whole yet, and whether it is text.
    message: Option<(bool, Vec<u8>)>,
}

impl Reader {
    /// Takes the next bytes, and hands over every message that is whole with them.
    ///
    /// # Errors
    ///
    /// [`Broken`], and whatever `take` comes back with. There is no way to go on after either.
    pub fn read<E: From<Broken>>(
        &mut self,
        bytes: &mut [u8],
        mut take: impl FnMut(Came<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.partial.is_empty() {
            let used = self.frames(bytes, &mut take)?;
            self.partial.extend_from_slice(&bytes[used..]);
            return Ok(());
        }
        let mut partial = std::mem::take(&mut self.partial);
        partial.extend_from_slice(bytes);
        let used = self.frames(&mut partial, &mut take)?;
        partial.drain(..used);
        if partial.len() <= SPARE {
            partial.shrink_to(SPARE.min(partial.len()));
        }
        self.partial = partial;
        Ok(())
    }

    /// Reads as many frames as there are, and says how many bytes they have.
    fn frames<E: From<Broken>>(
        &mut self,
        bytes: &mut [u8],
        take: &mut impl FnMut(Came<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut at = 0;
        while let Some((head, start, end)) = head_of(&bytes[at..])? {
            let Some(payload) = bytes[at..].get_mut(start..end) else {
                break;
            };
            // A client masks what it sends (section 5.3); the head was refused otherwise.
            unmask(payload, head.mask.unwrap_or_default());
            self.frame(&head, payload, take)?;
            at += end;
        }
        Ok(at)
    }

    fn frame<E: From<Broken>>(
        &mut self,
        head: &FrameHeader,
        payload: &[u8],
        take: &mut impl FnMut(Came<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_text = match head.opcode {
            OpCode::Control(control) => return take(controlled(control, payload)?),
            OpCode::Data(Data::Continue) => {
                let (is_text, mut message) = self.message.take().ok_or(Broken::Malformed)?;
                if message.len() + payload.len() > MAX_MESSAGE {
                    return Err(Broken::TooLarge.into());
                }
                message.extend_from_slice(payload);
                if head.is_final {
                    return take(whole(is_text, &message)?);
                }
                self.message = Some((is_text, message));
                return take(Came::Part);
            }
            OpCode::Data(kind) => kind == Data::Text,
        };
        if self.message.is_some() {
            return Err(Broken::Malformed.into());
        }
        if head.is_final {
            return take(whole(is_text, payload)?);
        }
        self.message = Some((is_text, payload.to_vec()));
        take(Came::Part)
    }
}

/// The head of a frame, and where its payload begins and ends. None where it is not whole.
fn head_of(bytes: &[u8]) -> Result<Option<(FrameHeader, usize, usize)>, Broken> {
    let mut cursor = Cursor::new(bytes);
    let head = FrameHeader::parse(&mut cursor).map_err(|_| Broken::Malformed)?;
    let Some((head, length)) = head else {
        return Ok(None);
    };
    let is_control = matches!(head.opcode, OpCode::Control(_));
    let length = usize::try_from(length).map_err(|_| Broken::TooLarge)?;
    if head.rsv1
        || head.rsv2
        || head.rsv3
        || head.mask.is_none()
        || is_control && (!head.is_final || length > MAX_CONTROL)
    {
        return Err(Broken::Malformed);
    }
    if length > MAX_MESSAGE {
        return Err(Broken::TooLarge);
    }
    let start = cursor.position() as usize;
    Ok(Some((head, start, start + length)))
}

fn whole(is_text: bool, payload: &[u8]) -> Result<Came<'_>, Broken> {
    match is_text {
        true => str::from_utf8(payload)
            .map(Came::Text)
            .map_err(|_| Broken::Malformed),
        false => Ok(Came::Binary(payload.len())),
    }
}

fn controlled(control: Control, payload: &[u8]) -> Result<Came<'_>, Broken> {
    Ok(match (control, payload) {
        (Control::Ping, payload) => Came::Ping(payload),
        (Control::Close, []) => Came::Close(None),
        (Control::Close, [a, b, ..]) => Came::Close(Some(u16::from_be_bytes([*a, *b]))),
        (Control::Close, _) => return Err(Broken::Malformed),
        (Control::Pong | Control::Reserved(_), _) => Came::Pong,
    })
}

/// Exclusive or with the mask, over and over (section 5.3), eight bytes at a time.
fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let [a, b, c, d] = mask;
    let eight = [a, b, c, d, a, b, c, d];
    let mut chunks = payload.chunks_exact_mut(8);
    for chunk in &mut chunks {
        for (byte, mask) in chunk.iter_mut().zip(eight) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in chunks.into_remainder().iter_mut().zip(eight) {
        *byte ^= mask;
    }
}

/// Adds a text frame.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    push(out, OpCode::Data(Data::Text), text.as_bytes());
}

/// Adds a ping, which asks whether the client is there.
pub fn push_ping(out: &mut Vec<u8>) {
    push(out, OpCode::Control(Control::Ping), &[]);
}

/// Adds the answer to a ping.
pub fn push_pong(out: &mut Vec<u8>, payload: &[u8]) {
    push(out, OpCode::Control(Control::Pong), payload);
}

/// Adds a goodbye, with a reason of at most 123 bytes where there is one.
pub fn push_close(out: &mut Vec<u8>, reason: Option<(u16, &str)>) {
    let payload = reason.map_or_else(Vec::new, |(code, reason)| {
        [&code.to_be_bytes()[..], reason.as_bytes()].concat()
    });
    push(out, OpCode::Control(Control::Close), &payload);
}

/// A frame of a server is not masked.
fn push(out: &mut Vec<u8>, opcode: OpCode, payload: &[u8]) {
    let head = FrameHeader {
        opcode,
        ..FrameHeader::default()
    };
    head.format(payload.len() as u64, out)
        .expect("writing to a Vec does not fail");
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests;
