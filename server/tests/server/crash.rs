//! `kill -9` at any moment: what was acknowledged is there, and what was sent is what is kept.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    Server,
    folder::Folder,
    owner::{BYTES, Owner, TUS, id_of},
    samples::{assert_decodes, duration, noise, recorded, sha256},
};

/// Bytes of a chunk at most: what a recorder makes in a second.
const CHUNK: usize = 300_000;

/// Runs: 200 in a soak, a tenth of them otherwise.
fn runs() -> usize {
    if std::env::var_os("CALLREEL_SOAK").is_some() {
        200
    } else {
        20
    }
}

/// One upload that goes on over the death of servers.
struct Upload {
    bytes: Vec<u8>,
    is_webm: bool,
    id: Option<String>,
    acknowledged: usize,
}

impl Upload {
    fn new(bytes: Vec<u8>, is_webm: bool) -> Self {
        Self {
            bytes,
            is_webm,
            id: None,
            acknowledged: 0,
        }
    }

    /// After a start: everything acknowledged is there, and nothing else than what was sent.
    fn check(&mut self, owner: &Owner<'_>) {
        let Some(id) = &self.id else { return };
        let offset = owner.offset(id);
        assert!(
            (self.acknowledged..=self.bytes.len()).contains(&offset),
            "{offset} of {} acknowledged bytes are there",
            self.acknowledged
        );
        // Until it is complete there is nothing but the spooled file to compare with.
        if offset < self.bytes.len() {
            let state = owner.recording(id)["state"].clone();
            assert!(state == "interrupted" || state == "recording", "{state}");
            assert!(
                owner.original(id) == self.bytes[..offset],
                "other bytes than were sent"
            );
        }
        self.acknowledged = offset;
    }

    /// Sends until all is there or the server is dead; true once all is.
    fn go_on(&mut self, server: &Server, random: &Mutex<Random>) -> bool {
        let owner = server.owner("ann");
        while self.acknowledged < self.bytes.len() {
            let Some(id) = self.id.clone() else {
                let length = format!("Upload-Length: {}", self.bytes.len());
                let headers = [&owner.authorization, TUS, &length, "Content-Length: 0"];
                let Some(answer) = server.try_send("POST", "/uploads", &headers, b"") else {
                    return false;
                };
                self.id = Some(id_of(&answer));
                continue;
            };
            let len = 1 + random.lock().expect("nobody panics with it").below(CHUNK);
            let end = self.bytes.len().min(self.acknowledged + len);
            let chunk = &self.bytes[self.acknowledged..end];
            let (offset, length) = (
                format!("Upload-Offset: {}", self.acknowledged),
                format!("Content-Length: {}", chunk.len()),
            );
            let headers = [&owner.authorization, TUS, BYTES, &offset, &length];
            let path = format!("/uploads/{id}");
            let Some(answer) = server.try_send("PATCH", &path, &headers, chunk) else {
                return false;
            };
            assert_eq!(answer.status, 204, "{}", answer.text());
            self.acknowledged = end;
        }
        true
    }

    /// All is there: the same bytes, and a recording that plays and knows how long it is.
    fn check_complete(&self, owner: &Owner<'_>) {
        let id = self.id.as_ref().expect("it was uploaded");
        assert_eq!(owner.recording(id)["state"], "complete");
        assert_eq!(sha256(&owner.original(id)), sha256(&self.bytes));
        if self.is_webm {
            let seekable = owner.media(id, "").body;
            assert!(
                (duration(&seekable) - 12.0).abs() < 0.3,
                "{}",
                duration(&seekable)
            );
            assert_decodes(&seekable);
        }
    }
}

#[test]
fn acknowledged_bytes_survive_kill_9() {
    let folder = Folder::new("crash");
    let webm = recorded(12);
    let random = Mutex::new(Random::new());
    let seed = random.lock().expect("nobody panics with it").0;
    eprintln!("seed {seed}");
    let fresh = |n: u64| match n % 2 {
        0 => Upload::new(webm.clone(), true),
        _ => Upload::new(noise(6 << 20, seed ^ n), false),
    };
    let mut uploads: Vec<_> = (0..4).map(fresh).collect();
    let (mut next, mut finished) = (4, 0);
    for _ in 0..runs() {
        let mut server = Server::start_in(folder.path(), &[]);
        let owner = server.owner("ann");
        for upload in &mut uploads {
            upload.check(&owner);
        }
        let moment = random.lock().expect("nobody panics with it").below(250);
        let moment = Instant::now() + Duration::from_millis(moment as u64);
        thread::scope(|scope| {
            for upload in &mut uploads {
                let (server, random) = (&server, &random);
                scope.spawn(move || upload.go_on(server, random));
            }
            thread::sleep(moment.saturating_duration_since(Instant::now()));
            server.signal("KILL");
        });
        server.wait();

        let server = Server::start_in(folder.path(), &[]);
        let owner = server.owner("ann");
        for upload in &mut uploads {
            upload.check(&owner);
            if upload.acknowledged == upload.bytes.len() {
                upload.check_complete(&owner);
                *upload = fresh(next);
                (next, finished) = (next + 1, finished + 1);
            }
        }
    }
    // And after all that, the rest goes on as if nothing had been.
    let server = Server::start_in(folder.path(), &[]);
    for upload in &mut uploads {
        upload.check(&server.owner("ann"));
        assert!(upload.go_on(&server, &random));
        upload.check_complete(&server.owner("ann"));
        finished += 1;
    }
    eprintln!("{finished} uploads were finished");
}

/// xorshift64*, seeded by the clock; the seed is printed.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = std::time::SystemTime::now();
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .expect("it is later than 1970");
        Self(since.as_nanos() as u64 | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}
