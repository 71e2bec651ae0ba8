//! Watching: ranges and what belongs to them, whole recordings and growing ones.

use std::{io::Read as _, net::TcpStream, time::Duration};

use crate::support::{
    Response, Server,
    folder::Folder,
    owner::Owner,
    samples::{assert_decodes, chromium, duration, noise, recorded, webm},
    wait::wait_for,
};

const WEBM: &[(&str, &str)] = &[
    ("filetype", "video/webm;codecs=vp8,opus"),
    ("title", "Monday"),
];

fn start() -> (Folder, Server) {
    Server::start_new("media", &[])
}

fn get(owner: &Owner<'_>, id: &str, headers: &[&str]) -> Response {
    owner.send("GET", &format!("/recordings/{id}/media"), headers, b"")
}

#[test]
fn every_recorder_s_output_becomes_seekable_at_once() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../webm/tests/samples");
    for entry in std::fs::read_dir(folder).expect("there are samples") {
        let name = entry
            .expect("it can be read")
            .file_name()
            .to_string_lossy()
            .into_owned();
        if !name.ends_with(".webm") {
            continue;
        }
        let sent = webm(&name);
        let id = ann.upload(&sent, WEBM);
        let recording = ann.recording(&id);
        let seekable = ann.media(&id, "").body;
        let told = recording["duration_ms"]
            .as_f64()
            .expect("it knows its length")
            / 1000.0;
        assert!((duration(&seekable) - told).abs() < 0.05, "{name}: {told}");
        assert_decodes(&seekable);
        assert!(ann.original(&id) == sent, "{name} was changed");
        assert_eq!(recording["size"], sent.len());
    }
}

#[test]
fn ranges_are_parts_of_the_same_file() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&recorded(10), WEBM);
    let whole = get(&ann, &id, &[]);
    assert_eq!(whole.header("content-type"), "video/webm");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), whole.body.len().to_string());
    let body = whole.body;
    let n = body.len();
    // Parts across the seams between head and clusters, and patched places, at any boundary.
    let mut parts = vec![(0, 0), (0, n - 1), (n - 1, n - 1), (n / 2, n / 2 + 7)];
    parts.extend((0..200).map(|i| (i * n / 200, (i * n / 200 + i * 13 % 3000).min(n - 1))));
    parts.extend((0..1500).map(|i| (i, i + 2)));
    for (first, last) in parts {
        let answer = get(&ann, &id, &[&format!("Range: bytes={first}-{last}")]);
        assert_eq!(answer.status, 206);
        assert_eq!(
            answer.header("content-range"),
            format!("bytes {first}-{last}/{n}")
        );
        assert!(answer.body == body[first..=last], "{first}-{last}");
    }
    for (range, from) in [("-5", n - 5), ("-99999999", 0), ("7-", 7)] {
        let answer = get(&ann, &id, &[&format!("Range: bytes={range}")]);
        assert!(
            answer.status == 206 && answer.body == body[from..],
            "{range}"
        );
    }
    let beyond = format!("{n}-");
    for range in [
        &beyond,
        "-0",
        "5-4",
        "x-y",
        "",
        "99999999999999999999999999-",
    ] {
        let answer = get(&ann, &id, &[&format!("Range: bytes={range}")]);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (416, "range"),
            "{range}"
        );
        assert_eq!(answer.header("content-range"), format!("bytes */{n}"));
    }
    for range in ["lines=1-2", "bytes=0-1,5-6", "bytes=0-10,5-20,0-99"] {
        let answer = get(&ann, &id, &[&format!("Range: {range}")]);
        assert!(answer.status == 200 && answer.body == body, "{range}");
    }
}

#[test]
fn a_part_is_only_sent_of_what_is_still_the_same() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&chromium(), WEBM);
    let whole = get(&ann, &id, &[]);
    let (etag, date) = (whole.header("etag"), whole.header("last-modified"));
    let status = |condition: &str| get(&ann, &id, &["Range: bytes=0-9", condition]).status;
    assert_eq!(status(&format!("If-Range: {etag}")), 206);
    assert_eq!(status(&format!("If-Range: {date}")), 206);
    assert_eq!(status("If-Range: \"another\""), 200);
    assert_eq!(status(&format!("If-Range: W/{etag}")), 200);
    assert_eq!(status("If-Range: Sun, 06 Nov 1994 08:49:37 GMT"), 200);
    assert_eq!(
        get(&ann, &id, &[&format!("If-None-Match: {etag}")]).status,
        304
    );
    assert_eq!(get(&ann, &id, &["If-None-Match: \"another\""]).status, 200);
    let original = ann.media(&id, "?original=1");
    assert_ne!(
        original.header("etag"),
        etag,
        "two forms must not share a tag"
    );

    let path = format!("/recordings/{id}/media");
    // Only GET asks for a part.
    let part = ann.send("HEAD", &path, &["Range: bytes=1-2"], b"");
    assert_eq!(
        (part.status, part.header("content-range")),
        (200, ""),
        "HEAD tells of the whole"
    );
    let head = ann.ask("HEAD", &path);
    assert_eq!((head.status, head.body.len()), (200, 0));
    for header in ["content-length", "etag", "content-type", "accept-ranges"] {
        assert_eq!(head.header(header), whole.header(header), "{header}");
    }
}

#[test]
fn downloads_have_names() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    for (title, disposition) in [
        (
            "Monday",
            "attachment; filename=\"Monday.webm\"; filename*=UTF-8''Monday.webm",
        ),
        (
            "会议",
            "attachment; filename=\"__.webm\"; filename*=UTF-8''%E4%BC%9A%E8%AE%AE.webm",
        ),
        (
            "../a\"b\r\nX: y",
            "attachment; filename=\"_a_b  X_ y.webm\"; filename*=UTF-8''_a_b%20%20X_%20y.webm",
        ),
        (
            "\u{202e}gpj.exe",
            "attachment; filename=\"gpj.exe.webm\"; filename*=UTF-8''gpj.exe.webm",
        ),
    ] {
        let id = ann.upload(&chromium(), &[("title", title), ("filetype", "video/webm")]);
        let answer = ann.media(&id, "?download=1");
        assert_eq!(answer.header("content-disposition"), disposition);
        assert_eq!(ann.media(&id, "").header("content-disposition"), "");
    }
    let long = ann.upload(
        b"x",
        &[("title", &"ä".repeat(5000)), ("filetype", "audio/mp4")],
    );
    let disposition = ann
        .media(&long, "?download")
        .header("content-disposition")
        .to_owned();
    assert!(
        disposition.len() < 2000 && disposition.ends_with(".m4a"),
        "{disposition}"
    );
}

#[test]
fn what_is_no_webm_is_kept_as_it_is() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let mp4 = [b"\0\0\0\x18ftypiso5".as_slice(), &noise(5000, 1)].concat();
    for (bytes, claimed, mime_type, served) in [
        (
            &mp4,
            "video/mp4;codecs=avc1",
            "video/mp4;codecs=avc1",
            "video/mp4",
        ),
        (&mp4, "", "video/mp4", "video/mp4"),
        (&noise(5000, 2), "video/webm", "video/webm", "video/webm"),
        (
            &b"<script>alert(1)</script>".to_vec(),
            "text/html",
            "application/octet-stream",
            "application/octet-stream",
        ),
        (
            &b"<svg/>".to_vec(),
            "image/svg+xml",
            "application/octet-stream",
            "application/octet-stream",
        ),
        (&Vec::new(), "video/webm", "video/webm", "video/webm"),
    ] {
        let id = ann.upload(bytes, &[("filetype", claimed), ("duration_ms", "1234")]);
        let recording = ann.recording(&id);
        assert_eq!(recording["mime_type"], mime_type, "{claimed}");
        assert_eq!(recording["duration_ms"], 1234, "by the sender's account");
        let answer = ann.media(&id, "");
        assert!(answer.status == 200 && answer.body == *bytes, "{claimed}");
        assert_eq!(answer.header("content-type"), served);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let is_download = answer
            .header("content-disposition")
            .starts_with("attachment");
        assert_eq!(
            is_download,
            served == "application/octet-stream",
            "{claimed}"
        );
    }
    // Without a word from the sender, the bytes tell.
    let id = ann.upload(&webm("firefox-opus.webm"), &[]);
    assert_eq!(ann.recording(&id)["mime_type"], "audio/webm");
}

/// A cluster for every block, each with a Position, so that there are more patches than fit into memory
/// kept for them.
fn crowded(good: &[u8]) -> Vec<u8> {
    let head_len = good
        .windows(4)
        .position(|it| it == [0x1F, 0x43, 0xB6, 0x75])
        .expect("it has a cluster");
    let mut crowded = good[..head_len].to_vec();
    for i in 0..30_000u32 {
        let time = (i / 30).to_be_bytes();
        crowded.extend([
            0x1F, 0x43, 0xB6, 0x75, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        ]);
        crowded.extend([
            0xE7, 0x84, time[0], time[1], time[2], time[3], 0xA7, 0x81, 7,
        ]);
        crowded.extend([0xA3, 0x85, 0x81, 0, 0, 0x80, 0]);
    }
    crowded
}

#[test]
fn a_damaged_or_hostile_webm_does_no_harm() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let good = recorded(5);
    let mut damaged = good.clone();
    let third = damaged.len() / 3;
    damaged[third..third + 2000].fill(0xAA);
    let crowded = crowded(&good);
    for bytes in [good[..good.len() * 2 / 3].to_vec(), damaged, crowded] {
        let id = ann.upload(&bytes, WEBM);
        assert_eq!(ann.recording(&id)["state"], "complete");
        let whole = ann.media(&id, "");
        assert_eq!(whole.status, 200);
        assert!(ann.original(&id) == bytes);
        let n = whole.body.len();
        for i in 0..50 {
            let (first, last) = (i * n / 50, (i * n / 50 + 100).min(n - 1));
            let part = get(&ann, &id, &[&format!("Range: bytes={first}-{last}")]);
            assert!(part.body == whole.body[first..=last], "{first}-{last}");
        }
    }
}

#[test]
fn a_log_of_patches_that_is_not_whole_is_made_again() {
    let (folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&crowded(&recorded(5)), WEBM);
    let whole = ann.media(&id, "").body;
    let log = folder.file(&format!("spool/{id}.patches"));
    let bytes = std::fs::read(&log).expect("there are many");
    std::fs::write(&log, &bytes[..bytes.len() / 48 * 24]).expect("it is ours");
    assert!(ann.media(&id, "").body == whole);
}

#[test]
fn a_lost_head_is_made_again() {
    let (folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&recorded(5), WEBM);
    let whole = ann.media(&id, "").body;
    for spoil in [
        b"".as_slice(),
        b"callreel head 1\n{}\nxx",
        b"callreel head 1\n",
    ] {
        std::fs::write(folder.file(&format!("spool/{id}.head")), spoil).expect("it is ours");
        assert!(ann.media(&id, "").body == whole);
    }
    std::fs::remove_file(folder.file(&format!("spool/{id}.head"))).expect("it is there");
    assert!(ann.media(&id, "").body == whole);
}

/// Somebody who watches a recording grow.
struct Viewer {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Viewer {
    fn new(owner: &Owner<'_>, id: &str, query: &str) -> Self {
        let path = format!("/recordings/{id}/media{query}");
        let stream = owner.server.begin("GET", &path, &[&owner.authorization]);
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("it is not zero");
        Self {
            stream,
            answer: Vec::new(),
        }
    }

    /// What came so far; true where that is all.
    fn read(&mut self) -> (Vec<u8>, bool) {
        let mut buffer = [0; 64 << 10];
        let ended = loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => break true,
                Ok(read) => self.answer.extend_from_slice(&buffer[..read]),
                Err(_) => break false,
            }
        };
        let answer = Response::try_parse(&self.answer);
        (answer.map_or_else(Vec::new, |answer| answer.body), ended)
    }

    /// Waits until so many bytes came.
    #[track_caller]
    fn wait_for(&mut self, len: usize) -> Vec<u8> {
        wait_for("the viewer to get the bytes", || {
            Some(self.read().0).filter(|body| body.len() >= len)
        })
    }

    #[track_caller]
    fn wait_for_end(&mut self) -> Vec<u8> {
        wait_for("the end of the recording", || {
            let (body, ended) = self.read();
            ended.then_some(body)
        })
    }
}

#[test]
fn a_growing_recording_is_followed_to_its_end() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    for take in [
        recorded(8),
        webm("firefox-vp8-opus.webm"),
        noise(300_000, 3),
    ] {
        let id = ann.begin(None, WEBM);
        // A viewer who comes before the first byte waits for it.
        let mut first = Viewer::new(&ann, &id, "");
        let (a, b) = (take.len() / 4, take.len() / 2);
        ann.append(&id, 0, &take[..a]);
        let mut second = Viewer::new(&ann, &id, "");
        first.wait_for(a / 2);
        ann.append(&id, a, &take[a..b]);
        let tail_of = |body: &[u8], end: usize| body.ends_with(&take[end - 100..end]);
        for viewer in [&mut first, &mut second] {
            wait_for("the viewer to catch up", || {
                tail_of(&viewer.read().0, b).then_some(())
            });
        }
        let answer = Response::try_parse(&first.answer).expect("the head came");
        assert_eq!(
            (answer.status, answer.header("accept-ranges")),
            (200, "none")
        );
        assert_eq!(answer.header("content-length"), "");
        assert_eq!(answer.header("cache-control"), "private, no-cache");

        ann.append(&id, b, &take[b..]);
        ann.patch(
            &id,
            take.len(),
            &[&format!("Upload-Length: {}", take.len())],
            b"",
        );
        let (one, two) = (first.wait_for_end(), second.wait_for_end());
        assert!(one == two && tail_of(&one, take.len()));
        if take.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]) {
            assert!(duration(&one).is_nan() || duration(&one) > 0.0);
            assert_decodes(&one);
        } else {
            assert!(one == take);
        }
    }
}

#[test]
fn a_late_viewer_begins_at_the_live_edge() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let take = recorded(12);
    let id = ann.begin(None, WEBM);
    let most = take.len() * 9 / 10;
    ann.append(&id, 0, &take[..most]);
    let mut viewer = Viewer::new(&ann, &id, "?live=1");
    let body = viewer.wait_for(1000);
    assert!(
        body.len() < take.len() / 3,
        "{} of {}",
        body.len(),
        take.len()
    );
    let head = ann.ask("HEAD", &format!("/recordings/{id}/media?live=1"));
    assert_eq!((head.status, head.header("content-length")), (200, ""));

    ann.append(&id, most, &take[most..]);
    ann.patch(
        &id,
        take.len(),
        &[&format!("Upload-Length: {}", take.len())],
        b"",
    );
    let body = viewer.wait_for_end();
    assert!(body.ends_with(&take[take.len() - 100..]));
    assert_decodes(&body);
}

#[test]
fn a_viewer_who_does_not_read_costs_nothing() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&noise(30 << 20, 4), &[("filetype", "video/mp4")]);
    let path = format!("/recordings/{id}/media");
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()));
        let status = status.expect("it runs");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .expect("it says");
        line.split_whitespace()
            .nth(1)
            .and_then(|kb| kb.parse::<u64>().ok())
            .expect("it is a number")
    };
    let before = memory();
    let idle: Vec<_> = (0..20)
        .map(|_| server.begin("GET", &path, &[&ann.authorization]))
        .collect();
    assert!(get(&ann, &id, &[]).body.len() == 30 << 20);
    let grown = memory().saturating_sub(before);
    assert!(
        grown < 30 << 10,
        "{grown} KiB more for 20 viewers of 30 MiB"
    );
    drop(idle);
}
