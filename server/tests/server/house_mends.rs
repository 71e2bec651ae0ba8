//! What a server mends by itself while it runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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

/// Files of recordings that a server has open, as Linux tells.
fn open_media(server: &Server) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", server.id())).expect("it runs");
    let files = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    let is_media = |file: &PathBuf| file.extension().is_some_and(|end| end == "media");
    files.filter(is_media).count()
}

#[test]
fn uploads_that_rest_keep_few_files_open() {
    let folder = Folder::new("house");
    let flags = ["--durability", "process", "--max-owner-uploads", "300"];
    let mut server = Server::start_in(folder.path(), &flags);
    let ids: Vec<_> = (0..300)
        .map(|_| server.owner("ann").begin(None, &[]))
        .collect();
    server.kill();
    // With so few at a time it does not even wait for the next look into memory.
    for (few, most) in [("1024", 256), ("8", 16)] {
        let flags = [&flags[..], &["--max-uploads", few]].concat();
        let mut server = Server::start_in(folder.path(), &flags);
        assert_eq!(open_media(&server), 0);
        for id in &ids {
            assert_eq!(server.owner("ann").offset(id), 0);
        }
        wait_for("files to be closed", || {
            (open_media(&server) <= most).then_some(())
        });
        // What was closed goes on like any other.
        server.owner("ann").append(&ids[0], 0, b"");
        server.kill();
    }
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
    // A hundred more of its kind, all deleted before the good one.
    let columns = "owner, title, title_key, mime_type, created_at, changed_at, state, words";
    let insert = |number| {
        let id = format!("{number:032x}");
        fs::create_dir(folder.file(&format!("spool/{id}.media"))).expect("the folder is ours");
        format!(
            "INSERT INTO recordings (id, deleted_at, {columns}) \
             SELECT x'{id}', 1, {columns} FROM recordings WHERE id = x'{bad}';"
        )
    };
    sql(&folder, &(0..100).map(insert).collect::<String>());
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
