//! tus 1.0.0, verb by verb.

use std::thread;

use crate::support::{
    Server,
    owner::{BYTES, id_of, metadata_header},
    samples::noise,
};

#[test]
fn an_upload_goes_from_nothing_to_complete() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &[]);
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
fn options_tell_what_the_server_can_do() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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
fn an_upload_can_be_ended_without_a_trace() {
    let (folder, server) = Server::start_new("uploads", &[]);
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
    assert_eq!(folder.stored(), 0);
    assert_eq!(ann.list("")["storage"]["used"], 0);
}

#[test]
fn a_proxy_that_knows_few_methods_is_no_obstacle() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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
