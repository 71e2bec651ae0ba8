//! `callreel repair` from the command line, judged by ffmpeg.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::support::callreel;

/// A folder with `take.webm`: five seconds as a recorder writes them, that is without a duration,
/// an index or sizes.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let dir =
            std::env::temp_dir().join(format!("callreel-repair-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a temporary folder can be made");
        let folder = Self(dir);
        let status = Command::new("ffmpeg")
            .args([
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=160x120:rate=20",
            ])
            .args([
                "-f", "lavfi", "-i", "sine", "-t", "5", "-c:v", "libvpx", "-g", "20",
            ])
            .args([
                "-deadline",
                "realtime",
                "-c:a",
                "libopus",
                "-f",
                "webm",
                "-live",
                "1",
            ])
            .arg(folder.file("take.webm"))
            .status();
        assert!(status.expect("ffmpeg is there").success());
        folder
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder is not worth a failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn repair(arguments: &[&Path]) -> Output {
    callreel()
        .arg("repair")
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn probe(file: &Path, entry: &str) -> String {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-show_entries",
            entry,
            "-of",
            "default=nokey=1:noprint_wrappers=1",
        ])
        .arg(file)
        .output()
        .expect("ffprobe is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn duration(file: &Path) -> f64 {
    probe(file, "format=duration").parse().unwrap_or(f64::NAN)
}

fn assert_decodes(file: &Path) {
    let output = Command::new("ffmpeg")
        .args(["-v", "warning", "-xerror", "-i"])
        .arg(file)
        .args(["-f", "null", "-"])
        .output()
        .expect("ffmpeg is there");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.is_empty(),
        "{complaints}"
    );
}

#[test]
fn a_recording_becomes_seekable() {
    let folder = Folder::new("whole");
    let (input, output) = (folder.file("take.webm"), folder.file("seekable.webm"));
    let before = fs::read(&input).expect("it was just made");
    assert!(
        duration(&input).is_nan(),
        "the sample has a duration already"
    );

    let run = repair(&[&input, Path::new("-o"), &output]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(!run.stdout.is_empty(), "it says what it did");
    assert!(
        (duration(&output) - 5.0).abs() < 0.1,
        "{}",
        duration(&output)
    );
    assert_decodes(&output);
    assert!(
        fs::read(&input).expect("it is still there") == before,
        "the input was changed"
    );

    let info = Command::new("mkvinfo")
        .arg(&output)
        .output()
        .expect("mkvinfo is there");
    let info = String::from_utf8_lossy(&info.stdout);
    for element in ["Seek head", "Cues", "Duration"] {
        assert!(info.contains(element), "no {element} in {info}");
    }
}

#[test]
fn a_truncated_recording_keeps_what_it_has() {
    let folder = Folder::new("truncated");
    let (input, output) = (folder.file("take.webm"), folder.file("seekable.webm"));
    let whole = fs::read(&input).expect("it was just made");
    fs::write(&input, &whole[..whole.len() * 3 / 5]).expect("the folder is ours");
    let run = repair(&[&input, Path::new("-o"), &output]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(
        (1.5..4.5).contains(&duration(&output)),
        "{}",
        duration(&output)
    );
    assert_decodes(&output);
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new("overwrite");
    let (input, output) = (folder.file("take.webm"), folder.file("seekable.webm"));
    fs::write(&output, "precious").expect("the folder is ours");
    assert!(!repair(&[&input, Path::new("-o"), &output]).status.success());
    assert_eq!(fs::read(&output).expect("it is still there"), b"precious");

    let before = fs::read(&input).expect("it was just made");
    assert!(!repair(&[&input, Path::new("-o"), &input]).status.success());
    assert!(fs::read(&input).expect("it is still there") == before);
}

#[test]
fn without_a_name_the_copy_is_put_beside_the_recording() {
    let folder = Folder::new("beside");
    let run = repair(&[&folder.file("take.webm")]);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let names = fs::read_dir(&folder.0).expect("the folder is ours").count();
    assert_eq!(names, 2, "one recording and one copy");
}

#[test]
fn what_is_no_recording_is_refused() {
    let folder = Folder::new("refused");
    let text = folder.file("text.webm");
    fs::write(&text, "this is no WebM").expect("the folder is ours");
    for input in [text.as_path(), &folder.file("missing.webm"), &folder.0] {
        let run = repair(&[input, Path::new("-o"), &folder.file("out.webm")]);
        assert!(!run.status.success(), "{}", input.display());
        assert!(!run.stderr.is_empty(), "{}", input.display());
        assert!(!folder.file("out.webm").exists(), "{}", input.display());
    }
}

#[test]
fn a_disk_that_is_too_full_is_told_and_left_as_it_was() {
    let folder = Folder::new("full");
    let (input, disk) = (folder.file("take.webm"), folder.file("disk"));
    fs::create_dir(&disk).expect("the folder is ours");
    let len = fs::metadata(&input).expect("it was just made").len();
    assert!(len > 16 << 10, "the sample would fit, with {len} bytes");
    // A disk of its own, in a mount namespace that nobody else sees.
    let script = r#"mount -t tmpfs -o size=16k none "$2" || exit 99
        "$0" repair "$1" -o "$2/out.webm"; code=$?; ls -A "$2"; exit $code"#;
    let run = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(callreel().get_program())
        .args([&input, &disk])
        .output()
        .expect("unshare is there");
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("No space left"), "{complaint}");
    assert!(run.stdout.is_empty(), "something was left behind");
}
