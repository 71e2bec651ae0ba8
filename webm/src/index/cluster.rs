use crate::Patch;
use crate::reader::Element;

/// A cluster that is being read.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// Where its ID stands.
    pub at: u64,
    size_at: u64,
    size_len: u8,
    /// Where its data begins.
    pub data_at: u64,
    /// Where it says it ends.
    pub end: Option<u64>,
    /// Its timestamp in ticks (RFC 9559, section 5.1.3.1).
    pub time: i64,
    /// Whole blocks in it.
    pub blocks: u64,
    /// Where its last whole child ends.
    pub whole_end: u64,
    /// Where its checksum stands, which is not true of a changed cluster.
    pub crc_at: Option<u64>,
}

impl Cluster {
    pub fn open(element: &Element) -> Self {
        Self {
            at: element.at,
            size_at: element.at + u64::from(element.header.id_len),
            size_len: element.header.size_len,
            data_at: element.data_at(),
            end: element.end(),
            time: 0,
            blocks: 0,
            whole_end: element.data_at(),
            crc_at: None,
        }
    }

    /// Makes the cluster end at `end`; `false` if its size field is too short to say so.
    pub fn close(&self, end: u64, patches: &mut Vec<Patch>) -> bool {
        if self.end == Some(end) {
            return true;
        }
        patches.extend(self.crc_at.map(Patch::void));
        let patch = Patch::size(self.size_at, end - self.data_at, self.size_len);
        patches.extend(patch);
        patch.is_some()
    }
}

/// A BlockGroup that is being read (RFC 9559, section 5.1.3.5).
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub at: u64,
    pub end: u64,
    pub block: Option<BlockFacts>,
    pub duration: Option<u64>,
    /// It refers to other blocks, so it is no key frame.
    pub refers: bool,
}

/// What the index needs to know of a block once it is whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BlockFacts {
    /// Where the SimpleBlock or BlockGroup begins.
    pub at: u64,
    pub track: u64,
    /// Ticks on the file's timeline.
    pub time: i64,
    pub key: bool,
    pub length_ms: Option<f64>,
}
