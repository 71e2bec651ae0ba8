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
                Came::Part => return Ok(()),
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
