//! The programs that other people read recordings with.

use std::path::Path;
use std::process::Command;

fn run(program: &str, args: &[&str], file: &Path) -> (String, String) {
    let output = Command::new(program)
        .args(args.iter().map(|arg| match *arg {
            "FILE" => file.as_os_str(),
            arg => std::ffi::OsStr::new(arg),
        }))
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(output.stdout), text(output.stderr))
}

/// Decodes everything and expects not a word about it.
///
/// Frames keep their own times: ffmpeg would otherwise round them to a constant rate and complain
/// about frames that come to lie on one another, in the browser's raw file as well.
pub fn expect_decodes(file: &Path, what: &str) {
    let args = [
        "-v",
        "error",
        "-i",
        "FILE",
        "-map",
        "0",
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "-1",
        "-f",
        "null",
        "-",
    ];
    let (_, errors) = run("ffmpeg", &args, file);
    assert_eq!(errors, "", "{what}: ffmpeg");
}

/// What mkvinfo finds at the first level and in Info.
pub fn expect_seekable(file: &Path, what: &str) {
    let (tree, errors) = run("mkvinfo", &["--ui-language", "en_US", "FILE"], file);
    assert_eq!(errors, "", "{what}: mkvinfo");
    for needle in ["+ Duration: ", "|+ Seek head", "|+ Cues"] {
        assert!(
            tree.contains(needle),
            "{what}: mkvinfo shows no {needle}\n{tree}"
        );
    }
    assert!(!tree.contains("rror"), "{what}: mkvinfo\n{tree}");
}

/// Frames that a decoder makes of the file's pictures, with their widths.
pub fn decoded_widths(file: &Path) -> Vec<u32> {
    let args = [
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_entries",
        "frame=width",
        "-of",
        "csv=p=0",
        "FILE",
    ];
    let (lines, _) = run("ffprobe", &args, file);
    let numbers = lines.lines().map(|line| line.trim_end_matches(',').parse());
    numbers.map(|width| width.expect("a width")).collect()
}

/// A packet as ffprobe reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    pub stream: usize,
    pub ms: f64,
    pub len: u64,
}

pub fn packets(file: &Path) -> Vec<Packet> {
    let args = [
        "-v",
        "error",
        "-show_entries",
        "packet=stream_index,pts_time,size",
        "-of",
        "csv=p=0",
        "FILE",
    ];
    let (lines, errors) = run("ffprobe", &args, file);
    assert_eq!(errors, "", "ffprobe");
    let packet = |line: &str| {
        let mut fields = line.split(',');
        let mut next = || fields.next().expect("three fields");
        Packet {
            stream: next().parse().expect("a number"),
            ms: next().parse::<f64>().expect("a time") * 1000.0,
            len: next().parse().expect("a length"),
        }
    };
    // Side data of a packet makes an empty line.
    let lines = lines.lines().filter(|line| !line.is_empty());
    lines.map(packet).collect()
}

/// Times of each stream must grow.
pub fn expect_monotonic(packets: &[Packet], what: &str) {
    let streams = packets.iter().map(|it| it.stream).max().unwrap_or(0);
    for stream in 0..=streams {
        let times: Vec<_> = packets
            .iter()
            .filter(|it| it.stream == stream)
            .map(|it| it.ms)
            .collect();
        for pair in times.windows(2) {
            assert!(
                pair[0] < pair[1],
                "{what}: stream {stream} goes from {} to {} ms",
                pair[0],
                pair[1]
            );
        }
    }
}
