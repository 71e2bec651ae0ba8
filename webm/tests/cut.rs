//! A recording cut off anywhere loses no more than the block it was cut in.

mod support;

use callreel_webm::{Error, Index, Part};
use support::{SAMPLES, ebml, sample, seekable, temporary, tools};

/// Where each block of the original ends, in bytes.
fn block_ends(original: &[u8]) -> Vec<usize> {
    let (file, finished) = seekable(original);
    let [Part::Bytes(head), Part::Original(range)] = &finished.layout.parts[..] else {
        panic!("a whole file has two parts: {:?}", finished.layout.parts);
    };
    let tree = ebml::read(&file, 0);
    let segment = tree.last().expect("a Segment");
    let clusters = segment
        .all(0x1F43_B675)
        .flat_map(|cluster| &cluster.children);
    clusters
        .filter(|child| child.id == 0xA3 || child.id == 0xA0)
        .map(|block| block.data_at + block.data.len() - head.len() + range.start as usize)
        .collect()
}

#[test]
fn every_whole_block_survives_a_cut_at_every_byte() {
    for name in SAMPLES {
        let original = sample(name);
        let ends = block_ends(&original);
        let mut file = original.clone();
        let mut index = Index::new();
        for cut in 1..=original.len() {
            let patches = index.push(&original[cut - 1..cut]).expect("a good file");
            support::apply(&mut file, &patches);
            let whole = ends.partition_point(|&end| end <= cut);
            let finished = match index.finish() {
                Ok(finished) => finished,
                Err(error) => {
                    assert_eq!(whole, 0, "{name} cut at {cut}: {error}");
                    continue;
                }
            };
            assert_eq!(finished.report.blocks, whole as u64, "{name} cut at {cut}");
            let lost = (cut - ends[whole - 1]) as u64;
            assert!(finished.report.dropped_bytes <= lost, "{name} cut at {cut}");
            if cut % 64 == 0 {
                let mut cut = file[..cut].to_vec();
                support::apply(&mut cut, &finished.patches);
                // Panics where anything is not whole.
                ebml::read(&support::assemble(&cut, &finished.layout), 0);
            }
        }
    }
}

#[test]
fn what_is_left_of_a_cut_recording_decodes() {
    for name in SAMPLES {
        let original = sample(name);
        let first = block_ends(&original)[0];
        let step = match std::env::var_os("CALLREEL_SOAK") {
            Some(_) => 1 << 10,
            None => 16 << 10,
        };
        let steps = (step..original.len()).step_by(step);
        // In the middle of blocks of all kinds, at places that have nothing in common.
        let odd = [1, 2, 3].map(|part| first + (original.len() - first) * part / 5 + part * part);
        for cut in steps.chain(odd).filter(|&cut| cut >= first) {
            let (file, _) = seekable(&original[..cut]);
            let path = temporary(&format!("{name}-{cut}.webm"));
            std::fs::write(&path, &file).expect("a temporary file");
            let what = format!("{name} cut at {cut}");
            tools::expect_decodes(&path, &what);
            tools::expect_seekable(&path, &what);
            std::fs::remove_file(&path).expect("the file is there");
        }
    }
}

#[test]
fn with_nothing_to_play_it_says_so() {
    let original = sample("chromium-vp8-opus");
    let finish = |cut: usize| {
        let mut index = Index::new();
        index
            .push(&original[..cut])
            .expect("the beginning of a good file");
        index.finish().map(|_| ())
    };
    assert_eq!(finish(0), Err(Error::NotWebm));
    assert_eq!(finish(40), Err(Error::NoTracks));
    assert_eq!(finish(100), Err(Error::NoTracks));
    // The head is whole and the first block is not.
    assert_eq!(finish(200), Err(Error::NoMedia));
    assert_eq!(Error::NoMedia.code(), "no_media");
}
