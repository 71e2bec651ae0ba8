//! Bodies that come in part, twice, or from several at once.

use std::{io::Write as _, sync::Mutex, thread};

use crate::support::{
    Server,
    owner::{BYTES, TUS, id_of, metadata_header},
    read_answer,
    samples::noise,
    wait::wait_for,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

#[test]
fn a_body_with_a_checksum_is_all_or_nothing() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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

    // A body that is cut leaves nothing, and takes nothing from who asks after it: the server may
    // find it on its connection later than the question on the next one.
    for _ in 0..20 {
        let stream = ann.begin_patch(&id, 1 << 20, 1 << 20, &[&sha256], &bytes[..600_000]);
        drop(stream);
        assert_eq!(ann.offset(&id), 1 << 20);
    }
    assert_eq!(ann.patch(&id, 1 << 20, &[&sha256], &bytes).status, 204);
    assert!(ann.original(&id) == [bytes.clone(), bytes].concat());
}

#[test]
fn a_body_that_is_cut_keeps_what_came() {
    let (folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let bytes = noise(3 << 20, 6);
    let id = ann.begin(Some(bytes.len()), &[]);
    let stream = ann.begin_patch(&id, 0, bytes.len(), &[], &bytes[..2 << 20]);
    wait_for("the bytes to arrive", || {
        (folder.stored() >= 2 << 20).then_some(())
    });
    drop(stream);
    let offset = ann.offset(&id);
    assert_eq!(offset, 2 << 20);
    ann.append(&id, offset, &bytes[offset..]);
    assert!(ann.original(&id) == bytes);
}

#[test]
fn a_client_that_comes_back_takes_over_at_once() {
    let (folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let bytes = noise(200_000, 7);
    for comes_back_with in ["HEAD", "PATCH"] {
        let id = ann.begin(Some(bytes.len()), &[]);
        let before = folder.stored();
        let stale = ann.begin_patch(&id, 0, bytes.len(), &[], &bytes[..50_000]);
        wait_for("the bytes to arrive", || {
            (folder.stored() >= before + 50_000).then_some(())
        });

        if comes_back_with == "HEAD" {
            assert_eq!(ann.offset(&id), 50_000);
        }
        ann.append(&id, 50_000, &bytes[50_000..]);
        // Had the server waited until the other one had been silent for long enough, its answer would
        // say so.
        let answer = read_answer(stale);
        assert_eq!((answer.status, answer.code().as_str()), (409, "superseded"));
        assert!(ann.original(&id) == bytes);
    }
}

#[test]
fn a_wrong_offset_does_not_disturb_what_is_being_written() {
    let (folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let bytes = noise(200_000, 9);
    let id = ann.begin(Some(bytes.len()), &[]);
    let mut running = ann.begin_patch(&id, 0, bytes.len(), &[], &bytes[..50_000]);
    wait_for("the bytes to arrive", || {
        (folder.stored() >= 50_000).then_some(())
    });
    for offset in [1, 49_999, 50_001, 1 << 40] {
        let answer = ann.patch(&id, offset, &[], b"x");
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (409, "offset_mismatch")
        );
        assert_eq!(answer.header("upload-offset"), "0", "so much is safe");
    }
    running.write_all(&bytes[50_000..]).expect("it goes on");
    assert_eq!(read_answer(running).status, 204);
    assert!(ann.original(&id) == bytes);
}

#[test]
fn two_writers_never_interleave() {
    let (_folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let id = ann.begin(None, &[]);
    // Each writes blocks of its own letter wherever the upload stands.
    const BLOCK: usize = 10_000;
    let taken = Mutex::new(Vec::new());
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
fn a_beginning_that_is_cut_is_found_again_by_its_name() {
    let (folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let bytes = noise(300_000, 8);
    let length = format!("Upload-Length: {}", bytes.len());
    let content = format!("Content-Length: {}", bytes.len());
    let metadata = metadata_header(&[("take", "a name")]);
    // The spool is made with the first recording.
    let stored = || {
        if folder.file("spool").is_dir() {
            folder.stored()
        } else {
            0
        }
    };
    let begin = |more: &[&str]| {
        let own = [ann.authorization.as_str(), TUS, BYTES, &length, &content];
        let headers: Vec<_> = own.iter().chain(more).copied().collect();
        let before = stored();
        let mut stream = server.begin("POST", "/uploads", &headers);
        stream
            .write_all(&bytes[..100_000])
            .expect("the server reads");
        wait_for("the bytes to arrive", || {
            (stored() >= before + 100_000).then_some(())
        });
        drop(stream);
    };
    begin(&[]);
    wait_for("the one without a name to be gone", || {
        (ann.list("")["total"] == 0 && stored() == 0).then_some(())
    });
    begin(&[&metadata]);
    let answer = ann.send("POST", "/uploads", &[&length, &metadata], b"");
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("upload-offset"), "100000");
    let id = id_of(&answer);
    ann.append(&id, 100_000, &bytes[100_000..]);
    assert!(ann.original(&id) == bytes);
    assert_eq!(ann.list("")["total"], 1);
}

#[test]
fn who_is_still_sending_hears_the_refusal() {
    let flags = ["--max-owner-bytes", "1MB", "--max-request-rate", "1"];
    let (_folder, server) = Server::start_new("uploads", &flags);
    let ann = server.owner("ann");
    let bytes = noise(6 << 20, 11);
    let id = ann.begin(None, &[]);
    // All of a body is taken in: a connection that is closed over it may lose the answer.
    let patch = |offset, headers: &[&str]| {
        read_answer(ann.begin_patch(&id, offset, bytes.len(), headers, &bytes))
    };
    let refused = patch(0, &[]);
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (413, "owner_full")
    );
    // Who begins with bytes has to hear the address, whatever became of them.
    let length = format!("Content-Length: {}", bytes.len());
    let headers = [&ann.authorization, TUS, BYTES, "Upload-Defer-Length: 1"];
    let headers = [&headers[..], &[&length]].concat();
    let mut stream = server.begin("POST", "/uploads", &headers);
    stream.write_all(&bytes).expect("the server reads");
    let begun = read_answer(stream);
    assert_eq!(begun.status, 201, "{}", begun.text());
    let stranger = patch(0, &["Origin: https://evil.example"]);
    assert_eq!(stranger.code(), "origin_not_allowed");
    wait_for("too many", || {
        (patch(1 << 30, &[]).status == 429).then_some(())
    });
}
