//! Room: who has how much of it, whatever it is taken with.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::support::{Server, read_answer, samples::noise};

#[test]
fn a_body_with_a_checksum_needs_room_before_it_is_known_to_be_right() {
    let (folder, server) = Server::start_new("quota", &["--max-owner-bytes", "1MB"]);
    let ann = server.owner("ann");
    let id = ann.begin(None, &[]);
    let bytes = noise(4_000_000, 1);
    let sum = |bytes: &[u8]| {
        let sum = STANDARD.encode(Sha256::digest(bytes));
        format!("Upload-Checksum: sha256 {sum}")
    };
    // It is refused half way, not when all of it is on the disk.
    let half = &bytes[..2_000_000];
    let stream = ann.begin_patch(&id, 0, bytes.len(), &[&sum(&bytes)], half);
    let answer = read_answer(stream);
    assert_eq!((answer.status, answer.code().as_str()), (413, "owner_full"));
    assert_eq!(ann.offset(&id), 0);
    assert_eq!(folder.stored(), 0);
    // What a refused body took is given back.
    let most = &bytes[..900_000];
    assert_eq!(ann.patch(&id, 0, &[&sum(half)], most).status, 460);
    assert_eq!(ann.patch(&id, 0, &[&sum(most)], most).status, 204);
    assert_eq!(ann.list("")["storage"]["used"], most.len());
}

#[test]
fn how_much_there_may_be_is_told_before_there_is_anything() {
    let flags = ["--max-owner-bytes", "1000"];
    let (_folder, server) = Server::start_new("quota", &flags);
    let ann = server.owner("ann");
    let told = ann.list("")["storage"].clone();
    assert_eq!(told, serde_json::json!({ "used": 0, "limit": 1000 }));
    ann.begin(None, &[]);
    assert_eq!(ann.list("")["storage"], told);
}

#[test]
fn recordings_of_no_bytes_take_places() {
    let flags = ["--max-owner-recordings", "2", "--max-recordings", "3"];
    let (folder, server) = Server::start_new("quota", &flags);
    let (ann, bob) = (server.owner("ann"), server.owner("bob"));
    let begin = |key: &str| {
        let owner = server.owner(key);
        owner.send("POST", "/uploads", &["Upload-Length: 0"], b"")
    };
    let ids = [ann.begin(Some(0), &[]), ann.begin(Some(0), &[])];
    assert_eq!(begin("ann").code(), "owner_full");
    bob.begin(Some(0), &[]);
    assert_eq!(begin("bob").code(), "server_full");
    assert_eq!(
        ann.ask("DELETE", &format!("/uploads/{}", ids[0])).status,
        204
    );
    assert_eq!(begin("ann").status, 201);
    assert_eq!(begin("ann").code(), "owner_full");
    // A server that starts again counts what is there.
    drop(server);
    let server = Server::start_in(folder.path(), &flags);
    let refused = server.owner("ann");
    let refused = refused.send("POST", "/uploads", &["Upload-Length: 0"], b"");
    assert_eq!(refused.code(), "owner_full");
}

#[test]
fn a_picture_needs_room_as_well() {
    let (_folder, server) = Server::start_new("quota", &["--max-owner-bytes", "1000"]);
    let ann = server.owner("ann");
    let id = ann.upload(&noise(900, 2), &[]);
    let path = format!("/api/recordings/{id}/poster");
    let picture = |len: usize| [&[0xFF, 0xD8, 0xFF, 0xE0][..], &vec![0; len - 4]].concat();
    assert_eq!(ann.send("PUT", &path, &[], &picture(100)).status, 204);
    assert_eq!(
        ann.send("PUT", &path, &[], &picture(101)).code(),
        "owner_full"
    );
    assert_eq!(ann.list("")["storage"]["used"], 900);
}
