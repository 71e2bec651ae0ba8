//! A second, simple reading of EBML, and a writer of small files by hand.

/// An element of a whole file in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: u32,
    /// Where its ID stands.
    pub at: usize,
    /// Where its data stands.
    pub data_at: usize,
    pub data: Vec<u8>,
    pub children: Vec<Node>,
}

const MASTERS: [u32; 11] = [
    0x1A45_DFA3,
    0x1853_8067,
    0x114D_9B74,
    0x4DBB,
    0x1549_A966,
    0x1654_AE6B,
    0xAE,
    0x1F43_B675,
    0xA0,
    0x1C53_BB6B,
    0xBB,
];

impl Node {
    pub fn find(&self, id: u32) -> Option<&Node> {
        self.children.iter().find(|child| child.id == id)
    }

    pub fn all(&self, id: u32) -> impl Iterator<Item = &Node> {
        self.children.iter().filter(move |child| child.id == id)
    }

    pub fn uint(&self) -> u64 {
        self.data
            .iter()
            .fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    pub fn float(&self) -> f64 {
        f64::from_be_bytes(
            self.data
                .clone()
                .try_into()
                .expect("a float of eight bytes"),
        )
    }
}

/// Reads elements of known size, and panics at anything else.
pub fn read(bytes: &[u8], base: usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let id_len = bytes[at].leading_zeros() as usize + 1;
        let id = fold(&bytes[at..at + id_len]) as u32;
        let size_len = bytes[at + id_len].leading_zeros() as usize + 1;
        let marked = fold(&bytes[at + id_len..at + id_len + size_len]);
        let size = marked & !(1 << (7 * size_len));
        assert_ne!(size, (1 << (7 * size_len)) - 1, "unknown size of {id:x}");
        let data_at = at + id_len + size_len;
        let data = bytes
            .get(data_at..data_at + size as usize)
            .unwrap_or_else(|| panic!("{id:x} at {} goes beyond its parent", base + at));
        let children = if MASTERS.contains(&id) || id == 0xB7 {
            read(data, base + data_at)
        } else {
            Vec::new()
        };
        nodes.push(Node {
            id,
            at: base + at,
            data_at: base + data_at,
            data: data.to_vec(),
            children,
        });
        at = data_at + size as usize;
    }
    nodes
}

fn fold(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// A whole element with a size of one or eight bytes.
pub fn element(id: u32, data: &[u8]) -> Vec<u8> {
    let mut out = id_bytes(id);
    if data.len() < 127 {
        out.push(0x80 | data.len() as u8);
    } else {
        out.extend((data.len() as u64 | 1 << 56).to_be_bytes());
    }
    out.extend_from_slice(data);
    out
}

/// An element of unknown size.
pub fn open(id: u32, data: &[u8]) -> Vec<u8> {
    let mut out = id_bytes(id);
    out.extend([0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    out.extend_from_slice(data);
    out
}

fn id_bytes(id: u32) -> Vec<u8> {
    id.to_be_bytes()
        .into_iter()
        .skip_while(|&byte| byte == 0)
        .collect()
}

/// An EBML header, and the ID and size of a Segment of unknown size.
pub fn beginning() -> Vec<u8> {
    let mut out = element(0x1A45_DFA3, &element(0x4282, b"webm"));
    out.extend(open(0x1853_8067, &[]));
    out
}

/// Tracks with video as number 1 and Opus as number 2.
pub fn tracks() -> Vec<u8> {
    let video = [
        element(0xD7, &[1]),
        element(0x83, &[1]),
        element(0x86, b"V_VP8"),
        element(
            0xE0,
            &[element(0xB0, &[160]), element(0xBA, &[120])].concat(),
        ),
    ];
    let audio = [
        element(0xD7, &[2]),
        element(0x83, &[2]),
        element(0x86, b"A_OPUS"),
        element(0xE1, &element(0x9F, &[1])),
    ];
    let entries = [
        element(0xAE, &video.concat()),
        element(0xAE, &audio.concat()),
    ];
    element(0x1654_AE6B, &entries.concat())
}

pub fn timestamp(ms: u16) -> Vec<u8> {
    element(0xE7, &ms.to_be_bytes())
}

/// A SimpleBlock with `len` bytes of frame.
pub fn block(track: u8, ms: i16, key: bool, len: usize) -> Vec<u8> {
    let [high, low] = ms.to_be_bytes();
    let mut data = vec![0x80 | track, high, low, if key { 0x80 } else { 0 }];
    // As the first byte of an Opus packet: 20 ms.
    data.resize(4 + len, 0xF8);
    element(0xA3, &data)
}

/// A cluster's data with a key frame, its sound, and another frame 40 ms later.
pub fn cluster_data(ms: u16) -> Vec<u8> {
    [
        timestamp(ms),
        block(1, 0, true, 40),
        block(2, 3, true, 20),
        block(1, 40, false, 30),
    ]
    .concat()
}
