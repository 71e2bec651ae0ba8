//! What a server does by itself: at start, at the end, and when nobody asks for anything.

use std::{fs, path::Path};

use crate::support::{
    Server, callreel,
    folder::Folder,
    owner::metadata_header,
    samples::{assert_decodes, chromium, noise, recorded},
    wait::wait_for,
};

#[test]
fn a_start_brings_everything_into_order() {
    let folder = Folder::new("house");
    let take = recorded(6);
    let third = take.len() / 3;
    let mut server = Server::start_in(folder.path(), &[]);
    let ann = server.owner("ann");
    let half = ann.begin(Some(take.len()), &[]);
    ann.append(&half, 0, &take[..third]);
    let whole = ann.begin(Some(third), &[]);
    let empty = ann.begin(Some(10), &[]);
    server.kill();
    // As if the server had died between the last byte and the end of the upload.
    fs::write(folder.file(&format!("spool/{whole}.media")), &take[..third]).expect("it is ours");
    fs::write(
        folder.file(&format!("spool/{whole}.head.new")),
        "half a head",
    )
    .expect("it is ours");
    fs::write(folder.file(&format!("spool/{half}.unchecked")), "a body").expect("it is ours");

    let server = Server::start_in(folder.path(), &[]);
    let ann = server.owner("ann");
    // No waiting: it said that it listens, so it is done.
    let states = [&half, &whole, &empty].map(|id| ann.recording(id)["state"].clone());
    assert_eq!(states, ["interrupted", "complete", "interrupted"]);
    assert_eq!(ann.recording(&half)["size"], third);
    assert!(
        ann.recording(&half)["duration_ms"]
            .as_u64()
            .is_some_and(|ms| ms > 500)
    );
    for id in [&half, &whole] {
        let answer = ann.media(id, "");
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert_decodes(&answer.body);
    }
    let left = fs::read_dir(folder.file("spool")).expect("there is a spool");
    for file in left {
        let name = file
            .expect("it can be read")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(
            !name.ends_with(".new") && !name.ends_with(".unchecked"),
            "{name}"
        );
    }
    assert_eq!(ann.list("")["storage"]["used"], 2 * third);
    ann.append(&half, third, &take[third..]);
    assert!(ann.original(&half) == take);
}

#[test]
fn who_does_not_come_back_is_finished_as_it_is() {
    let folder = Folder::new("house");
    let flags = ["--interrupted-after", "200ms", "--upload-expiry", "2s"];
    let server = Server::start_in(folder.path(), &flags);
    let ann = server.owner("ann");
    let take = recorded(5);
    let name = [("take", "a name")];
    let id = ann.begin(Some(take.len()), &name);
    ann.append(&id, 0, &take[..take.len() / 2]);
    let empty = ann.begin(None, &[]);
    wait_for("the recording to be finished", || {
        (ann.recording(&id)["state"] == "complete").then_some(())
    });
    assert_eq!(ann.recording(&id)["size"], take.len() / 2);
    assert_decodes(&ann.media(&id, "").body);
    let late = ann.patch(&id, take.len() / 2, &[], &take[take.len() / 2..]);
    assert_eq!((late.status, late.code().as_str()), (410, "upload_expired"));
    // Nobody is told that half of it is all of it.
    let asked = ann.head(&id);
    assert_eq!((asked.status, asked.header("upload-offset")), (410, ""));
    let metadata = metadata_header(&name);
    let again = ["Upload-Defer-Length: 1", metadata.as_str()];
    let again = ann.send("POST", "/uploads", &again, b"");
    assert_eq!(
        (again.status, again.code().as_str()),
        (410, "upload_expired")
    );
    wait_for("the empty one to be gone", || {
        (ann.head(&empty).status == 404).then_some(())
    });

    // The same at a start.
    let id = ann.begin(Some(take.len()), &[]);
    ann.append(&id, 0, &take[..5000]);
    drop(server);
    // Time passes.
    let status = std::process::Command::new("sqlite3")
        .arg(folder.file("library.db"))
        .arg("UPDATE recordings SET changed_at = changed_at - 5000 WHERE state < 2")
        .status();
    assert!(status.expect("sqlite3 is there").success());
    let server = Server::start_in(folder.path(), &flags);
    assert_eq!(server.owner("ann").recording(&id)["state"], "complete");
}

#[test]
fn recordings_are_kept_for_as_long_as_the_host_says() {
    let folder = Folder::new("house");
    let server = Server::start_in(folder.path(), &["--retention", "2s"]);
    let ann = server.owner("ann");
    let id = ann.upload(&chromium(), &[]);
    let until = ann.recording(&id)["kept_until"].clone();
    assert!(
        until.as_str().is_some_and(|it| it.ends_with('Z')),
        "{until}"
    );
    wait_for("the recording to be gone", || {
        let left = fs::read_dir(folder.file("spool")).expect("there is a spool");
        (ann.list("")["total"] == 0 && left.count() == 0).then_some(())
    });
    assert_eq!(ann.list("")["storage"]["used"], 0);
}

#[test]
fn stopping_loses_nothing() {
    let folder = Folder::new("house");
    let mut server = Server::start_in(folder.path(), &[]);
    let ann = server.owner("ann");
    let take = noise(3 << 20, 1);
    let id = ann.begin(Some(take.len()), &[]);
    let running = ann.begin_patch(&id, 0, take.len(), &[], &take[..1 << 20]);
    let viewer = server.begin(
        "GET",
        &format!("/recordings/{id}/media"),
        &[&ann.authorization],
    );
    let media = folder.file(&format!("spool/{id}.media"));
    wait_for("the bytes to arrive", || {
        (fs::metadata(&media).is_ok_and(|it| it.len() == 1 << 20)).then_some(())
    });

    server.signal("TERM");
    let answer = crate::support::read_answer(running);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "shutting_down")
    );
    server.stopped();
    drop(viewer);
    assert!(
        !folder.file("library.db-wal").exists(),
        "the library is closed properly"
    );

    let server = Server::start_in(folder.path(), &[]);
    let ann = server.owner("ann");
    assert_eq!(ann.recording(&id)["state"], "interrupted");
    assert_eq!(ann.offset(&id), 1 << 20);
    ann.append(&id, 1 << 20, &take[1 << 20..]);
    assert!(ann.original(&id) == take);
}

#[test]
fn one_folder_has_one_server() {
    let folder = Folder::new("house");
    let server = Server::start_in(folder.path(), &[]);
    server.owner("ann").upload(b"x", &[]);
    let mut second = callreel();
    second
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path());
    let output = second.output().expect("it runs");
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("in use by another server"), "{message}");
    assert!(output.stdout.is_empty(), "it does not say that it listens");
}

#[test]
fn a_folder_that_is_broken_is_explained() {
    for (name, content) in [("library.db", "no library"), ("secret", "short")] {
        let folder = Folder::new("house");
        drop(Server::start_in(folder.path(), &[]));
        folder.write("library.db", b"");
        folder.write(name, content.as_bytes());
        let mut command = callreel();
        command
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path());
        let output = command.output().expect("it runs");
        assert!(!output.status.success(), "{name}");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(message.contains("--data-dir"), "{name}: {message}");
    }
}

#[test]
fn metrics_tell_what_happens() {
    let folder = Folder::new("house");
    let server = Server::start_in(folder.path(), &[]);
    let ann = server.owner("ann");
    let value = |name: &str| -> f64 {
        let text = server.get("/metrics").text();
        let line = text.lines().find(|line| {
            line.strip_prefix(name)
                .is_some_and(|it| it.starts_with(' '))
        });
        let line = line.unwrap_or_else(|| panic!("{name} is not in {text}"));
        line.rsplit(' ')
            .next()
            .and_then(|it| it.parse().ok())
            .expect("it is a number")
    };
    let answer = server.get("/metrics");
    assert!(
        answer
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    assert_eq!(value("callreel_recordings_begun_total"), 0.0);
    let id = ann.begin(None, &[]);
    ann.append(&id, 0, &noise(100_000, 2));
    assert_eq!(value("callreel_uploads"), 1.0);
    ann.patch(&id, 100_000, &["Upload-Length: 100000"], b"");
    ann.media(&id, "");
    for (name, expected) in [
        ("callreel_recordings_begun_total", 1.0),
        ("callreel_recordings_completed_total", 1.0),
        ("callreel_received_bytes_total", 100_000.0),
        ("callreel_sent_bytes_total", 100_000.0),
        ("callreel_stored_bytes", 100_000.0),
        ("callreel_uploads", 0.0),
        ("callreel_http_answers_total{status=\"5xx\"}", 0.0),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    assert!(value("callreel_commit_seconds_count") >= 1.0);
    assert!(value("callreel_http_answers_total{status=\"2xx\"}") >= 4.0);
}

#[test]
fn a_folder_of_an_older_version_is_taken_over() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data-v1");
    let (complete, cut) = ("1".repeat(32), "2".repeat(32));
    let folder = Folder::new("house");
    let spool = folder.file("spool");
    fs::create_dir(&spool).expect("the folder is ours");
    for name in ["secret", &format!("spool/{complete}.head")] {
        fs::copy(fixture.join(name), folder.file(name)).expect("it is in the repository");
    }
    let take = chromium();
    fs::write(spool.join(format!("{complete}.media")), &take).expect("the folder is ours");
    fs::write(spool.join(format!("{cut}.media")), &take[..9000]).expect("the folder is ours");
    let sql = fs::read_to_string(fixture.join("library.sql")).expect("it is in the repository");
    let status = std::process::Command::new("sqlite3")
        .arg(folder.file("library.db"))
        .arg(sql)
        .status();
    assert!(status.expect("sqlite3 is there").success());

    // It is older than any upload waits for its sender.
    let server = Server::start_in(folder.path(), &["--upload-expiry", "36500d"]);
    let ann = server.owner("ann");
    let recording = ann.recording(&complete);
    assert_eq!(
        (&recording["state"], &recording["title"]),
        (&"complete".into(), &"Monday".into())
    );
    // A link that was handed out then still opens.
    let token = "KQAMB273Fq2_zmrbcCekLnzbSxbHqVVSm81wE7zTzNs";
    let watched = server.get(&format!("/recordings/{complete}/media?token={token}"));
    assert_eq!(watched.status, 200);
    assert_decodes(&watched.body);
    assert_eq!(ann.recording(&cut)["state"], "interrupted");
    assert_decodes(&ann.media(&cut, "").body);
    ann.append(&cut, 9000, &take[9000..]);
    assert!(ann.original(&cut) == take);
}
