//! What a server mends by itself while it runs.

use std::{fs, path::Path, process::Command};

use crate::support::{
    Server,
    folder::Folder,
    samples::{assert_decodes, recorded},
    wait::wait_for,
};

fn sql(folder: &Folder, statement: &str) {
    let database = folder.file("library.db");
    let done = Command::new("sqlite3")
        .args(["-cmd", ".timeout 10000"])
        .arg(database)
        .arg(statement)
        .status();
    assert!(done.expect("sqlite3 is there").success());
}

#[test]
fn a_recording_that_nobody_makes_any_more_is_interrupted() {
    let folder = Folder::new("house");
    let take = recorded(3);
    let mut server = Server::start_in(folder.path(), &[]);
    let id = server.owner("ann").begin(None, &[]);
    server.owner("ann").append(&id, 0, &take[..9000]);
    server.kill();
    let server = Server::start_in(folder.path(), &["--interrupted-after", "3s"]);
    let ann = server.owner("ann");
    assert_eq!(ann.recording(&id)["state"], "interrupted");
    // As if a request had ended between the library and memory.
    sql(&folder, "UPDATE recordings SET state = 0, indexed = 0");
    assert_eq!(ann.recording(&id)["state"], "recording");
    wait_for("the recording to be interrupted", || {
        (ann.recording(&id)["state"] == "interrupted").then_some(())
    });
    assert_decodes(&ann.media(&id, "").body);
}

#[test]
fn a_recording_that_can_t_be_removed_keeps_no_other() {
    let folder = Folder::new("house");
    let server = Server::start_in(folder.path(), &["--undo-window", "1s"]);
    let ann = server.owner("ann");
    let (bad, good) = (ann.upload(b"bad", &[]), ann.upload(b"good", &[]));
    let media = folder.file(&format!("spool/{bad}.media"));
    fs::remove_file(&media).expect("it is there");
    fs::create_dir(&media).expect("the folder is ours");
    for id in [&bad, &good] {
        let path = format!("/api/recordings/{id}");
        assert_eq!(ann.ask("DELETE", &path).status, 204);
    }
    let good = folder.file(&format!("spool/{good}.media"));
    wait_for("the good one to be gone", || {
        (!Path::new(&good).exists()).then_some(())
    });
    assert!(media.is_dir());
    server.logs(&bad);
}
