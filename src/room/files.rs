//! Files from person to person, over the connection that is there already.
//!
//! A file goes in frames behind the number that its sender gave it. The receiver says how much it
//! has written, and no more than a window is on its way, so neither side holds a file in memory.

use std::rc::Rc;

use callreel_browser::{
    DomError,
    blob::ObjectUrl,
    page,
    peer::FILE_BUFFER,
    transfer::{Chosen, Incoming, PIECE, hex, sha256},
};
use callreel_engine::call::{
    Key,
    talk::{FileOffer, Talk},
};
use futures_channel::{mpsc, oneshot};
use futures_util::{StreamExt as _, future::select};
use gloo::timers::future::TimeoutFuture;

use super::{
    controller::Room,
    state::{FileStage, Line, SharedFile, Side},
};

/// Bytes in a frame, which every browser takes.
const FRAME: usize = 1 << 16;
/// At most this many bytes are sent and not written yet.
const WINDOW: u64 = 8 << 20;
/// The receiver tells after this many bytes.
const TELL_EVERY: u64 = 1 << 20;
/// A sleeper looks by itself after this long, in ms.
const LOOK_MS: u32 = 1_000;

/// A file of one's own, on its way to one person.
pub struct Sending {
    key: Key,
    number: u32,
    file: Chosen,
    written: u64,
    going: bool,
}

/// A file of somebody's, coming.
pub struct Receiving {
    key: Key,
    number: u32,
    parts: mpsc::UnboundedSender<Part>,
}

enum Part {
    Bytes(Vec<u8>),
    Hash(String),
}

/// What has come, as long as it can be saved.
#[derive(Clone)]
pub struct Kept {
    /// Where the page finds it.
    pub url: ObjectUrl,
    _file: Rc<Incoming>,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
    }
}

impl Room {
    /// Offers files to everybody.
    pub fn offer_files(&self, files: Vec<Chosen>) {
        let keys: Vec<Key> = self
            .state()
            .people
            .iter()
            .map(|person| person.key)
            .collect();
        for file in files {
            for key in &keys {
                let number = self.next_number();
                let offer = FileOffer {
                    id: number,
                    name: file.name(),
                    size: file.size(),
                };
                self.show_file(*key, true, &offer);
                self.0.sending.borrow_mut().push(Sending {
                    key: *key,
                    number,
                    file: file.clone(),
                    written: 0,
                    going: false,
                });
                self.say_to(*key, &Talk::File(offer));
            }
        }
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
            if !mine {
                state.unread += u32::from(state.side != Some(Side::Chat));
            }
            state.chat.push(Line {
                from: name.filter(|_| !mine),
                at_ms: page::wall_clock(),
                text: String::new(),
                file: Some((key, mine, offer.id)),
            });
        });
    }

    fn set_file(&self, key: Key, mine: bool, number: u32, change: impl FnOnce(&mut SharedFile)) {
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
            Talk::File(offer) => self.show_file(key, false, &offer),
            Talk::Accept(number) => self.begin_sending(key, number),
            Talk::Written(number, bytes) => {
                let mut sending = self.0.sending.borrow_mut();
                let mut all = sending.iter_mut();
                if let Some(one) = all.find(|s| (s.key, s.number) == (key, number)) {
                    one.written = one.written.max(bytes);
                }
                drop(sending);
                self.set_file(key, true, number, |file| file.done = bytes.min(file.size));
                self.wake();
            }
            // Whose file it is reads the other way round here.
            Talk::Cancel(number, theirs) => self.forget_file(key, theirs, number),
            Talk::Sent(number, hash) => self.part(key, number, Part::Hash(hash)),
            _ => {}
        }
    }

    /// Bytes came: a number, and a frame of that file.
    pub(super) fn frame(&self, key: Key, mut bytes: Vec<u8>) {
        let Some(head) = bytes.first_chunk::<4>() else {
            return;
        };
        let number = u32::from_be_bytes(*head);
        let body = bytes.split_off(4);
        self.part(key, number, Part::Bytes(body));
    }

    fn part(&self, key: Key, number: u32, part: Part) {
        let receiving = self.0.receiving.borrow();
        let mut all = receiving.iter();
        if let Some(one) = all.find(|r| (r.key, r.number) == (key, number)) {
            // The task is gone where the file was damaged: what still comes is dropped.
            let _ = one.parts.unbounded_send(part);
        }
    }

    /// Takes a file that somebody offers.
    pub fn accept_file(&self, key: Key, number: u32) {
        let offered = {
            let state = self.state();
            let mut files = state.files.iter();
            files
                .find(|f| (f.key, f.mine, f.number) == (key, false, number))
                .map(|file| file.size)
        };
        let Some(size) = offered else { return };
        let (parts, came) = mpsc::unbounded();
        self.0
            .receiving
            .borrow_mut()
            .push(Receiving { key, number, parts });
        self.set_file(key, false, number, |file| file.stage = FileStage::Moving);
        self.spawn(|room| async move {
            let kept = room.receive(key, number, size, came).await;
            let mut receiving = room.0.receiving.borrow_mut();
            let before = receiving.len();
            receiving.retain(|r| (r.key, r.number) != (key, number));
            let was_wanted = receiving.len() < before;
            drop(receiving);
            let stage = match kept {
                Ok(Some(kept)) => FileStage::Kept(kept),
                Ok(None) | Err(_) if was_wanted => {
                    room.say_to(key, &Talk::Cancel(number, false));
                    FileStage::Damaged
                }
                Ok(None) | Err(_) => FileStage::Cancelled,
            };
            room.set_file(key, false, number, |file| file.stage = stage);
        });
    }

    /// `None` where what came is not what was sent.
    async fn receive(
        &self,
        key: Key,
        number: u32,
        size: u64,
        mut came: mpsc::UnboundedReceiver<Part>,
    ) -> Result<Option<Kept>, DomError> {
        let incoming = Incoming::create().await?;
        self.say_to(key, &Talk::Accept(number));
        let (mut piece, mut digests) = (Vec::new(), Vec::new());
        let (mut written, mut told, mut hash) = (0, 0, None);
        while written < size || hash.is_none() {
            match came.next().await {
                Some(Part::Bytes(bytes)) => piece.extend(bytes),
                Some(Part::Hash(told)) => hash = Some(told),
                None => return Ok(None),
            }
            while piece.len() >= PIECE
                || (written + piece.len() as u64 >= size && !piece.is_empty())
            {
                let rest = piece.split_off(piece.len().min(PIECE));
                digests.extend(sha256(&piece).await?);
                incoming.write(&piece).await?;
                written += piece.len() as u64;
                piece = rest;
            }
            if written > size {
                return Ok(None);
            }
            if written - told >= TELL_EVERY || written == size {
                told = written;
                self.say_to(key, &Talk::Written(number, written));
                self.set_file(key, false, number, |file| file.done = written);
            }
        }
        let blob = incoming.finish().await?;
        if hash != Some(hex(&sha256(&digests).await?)) {
            return Ok(None);
        }
        let url = ObjectUrl::new(&blob)?;
        Ok(Some(Kept {
            url,
            _file: Rc::new(incoming),
        }))
    }

    fn begin_sending(&self, key: Key, number: u32) {
        let file = {
            let mut sending = self.0.sending.borrow_mut();
            let mut all = sending.iter_mut();
            let one = all.find(|s| (s.key, s.number) == (key, number) && !s.going);
            one.map(|one| {
                one.going = true;
                one.file.clone()
            })
        };
        let Some(file) = file else { return };
        self.set_file(key, true, number, |file| file.stage = FileStage::Moving);
        self.spawn(|room| async move {
            let sent = room.stream(key, number, &file).await;
            let mut sending = room.0.sending.borrow_mut();
            let before = sending.len();
            sending.retain(|s| (s.key, s.number) != (key, number));
            let was_wanted = sending.len() < before;
            drop(sending);
            let stage = match sent {
                Ok(true) => FileStage::Sent,
                _ => FileStage::Cancelled,
            };
            if was_wanted && stage == FileStage::Cancelled {
                // The file can't be read any more: it was changed or removed.
                room.say_to(key, &Talk::Cancel(number, true));
            }
            room.set_file(key, true, number, |file| file.stage = stage);
        });
    }

    /// Sends a whole file; false where it was cancelled.
    async fn stream(&self, key: Key, number: u32, file: &Chosen) -> Result<bool, DomError> {
        let (mut at, mut digests) = (0, Vec::new());
        while at < file.size() {
            let end = (at + PIECE as u64).min(file.size());
            let bytes = file.read(at, end).await?;
            digests.extend(sha256(&bytes).await?);
            for frame in bytes.chunks(FRAME) {
                let mut data = number.to_be_bytes().to_vec();
                data.extend(frame);
                loop {
                    match self.may_send(key, number, at) {
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
            match self.may_send(key, number, file.size() + WINDOW) {
                None => return Ok(false),
                Some(_) if self.written(key, number) >= file.size() => return Ok(true),
                Some(_) => self.woken().await,
            }
        }
    }

    /// Whether there is room for more on its way; `None` once it is cancelled.
    fn may_send(&self, key: Key, number: u32, at: u64) -> Option<bool> {
        let sending = self.0.sending.borrow();
        let mut all = sending.iter();
        let one = all.find(|s| (s.key, s.number) == (key, number))?;
        let waiting = self.bytes_waiting(key)?;
        Some(at < one.written + WINDOW && waiting < FILE_BUFFER)
    }

    fn written(&self, key: Key, number: u32) -> u64 {
        let sending = self.0.sending.borrow();
        let mut all = sending.iter();
        let one = all.find(|s| (s.key, s.number) == (key, number));
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
        self.set_file(key, mine, number, |file| file.stage = FileStage::Cancelled);
        self.wake();
    }

    /// Somebody went, and with them their files that were on the way.
    pub(super) fn forget_files_of(&self, key: Key) {
        self.0.sending.borrow_mut().retain(|s| s.key != key);
        self.0.receiving.borrow_mut().retain(|r| r.key != key);
        self.update(|state| {
            let unfinished = |file: &&mut SharedFile| {
                file.key == key && matches!(file.stage, FileStage::Offered | FileStage::Moving)
            };
            for file in state.files.iter_mut().filter(unfinished) {
                file.stage = FileStage::Cancelled;
            }
        });
        self.wake();
    }
}
