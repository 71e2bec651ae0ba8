//! tus 1.0.0, verb by verb.

mod support;

use std::{io::Write as _, thread};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use support::{
    Server,
    folder::Folder,
    owner::{BYTES, TUS, id_of, metadata_header},
    read_answer,
    samples::noise,
    wait::{s, wait_for},
};

fn start() -> (Folder, Server) {
    start_with(&[])
}

fn start_with(flags: &[&str]) -> (Folder, Server) {
    let folder = Folder::new("uploads");
    let server = Server::start_in(folder.path(), flags);
    (folder, server)
}

#[test]
fn an_upload_goes_from_nothing_to_complete() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let bytes = noise(100_000, 1);
    let id = ann.begin(
        Some(bytes.len()),
        &[("title", "Monday"), ("filetype", "video/mp4")],
    );
    assert_eq!(id.len(), 32);

    ann.append(&id, 0, &bytes[..40_000]);
    let head = ann.head(&id);
    assert_eq!((head.status, head.header("upload-offset")), (200, "40000"));
    assert_eq!(head.header("upload-length"), "100000");
    assert_eq!(head.header("cache-control"), "no-store");
    assert!(head.header("upload-expires").ends_with(" GMT"));
    let metadata = metadata_header(&[("title", "Monday"), ("filetype", "video/mp4")]);
    assert_eq!(
        format!("Upload-Metadata: {}", head.header("upload-metadata")),
        metadata
    );
    assert_eq!(ann.recording(&id)["state"], "recording");

    ann.append(&id, 40_000, &bytes[40_000..]);
    let recording = ann.recording(&id);
    assert_eq!(recording["state"], "complete");
    assert_eq!(recording["title"], "Monday");
    assert_eq!(recording["mime_type"], "video/mp4");
    assert_eq!(recording["size"], 100_000);
    assert!(ann.original(&id) == bytes);
    // What is whole says so, and says nothing of an end.
    let head = ann.head(&id);
    assert_eq!(
        (head.header("upload-offset"), head.header("upload-expires")),
        ("100000", "")
    );
}

#[test]
fn asking_twice_under_one_name_makes_one_recording() {
    let (_folder, server) = start();
    let (ann, bob) = (server.owner("ann"), server.owner("bob"));
    let bytes = noise(5_000, 9);
    let first = ann.begin(None, &[("take", "5f1c")]);
    ann.append(&first, 0, &bytes[..3_000]);

    let take = metadata_header(&[("take", "5f1c")]);
    let again = ann.send("POST", "/uploads", &["Upload-Defer-Length: 1", &take], b"");
    assert_eq!((again.status, again.header("upload-offset")), (201, "3000"));
    assert_eq!(id_of(&again), first);
    // Another name, and another owner's same name, are other recordings.
    assert_ne!(ann.begin(None, &[("take", "5f1d")]), first);
    assert_ne!(bob.begin(None, &[("take", "5f1c")]), first);

    let length = ["Upload-Offset: 3000", "Upload-Length: 5000", BYTES];
    let path = format!("/uploads/{first}");
    assert_eq!(
        ann.send("PATCH", &path, &length, &bytes[3_000..]).status,
        204
    );
    let again = ann.send("POST", "/uploads", &["Upload-Length: 5000", &take], b"");
    assert_eq!((again.status, again.header("upload-offset")), (201, "5000"));
    assert_eq!(ann.recording(&first)["state"], "complete");
    assert!(ann.original(&first) == bytes);

    // What was deleted does not come back by being sent again.
    let deleted = ann.send("DELETE", &format!("/api/recordings/{first}"), &[], b"");
    assert_eq!(deleted.status, 204);
    let again = ann.send("POST", "/uploads", &["Upload-Length: 5000", &take], b"");
    assert_eq!((again.status, again.code().as_str()), (410, "deleted"));
}

#[test]
fn many_who_ask_at_once_under_one_name_get_one_recording() {
    let (_folder, server) = start();
    let ids: Vec<String> = thread::scope(|scope| {
        let ask = || server.owner("ann").begin(None, &[("take", "5f1c")]);
        let asking: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
        let answered = asking
            .into_iter()
            .map(|it| it.join().expect("it is answered"));
        answered.collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let ann = server.owner("ann");
    ann.append(&ids[0], 0, &noise(100, 3));
    assert_eq!(ann.recording(&ids[0])["size"], 100);
}

#[test]
fn the_first_bytes_can_come_with_the_creation() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let bytes = noise(70_000, 2);
    let answer = ann.send(
        "POST",
        "/uploads/",
        &["Upload-Length: 70000", BYTES],
        &bytes[..30_000],
    );
    assert_eq!(
        (answer.status, answer.header("upload-offset")),
        (201, "30000")
    );
    ann.append(&id_of(&answer), 30_000, &bytes[30_000..]);

    let answer = ann.send("POST", "/uploads", &["Upload-Length: 70000", BYTES], &bytes);
    assert_eq!(
        (answer.status, answer.header("upload-offset")),
        (201, "70000")
    );
    assert_eq!(ann.recording(&id_of(&answer))["state"], "complete");

    let answer = ann.send("POST", "/uploads", &["Upload-Length: 0"], b"");
    assert_eq!(ann.recording(&id_of(&answer))["state"], "complete");
}

#[test]
fn a_length_can_come_later() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.begin(None, &[]);
    ann.append(&id, 0, b"one ");
    let head = ann.head(&id);
    assert_eq!(head.header("upload-defer-length"), "1");
    assert_eq!(head.header("upload-length"), "");

    let answer = ann.patch(&id, 4, &["Upload-Length: 7"], b"two");
    assert_eq!(answer.status, 204);
    assert_eq!(ann.recording(&id)["state"], "complete");
    assert_eq!(ann.original(&id), b"one two");

    // The length may also come alone, once all bytes are here.
    let id = ann.begin(None, &[]);
    ann.append(&id, 0, b"all");
    assert_eq!(ann.patch(&id, 3, &["Upload-Length: 3"], b"").status, 204);
    assert_eq!(ann.recording(&id)["state"], "complete");
}

#[test]
fn a_length_never_changes() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.begin(Some(10), &[]);
    assert_eq!(
        ann.patch(&id, 0, &["Upload-Length: 11"], b"x").code(),
        "bad_length"
    );
    let id = ann.begin(None, &[]);
    ann.append(&id, 0, b"12345");
    assert_eq!(
        ann.patch(&id, 5, &["Upload-Length: 4"], b"").code(),
        "bad_length"
    );
    assert_eq!(ann.offset(&id), 5);
}

#[test]
fn a_wrong_offset_changes_nothing() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.begin(Some(10), &[]);
    ann.append(&id, 0, b"12345");
    for offset in [0, 4, 6, 10, 1 << 40] {
        let answer = ann.patch(&id, offset, &[], b"x");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (409, "offset_mismatch")
        );
        assert_eq!(answer.header("upload-offset"), "5");
    }
    // A refusal of a large body is heard, and not lost in a reset connection.
    let large = ann.begin(Some(8 << 20), &[]);
    assert_eq!(ann.patch(&large, 1, &[], &noise(8 << 20, 3)).status, 409);
    assert_eq!(ann.offset(&id), 5);
    ann.append(&id, 5, b"67890");
    assert_eq!(ann.original(&id), b"1234567890");
    assert_eq!(ann.patch(&id, 3, &[], b"x").code(), "offset_mismatch");
    assert_eq!(ann.patch(&id, 10, &[], b"x").code(), "upload_complete");
    assert_eq!(ann.patch(&id, 10, &[], b"").status, 204);
}

#[test]
fn wrong_requests_are_told_apart() {
    let (_folder, server) = start_with(&["--max-recording-bytes", "1000"]);
    let ann = server.owner("ann");
    let id = ann.begin(Some(10), &[]);
    let one = format!("/uploads/{id}");
    let (offset, length) = ("Upload-Offset: 0", "Upload-Length: 10");
    for (method, path, headers, body, status, code) in [
        ("POST", "/uploads", &[][..], "", 400, "bad_length"),
        (
            "POST",
            "/uploads",
            &[length, "Upload-Defer-Length: 1"],
            "",
            400,
            "bad_length",
        ),
        (
            "POST",
            "/uploads",
            &["Upload-Defer-Length: 2"],
            "",
            400,
            "bad_length",
        ),
        (
            "POST",
            "/uploads",
            &["Upload-Length: -1"],
            "",
            400,
            "malformed",
        ),
        (
            "POST",
            "/uploads",
            &["Upload-Length: 1001"],
            "",
            413,
            "recording_too_large",
        ),
        (
            "POST",
            "/uploads",
            &[length, "Upload-Metadata: title %"],
            "",
            400,
            "malformed",
        ),
        (
            "POST",
            "/uploads",
            &[length, "Upload-Concat: partial"],
            "",
            400,
            "malformed",
        ),
        (
            "POST",
            "/uploads",
            &[length, "Content-Type: text/plain"],
            "x",
            415,
            "content_type",
        ),
        (
            "POST",
            "/uploads",
            &[length, BYTES],
            "0123456789x",
            413,
            "beyond_length",
        ),
        (
            "PATCH",
            &one,
            &[offset, "Content-Type: video/webm"],
            "x",
            415,
            "content_type",
        ),
        ("PATCH", &one, &[offset], "x", 415, "content_type"),
        ("PATCH", &one, &[BYTES], "x", 400, "malformed"),
        (
            "PATCH",
            &one,
            &[BYTES, "Upload-Offset: x"],
            "x",
            400,
            "malformed",
        ),
        (
            "PATCH",
            &one,
            &[BYTES, offset],
            "0123456789x",
            413,
            "beyond_length",
        ),
        (
            "PATCH",
            &one,
            &[BYTES, offset, "Upload-Checksum: md5 AA=="],
            "x",
            400,
            "checksum_algorithm",
        ),
        (
            "PATCH",
            &one,
            &[BYTES, offset, "Upload-Checksum: sha1 %"],
            "x",
            400,
            "malformed",
        ),
        ("GET", &one, &[], "", 405, "method_not_allowed"),
        ("PUT", "/uploads", &[], "", 405, "method_not_allowed"),
    ] {
        let answer = ann.send(method, path, headers, body.as_bytes());
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{method} {headers:?}"
        );
    }
    assert_eq!(ann.offset(&id), 0, "nothing of all this was taken");

    let id = ann.begin(None, &[]);
    let answer = ann.patch(&id, 0, &[], &noise(1001, 4));
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "recording_too_large")
    );
    assert_eq!(answer.header("tus-max-size"), "1000");
}

#[test]
fn another_version_is_not_spoken() {
    let (_folder, server) = start();
    let key = server.owner("ann").authorization;
    for version in [&["Tus-Resumable: 0.2.2"][..], &[]] {
        for (method, path) in [
            ("POST", "/uploads"),
            ("HEAD", "/uploads/x"),
            ("PATCH", "/uploads/x"),
        ] {
            let headers: Vec<_> = [key.as_str(), "Upload-Length: 1"]
                .iter()
                .chain(version)
                .copied()
                .collect();
            let answer = server.send(method, path, &headers, b"");
            assert_eq!(answer.status, 412, "{method}");
            assert_eq!(answer.header("tus-version"), "1.0.0");
            assert_eq!(answer.header("tus-resumable"), "1.0.0");
        }
    }
}

#[test]
fn options_tell_what_the_server_can_do() {
    let (_folder, server) = start();
    for path in [
        "/uploads",
        "/uploads/",
        "/uploads/00000000000000000000000000000000",
    ] {
        let answer = server.request("OPTIONS", path, &[]);
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("tus-version"), "1.0.0");
        assert_eq!(answer.header("tus-max-size"), (16u64 << 30).to_string());
        for extension in [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "checksum",
            "termination",
            "expiration",
        ] {
            let known = answer.header("tus-extension");
            assert!(
                known.split(',').any(|known| known == extension),
                "{extension}"
            );
        }
        assert!(answer.header("tus-checksum-algorithm").contains("sha1"));
    }
}

#[test]
fn a_body_with_a_checksum_is_all_or_nothing() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    // Larger than what is kept in memory.
    let bytes = noise(1 << 20, 5);
    let id = ann.begin(Some(2 << 20), &[]);
    let sha1 = format!(
        "Upload-Checksum: sha1 {}",
        STANDARD.encode(Sha1::digest(&bytes))
    );
    let sha256 = format!(
        "Upload-Checksum: sha256 {}",
        STANDARD.encode(Sha256::digest(&bytes))
    );

    let mut wrong = bytes.clone();
    wrong[1 << 19] ^= 1;
    let answer = ann.patch(&id, 0, &[&sha1], &wrong);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (460, "checksum_mismatch")
    );
    assert_eq!(ann.offset(&id), 0);
    assert_eq!(ann.patch(&id, 0, &[&sha1], &bytes).status, 204);

    // A body that is cut leaves nothing.
    let head = [
        ann.authorization.as_str(),
        TUS,
        BYTES,
        "Upload-Offset: 1048576",
    ];
    let length = "Content-Length: 1048576";
    let headers: Vec<_> = head.iter().chain(&[length, &sha256]).copied().collect();
    let mut stream = server.begin("PATCH", &format!("/uploads/{id}"), &headers);
    stream
        .write_all(&bytes[..600_000])
        .expect("the server reads");
    drop(stream);
    assert_eq!(ann.offset(&id), 1 << 20);
    assert_eq!(ann.patch(&id, 1 << 20, &[&sha256], &bytes).status, 204);
    assert!(ann.original(&id) == [bytes.clone(), bytes].concat());
}

#[test]
fn a_body_that_is_cut_keeps_what_came() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let bytes = noise(3 << 20, 6);
    let id = ann.begin(Some(bytes.len()), &[]);
    let length = format!("Content-Length: {}", bytes.len());
    let headers = [
        ann.authorization.as_str(),
        TUS,
        BYTES,
        "Upload-Offset: 0",
        &length,
    ];
    let mut stream = server.begin("PATCH", &format!("/uploads/{id}"), &headers);
    stream
        .write_all(&bytes[..2 << 20])
        .expect("the server reads");
    wait_for(s(10), "the bytes to arrive", || {
        (stored(&_folder) >= 2 << 20).then_some(())
    });
    drop(stream);
    let offset = ann.offset(&id);
    assert_eq!(offset, 2 << 20);
    ann.append(&id, offset, &bytes[offset..]);
    assert!(ann.original(&id) == bytes);
}

/// Bytes in the spool.
fn stored(folder: &Folder) -> u64 {
    let files = std::fs::read_dir(folder.file("spool")).expect("there is a spool");
    files
        .map(|file| {
            file.expect("it can be read")
                .metadata()
                .map_or(0, |it| it.len())
        })
        .sum()
}

#[test]
fn a_client_that_comes_back_takes_over_at_once() {
    let (folder, server) = start();
    let ann = server.owner("ann");
    let bytes = noise(200_000, 7);
    for comes_back_with in ["HEAD", "PATCH"] {
        let id = ann.begin(Some(bytes.len()), &[]);
        let before = stored(&folder);
        let headers = [
            ann.authorization.as_str(),
            TUS,
            BYTES,
            "Upload-Offset: 0",
            "Content-Length: 200000",
        ];
        let mut stale = server.begin("PATCH", &format!("/uploads/{id}"), &headers);
        stale.write_all(&bytes[..50_000]).expect("the server reads");
        wait_for(s(10), "the bytes to arrive", || {
            (stored(&folder) >= before + 50_000).then_some(())
        });

        let start = std::time::Instant::now();
        if comes_back_with == "HEAD" {
            assert_eq!(ann.offset(&id), 50_000);
        }
        ann.append(&id, 50_000, &bytes[50_000..]);
        assert!(start.elapsed() < s(3), "it waited {:?}", start.elapsed());
        let answer = read_answer(stale);
        assert_eq!((answer.status, answer.code().as_str()), (409, "superseded"));
        assert!(ann.original(&id) == bytes);
    }
}

#[test]
fn two_writers_never_interleave() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.begin(None, &[]);
    // Each writes blocks of its own letter wherever the upload stands.
    const BLOCK: usize = 10_000;
    let taken = std::sync::Mutex::new(Vec::new());
    thread::scope(|scope| {
        for letter in [b'a', b'b', b'c', b'd'] {
            let (ann, id, taken) = (server.owner("ann"), &id, &taken);
            scope.spawn(move || {
                for _ in 0..25 {
                    let answer = ann.head(id);
                    // Another may have ended it before it got its turn.
                    let Ok(offset) = answer.header("upload-offset").parse() else {
                        continue;
                    };
                    let answer = ann.patch(id, offset, &[], &vec![letter; BLOCK]);
                    assert!(matches!(answer.status, 204 | 409), "{}", answer.text());
                    if answer.status == 204 {
                        let mut taken = taken.lock().expect("nobody panics with it");
                        taken.push((offset, letter));
                    }
                }
            });
        }
    });
    let bytes = {
        let offset = ann.offset(&id);
        ann.patch(&id, offset, &[&format!("Upload-Length: {offset}")], b"");
        ann.original(&id)
    };
    let taken = taken.into_inner().expect("nobody panicked with it");
    assert!(!taken.is_empty());
    for (offset, letter) in taken {
        let block = &bytes[offset..offset + BLOCK];
        assert!(block.iter().all(|byte| *byte == letter), "at {offset}");
    }
}

#[test]
fn an_upload_can_be_ended_without_a_trace() {
    let (folder, server) = start();
    let ann = server.owner("ann");
    let running = ann.begin(Some(10), &[]);
    ann.append(&running, 0, b"12345");
    let complete = ann.upload(b"all of it", &[]);
    for id in [running, complete] {
        assert_eq!(ann.ask("DELETE", &format!("/uploads/{id}")).status, 204);
        assert_eq!(ann.head(&id).status, 404);
        assert_eq!(ann.patch(&id, 5, &[], b"x").status, 404);
        assert_eq!(ann.ask("DELETE", &format!("/uploads/{id}")).status, 404);
    }
    assert_eq!(stored(&folder), 0);
    assert_eq!(ann.list("")["storage"]["used"], 0);
}

#[test]
fn a_proxy_that_knows_few_methods_is_no_obstacle() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.begin(Some(3), &[]);
    let path = format!("/uploads/{id}");
    let headers = ["X-HTTP-Method-Override: PATCH", BYTES, "Upload-Offset: 0"];
    assert_eq!(ann.send("POST", &path, &headers, b"abc").status, 204);
    assert_eq!(ann.original(&id), b"abc");
    let answer = ann.send("POST", &path, &["X-HTTP-Method-Override: DELETE"], b"");
    assert_eq!(answer.status, 204);
    assert_eq!(ann.send("POST", &path, &[], b"").status, 405);
}

#[test]
fn limits_are_kept() {
    let (_folder, server) = start_with(&[
        "--max-owner-bytes",
        "1000",
        "--max-total-bytes",
        "1500",
        "--max-owner-uploads",
        "2",
        "--max-uploads",
        "3",
    ]);
    let (ann, bob) = (server.owner("ann"), server.owner("bob"));
    let refused = ann.send("POST", "/uploads", &["Upload-Length: 1001"], b"");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (413, "owner_full")
    );
    ann.upload(&noise(900, 8), &[]);
    let id = ann.begin(None, &[]);
    let refused = ann.patch(&id, 0, &[], &noise(200, 9));
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (413, "owner_full")
    );
    assert_eq!(ann.offset(&id), 0);
    ann.append(&id, 0, &noise(100, 10));

    let refused = bob.send("POST", "/uploads", &["Upload-Length: 600"], b"");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (507, "server_full")
    );

    ann.begin(None, &[]);
    let refused = ann.send("POST", "/uploads", &["Upload-Defer-Length: 1"], b"");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "too_many_uploads")
    );
    assert_eq!(refused.header("retry-after"), "1");
    bob.begin(None, &[]);
    let refused = bob.send("POST", "/uploads", &["Upload-Defer-Length: 1"], b"");
    assert_eq!(refused.code(), "too_many_uploads");
}

#[test]
fn too_many_requests_are_too_many() {
    let (_folder, server) = start_with(&["--max-request-rate", "2"]);
    let ann = server.owner("ann");
    let statuses: Vec<_> = (0..40)
        .map(|_| ann.ask("GET", "/api/recordings").status)
        .collect();
    assert_eq!(statuses[..8], [200; 8]);
    assert!(statuses.contains(&429), "{statuses:?}");
    // The app itself, and what watches over the server, are not counted.
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/metrics").status, 200);
}
