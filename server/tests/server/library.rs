//! The library: lists, changes, pictures, and words of people.

use crate::support::{Server, folder::Folder, owner::Owner, samples::chromium, wait::wait_for};
use serde_json::Value;

fn start() -> (Folder, Server) {
    start_with(&[])
}

fn start_with(flags: &[&str]) -> (Folder, Server) {
    Server::start_new("library", flags)
}

fn titles(page: &Value) -> Vec<&str> {
    let all = page["recordings"].as_array().expect("it is a list");
    all.iter()
        .map(|it| it["title"].as_str().expect("it is a text"))
        .collect()
}

fn change(owner: &Owner<'_>, id: &str, json: &str) -> crate::support::Response {
    owner.send(
        "PATCH",
        &format!("/api/recordings/{id}"),
        &[],
        json.as_bytes(),
    )
}

#[test]
fn a_recording_tells_what_is_known_of_it() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    assert_eq!(
        ann.list(""),
        serde_json::json!({
            "recordings": [], "total": 0, "storage": { "used": 0 }
        })
    );
    let id = ann.upload(
        &chromium(),
        &[
            ("title", "Monday"),
            ("mime_type", "video/webm;codecs=vp8,opus"),
            ("room", "kitchen"),
            ("participant", "Ann"),
        ],
    );
    let recording = ann.recording(&id);
    let names: Vec<_> = recording
        .as_object()
        .expect("it is an object")
        .keys()
        .cloned()
        .collect();
    let mut expected = [
        "id",
        "title",
        "mime_type",
        "size",
        "duration_ms",
        "created_at",
        "state",
        "room",
        "participant",
        "media_url",
        "poster_url",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(recording["id"], *id);
    assert_eq!(
        (&recording["room"], &recording["participant"]),
        (&"kitchen".into(), &"Ann".into())
    );
    assert_eq!(recording["duration_ms"], 2496);
    let created = recording["created_at"].as_str().expect("it is a text");
    assert!(created.len() == 24 && created.ends_with('Z'), "{created}");
    let media = recording["media_url"].as_str().expect("it is a text");
    assert_eq!(server.get(media).status, 200);
    assert_eq!(ann.list("")["recordings"][0], recording);
}

#[test]
fn lists_are_sorted_searched_and_turned_page_by_page() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    for (title, size, ms) in [
        ("bee", 30, "1"),
        ("Ant", 10, "3"),
        ("cow", 20, "2"),
        ("Änne", 40, "5"),
    ] {
        let metadata = [("title", title), ("duration_ms", ms), ("room", "Zoo")];
        ann.upload(&vec![0; size], &metadata);
    }
    server.owner("bob").upload(b"x", &[("title", "not hers")]);
    for (query, expected) in [
        ("", ["Änne", "cow", "Ant", "bee"]),
        ("?sort=created", ["bee", "Ant", "cow", "Änne"]),
        ("?sort=title", ["Ant", "bee", "cow", "Änne"]),
        ("?sort=-title", ["Änne", "cow", "bee", "Ant"]),
        ("?sort=size", ["Ant", "cow", "bee", "Änne"]),
        ("?sort=duration", ["bee", "cow", "Ant", "Änne"]),
        ("?sort=-duration", ["Änne", "Ant", "cow", "bee"]),
    ] {
        let page = ann.list(query);
        assert_eq!(titles(&page), expected, "{query}");
        assert_eq!(page["total"], 4);
        assert_eq!(page["storage"]["used"], 100);
        // The same list in pages of every size.
        for limit in 1..=4 {
            let mut all = Vec::new();
            let mut cursor = String::new();
            loop {
                let mark = if query.is_empty() { "?" } else { "&" };
                let page = ann.list(&format!("{query}{mark}limit={limit}{cursor}"));
                all.extend(titles(&page).into_iter().map(str::to_owned));
                assert_eq!(page["total"], 4);
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(all, expected, "{query} by {limit}");
        }
    }
    for (search, found) in [
        ("an", &["Ant"][..]),
        ("AN", &["Ant"]),
        ("%C3%A4n", &["Änne"]),
        ("zoo+cow", &["cow"]),
        ("zoo", &["Änne", "cow", "Ant", "bee"]),
        ("%25", &[]),
        ("'+OR+1=1+--", &[]),
    ] {
        assert_eq!(
            titles(&ann.list(&format!("?q={search}"))),
            found,
            "{search}"
        );
    }
    let cursor = ann.list("?limit=1")["next_cursor"].clone();
    let cursor = cursor.as_str().expect("there is more");
    for query in [
        "?sort=age".to_owned(),
        "?limit=x".into(),
        "?cursor=x".into(),
        format!("?sort=title&cursor={cursor}"),
    ] {
        let answer = ann.ask("GET", &format!("/api/recordings{query}"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "malformed"),
            "{query}"
        );
    }
    assert_eq!(titles(&ann.list("?limit=0")).len(), 1);
    assert_eq!(titles(&ann.list("?limit=99999")).len(), 4);
}

#[test]
fn titles_change_and_links_end() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(&chromium(), &[("title", "Monday")]);
    let old = ann.recording(&id)["media_url"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    let answer = change(&ann, &id, r#"{"title":"Tuesday"}"#);
    assert_eq!(
        (answer.status, answer.json()["title"].as_str()),
        (200, Some("Tuesday"))
    );
    assert_eq!(answer.json()["media_url"], *old);
    assert_eq!(titles(&ann.list("?q=tues")), ["Tuesday"]);
    assert!(titles(&ann.list("?q=mon")).is_empty());

    let poster = old.replace("/media?", "/poster?");
    let answer = change(&ann, &id, r#"{"revoke_links":true}"#);
    let new = answer.json()["media_url"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    assert_ne!(new, old);
    assert_eq!(server.get(&new).status, 200);
    for gone in [&old, &poster] {
        let answer = server.get(gone);
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"));
    }
    for wrong in [
        "",
        "7",
        "{",
        r#"{"title":7}"#,
        &format!("{{\"title\":\"{}\"}}", "a".repeat(70_000)),
    ] {
        assert!(
            matches!(change(&ann, &id, wrong).status, 400 | 413),
            "{wrong:.20}"
        );
    }
    assert_eq!(ann.recording(&id)["title"], "Tuesday");
}

#[test]
fn whoever_has_the_link_learns_what_there_is_to_watch_and_not_with_whom() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let facts = [
        ("title", "Monday"),
        ("room", "kitchen"),
        ("participant", "Ann"),
    ];
    let id = ann.upload(&chromium(), &facts);
    let own = ann.recording(&id);
    let media = own["media_url"].as_str().expect("it is a text");
    let (_, query) = media.split_once('?').expect("it has a token");
    let answer = server.get(&format!("/recordings/{id}?{query}"));
    assert_eq!(answer.status, 200);
    let seen = answer.json();
    for field in [
        "id",
        "title",
        "mime_type",
        "size",
        "duration_ms",
        "state",
        "media_url",
        "poster_url",
    ] {
        assert_eq!(seen[field], own[field], "{field}");
    }
    assert_eq!(
        (&seen["room"], &seen["participant"]),
        (&Value::Null, &Value::Null)
    );
    change(&ann, &id, r#"{"revoke_links":true}"#);
    assert_eq!(server.get(&format!("/recordings/{id}?{query}")).status, 404);
}

#[test]
fn a_name_that_is_used_again_opens_no_old_link() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let name = [("take", "standup")];
    let id = ann.upload(b"old", &name);
    let link = |id: &str| {
        let url = &ann.recording(id)["media_url"];
        url.as_str().expect("it is a text").to_owned()
    };
    let old = link(&id);
    assert_eq!(server.get(&old).status, 200);
    assert_eq!(ann.ask("DELETE", &format!("/uploads/{id}")).status, 204);
    assert_eq!(ann.upload(b"new", &name), id);
    assert_eq!(server.get(&old).status, 404);
    assert_eq!(server.get(&link(&id)).status, 200);
}

#[test]
fn a_deletion_can_be_taken_back_for_a_while() {
    let (folder, server) = start_with(&["--undo-window", "15s"]);
    let ann = server.owner("ann");
    let bytes = chromium();
    let id = ann.upload(&bytes, &[("title", "Monday")]);
    let one = format!("/api/recordings/{id}");
    let link = ann.recording(&id)["media_url"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    assert_eq!(ann.ask("DELETE", &one).status, 204);
    for (method, path) in [
        ("GET", one.as_str()),
        ("DELETE", &one),
        ("HEAD", &format!("/uploads/{id}")),
    ] {
        assert_eq!(ann.ask(method, path).status, 410, "{method} {path}");
    }
    assert_eq!(ann.media(&id, "").status, 410);
    assert_eq!(server.get(&link).status, 404);
    let page = ann.list("");
    assert_eq!(
        (&page["total"], &page["storage"]["used"]),
        (&0.into(), &0.into())
    );

    let restore = format!("{one}/restore");
    assert_eq!(
        server.owner("bob").send("POST", &restore, &[], b"").status,
        404
    );
    let answer = ann.send("POST", &restore, &[], b"");
    assert_eq!(
        (answer.status, answer.json()["title"].as_str()),
        (200, Some("Monday"))
    );
    assert!(ann.original(&id) == bytes);
    assert_eq!(server.get(&link).status, 200);
    assert_eq!(ann.list("")["storage"]["used"], bytes.len());

    assert_eq!(ann.ask("DELETE", &one).status, 204);
    wait_for("the recording to be gone", || {
        let left = std::fs::read_dir(folder.file("spool")).expect("there is a spool");
        (left.count() == 0).then_some(())
    });
    wait_for("its row to be gone", || {
        (ann.send("POST", &restore, &[], b"").status == 404).then_some(())
    });
}

#[test]
fn one_that_is_being_made_can_be_deleted_and_restored() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let bytes = chromium();
    let id = ann.begin(Some(bytes.len()), &[]);
    ann.append(&id, 0, &bytes[..9000]);
    let one = format!("/api/recordings/{id}");
    assert_eq!(ann.ask("DELETE", &one).status, 204);
    assert_eq!(ann.patch(&id, 9000, &[], &bytes[9000..]).status, 410);
    assert_eq!(
        ann.send("POST", &format!("{one}/restore"), &[], b"").status,
        200
    );
    assert_eq!(ann.recording(&id)["state"], "interrupted");
    ann.append(&id, 9000, &bytes[9000..]);
    assert_eq!(ann.recording(&id)["state"], "complete");
    assert!(ann.original(&id) == bytes);
}

#[test]
fn words_of_people_come_back_as_text() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let id = ann.upload(b"x", &[]);
    let long = "界".repeat(3500);
    for (title, shown) in [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        (
            "</title><img src=x onerror=alert(1)>",
            "</title><img src=x onerror=alert(1)>",
        ),
        ("../../../etc/passwd", "../../../etc/passwd"),
        ("C:\\windows\\", "C:\\windows\\"),
        ("a\u{0}b\u{7}c\nd\u{1b}[31m", "a b c d [31m"),
        ("\u{202e}4pm.elif\u{202c}", "\u{202e}4pm.elif\u{202c}"),
        (
            "'; DROP TABLE recordings; --",
            "'; DROP TABLE recordings; --",
        ),
        ("{{7*7}} ${7*7} %s%n", "{{7*7}} ${7*7} %s%n"),
        (&long, &long[..900]),
    ] {
        let json = serde_json::json!({ "title": title }).to_string();
        let answer = change(&ann, &id, &json);
        assert_eq!(
            (answer.status, answer.json()["title"].as_str()),
            (200, Some(shown))
        );
        assert_eq!(answer.header("content-type"), "application/json");
        let sent = ann.upload(
            b"x",
            &[("title", title), ("room", title), ("participant", title)],
        );
        let recording = ann.recording(&sent);
        for field in ["title", "room", "participant"] {
            assert_eq!(recording[field].as_str(), Some(shown), "{field}");
        }
    }
}

#[test]
fn pictures_come_from_the_client_or_from_the_type() {
    let (_folder, server) = start();
    let ann = server.owner("ann");
    let video = ann.upload(&chromium(), &[("filetype", "video/webm")]);
    let audio = ann.upload(b"x", &[("filetype", "audio/webm")]);
    let poster = |id: &str| {
        let url = ann.recording(id)["poster_url"]
            .as_str()
            .expect("it is a text")
            .to_owned();
        server.get(&url)
    };
    let (one, other) = (poster(&video), poster(&audio));
    for answer in [&one, &other] {
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "image/svg+xml")
        );
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
    }
    assert_ne!(one.body, other.body);

    let put = |bytes: &[u8]| {
        ann.send(
            "PUT",
            &format!("/api/recordings/{video}/poster"),
            &[],
            bytes,
        )
    };
    let jpeg = [&[0xFF, 0xD8, 0xFF, 0xE0][..], &[7; 1000]].concat();
    let png = [
        &[0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'][..],
        &[7; 1000],
    ]
    .concat();
    let webp = [&b"RIFF\0\0\0\0WEBP"[..], &[7; 1000]].concat();
    for (bytes, mime_type) in [
        (jpeg, "image/jpeg"),
        (png, "image/png"),
        (webp, "image/webp"),
    ] {
        assert_eq!(put(&bytes).status, 204);
        let answer = poster(&video);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, mime_type)
        );
        assert!(answer.body == bytes);
    }
    assert_eq!(put(b"<svg onload=alert(1)>").code(), "picture_type");
    assert_eq!(put(b"").code(), "picture_type");
    let large = [&[0xFF, 0xD8, 0xFF][..], &vec![7; 256 << 10]].concat();
    assert_eq!(put(&large).code(), "body_too_large");
    assert_eq!(poster(&video).header("content-type"), "image/webp");
}
