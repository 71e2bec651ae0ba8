//! Bytes of a recording, made as they are needed: a third of a megabyte of memory for any length.

/// Bytes of a cluster: a second of video at 2.5 Mbit/s.
pub const CLUSTER: usize = 312_500;
/// Frames in it.
const FRAMES: usize = 25;

/// A recording without end: head first, then a cluster for each second.
pub struct Stream {
    head: Vec<u8>,
    /// The same for every second but for its timestamp: what is measured is not the making of it.
    cluster: Vec<u8>,
    at: usize,
    second: Option<u64>,
}

impl Stream {
    pub fn new() -> Self {
        Self {
            head: head(),
            cluster: cluster(),
            at: 0,
            second: None,
        }
    }

    /// The next bytes, at most so many; never none.
    pub fn next(&mut self, most: usize) -> &[u8] {
        let len = match self.second {
            None => self.head.len(),
            Some(_) => self.cluster.len(),
        };
        if self.at == len {
            let second = self.second.map_or(0, |second| second + 1);
            self.cluster[TIMESTAMP..TIMESTAMP + 8].copy_from_slice(&(second * 1000).to_be_bytes());
            self.second = Some(second);
            self.at = 0;
        }
        let bytes = match self.second {
            None => &self.head,
            Some(_) => &self.cluster,
        };
        let from = self.at;
        self.at = bytes.len().min(from + most);
        &bytes[from..self.at]
    }
}

/// Where a cluster's timestamp stands: behind its ID and size and the timestamp's own.
const TIMESTAMP: usize = 12 + 9;

/// EBML header, a Segment of unknown size, Info and one video track.
fn head() -> Vec<u8> {
    let mut info = Vec::new();
    put(&mut info, &[0x2A, 0xD7, 0xB1], &1_000_000u32.to_be_bytes());
    let mut video = Vec::new();
    put(&mut video, &[0xB0], &1280u16.to_be_bytes());
    put(&mut video, &[0xBA], &720u16.to_be_bytes());
    let mut entry = Vec::new();
    put(&mut entry, &[0xD7], &[1]);
    put(&mut entry, &[0x73, 0xC5], &[1]);
    put(&mut entry, &[0x83], &[1]);
    put(&mut entry, &[0x86], b"V_VP8");
    put(&mut entry, &[0xE0], &video);
    let mut tracks = Vec::new();
    put(&mut tracks, &[0xAE], &entry);
    let mut ebml = Vec::new();
    put(&mut ebml, &[0x42, 0x82], b"webm");

    let mut head = Vec::new();
    put(&mut head, &[0x1A, 0x45, 0xDF, 0xA3], &ebml);
    head.extend([
        0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ]);
    put(&mut head, &[0x15, 0x49, 0xA9, 0x66], &info);
    put(&mut head, &[0x16, 0x54, 0xAE, 0x6B], &tracks);
    head
}

/// A cluster of a second, the first frame of it a key frame. Its frames are noise, as compressed
/// pictures are.
fn cluster() -> Vec<u8> {
    const FRAME: usize = CLUSTER / FRAMES;
    let mut data = Vec::with_capacity(CLUSTER + 1024);
    put(&mut data, &[0xE7], &0u64.to_be_bytes());
    let mut noise: u64 = 0x9E37_79B9_7F4A_7C15;
    for frame in 0..FRAMES {
        let time = (frame * 1000 / FRAMES) as u16;
        let [high, low] = time.to_be_bytes();
        let mut block = vec![0x81, high, low, if frame == 0 { 0x80 } else { 0 }];
        while block.len() < FRAME {
            // xorshift64
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            block.extend(noise.to_le_bytes());
        }
        put(&mut data, &[0xA3], &block);
    }
    let mut cluster = Vec::with_capacity(CLUSTER + 1024);
    put(&mut cluster, &[0x1F, 0x43, 0xB6, 0x75], &data);
    cluster
}

/// An element with a size of eight bytes.
fn put(into: &mut Vec<u8>, id: &[u8], data: &[u8]) {
    into.extend(id);
    into.extend((data.len() as u64 | 1 << 56).to_be_bytes());
    into.extend(data);
}
