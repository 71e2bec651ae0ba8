//! The built app over HTTP: every file as it was built, with the right type, compressed once and
//! cached for as long as its name promises.

use std::{fs, path::Path};

use crate::support::{Server, dist};

/// Paths of all files of the app, without their compressed forms.
fn files() -> Vec<String> {
    fn visit(dir: &Path, prefix: &str, names: &mut Vec<String>) {
        for entry in fs::read_dir(dir).expect("the folder is there") {
            let entry = entry.expect("it can be read");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                visit(&entry.path(), &format!("{name}/"), names);
            } else if !name.ends_with(".br") && !name.ends_with(".gz") && !name.starts_with('.') {
                names.push(name);
            }
        }
    }
    let mut names = Vec::new();
    visit(&dist(), "", &mut names);
    names
}

fn hashed(extension: &str) -> String {
    let is_it = |name: &String| name.starts_with("callreel-app-") && name.ends_with(extension);
    files()
        .into_iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("the app has no {extension}"))
}

#[test]
fn every_file_is_served_as_it_was_built() {
    let server = Server::start(&[]);
    for name in files() {
        let built = fs::read(dist().join(&name)).expect("it was just listed");
        let answer = server.get(&format!("/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.body, built, "{name}");
        assert_eq!(
            answer.header("content-length"),
            built.len().to_string(),
            "{name}"
        );
        assert_eq!(answer.header("content-encoding"), "", "{name}");
        assert_ne!(
            answer.header("content-type"),
            "application/octet-stream",
            "{name}"
        );
    }
}

#[test]
fn types_are_those_that_browsers_insist_on() {
    let server = Server::start(&[]);
    for (path, content_type) in [
        ("/".to_owned(), "text/html; charset=utf-8"),
        (format!("/{}", hashed(".wasm")), "application/wasm"),
        (
            format!("/{}", hashed(".js")),
            "text/javascript; charset=utf-8",
        ),
    ] {
        assert_eq!(server.get(&path).header("content-type"), content_type);
    }
}

#[test]
fn the_smallest_accepted_form_is_sent() {
    let server = Server::start(&[]);
    let wasm = hashed(".wasm");
    for (accepted, encoding, end) in [
        ("gzip, deflate, br, zstd", "br", ".br"),
        ("gzip, br;q=0", "gzip", ".gz"),
        ("identity", "", ""),
    ] {
        let header = format!("Accept-Encoding: {accepted}");
        let answer = server.request("GET", &format!("/{wasm}"), &[&header]);
        let built = fs::read(dist().join(format!("{wasm}{end}"))).expect("it was built");
        assert_eq!(answer.header("content-encoding"), encoding);
        assert_eq!(answer.header("content-type"), "application/wasm");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.body, built, "{accepted}");
    }
}

#[test]
fn hashed_names_are_cached_for_ever_and_the_page_never() {
    let server = Server::start(&[]);
    for extension in [".wasm", ".js"] {
        let answer = server.get(&format!("/{}", hashed(extension)));
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    for path in ["/", "/index.html"] {
        assert_eq!(server.get(path).header("cache-control"), "no-cache");
    }
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let server = Server::start(&[]);
    let plain = server.get("/");
    let etag = plain.header("etag").to_owned();
    let again = server.request("GET", "/", &[&format!("If-None-Match: \"other\", {etag}")]);
    assert_eq!(again.status, 304);
    assert!(again.body.is_empty());
    assert_eq!(again.header("etag"), etag);
    assert_eq!(again.header("cache-control"), "no-cache");

    let compressed = server.request("GET", "/", &["Accept-Encoding: br"]);
    assert_ne!(
        compressed.header("etag"),
        etag,
        "two forms must not share a tag"
    );
}

#[test]
fn head_answers_without_a_body() {
    let server = Server::start(&[]);
    let path = format!("/{}", hashed(".wasm"));
    let (get, head) = (server.get(&path), server.request("HEAD", &path, &[]));
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[test]
fn the_app_answers_for_its_own_pages_and_nothing_else() {
    let server = Server::start(&[]);
    let html = "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    let page = fs::read(dist().join("index.html")).expect("it was built");
    for path in ["/takes", "/rooms/some-room?x=1", "/index.html", "/"] {
        let answer = server.request("GET", path, &[html]);
        assert_eq!((answer.status, &answer.body), (200, &page), "{path}");
    }
    for path in [
        "/api",
        "/api/nothing",
        "/gone-0123456789abcdef.js",
        "/favicon.gone",
    ] {
        let answer = server.request("GET", path, &[html]);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["error"]["code"], "not_found", "{path}");
    }
    assert_eq!(
        server.request("GET", "/takes", &["Accept: */*"]).status,
        404
    );
}

#[test]
fn a_page_is_one_for_every_program() {
    let server = Server::start(&[]);
    for (path, folder) in [
        ("/library", "library"),
        ("/library/", "library"),
        ("/watch/", "library"),
        ("/room/a.b", "room"),
        ("/lab", "lab"),
    ] {
        let page = fs::read(dist().join(folder).join("index.html")).expect("it was built");
        for headers in [&["Accept: */*"][..], &["Accept: image/png"], &[]] {
            let answer = server.request("GET", path, headers);
            assert_eq!((answer.status, &answer.body), (200, &page), "{path}");
        }
        assert_eq!(server.request("HEAD", path, &[]).status, 200, "{path}");
    }
    assert_eq!(server.get("/library/gone.js").status, 404);
}

#[test]
fn nothing_outside_the_app_is_reachable() {
    let server = Server::start(&[]);
    for path in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "/assets/../../Cargo.toml",
        "//etc/passwd",
        "/index.html%00.js",
        "/.git/config.x",
        "/....//Cargo.toml",
        "/..\\Cargo.toml",
    ] {
        let answer = server.get(path);
        assert!(
            matches!(answer.status, 400 | 404),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.text().contains("[workspace]"), "{path}");
    }
}

#[test]
fn other_pages_may_load_what_is_for_them() {
    let server = Server::start(&[]);
    let ask = |path: &str| server.request("GET", path, &["Origin: https://page.example"]);
    for name in ["callreel.js", "join.js", "recorder.js", "room.js"] {
        let entry = ask(&format!("/embed/{name}"));
        assert_eq!(entry.status, 200);
        assert_eq!(entry.header("cache-control"), "no-cache");
        let text = String::from_utf8(entry.body).expect("a script is text");
        let (_, folder) = text.split_once("\"./").expect("it leads on");
        let (path, _) = folder.split_once('"').expect("to an address");
        let script = ask(&format!("/embed/{path}"));
        assert_eq!(script.status, 200);
        assert!(script.header("cache-control").contains("immutable"));
        assert_eq!(script.header("access-control-allow-origin"), "*");
        assert_eq!(
            script.header("cross-origin-resource-policy"),
            "cross-origin"
        );
    }
    // The pages about it stay where they are.
    let page = ask("/embed/docs/index.html");
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, "no-cache")
    );
    // The app itself is not for others.
    let page = ask("/index.html");
    assert_eq!(page.header("access-control-allow-origin"), "");
}
