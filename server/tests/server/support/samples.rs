//! Bytes to upload, and judges of what comes back.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use sha2::{Digest as _, Sha256};

/// A recording as a browser wrote it: without a length, an index or sizes of its clusters.
pub fn webm(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../webm/tests/samples");
    std::fs::read(path.join(name)).expect("the sample is there")
}

/// The usual one.
pub fn chromium() -> Vec<u8> {
    webm("chromium-vp8-opus.webm")
}

/// A longer recording, as a recorder streams it: vp8 and opus, a key frame every second.
pub fn recorded(seconds: u32) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x240:rate=20",
        ])
        .args(["-f", "lavfi", "-i", "sine", "-t", &seconds.to_string()])
        .args([
            "-c:v",
            "libvpx",
            "-g",
            "20",
            "-deadline",
            "realtime",
            "-c:a",
            "libopus",
        ])
        .args([
            "-f",
            "webm",
            "-live",
            "1",
            "-cluster_time_limit",
            "1000",
            "-",
        ])
        .stdin(Stdio::null())
        .output()
        .expect("ffmpeg is there");
    assert!(output.status.success());
    output.stdout
}

/// Bytes that look like nothing, always the same for the same seed.
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Length in seconds by ffprobe's account; NaN where the file does not say.
pub fn duration(webm: &[u8]) -> f64 {
    let flags = [
        "-v",
        "error",
        "-show_entries",
        "format=duration",
        "-of",
        "csv=p=0",
        "-",
    ];
    let output = feed(Command::new("ffprobe").args(flags), webm);
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .unwrap_or(f64::NAN)
}

/// Fails unless ffmpeg decodes all of it without a word. Frames keep their own times: rounded to a
/// constant rate, some would lie on one another.
#[track_caller]
pub fn assert_decodes(webm: &[u8]) {
    let flags = [
        "-v",
        "warning",
        "-xerror",
        "-i",
        "-",
        "-map",
        "0",
        "-fps_mode",
        "passthrough",
    ];
    let output = ["-enc_time_base", "-1", "-f", "null", "-"];
    let output = feed(Command::new("ffmpeg").args(flags).args(output), webm);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.is_empty(),
        "{complaints}"
    );
}

fn feed(command: &mut Command, input: &[u8]) -> std::process::Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ffmpeg is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // It may know enough before the end.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("writing does not panic");
    output
}
