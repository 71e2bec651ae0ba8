//! What the tests of this crate share: samples, a vault, and the tools that judge the results.
#![allow(
    dead_code,
    reason = "each test file is a program of its own and uses a part"
)]

pub mod ebml;
pub mod survive;
pub mod tools;

use std::path::{Path, PathBuf};

use callreel_webm::{Finished, Index, Layout, Part, Patch, TakeWriter, Write};

/// Recordings of one recorder each, as browsers wrote them.
pub const SAMPLES: [&str; 13] = [
    "chromium-vp8-opus",
    "chromium-vp8-silent",
    "chromium-vp8-pause",
    "chromium-vp8-alpha-resize",
    "chromium-vp9-opus",
    "chromium-vp9-resize",
    "chromium-h264-opus",
    "chromium-av1-opus",
    "chromium-opus",
    "firefox-vp8-opus",
    "firefox-vp8-pause",
    "firefox-vp8-resize",
    "firefox-opus",
];

/// Recordings of two recorders each, with pictures of different sizes.
pub const SWITCHES: [&str; 5] = [
    "chromium-vp8-switch",
    "chromium-vp9-switch",
    "chromium-h264-switch",
    "chromium-av1-switch",
    "firefox-vp8-switch",
];

pub fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/samples")
        .join(format!("{name}.webm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The parts of a recording of several recorders.
pub fn parts(name: &str) -> [Vec<u8>; 2] {
    [1, 2].map(|part| sample(&format!("{name}-part{part}")))
}

/// A file of its own for each caller.
pub fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("callreel-webm-{}-{name}", std::process::id()))
}

pub fn apply(file: &mut [u8], patches: &[Patch]) {
    for patch in patches {
        let at = usize::try_from(patch.offset).expect("a small file");
        file[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
}

/// Indexes a file at once, and applies the patches to it as its owner would.
pub fn index(file: &mut [u8]) -> Index {
    let mut index = Index::new();
    let patches = index.push(file).expect("a file that can be read");
    apply(file, &patches);
    index
}

/// The seekable file that is made of the original.
pub fn assemble(original: &[u8], layout: &Layout) -> Vec<u8> {
    let mut file = Vec::new();
    for part in &layout.parts {
        match part {
            Part::Bytes(bytes) => file.extend_from_slice(bytes),
            Part::Original(range) => {
                file.extend_from_slice(&original[range.start as usize..range.end as usize]);
            }
        }
    }
    assert_eq!(file.len() as u64, layout.len, "the layout knows its length");
    file
}

/// Makes a file seekable in all the steps.
pub fn seekable(original: &[u8]) -> (Vec<u8>, Finished) {
    let mut file = original.to_vec();
    let finished = index(&mut file)
        .finish()
        .expect("a file that can be finished");
    apply(&mut file, &finished.patches);
    (assemble(&file, &finished.layout), finished)
}

/// A take's file, and its writer.
#[derive(Default)]
pub struct Vault {
    pub writer: TakeWriter,
    pub file: Vec<u8>,
}

impl Vault {
    pub fn push(&mut self, chunk: &[u8]) {
        let write = self.writer.push(chunk).expect("a chunk that can be read");
        self.write(&write);
    }

    pub fn next_part(&mut self, at_ms: f64) {
        let write = self.writer.next_part(at_ms).expect("a part can begin");
        self.write(&write);
    }

    fn write(&mut self, write: &Write) {
        self.file.extend_from_slice(&write.append);
        apply(&mut self.file, &write.patches);
        assert_eq!(
            self.file.len() as u64,
            self.writer.index().position(),
            "the index knows the file"
        );
    }

    pub fn seekable(mut self) -> (Vec<u8>, Finished) {
        let finished = self.writer.finish().expect("a take that can be finished");
        apply(&mut self.file, &finished.patches);
        (assemble(&self.file, &finished.layout), finished)
    }
}
