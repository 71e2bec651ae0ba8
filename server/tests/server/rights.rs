//! Who may do what: every route and method against every role, and attacks on ids and secrets.

use crate::support::{
    Server,
    folder::Folder,
    owner::{BYTES, TUS},
    samples::chromium,
};

const SECRET: &[u8] = b"a secret that the host keeps";
const ADMIN: &str = "the-token-of-the-administrator";

pub fn start(flags: &[&str]) -> (Folder, Server) {
    let folder = Folder::new("rights");
    let token = folder.write("token", format!("{ADMIN}\n").as_bytes());
    let data = folder.file("data");
    let flags: Vec<_> = ["--admin-token-file", &token]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let server = Server::start_in(&data, &flags);
    (folder, server)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Nobody,
    Stranger,
    Viewer,
    Owner,
    Admin,
    /// Whoever has a token of the host for the room `kitchen`: as an owner, somebody else.
    Guest,
}

const ROLES: [Role; 6] = [
    Role::Nobody,
    Role::Stranger,
    Role::Viewer,
    Role::Owner,
    Role::Admin,
    Role::Guest,
];

/// A request that does harm to nobody but its own recording.
struct Case {
    method: &'static str,
    path: &'static str,
    headers: &'static [&'static str],
    body: &'static [u8],
    /// What each role is answered, in the order of `ROLES`.
    expected: [u16; 6],
}

const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0];
const NO: &[&str] = &[];
const LENGTH: &[&str] = &["Upload-Length: 5"];
const FIRST: &[&str] = &[BYTES, "Upload-Offset: 0"];

#[rustfmt::skip]
const CASES: &[Case] = &[
    // A viewer has a link, and no key: that is nobody, except for watching.
    Case { method: "GET", path: "/api/recordings", headers: NO, body: b"", expected: [401, 200, 401, 200, 200, 200] },
    Case { method: "GET", path: "/api/recordings/ID", headers: NO, body: b"", expected: [401, 404, 401, 200, 200, 404] },
    Case { method: "PATCH", path: "/api/recordings/ID", headers: NO, body: b"{\"title\":\"x\"}", expected: [401, 404, 401, 200, 200, 404] },
    Case { method: "PUT", path: "/api/recordings/ID/poster", headers: NO, body: JPEG, expected: [401, 404, 401, 204, 204, 404] },
    Case { method: "GET", path: "/recordings/ID", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "GET", path: "/recordings/ID/media", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "HEAD", path: "/recordings/ID/media", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "HEAD", path: "/recordings/ID", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "HEAD", path: "/recordings/ID/poster", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "GET", path: "/recordings/ID/poster", headers: NO, body: b"", expected: [401, 404, 200, 200, 200, 404] },
    Case { method: "POST", path: "/uploads", headers: LENGTH, body: b"", expected: [401, 201, 401, 201, 201, 201] },
    Case { method: "HEAD", path: "/uploads/ID", headers: NO, body: b"", expected: [401, 404, 401, 200, 200, 404] },
    Case { method: "PATCH", path: "/uploads/LIVE", headers: FIRST, body: b"12345", expected: [401, 404, 401, 204, 409, 404] },
    Case { method: "OPTIONS", path: "/uploads", headers: NO, body: b"", expected: [204, 204, 204, 204, 204, 204] },
    Case { method: "DELETE", path: "/api/recordings/ID", headers: NO, body: b"", expected: [401, 404, 401, 204, 410, 404] },
    Case { method: "POST", path: "/api/recordings/ID/restore", headers: NO, body: b"", expected: [401, 404, 401, 200, 200, 404] },
    Case { method: "DELETE", path: "/uploads/ID", headers: NO, body: b"", expected: [401, 404, 401, 204, 404, 404] },
    // Rooms are for those whom the host invited, and paths to others are told to everybody.
    Case { method: "GET", path: "/api/rooms/kitchen", headers: NO, body: b"", expected: [403, 403, 403, 403, 200, 200] },
    Case { method: "GET", path: "/api/rooms/attic", headers: NO, body: b"", expected: [403, 403, 403, 403, 200, 403] },
    Case { method: "GET", path: "/api/ice", headers: NO, body: b"", expected: [200; 6] },
    Case { method: "POST", path: "/api/ice", headers: NO, body: b"", expected: [405; 6] },
    // Who somebody is, a socket asks when it is open.
    Case { method: "GET", path: "/ws", headers: NO, body: b"", expected: [426; 6] },
    Case { method: "GET", path: "/ws/record", headers: NO, body: b"", expected: [426; 6] },
    Case { method: "POST", path: "/ws", headers: NO, body: b"", expected: [405; 6] },
    Case { method: "POST", path: "/ws/record", headers: NO, body: b"", expected: [405; 6] },
    // What no route takes, from nobody to the administrator.
    Case { method: "PUT", path: "/api/recordings/ID", headers: NO, body: b"", expected: [405; 6] },
    Case { method: "POST", path: "/api/recordings", headers: NO, body: b"", expected: [405; 6] },
    Case { method: "DELETE", path: "/recordings/ID/media", headers: NO, body: b"", expected: [405; 6] },
    Case { method: "GET", path: "/api/recordings/ID/restore", headers: NO, body: b"", expected: [405; 6] },
    Case { method: "GET", path: "/metrics", headers: NO, body: b"", expected: [200; 6] },
    Case { method: "GET", path: "/healthz", headers: NO, body: b"", expected: [200; 6] },
];

#[test]
fn every_route_knows_every_role() {
    let folder = Folder::new("rights");
    let secret = folder.write("secret", SECRET);
    let (_folder, server) = start(&["--auth-secret-file", &secret]);
    let guest = signed(r#"{"exp":4102444800,"room":"kitchen"}"#, SECRET);
    let ann = server.owner("ann");
    let id = ann.upload(&chromium(), &[("title", "hers")]);
    let live = ann.begin(Some(5), &[]);
    let media = ann.recording(&id)["media_url"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    let (_, token) = media.split_once("token=").expect("it has a token");
    for case in CASES {
        for (role, expected) in ROLES.into_iter().zip(case.expected) {
            let mut path = case.path.replace("ID", &id).replace("LIVE", &live);
            let key = match role {
                Role::Nobody => None,
                Role::Viewer => {
                    path = format!("{path}?token={token}");
                    None
                }
                Role::Stranger => Some("Authorization: Bearer bob".to_owned()),
                Role::Owner => Some(ann.authorization.clone()),
                Role::Admin => Some(format!("Authorization: Bearer {ADMIN}")),
                Role::Guest => Some(format!("Authorization: Bearer {guest}")),
            };
            let headers: Vec<_> = key
                .iter()
                .map(String::as_str)
                .chain([TUS])
                .chain(case.headers.iter().copied())
                .collect();
            let answer = server.send(case.method, &path, &headers, case.body);
            assert_eq!(
                answer.status,
                expected,
                "{role:?} {} {}: {}",
                case.method,
                case.path,
                answer.text()
            );
            if matches!(expected, 401) && case.method != "HEAD" {
                assert_eq!(answer.code(), "key_needed");
                assert_eq!(answer.header("www-authenticate"), "Bearer");
            }
        }
    }
}

#[test]
fn the_administrator_sees_all_and_others_their_own() {
    let (_folder, server) = start(&[]);
    let (ann, bob, admin) = (
        server.owner("ann"),
        server.owner("bob"),
        server.owner(ADMIN),
    );
    ann.upload(b"one", &[("title", "ann's")]);
    bob.upload(b"three", &[("title", "bob's")]);
    for (owner, total, used) in [(&ann, 1, 3), (&bob, 1, 5), (&admin, 2, 8)] {
        let page = owner.list("");
        assert_eq!(
            (&page["total"], &page["storage"]["used"]),
            (&total.into(), &used.into())
        );
    }
    assert_eq!(
        server.owner("the-token-of-the-administrato").list("")["total"],
        0
    );
}

#[test]
fn ids_lead_nowhere_else() {
    let (_folder, server) = start(&[]);
    let ann = server.owner("ann");
    let id = ann.upload(&chromium(), &[]);
    let upper = id.to_uppercase();
    for strange in [
        "0",
        "",
        "..",
        "%2e%2e",
        "..%2f..%2fsecret",
        "%00",
        "../../library.db",
        &upper[..],
        &id[..31],
        &format!("{id}0"),
        &format!("{id}.head"),
        &format!("{id}%2f..%2f{id}"),
        &format!("{id}%00"),
        "00000000000000000000000000000000",
        &"9".repeat(5000),
        "-1",
        "1;DROP TABLE recordings",
        "%F0%9F%92%A9",
        "%FF%FE",
        "%C3%28",
    ] {
        for (method, path) in [
            ("GET", format!("/api/recordings/{strange}")),
            ("DELETE", format!("/api/recordings/{strange}")),
            ("GET", format!("/recordings/{strange}")),
            ("GET", format!("/recordings/{strange}/media")),
            ("GET", format!("/recordings/{strange}/poster")),
            ("HEAD", format!("/uploads/{strange}")),
            ("PATCH", format!("/uploads/{strange}")),
            ("DELETE", format!("/uploads/{strange}")),
        ] {
            let headers = [ann.authorization.as_str(), TUS, BYTES, "Upload-Offset: 0"];
            let answer = server.send(method, &path, &headers, b"");
            // The list itself is what an empty id leaves of the path.
            let is_list = strange.is_empty() || strange == "..";
            assert!(
                matches!(answer.status, 400 | 404 | 405) || is_list && answer.status < 500,
                "{method} {path}: {}",
                answer.status
            );
            // Every refusal says why, in JSON, of whatever is HTTP at all.
            let is_http = !path.contains(' ');
            assert!(
                is_list || !is_http || method == "HEAD" || !answer.code().is_empty(),
                "{method} {path}"
            );
        }
    }
    assert_eq!(ann.recording(&id)["state"], "complete");
}

#[test]
fn a_token_opens_its_recording_and_no_other() {
    let (_folder, server) = start(&[]);
    let ann = server.owner("ann");
    let (one, other) = (ann.upload(b"one", &[]), ann.upload(b"other", &[]));
    let url = |id: &str| {
        ann.recording(id)["media_url"]
            .as_str()
            .expect("it is a text")
            .to_owned()
    };
    let (_, token) = url(&one)
        .split_once("token=")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("it has one");
    assert_eq!(server.get(&url(&one)).text(), "one");
    let mut changed = token.clone().into_bytes();
    changed[10] = if changed[10] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("it is ASCII");
    for wrong in [
        &changed,
        &token[1..],
        &format!("{token}="),
        "",
        "%00",
        &"A".repeat(43),
        &"x".repeat(4000),
    ] {
        let answer = server.get(&format!("/recordings/{one}/media?token={wrong}"));
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "not_found"),
            "{wrong:.50}"
        );
    }
    assert_eq!(
        server
            .get(&format!("/recordings/{other}/media?token={token}"))
            .status,
        404
    );
    // A wrong token is no better with the key of somebody else, and no worse with the right one.
    let wrong = format!("/recordings/{one}/media?token=x");
    assert_eq!(server.owner("bob").ask("GET", &wrong).status, 404);
    assert_eq!(ann.ask("GET", &wrong).status, 200);
}

#[test]
fn the_host_says_who_may_upload() {
    let refused = |server: &Server, key: &str| {
        let headers = [
            format!("Authorization: Bearer {key}"),
            TUS.into(),
            "Upload-Length: 1".into(),
        ];
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        server.send("POST", "/uploads", &headers, b"")
    };
    let (_folder, server) = start(&["--uploads", "off"]);
    assert_eq!(refused(&server, "ann").code(), "uploads_off");
    server.logs("--uploads open");

    let folder = Folder::new("rights");
    let secret = folder.write("secret", b"a secret that the host keeps");
    let (_folder, server) = start(&["--uploads", "token", "--auth-secret-file", &secret]);
    assert_eq!(refused(&server, "ann").code(), "upload_token_needed");
    assert_eq!(refused(&server, ADMIN).status, 201);
    // Header and claims of a JWT until the year 2100, signed with that secret (HS256).
    let token = signed(r#"{"exp":4102444800}"#, b"a secret that the host keeps");
    let forged = signed(r#"{"exp":4102444800}"#, b"another secret of some host");
    let old = signed(r#"{"exp":1}"#, b"a secret that the host keeps");
    let with = |token: &str| {
        let token = format!("Upload-Token: {token}");
        server
            .owner("ann")
            .send("POST", "/uploads", &["Upload-Length: 1", &token], b"")
            .status
    };
    assert_eq!(
        (with(&token), with(&forged), with(&old), with("x")),
        (201, 403, 403, 403)
    );
    // What the administrator may, whoever has that token may.
    let (_folder, server) = start(&["--uploads", "token"]);
    let admin = format!("Upload-Token: {ADMIN}");
    let ann = server.owner("ann");
    let answer = ann.send("POST", "/uploads", &["Upload-Length: 1", &admin], b"");
    assert_eq!(answer.status, 201);

    // Open to everybody only where nobody else is.
    let folder = Folder::new("rights");
    let mut command = crate::support::callreel();
    command
        .args(["--listen", "0.0.0.0:0", "--data-dir"])
        .arg(folder.path());
    let mut server = Server::start_command(command);
    server.address = server.address.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(refused(&server, "ann").code(), "uploads_off");

    // With a secret, for those whom the host lets.
    let folder = Folder::new("rights");
    let secret = folder.write("secret", SECRET);
    let mut command = crate::support::callreel();
    command.args(["--listen", "0.0.0.0:0", "--auth-secret-file", &secret]);
    command.arg("--data-dir").arg(folder.file("data"));
    let mut server = Server::start_command(command);
    server.address = server.address.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(refused(&server, "ann").code(), "upload_token_needed");
    let token = format!("Upload-Token: {token}");
    let ann = server.owner("ann");
    let answer = ann.send("POST", "/uploads", &["Upload-Length: 1", &token], b"");
    assert_eq!(answer.status, 201);
}

pub fn signed(claims: &str, secret: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use hmac::{Hmac, Mac as _};
    let parts = [r#"{"alg":"HS256","typ":"JWT"}"#, claims].map(|it| URL_SAFE_NO_PAD.encode(it));
    let signed = parts.join(".");
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("keys have any length");
    let mac = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

#[test]
fn no_secret_reaches_a_log_or_another_site() {
    let folder = Folder::new("rights");
    let mut command = crate::support::callreel();
    command.env("CALLREEL_LOG", "trace");
    command
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path());
    let server = Server::start_command(command);
    let key = "a-key-that-nobody-may-see-0123456789";
    let ann = server.owner(key);
    let id = ann.upload(&chromium(), &[("title", "words that are private")]);
    let url = ann.recording(&id)["media_url"]
        .as_str()
        .expect("it is a text")
        .to_owned();
    let answer = server.get(&url);
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    server.get(&format!("{url}x"));
    ann.ask("DELETE", &format!("/api/recordings/{id}"));
    let (_, token) = url.split_once("token=").expect("it has a token");
    // The log names recordings, and ends with the last of what was asked.
    server.logs(&format!("method=DELETE path=\"/api/recordings/{id}\""));
    let log = server.log();
    for secret in [key, token, "words that are private"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| {
            std::fs::metadata(folder.file(name))
                .expect("it is there")
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(mode("secret"), 0o600);
    }
    let database = std::fs::read(folder.file("library.db")).expect("it is there");
    let wal = std::fs::read(folder.file("library.db-wal")).unwrap_or_default();
    for file in [database, wal] {
        assert!(
            !file.windows(key.len()).any(|it| it == key.as_bytes()),
            "the key is stored"
        );
    }
}
