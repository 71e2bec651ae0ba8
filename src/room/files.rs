//! Files from person to person, over the connection that is there already.
//!
//! A file goes in frames behind the number that its sender gave it. The receiver says how much it
//! has written, and no more than a window is on its way, so neither side holds a file in memory.
//! What was on its way when a connection was lost is offered again over the next one.

use callreel_browser::{
    DomError, page,
    peer::FILE_BUFFER,
    rest,
    transfer::{Chosen, PIECE, hex, sha256},
};
use callreel_engine::call::{
    Key,
    talk::{FileOffer, Talk},
};
use futures_channel::oneshot;
use futures_util::future::select;
use gloo::timers::future::TimeoutFuture;

use super::{
    controller::Room,
    shared::{Failure, FileStage, Said, SharedFile},
    state::Message,
};

/// Bytes in a frame, which every browser takes.
pub(super) const FRAME: usize = 1 << 16;
/// At most this many bytes are sent and not written yet.
pub(super) const WINDOW: u64 = 8 << 20;
/// A sleeper looks by itself after this long, in ms.
const LOOK_MS: u32 = 1_000;
/// So many files of one person may wait for an answer.
const MAX_OFFERS: usize = 32;

/// A file of one's own, on its way to one person.
pub struct Sending {
    key: Key,
    number: u32,
    file: Chosen,
    written: u64,
    /// The number of the task that sends it, once it was accepted.
    run: Option<u32>,
}

impl Sending {
    fn offer(&self) -> FileOffer {
        FileOffer {
            id: self.number,
            name: self.file.name(),
            size: self.file.size(),
        }
    }
}

impl Room {
    /// Offers files to whom the person has chosen.
    pub fn offer_files(&self, files: Vec<Chosen>) {
        let (keys, gone) = {
            let state = self.state();
            let wanted = state.files_to.as_ref();
            let people = state.people.iter().map(|person| person.key);
            let keys: Vec<Key> = people
                .filter(|key| wanted.is_none_or(|(only, _)| only == key))
                .collect();
            let gone = wanted.filter(|_| keys.is_empty());
            (keys, gone.map(|(_, name)| name.clone()))
        };
        if let Some(name) = gone {
            // What was meant for one person never goes to the others instead.
            return self.say(Message::Went(name));
        }
        for file in files {
            for key in &keys {
                let sending = Sending {
                    key: *key,
                    number: self.next_number(),
                    file: file.clone(),
                    written: 0,
                    run: None,
                };
                let offer = sending.offer();
                self.show_file(*key, true, &offer);
                self.0.sending.borrow_mut().push(sending);
                // Without a connection it waits for one.
                self.say_to(*key, &Talk::File(offer));
            }
        }
    }

    /// Who gets the files that are chosen from now on: one person, by their key, or everybody.
    pub fn send_files_to(&self, key: &str) {
        self.update(|state| {
            let key = key.parse().ok();
            let person = key.and_then(|key| state.person(key));
            state.files_to = person.map(|person| (person.key, person.name.clone()));
        });
    }

    /// There is a connection, perhaps a new one: what was not accepted yet is offered again.
    pub(super) fn offer_again(&self, key: Key) {
        let sending = self.0.sending.borrow();
        let waiting = sending.iter().filter(|s| s.key == key && s.run.is_none());
        for one in waiting {
            self.say_to(key, &Talk::File(one.offer()));
        }
    }

    /// A connection gave way to another, and what was on its way is lost.
    pub(super) fn interrupt_files_of(&self, key: Key) {
        self.0.receiving.borrow_mut().retain(|r| r.key != key);
        for one in self.0.sending.borrow_mut().iter_mut() {
            if one.key == key {
                (one.run, one.written) = (None, 0);
            }
        }
        self.update(|state| {
            let moving =
                |file: &&mut SharedFile| file.key == key && file.stage == FileStage::Moving;
            for file in state.files.iter_mut().filter(moving) {
                (file.stage, file.done) = (FileStage::Interrupted, 0);
            }
        });
        self.wake();
    }

    /// Somebody offers a file, perhaps once more after a connection was lost.
    fn offered(&self, key: Key, offer: &FileOffer) {
        let known = {
            let state = self.state();
            let mut files = state.files.iter();
            let known = files.find(|f| (f.key, f.mine, f.number) == (key, false, offer.id));
            known.map(|file| file.stage.clone())
        };
        let waiting = {
            let state = self.state();
            let files = state.files.iter();
            files
                .filter(|f| f.key == key && !f.mine && f.stage.waits())
                .count()
        };
        let answer = match known {
            None if waiting < MAX_OFFERS => return self.show_file(key, false, offer),
            Some(FileStage::Offered | FileStage::Interrupted) => return,
            // What was said of it before got lost.
            Some(FileStage::Moving) => Talk::Accept(offer.id),
            Some(FileStage::Kept(_)) => Talk::Written(offer.id, offer.size),
            // Or there are too many.
            None | Some(_) => Talk::Cancel(offer.id, false),
        };
        self.say_to(key, &answer);
    }

    fn show_file(&self, key: Key, mine: bool, offer: &FileOffer) {
        self.update(|state| {
            let name = state.person(key).map(|person| person.name.clone());
            let file = SharedFile {
                key,
                mine,
                number: offer.id,
                name: offer.name.clone(),
                with: name.clone().unwrap_or_default(),
                size: offer.size,
                done: 0,
                stage: FileStage::Offered,
            };
            state.files.push(file);
            let from = name.filter(|_| !mine);
            state.add_line(from, page::wall_clock(), Said::File(key, mine, offer.id));
        });
    }

    pub(super) fn set_file(
        &self,
        key: Key,
        mine: bool,
        number: u32,
        change: impl FnOnce(&mut SharedFile),
    ) {
        self.update(|state| {
            let mut files = state.files.iter_mut();
            let found = files.find(|f| (f.key, f.mine, f.number) == (key, mine, number));
            if let Some(file) = found {
                change(file);
            }
        });
    }

    /// What somebody says about files.
    pub(super) fn talk_of_file(&self, key: Key, talk: Talk) {
        match talk {
            Talk::File(offer) => self.offered(key, &offer),
            Talk::Accept(number) => self.begin_sending(key, number),
            Talk::Written(number, bytes) => self.was_written(key, number, bytes),
            // Whose file it is reads the other way round here.
            Talk::Cancel(number, theirs) => self.forget_file(key, theirs, number),
            Talk::Sent(number, hash) => self.came_whole(key, number, hash),
            _ => {}
        }
    }

    fn was_written(&self, key: Key, number: u32, bytes: u64) {
        let mut sending = self.0.sending.borrow_mut();
        let mut all = sending.iter_mut();
        let Some(at) = all.position(|s| (s.key, s.number) == (key, number)) else {
            return;
        };
        let one = &mut sending[at];
        one.written = one.written.max(bytes);
        // Nobody sends it, and all of it is there: only that was not heard.
        let was_there = one.run.is_none() && bytes >= one.file.size();
        if was_there {
            sending.swap_remove(at);
        }
        drop(sending);
        self.set_file(key, true, number, |file| {
            file.done = bytes.min(file.size);
            if was_there {
                file.stage = FileStage::Sent;
            }
        });
        self.wake();
    }

    fn begin_sending(&self, key: Key, number: u32) {
        let run = self.next_number();
        let file = {
            let mut sending = self.0.sending.borrow_mut();
            let mut all = sending.iter_mut();
            let one = all.find(|s| (s.key, s.number) == (key, number));
            one.map(|one| {
                let waits = one.run.is_none();
                one.run.get_or_insert(run);
                waits.then(|| one.file.clone())
            })
        };
        let file = match file {
            Some(Some(file)) => file,
            // It is being sent.
            Some(None) => return,
            // That it was cancelled got lost.
            None => return self.say_to(key, &Talk::Cancel(number, true)),
        };
        self.set_file(key, true, number, |file| file.stage = FileStage::Moving);
        // Who waits for the file is not told why it does not begin yet.
        let room = self.clone();
        rest::spawn_patient(async move {
            let sent = room.stream(key, number, run, &file).await;
            let mut sending = room.0.sending.borrow_mut();
            let before = sending.len();
            sending.retain(|s| s.run != Some(run));
            let was_wanted = sending.len() < before;
            drop(sending);
            // Who ended it otherwise has said how it stands.
            if !was_wanted {
                return;
            }
            let stage = match sent {
                Ok(true) => FileStage::Sent,
                // The file was changed or removed.
                _ => FileStage::Failed(Failure::Unreadable),
            };
            if stage != FileStage::Sent {
                room.say_to(key, &Talk::Cancel(number, true));
            }
            room.set_file(key, true, number, |file| file.stage = stage);
        });
    }

    /// Sends a whole file; false where it was cancelled.
    async fn stream(
        &self,
        key: Key,
        number: u32,
        run: u32,
        file: &Chosen,
    ) -> Result<bool, DomError> {
        let (mut at, mut digests) = (0, Vec::new());
        while at < file.size() {
            let end = (at + PIECE as u64).min(file.size());
            let bytes = file.read(at, end).await?;
            digests.extend(sha256(&bytes).await?);
            for frame in bytes.chunks(FRAME) {
                let mut data = number.to_be_bytes().to_vec();
                data.extend(frame);
                loop {
                    match self.may_send(key, run, at) {
                        None => return Ok(false),
                        Some(true) if self.send_frame(key, &data) => break,
                        Some(_) => self.woken().await,
                    }
                }
                at += frame.len() as u64;
            }
        }
        let hash = hex(&sha256(&digests).await?);
        self.say_to(key, &Talk::Sent(number, hash));
        // It is there when the other side says so.
        loop {
            match self.may_send(key, run, file.size() + WINDOW) {
                None => return Ok(false),
                Some(_) if self.written(run) >= file.size() => return Ok(true),
                Some(_) => self.woken().await,
            }
        }
    }

    /// Whether there is room for more on its way; `None` once it is cancelled.
    fn may_send(&self, key: Key, run: u32, at: u64) -> Option<bool> {
        let sending = self.0.sending.borrow();
        let one = sending.iter().find(|s| s.run == Some(run))?;
        let waiting = self.bytes_waiting(key)?;
        Some(at < one.written + WINDOW && waiting < FILE_BUFFER)
    }

    fn written(&self, run: u32) -> u64 {
        let sending = self.0.sending.borrow();
        let one = sending.iter().find(|s| s.run == Some(run));
        one.map_or(0, |one| one.written)
    }

    async fn woken(&self) {
        let (wake, woken) = oneshot::channel();
        self.0.sleepers.borrow_mut().push(wake);
        select(woken, TimeoutFuture::new(LOOK_MS)).await;
    }

    /// Something changed that files may have waited for.
    pub(super) fn wake(&self) {
        for sleeper in self.0.sleepers.take() {
            // Who has looked by itself does not wait any more.
            let _ = sleeper.send(());
        }
    }

    /// Does not go on with a file, one's own or another's.
    pub fn cancel_file(&self, key: Key, mine: bool, number: u32) {
        self.say_to(key, &Talk::Cancel(number, mine));
        self.forget_file(key, !mine, number);
    }

    /// `theirs`: it is the other side's word, so their file is not mine.
    fn forget_file(&self, key: Key, theirs: bool, number: u32) {
        let mine = !theirs;
        if mine {
            let mut sending = self.0.sending.borrow_mut();
            sending.retain(|s| (s.key, s.number) != (key, number));
        } else {
            let mut receiving = self.0.receiving.borrow_mut();
            receiving.retain(|r| (r.key, r.number) != (key, number));
        }
        self.set_file(key, mine, number, |file| {
            // One that has come is whose it came to.
            if file.stage.waits() || file.stage == FileStage::Moving {
                file.stage = FileStage::Cancelled;
            }
        });
        self.wake();
    }

    /// Somebody went, and with them their files that were on the way.
    pub(super) fn forget_files_of(&self, key: Key) {
        self.0.sending.borrow_mut().retain(|s| s.key != key);
        self.0.receiving.borrow_mut().retain(|r| r.key != key);
        self.update(|state| {
            let unfinished = |file: &&mut SharedFile| {
                file.key == key && (file.stage.waits() || file.stage == FileStage::Moving)
            };
            for file in state.files.iter_mut().filter(unfinished) {
                file.stage = FileStage::Cancelled;
            }
        });
        self.wake();
    }
}
