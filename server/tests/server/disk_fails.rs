//! A disk that can't make bytes safe: what somebody was told is safe stays, whatever fails later.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    process::Command,
};

use crate::support::{Server, callreel, folder::Folder};

/// Starts a server that the permissions of files count for, even where the tests run as root.
fn start(folder: &Folder) -> Server {
    let mut command = Command::new("unshare");
    command.arg("--user").arg(callreel().get_program());
    command.args(["--listen", "127.0.0.1:0", "--data-dir"]);
    command.arg(folder.path());
    Server::start_command(command)
}

#[test]
fn what_was_acknowledged_survives_a_disk_that_fails_after_a_start() {
    let folder = Folder::new("disk");
    let mut server = start(&folder);
    let ann = server.owner("ann");
    let id = ann.begin(Some(10), &[]);
    ann.append(&id, 0, b"12345");
    server.kill();

    let server = start(&folder);
    let ann = server.owner("ann");
    let spool = folder.file("spool");
    let may = |mode| fs::set_permissions(&spool, Permissions::from_mode(mode));
    // A folder that can't be read can't be made safe either.
    may(0o300).expect("it is ours");
    assert_eq!(ann.head(&id).status, 500);
    may(0o700).expect("it is ours");
    let media = fs::read(spool.join(format!("{id}.media"))).expect("it is there");
    assert_eq!(media, b"12345");
    assert_eq!(ann.offset(&id), 5);
    assert_eq!(ann.list("")["storage"]["used"], 5);
    ann.append(&id, 5, b"67890");
    assert_eq!(ann.original(&id), b"1234567890");
}
