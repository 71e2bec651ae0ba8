//! What scripts and supervisors rely on: the printed line, signals, flags and exit codes.

use std::io::{Read as _, Write as _};

use crate::support::{Server, callreel, wait::PATIENCE};

#[test]
fn the_printed_line_names_the_real_address() {
    let server = Server::start(&[]);
    let port = server
        .address
        .strip_prefix("127.0.0.1:")
        .expect("it listens on loopback");
    assert_ne!(port, "0");
    let answer = server.get("/healthz");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(answer.json()["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn sigterm_and_sigint_end_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(&[]);
        server.signal(signal);
        server.stopped();
    }
}

#[test]
fn an_open_connection_does_not_hold_the_end_up() {
    let mut server = Server::start(&[]);
    let mut idle = server.connect();
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").expect("the server reads");
    let mut first = [0; 12];
    idle.read_exact(&mut first).expect("the server answers");
    assert_eq!(&first, b"HTTP/1.1 200");

    server.stop();
}

#[test]
fn flags_are_environment_variables_too() {
    let mut command = callreel();
    command.env("CALLREEL_LISTEN", "127.0.0.1:0").env(
        "CALLREEL_ALLOW_ORIGIN",
        "https://a.example,https://b.example:8443",
    );
    let server = Server::start_command(command);
    let answer = server.get("/");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.ends_with("frame-ancestors https://a.example https://b.example:8443"),
        "{policy}"
    );
}

#[test]
fn a_data_folder_is_not_made_for_nothing() {
    let dir = std::env::temp_dir().join(format!("callreel-data-{}", std::process::id()));
    let server = Server::start(&["--data-dir", &dir.to_string_lossy()]);
    assert_eq!(server.get("/healthz").status, 200);
    assert!(!dir.exists());
}

#[test]
fn a_port_in_use_is_explained() {
    let server = Server::start(&[]);
    let output = callreel()
        .args(["--listen", &server.address])
        .output()
        .expect("it runs");
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("--listen 127.0.0.1:0"), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn wrong_flags_are_refused() {
    for arguments in [
        ["--allow-origin", "https://a; script-src *"],
        ["--listen", "nowhere"],
        ["--no-such", "x"],
    ] {
        let output = callreel().args(arguments).output().expect("it runs");
        assert!(!output.status.success(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_explains_every_flag() {
    let output = callreel().arg("--help").output().expect("it runs");
    let help = String::from_utf8_lossy(&output.stdout);
    for word in [
        "--listen",
        "--data-dir",
        "--allow-origin",
        "CALLREEL_LISTEN",
        "repair",
    ] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
}

#[test]
fn every_answer_carries_the_security_headers() {
    let server = Server::start(&[]);
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/api/none"),
        ("DELETE", "/"),
    ] {
        let answer = server.request(method, path, &[]);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self';"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{path}: {policy}"
        );
    }
}

#[test]
fn other_methods_are_refused_with_a_reason() {
    let server = Server::start(&[]);
    for (method, path) in [("POST", "/healthz"), ("PUT", "/"), ("DELETE", "/takes")] {
        let answer = server.request(method, path, &["Content-Length: 0"]);
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.json()["error"]["code"], "method_not_allowed");
    }
}

#[test]
fn what_is_no_http_is_answered_or_cut_and_harms_nobody() {
    let server = Server::start(&[]);
    let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(1 << 20));
    for garbage in ["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", &long] {
        let mut stream = server.connect();
        // The server may have had enough before all is written.
        let _ = stream.write_all(garbage.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            !answer.starts_with(b"HTTP/1.1 200"),
            "{:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_request_that_is_never_finished_is_cut() {
    let server = Server::start(&[]);
    let mut stream = server.connect();
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("it is not zero");
    write!(stream, "GET / HTTP/1.1\r\nX-Slow: ").expect("the server reads");
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .expect("the server closes the connection");
}
