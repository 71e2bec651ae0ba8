//! Files that come: written to the disk piece by piece, and checked.

use std::{cell::RefCell, rc::Rc};

use callreel_browser::{
    DomError,
    blob::ObjectUrl,
    page::LeaveGuard,
    transfer::{Incoming, PIECE, hex, sha256},
};
use callreel_engine::call::{Key, talk::Talk};
use futures_channel::mpsc;
use futures_util::StreamExt as _;

use super::{
    controller::Room,
    files::{FRAME, WINDOW},
    shared::{Failure, FileStage, SharedFile},
};

/// The sender is told after so many bytes.
const TELL_EVERY: u64 = 1 << 20;

/// A file of somebody's, coming.
pub struct Receiving {
    pub(super) key: Key,
    pub(super) number: u32,
    run: u32,
    inbox: Rc<RefCell<Inbox>>,
    /// Something is in the inbox. When it is dropped nothing comes any more.
    wake: mpsc::Sender<()>,
}

/// What has come and was not taken up yet.
#[derive(Default)]
struct Inbox {
    bytes: Vec<u8>,
    hash: Option<String>,
    /// All bytes so far.
    came: u64,
    /// What the sender was told is written: more than a window ahead of that nothing may come.
    told: u64,
}

/// What has come, as long as it can be saved.
#[derive(Clone)]
pub struct Kept {
    /// Where the page finds it.
    pub url: ObjectUrl,
    /// The person has saved it.
    pub saved: bool,
    _file: Rc<Incoming>,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url && self.saved == other.saved
    }
}

impl Room {
    /// Bytes came: a number, and a frame of that file.
    pub(super) fn frame(&self, key: Key, bytes: &[u8]) {
        let Some((head, body)) = bytes.split_first_chunk::<4>() else {
            return;
        };
        let number = u32::from_be_bytes(*head);
        let fits = self.with_inbox(key, number, |inbox| {
            inbox.came += body.len() as u64;
            let fits = inbox.came <= inbox.told + WINDOW + FRAME as u64;
            if fits {
                inbox.bytes.extend(body);
            }
            fits
        });
        if fits == Some(false) {
            // Whoever does not wait would fill the memory.
            self.cancel_file(key, false, number);
        }
    }

    /// All of a file was sent.
    pub(super) fn came_whole(&self, key: Key, number: u32, hash: String) {
        self.with_inbox(key, number, |inbox| inbox.hash = Some(hash));
    }

    fn with_inbox<T>(&self, key: Key, number: u32, act: impl FnOnce(&mut Inbox) -> T) -> Option<T> {
        let mut receiving = self.0.receiving.borrow_mut();
        let mut all = receiving.iter_mut();
        let one = all.find(|r| (r.key, r.number) == (key, number))?;
        let done = act(&mut one.inbox.borrow_mut());
        // Where it is full somebody is woken already.
        let _ = one.wake.try_send(());
        Some(done)
    }

    /// Takes a file that somebody offers.
    pub fn accept_file(&self, key: Key, number: u32) {
        let offered = {
            let state = self.state();
            let mut files = state.files.iter();
            let found = files.find(|f| (f.key, f.mine, f.number) == (key, false, number));
            found
                .filter(|file| file.stage.waits())
                .map(|file| file.size)
        };
        let Some(size) = offered else { return };
        let run = self.next_number();
        let (wake, woken) = mpsc::channel(0);
        let inbox = Rc::default();
        self.0.receiving.borrow_mut().push(Receiving {
            key,
            number,
            run,
            inbox: Rc::clone(&inbox),
            wake,
        });
        self.set_file(key, false, number, |file| file.stage = FileStage::Moving);
        self.spawn_later(
            move |room| async move {
                let came = room.receive((key, number, run), size, &inbox, woken).await;
                room.end_receiving(key, number, run, came);
            },
            move |room, error| room.end_receiving(key, number, run, Err(error.into())),
        );
    }

    fn end_receiving(&self, key: Key, number: u32, run: u32, came: Result<Kept, Failure>) {
        let mut receiving = self.0.receiving.borrow_mut();
        let before = receiving.len();
        receiving.retain(|r| r.run != run);
        let was_wanted = receiving.len() < before;
        drop(receiving);
        // Who ended it otherwise has said how it stands.
        if was_wanted {
            let stage = came.map_or_else(FileStage::Failed, FileStage::Kept);
            if !matches!(stage, FileStage::Kept(_)) {
                self.say_to(key, &Talk::Cancel(number, false));
            }
            self.set_file(key, false, number, |file| file.stage = stage);
            self.guard_files();
        }
    }

    async fn receive(
        &self,
        (key, number, run): (Key, u32, u32),
        size: u64,
        inbox: &RefCell<Inbox>,
        mut woken: mpsc::Receiver<()>,
    ) -> Result<Kept, Failure> {
        let incoming = Incoming::create().await?;
        self.say_to(key, &Talk::Accept(number));
        let (mut piece, mut digests) = (Vec::new(), Vec::new());
        let (mut written, mut hash) = (0, None);
        while written < size || hash.is_none() {
            if woken.next().await.is_none() {
                // It was cancelled; nobody asks why.
                return Err(Failure::Damaged);
            }
            {
                let mut inbox = inbox.borrow_mut();
                piece.append(&mut inbox.bytes);
                hash = hash.or(inbox.hash.take());
            }
            let is_last = written + piece.len() as u64 >= size;
            let ready = piece.len() - if is_last { 0 } else { piece.len() % PIECE };
            for bytes in piece[..ready].chunks(PIECE) {
                digests.extend(sha256(bytes).await?);
                incoming.write(bytes).await?;
                if !self.0.receiving.borrow().iter().any(|r| r.run == run) {
                    // It was cancelled or interrupted while the disk was slow. What the sender heard
                    // now would be taken for what comes over the next connection.
                    return Err(Failure::Damaged);
                }
                written += bytes.len() as u64;
                let told = inbox.borrow().told;
                if written - told >= TELL_EVERY || written >= size {
                    inbox.borrow_mut().told = written;
                    self.say_to(key, &Talk::Written(number, written));
                    self.set_file(key, false, number, |file| file.done = written);
                }
            }
            piece.drain(..ready);
            if written > size {
                return Err(Failure::Damaged);
            }
        }
        let blob = incoming.finish().await?;
        if hash != Some(hex(&sha256(&digests).await?)) {
            return Err(Failure::Damaged);
        }
        Ok(Kept {
            url: ObjectUrl::new(&blob)?,
            saved: false,
            _file: Rc::new(incoming),
        })
    }
}

impl Room {
    /// The person has saved what is at this address.
    pub fn saved_file(&self, url: &str) {
        self.update(|state| {
            for file in state.files.iter_mut().chain(&mut state.received) {
                if let FileStage::Kept(kept) = &mut file.stage {
                    kept.saved |= kept.url.as_str() == url;
                }
            }
        });
        self.guard_files();
    }

    /// What came is gone with the page: it is not left without a question while something was not
    /// saved.
    fn guard_files(&self) {
        let is_unsaved =
            |file: &SharedFile| matches!(&file.stage, FileStage::Kept(kept) if !kept.saved);
        let is_needed = self.embedder().is_none() && {
            let state = self.state();
            state.files.iter().chain(&state.received).any(is_unsaved)
        };
        let mut guard = self.0.file_guard.borrow_mut();
        if is_needed != guard.is_some() {
            *guard = is_needed.then(LeaveGuard::new);
        }
    }
}

impl From<DomError> for Failure {
    fn from(error: DomError) -> Self {
        match &*error.name {
            "QuotaExceededError" => Self::DiskFull,
            // A private window, or a browser without such files.
            "NotSupportedError" | "SecurityError" => Self::NoPlace,
            _ => Self::Other(error.text()),
        }
    }
}
