//! `callreel repair`, tested here because the samples are here and no server is needed for it.

mod support;

#[path = "../../server/src/read_at.rs"]
mod read_at;
#[allow(dead_code, unused_imports, reason = "the server uses the rest")]
#[path = "../../server/src/repair/mod.rs"]
mod repair;

use std::fs;
use std::path::{Path, PathBuf};

use repair::{RepairError, repair};
use support::{SAMPLES, ebml, sample, seekable, temporary, tools};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = temporary(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a temporary file");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.expect("an entry").file_name();
            name.to_string_lossy().into_owned()
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("the folder is there");
    }
}

fn code(result: Result<repair::RepairReport, RepairError>) -> &'static str {
    result.expect_err("this can not be done").code()
}

#[test]
fn the_output_is_what_the_index_says() {
    let folder = Folder::new("same");
    for name in SAMPLES {
        let original = sample(name);
        for cut in [0, 50] {
            let bytes = &original[..original.len() - cut];
            let input = folder.put("take.webm", bytes);
            let report = repair(&input, None).expect("a good recording");
            assert_eq!(report.output, folder.0.join("take.seekable.webm"));
            let (made, finished) = seekable(bytes);
            assert!(
                fs::read(&report.output).expect("the output") == made,
                "{name}"
            );
            assert_eq!(report.found, finished.report, "{name}");
            assert_eq!(report.len, made.len() as u64);
            assert!(fs::read(&input).expect("the input") == bytes, "{name}");
            assert_eq!(folder.names(), ["take.seekable.webm", "take.webm"]);
            tools::expect_decodes(&report.output, name);
            fs::remove_file(&report.output).expect("the output");
        }
    }
}

#[test]
fn it_says_what_was_salvaged() {
    let folder = Folder::new("report");
    let original = sample("firefox-vp8-opus");
    let input = folder.put("talk.webm", &original[..original.len() - 5]);
    let report = repair(&input, Some(&folder.0.join("out.webm"))).expect("a good recording");
    let text = report.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].contains("out.webm: ") && lines[0].contains("0:00:02."),
        "{text}"
    );
    assert_eq!(lines[1], "  video V_VP8 160x120");
    assert_eq!(lines[2], "  audio A_OPUS 44100 Hz, 1 channel(s)");
    assert!(lines[3].starts_with("  kept 18"), "{text}");
    assert!(lines[4].starts_with("  lost "), "{text}");
    assert_eq!(lines[5], "  the file ended in the middle of a frame");
    assert_eq!(lines[6], "  removed a codec delay that players refuse");
    assert_eq!(lines.len(), 7);
}

#[test]
fn nothing_is_ever_overwritten() {
    let folder = Folder::new("overwrite");
    let original = sample("chromium-opus");
    let input = folder.put("take.webm", &original);
    let other = folder.put("other.webm", b"precious");
    assert_eq!(code(repair(&input, Some(&input))), "output_is_input");
    assert_eq!(code(repair(&input, Some(&other))), "output_exists");
    let around = folder
        .0
        .join("..")
        .join(folder.0.file_name().expect("a name"))
        .join("take.webm");
    assert_eq!(code(repair(&input, Some(&around))), "output_is_input");
    let hard = folder.0.join("hard.webm");
    fs::hard_link(&input, &hard).expect("a link");
    assert_eq!(code(repair(&input, Some(&hard))), "output_exists");
    links(&folder, &input);
    assert!(fs::read(&input).expect("the input") == original);
    assert_eq!(fs::read(&other).expect("the other"), b"precious");
    assert!(!folder.names().iter().any(|name| name.ends_with(".part")));
}

#[cfg(unix)]
fn links(folder: &Folder, input: &Path) {
    use std::os::unix::fs::symlink;
    let link = folder.0.join("link.webm");
    symlink(input, &link).expect("a link");
    assert_eq!(code(repair(input, Some(&link))), "output_is_input");
    assert_eq!(code(repair(&link, Some(input))), "output_is_input");
    let nowhere = folder.0.join("nowhere.webm");
    symlink(folder.0.join("gone.webm"), &nowhere).expect("a link");
    assert_eq!(code(repair(input, Some(&nowhere))), "output_exists");
    // A link is a good input, and its own name is the output's.
    let report = repair(&link, None).expect("a good recording");
    assert_eq!(report.output, folder.0.join("link.seekable.webm"));
}

#[cfg(not(unix))]
fn links(_: &Folder, _: &Path) {}

#[test]
fn what_can_not_be_repaired_leaves_nothing_behind() {
    let folder = Folder::new("nothing");
    let noise = folder.put("noise.webm", b"this is not a recording");
    let headless = folder.put("headless.webm", &sample("chromium-opus")[..60]);
    assert_eq!(code(repair(&noise, None)), "not_webm");
    assert_eq!(code(repair(&headless, None)), "no_tracks");
    assert_eq!(code(repair(&folder.0, None)), "not_a_file");
    assert_eq!(code(repair(&folder.0.join("gone.webm"), None)), "io");
    let good = folder.put("good.webm", &sample("chromium-opus"));
    let nowhere = folder.0.join("no folder").join("out.webm");
    assert_eq!(code(repair(&good, Some(&nowhere))), "io");
    assert_eq!(folder.names(), ["good.webm", "headless.webm", "noise.webm"]);
}

#[test]
fn a_size_that_swallows_the_rest_is_found_out() {
    let folder = Folder::new("swallow");
    let mut huge = ebml::block(1, 60, false, 300);
    huge[1..9].copy_from_slice(&(4_000_000_u64 | 1 << 56).to_be_bytes());
    let first = [ebml::cluster_data(0), huge.clone()].concat();
    let second = [ebml::cluster_data(1000), huge].concat();
    let file = [
        ebml::beginning(),
        ebml::tracks(),
        ebml::open(0x1F43_B675, &first),
        ebml::open(0x1F43_B675, &second),
        ebml::open(0x1F43_B675, &ebml::cluster_data(2000)),
        // Cut short: what is left of the last block has no cluster in it.
        ebml::block(1, 90, false, 5000)[..3000].to_vec(),
    ];
    let input = folder.put("take.webm", &file.concat());
    let report = repair(&input, None).expect("something to salvage");
    assert_eq!((report.found.blocks, report.found.damages), (9, 2));
    assert!(report.found.truncated);
    let made = fs::read(&report.output).expect("the output");
    assert_eq!(ebml::read(&made, 0)[1].all(0x1F43_B675).count(), 3);
}

#[test]
fn more_patches_than_are_kept_in_memory() {
    let folder = Folder::new("patches");
    let mut file = [ebml::beginning(), ebml::tracks()].concat();
    for second in 0..70_000_u32 {
        let data = [
            ebml::element(0xE7, &(second * 1000).to_be_bytes()),
            ebml::block(1, 0, true, 5),
        ];
        file.extend(ebml::open(0x1F43_B675, &data.concat()));
    }
    let input = folder.put("take.webm", &file);
    let report = repair(&input, None).expect("a good recording");
    assert_eq!(report.found.clusters, 70_000);
    assert!(fs::read(&report.output).expect("the output") == seekable(&file).0);
}

#[test]
fn frames_of_all_sizes_are_copied_over_gaps_and_the_ends_of_buffers() {
    let folder = Folder::new("sizes");
    let mut file = [ebml::beginning(), ebml::tracks()].concat();
    let mut kept = 0;
    for second in 0..10_u32 {
        let mut data = ebml::element(0xE7, &(second * 1000).to_be_bytes());
        for frame in 0..30_usize {
            let len = 10 + frame.pow(3) * 2 + 97 * second as usize;
            let mut block = ebml::block(1, frame as i16 * 33, frame == 0, len);
            let payload = block.iter_mut().rev().take(len);
            payload.for_each(|byte| {
                kept += 1;
                *byte = (kept as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0];
            });
            data.extend(block);
        }
        file.extend(ebml::open(0x1F43_B675, &data));
        if second % 4 == 3 {
            file.extend([0; 1000]);
        }
    }
    assert!(file.len() > 3 << 20, "{} bytes", file.len());
    let input = folder.put("take.webm", &file);
    let report = repair(&input, None).expect("something to salvage");
    assert_eq!((report.found.blocks, report.found.damages), (300, 2));
    assert!(fs::read(&report.output).expect("the output") == seekable(&file).0);
}
