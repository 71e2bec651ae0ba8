//! A network that is cut at random: one recording, byte for byte what was sent.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::support::{
    Response, Server,
    folder::Folder,
    owner::{BYTES, TUS},
    proxy::Proxy,
    samples::{assert_decodes, recorded, sha256},
    wait::wait_for,
};

/// Cuts: 100 in a soak, a tenth of them otherwise.
fn cuts() -> usize {
    if std::env::var_os("CALLREEL_SOAK").is_some() {
        100
    } else {
        10
    }
}

/// Sends a request over the proxy; `None` where the network was cut.
fn send(proxy: &Proxy, head: &str, body: &[u8], piece: usize) -> Option<Response> {
    let mut stream = TcpStream::connect(&proxy.address).ok()?;
    let length = body.len();
    let host = &proxy.address;
    let head =
        format!("{head}\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    // Slowly, so that cuts fall into bodies.
    for piece in body.chunks(piece) {
        stream.write_all(piece).ok()?;
        thread::sleep(Duration::from_millis(1));
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    Response::try_parse(&answer)
}

#[test]
fn a_take_survives_every_cut() {
    let folder = Folder::new("network");
    let server = Server::start_in(folder.path(), &[]);
    let proxy = Proxy::to(&server.address);
    let owner = server.owner("ann");
    let take = recorded(20);
    let id = owner.begin(None, &[("title", "a take"), ("filetype", "video/webm")]);

    let head = |line: &str, more: &str| {
        format!("{line} HTTP/1.1\r\n{}\r\n{TUS}{more}", owner.authorization)
    };
    let done = AtomicBool::new(false);
    let cut = thread::scope(|scope| {
        let cutter = scope.spawn(|| {
            let mut cut = 0;
            while !done.load(Ordering::Relaxed) && cut < cuts() {
                thread::sleep(Duration::from_millis(1 + 3 * (cut as u64 % 5)));
                cut += usize::from(proxy.cut() > 0);
            }
            cut
        });
        // What a client does: asks where the upload stands, goes on from there, and sends it all
        // over again until enough cuts have fallen.
        let path = format!("/uploads/{id}");
        let (mut sent, mut acknowledged) = (0, 0);
        // So long that all cuts fall into it.
        let piece = take.len() / (cuts() * 20);
        while sent < take.len() || !cutter.is_finished() {
            let Some(answer) = send(&proxy, &head(&format!("HEAD {path}"), ""), b"", 1) else {
                continue;
            };
            sent = answer
                .header("upload-offset")
                .parse()
                .expect("it says how far it is");
            assert!(
                sent >= acknowledged,
                "{sent} of {acknowledged} acknowledged bytes are there"
            );
            let end = take.len().min(sent + 200_000);
            if sent == take.len() {
                done.store(true, Ordering::Relaxed);
                continue;
            }
            let more = format!("\r\n{BYTES}\r\nUpload-Offset: {sent}");
            let patch = head(&format!("PATCH {path}"), &more);
            if let Some(answer) = send(&proxy, &patch, &take[sent..end], piece) {
                assert_eq!(answer.status, 204, "{}", answer.text());
                acknowledged = end;
            }
        }
        cutter.join().expect("cutting does not panic")
    });
    assert_eq!(cut, cuts());
    let length = format!("Upload-Length: {}", take.len());
    assert_eq!(owner.patch(&id, take.len(), &[&length], b"").status, 204);
    assert_eq!(owner.recording(&id)["state"], "complete");
    assert_eq!(sha256(&owner.original(&id)), sha256(&take));
    assert_decodes(&owner.media(&id, "").body);
    assert_eq!(owner.list("")["total"], 1);
}

#[test]
fn who_is_cut_off_is_interrupted_and_goes_on() {
    let folder = Folder::new("network");
    let server = Server::start_in(folder.path(), &["--interrupted-after", "3s"]);
    let owner = server.owner("ann");
    let take = recorded(6);
    let half = take.len() / 2;
    let id = owner.begin(None, &[]);
    owner.append(&id, 0, &take[..half]);
    assert_eq!(owner.recording(&id)["state"], "recording");
    let state = |wanted: &str| {
        wait_for(wanted, || {
            (owner.recording(&id)["state"] == wanted).then_some(())
        });
    };
    state("interrupted");
    // It plays as it stands.
    let media = owner.media(&id, "");
    assert_eq!(
        (media.status, media.header("accept-ranges")),
        (200, "bytes")
    );
    assert_decodes(&media.body);
    assert_eq!(owner.recording(&id)["mime_type"], "video/webm");

    owner.append(&id, half, &take[half..]);
    assert_eq!(owner.recording(&id)["state"], "recording");
    state("interrupted");
    owner.patch(
        &id,
        take.len(),
        &[&format!("Upload-Length: {}", take.len())],
        b"",
    );
    assert_eq!(owner.recording(&id)["state"], "complete");
    assert!(owner.original(&id) == take);
}
