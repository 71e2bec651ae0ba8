//! What a server does not take: wrong requests, and more than it was told to.

use std::io::Write as _;

use crate::support::{
    Server,
    owner::{BYTES, TUS},
    read_answer,
    samples::noise,
    wait::wait_for,
};

#[test]
fn a_wrong_offset_changes_nothing() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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
    let (_folder, server) = Server::start_new("uploads", &["--max-recording-bytes", "1000"]);
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
            &[length, "Upload-Metadata: title ü"],
            "",
            400,
            "malformed",
        ),
        (
            "POST",
            "/uploads",
            &[
                length,
                "Upload-Metadata: title QQ==",
                "Upload-Metadata: room QQ==",
            ],
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
            &[
                length,
                "Content-Type: text/plain",
                "Transfer-Encoding: chunked",
            ],
            "1\r\nx\r\n0\r\n\r\n",
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
            &[BYTES, offset, "Upload-Metadata: duration_ms ü"],
            "x",
            400,
            "malformed",
        ),
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
    // The type of a body that is not there says nothing.
    let begun = ann.send(
        "POST",
        "/uploads",
        &[length, "Content-Type: text/plain"],
        b"",
    );
    assert_eq!(begun.status, 201, "{}", begun.text());

    let id = ann.begin(None, &[]);
    let answer = ann.patch(&id, 0, &[], &noise(1001, 4));
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "recording_too_large")
    );
    assert_eq!(answer.header("tus-max-size"), "1000");
}

#[test]
fn a_body_beyond_the_length_is_refused_in_every_form() {
    let (_folder, server) = Server::start_new("uploads", &[]);
    let ann = server.owner("ann");
    let chunked = |id: &str, offset: usize, more: &[&str], body: &str| {
        let offset = format!("Upload-Offset: {offset}");
        let own = [ann.authorization.as_str(), TUS, BYTES, &offset];
        let headers = own.iter().chain(&["Transfer-Encoding: chunked"]);
        let headers: Vec<_> = headers.chain(more).copied().collect();
        let mut stream = server.begin("PATCH", &format!("/uploads/{id}"), &headers);
        let body = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        stream.write_all(body.as_bytes()).expect("the server reads");
        read_answer(stream)
    };
    let length = "Upload-Length: 5";
    let id = ann.begin(None, &[]);
    for answer in [
        ann.patch(&id, 0, &[length], b"1234567890"),
        chunked(&id, 0, &[length], "1234567890"),
    ] {
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (413, "beyond_length")
        );
        // What it said of the length is refused with it.
        assert_eq!(ann.head(&id).header("upload-defer-length"), "1");
    }
    // What came of it stays, as of a body that is cut.
    assert_eq!(ann.offset(&id), 5);
    for answer in [
        ann.patch(&id, 5, &[length], b"x"),
        chunked(&id, 5, &[length], "x"),
    ] {
        assert_eq!(answer.code(), "beyond_length");
    }
    assert_eq!(ann.patch(&id, 5, &[length], b"").status, 204);
    assert_eq!(ann.original(&id), b"12345");
    assert_eq!(ann.patch(&id, 5, &[], b"x").code(), "upload_complete");
    assert_eq!(chunked(&id, 5, &[], "x").code(), "upload_complete");
}

#[test]
fn another_version_is_not_spoken() {
    let (_folder, server) = Server::start_new("uploads", &[]);
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
fn limits_are_kept() {
    let (_folder, server) = Server::start_new(
        "uploads",
        &[
            "--max-owner-bytes",
            "1000",
            "--max-total-bytes",
            "1500",
            "--max-owner-uploads",
            "2",
            "--max-uploads",
            "3",
        ],
    );
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
    let (_folder, server) = Server::start_new("uploads", &["--max-request-rate", "2"]);
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

#[test]
fn a_page_can_read_that_it_asked_too_often() {
    let flags = [
        "--max-request-rate",
        "1",
        "--allow-origin",
        "https://friend.example",
    ];
    let (_folder, server) = Server::start_new("uploads", &flags);
    let ann = server.owner("ann");
    let preflight = [
        "Origin: https://friend.example",
        "Access-Control-Request-Method: PATCH",
    ];
    // Questions of the browser count for nobody.
    for path in ["/uploads", "/api/recordings"].repeat(10) {
        assert_eq!(server.request("OPTIONS", path, &preflight).status, 204);
    }
    let origin = preflight[0];
    let refused = wait_for("too many", || {
        let answer = ann.send("HEAD", "/uploads/x", &[origin], b"");
        (answer.status == 429).then_some(answer)
    });
    for (name, value) in [
        ("access-control-allow-origin", "https://friend.example"),
        ("tus-resumable", "1.0.0"),
        ("retry-after", "1"),
    ] {
        assert_eq!(refused.header(name), value, "{name}");
    }
    assert!(
        refused
            .header("access-control-expose-headers")
            .contains("Retry-After")
    );
    let stranger = ann.send("POST", "/uploads", &["Origin: https://evil.example"], b"");
    assert_eq!(stranger.code(), "origin_not_allowed");
    assert_eq!(stranger.header("tus-resumable"), "1.0.0");
}
