//! What a start needs, makes and takes.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use crate::support::{Server, callreel, folder::Folder, wait::wait_for};

#[test]
fn the_host_may_choose_a_short_secret_and_is_told_what_it_is_worth() {
    let folder = Folder::new("start");
    let secret = folder.write("secret", b"short \r\n");
    let token = folder.write("token", b"tiny\n");
    let flags = ["--auth-secret-file", &secret, "--admin-token-file", &token];
    let server = Server::start_in(&folder.file("data"), &flags);
    for file in [&secret, &token] {
        server.logs(&format!("{file} is short"));
    }
    let spaces = format!("{secret} begins or ends with white space");
    assert!(server.log().contains(&spaces), "it comes before the other");
    assert_eq!(server.owner("tiny").ask("GET", "/api/rooms/a").status, 200);
    // Its spaces belong to it; the newline does not.
    for (key, status) in [(&b"short "[..], 200), (b"short", 403)] {
        let token = crate::rights::signed(r#"{"exp":4102444800,"room":"a"}"#, key);
        assert_eq!(
            server.owner(&token).ask("GET", "/api/rooms/a").status,
            status
        );
    }
    let nothing = folder.write("nothing", b"\n");
    for flag in ["--auth-secret-file", "--admin-token-file"] {
        let output = callreel().args([flag, &nothing]).output();
        let output = output.expect("it runs");
        assert!(!output.status.success(), "{flag}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("holds no secret"));
    }
}

#[test]
fn what_people_record_is_for_nobody_else_on_the_machine() {
    for (flags, made) in [
        (
            &[][..],
            &[
                "data",
                "data/spool",
                "data/library.db",
                "data/library.db-wal",
            ][..],
        ),
        // Its certificate comes first, and before anybody records.
        (
            &["--tls", "self-signed"],
            &["data", "data/tls", "data/tls/self-signed.pem"],
        ),
    ] {
        let folder = Folder::new("start");
        let mut command = Command::new("sh");
        let script = "umask 022; exec \"$@\"";
        command
            .args(["-c", script, "sh"])
            .arg(callreel().get_program());
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(folder.file("data")).args(flags);
        let server = Server::start_command(command);
        if flags.is_empty() {
            server.owner("ann").upload(b"x", &[]);
        }
        for name in made {
            let metadata = std::fs::metadata(folder.file(name)).expect("it is there");
            let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(metadata.permissions().mode() & 0o777, expected, "{name}");
        }
    }
}

#[test]
fn a_start_that_takes_long_ends_when_it_is_told() {
    let folder = Folder::new("start");
    let mut server = Server::start_in(folder.path(), &[]);
    server.owner("ann").upload(b"x", &[]);
    server.stop();
    let lock = folder.file("lock");
    std::fs::remove_file(&lock).expect("it is ours");
    // Somebody else has the library, so this start waits.
    let mut other = Command::new("sqlite3")
        .arg(folder.file("library.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sqlite3 is there");
    let mut stdin = other.stdin.take().expect("it is piped");
    stdin
        .write_all(b"BEGIN EXCLUSIVE; SELECT 1;\n")
        .expect("it reads");
    let mut line = String::new();
    let stdout = other.stdout.take().expect("it is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("it has it");

    let mut command = callreel();
    command
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path());
    let mut child = command.spawn().expect("the binary starts");
    // It watches for signals before it opens anything.
    wait_for("the folder to be opened", || lock.exists().then_some(()));
    let kill = Command::new("kill")
        .args(["-s", "TERM", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill is everywhere").success());
    let status = wait_for("the start to end", || {
        child.try_wait().expect("it is our child")
    });
    assert!(status.success(), "{status}");
    drop(stdin);
    other.wait().expect("it is our child");
}
