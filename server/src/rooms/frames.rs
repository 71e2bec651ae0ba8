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
    /// A part of a message, of so many bytes.
    Part(usize),
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
                return take(Came::Part(payload.len()));
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
        take(Came::Part(payload.len()))
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
mod tests {
    use proptest::prelude::*;
    use tungstenite::{Message, WebSocket, protocol::Role};

    use super::*;

    /// What was read, or where it ended.
    #[derive(Debug, PartialEq)]
    enum Heard {
        Text(String),
        Binary(usize),
        Ping(Vec<u8>),
        Pong,
        Close(Option<u16>),
        Broken(Broken),
    }

    impl From<Broken> for Heard {
        fn from(broken: Broken) -> Self {
            Self::Broken(broken)
        }
    }

    /// Reads bytes in pieces of this size.
    fn hear(bytes: &[u8], piece: usize) -> Vec<Heard> {
        let mut reader = Reader::default();
        let mut heard = Vec::new();
        for piece in bytes.to_vec().chunks_mut(piece) {
            let read = reader.read(piece, |came| {
                heard.push(match came {
                    Came::Text(text) => Heard::Text(text.to_owned()),
                    Came::Binary(length) => Heard::Binary(length),
                    Came::Part(_) => return Ok(()),
                    Came::Ping(bytes) => Heard::Ping(bytes.to_vec()),
                    Came::Pong => Heard::Pong,
                    Came::Close(code) => Heard::Close(code),
                });
                Ok(())
            });
            if let Err(end) = read {
                heard.push(end);
                break;
            }
        }
        heard
    }

    /// A frame of a client, masked.
    fn frame(opcode: OpCode, payload: &[u8], is_final: bool) -> Vec<u8> {
        let mask = [0x12, 0x34, 0x56, 0x78];
        let head = FrameHeader {
            is_final,
            opcode,
            mask: Some(mask),
            ..FrameHeader::default()
        };
        let mut bytes = Vec::new();
        head.format(payload.len() as u64, &mut bytes)
            .expect("a Vec takes everything");
        let masks = mask.iter().cycle();
        bytes.extend(payload.iter().zip(masks).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    const TEXT: OpCode = OpCode::Data(Data::Text);
    const MORE: OpCode = OpCode::Data(Data::Continue);

    #[test]
    fn messages_come_in_parts_and_with_pings_between() {
        let bytes = [
            frame(TEXT, "grü".as_bytes(), false),
            frame(OpCode::Control(Control::Ping), b"there?", true),
            frame(MORE, b"", false),
            frame(MORE, "ße".as_bytes(), true),
            frame(OpCode::Data(Data::Binary), &[0; 300], true),
            frame(OpCode::Control(Control::Pong), b"", true),
            frame(OpCode::Control(Control::Close), &[3, 233], true),
        ]
        .concat();
        for piece in 1..bytes.len() {
            let heard = hear(&bytes, piece);
            let expected = [
                Heard::Ping(b"there?".to_vec()),
                Heard::Text("grüße".into()),
                Heard::Binary(300),
                Heard::Pong,
                Heard::Close(Some(1001)),
            ];
            assert_eq!(heard, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn what_breaks_the_protocol_ends_it() {
        let unmasked = [0x81, 0x01, b'a'];
        let mut reserved = frame(TEXT, b"a", true);
        reserved[0] |= 0x40;
        let mut unknown = frame(TEXT, b"a", true);
        unknown[0] = 0x83;
        for bytes in [
            unmasked.to_vec(),
            reserved,
            unknown,
            frame(TEXT, b"\xff", true),
            frame(MORE, b"a", true),
            [frame(TEXT, b"a", false), frame(TEXT, b"b", true)].concat(),
            frame(OpCode::Control(Control::Ping), b"a", false),
            frame(OpCode::Control(Control::Ping), &[0; 126], true),
            frame(OpCode::Control(Control::Close), &[3], true),
        ] {
            for piece in [1, 1000] {
                let end = Heard::Broken(Broken::Malformed);
                assert_eq!(hear(&bytes, piece).last(), Some(&end), "{bytes:?}");
            }
        }
    }

    #[test]
    fn what_is_too_large_is_refused_when_it_is_announced() {
        let too_large = [Heard::Broken(Broken::TooLarge)];
        for head in [
            &[0x81, 0xff, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0][..],
            &[
                0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0,
            ],
        ] {
            assert_eq!(hear(head, 100), too_large);
        }
        let parts = [
            frame(TEXT, &[b'a'; 100 << 10], false),
            frame(MORE, &[b'a'; 100 << 10], true),
        ];
        assert_eq!(hear(&parts.concat(), 1 << 14), too_large);
        let largest = "a".repeat(MAX_MESSAGE);
        let heard = hear(&frame(TEXT, largest.as_bytes(), true), 1 << 14);
        assert_eq!(heard, [Heard::Text(largest)]);
    }

    #[test]
    fn nothing_is_kept_when_nothing_is_half_read() {
        let mut reader = Reader::default();
        let mut bytes = frame(TEXT, &[b'a'; 50 << 10], true);
        for piece in bytes.chunks_mut(1 << 14) {
            reader
                .read(piece, |_| Ok::<(), Broken>(()))
                .expect("it is fine");
        }
        assert_eq!(reader.partial.capacity(), 0);
        assert!(reader.message.is_none());
    }

    proptest! {
        #[test]
        fn what_the_library_writes_is_read_in_pieces_of_any_size(
            texts in prop::collection::vec(".{0,200}", 0..10), piece in 1usize..500,
        ) {
            let mut client = WebSocket::from_raw_socket(Cursor::new(Vec::new()), Role::Client, None);
            for text in &texts {
                client.send(Message::text(text.as_str())).expect("a Vec takes everything");
            }
            let heard = hear(client.get_ref().get_ref(), piece);
            prop_assert_eq!(heard, texts.into_iter().map(Heard::Text).collect::<Vec<_>>());
        }

        #[test]
        fn what_is_written_the_library_reads(texts in prop::collection::vec(".{0,200}", 0..10)) {
            let mut bytes = Vec::new();
            push_ping(&mut bytes);
            texts.iter().for_each(|text| push_text(&mut bytes, text));
            push_pong(&mut bytes, b"here");
            push_close(&mut bytes, Some((1012, "shutting_down")));
            let mut client = WebSocket::from_raw_socket(Cursor::new(bytes), Role::Client, None);
            prop_assert_eq!(client.read().ok(), Some(Message::Ping(Default::default())));
            // Its answer overwrites what was read already, which does not matter.
            for text in texts {
                prop_assert_eq!(client.read().ok(), Some(Message::text(text)));
            }
        }

        #[test]
        fn anything_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), piece in 1usize..50) {
            let whole = hear(&bytes, usize::MAX);
            prop_assert_eq!(hear(&bytes, piece), whole, "in pieces it is the same");
        }
    }
}
