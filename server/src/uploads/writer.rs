use std::sync::Arc;

use tokio::sync::{OwnedMutexGuard, watch};
use tokio_util::sync::CancellationToken;

use super::upload::Upload;
use crate::error::Code;

/// What the right to write is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To bring bytes. Whoever comes later has newer ones.
    Write,
    /// To learn how much is there, or to end it. No bytes that arrive meanwhile stop that, or are
    /// taken after it: they are of a connection that their client has given up, and the answer counts
    /// for the next one.
    Settle,
}

/// What moves those who write or want to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// How many there were, up to this one.
    number: u64,
    purpose: Purpose,
}

impl Turn {
    /// Before anybody did.
    pub(super) const NOBODY: Self = Self {
        number: 0,
        purpose: Purpose::Settle,
    };

    /// Whether this one has to go when that one comes.
    fn gives_way_to(self, later: &Self) -> bool {
        let both = [self.purpose, later.purpose];
        // Those that settle wait for each other: none of them takes long.
        self.number != later.number && both != [Purpose::Settle; 2]
    }
}

/// The right to write to an upload, which one request has at a time.
#[must_use = "another request may write once this is dropped"]
#[derive(Debug)]
pub struct Writer {
    /// What it writes to.
    pub upload: Arc<Upload>,
    turn: Turn,
    turns: watch::Receiver<Turn>,
    stopping: CancellationToken,
    /// Shared with a write that is under way on another thread, so that the right is not given
    /// on before that has ended, even where the request is long gone.
    pub(super) guard: Arc<OwnedMutexGuard<()>>,
}

impl Writer {
    /// Takes the right from whoever has it: a client that comes back does not wait until its own
    /// stale request has timed out.
    ///
    /// # Errors
    ///
    /// [`Code::Superseded`] if another request comes before one that would write has the right,
    /// [`Code::ShuttingDown`].
    pub async fn take_over(
        upload: &Arc<Upload>,
        purpose: Purpose,
        stopping: &CancellationToken,
    ) -> Result<Self, Code> {
        loop {
            match Self::wait_for_turn(upload, purpose, stopping).await {
                // Whoever came may have been given the right first, so is told to go.
                Err(Code::Superseded) if purpose == Purpose::Settle => {}
                taken => return taken,
            }
        }
    }

    async fn wait_for_turn(
        upload: &Arc<Upload>,
        purpose: Purpose,
        stopping: &CancellationToken,
    ) -> Result<Self, Code> {
        let turn = next_turn(upload, purpose);
        let mut turns = upload.turns.subscribe();
        let guard = tokio::select! {
            guard = Arc::clone(&upload.writing).lock_owned() => guard,
            code = stopped(&mut turns, turn, stopping) => return Err(code),
        };
        let writer = Self {
            upload: Arc::clone(upload),
            turn,
            turns,
            stopping: stopping.clone(),
            guard: Arc::new(guard),
        };
        // Both may have been ready at once.
        let has_to_go = purpose == Purpose::Write && turn.gives_way_to(&writer.turns.borrow());
        match has_to_go {
            true => Err(Code::Superseded),
            false => Ok(writer),
        }
    }

    /// Takes the right if nobody has it.
    pub fn try_take(upload: &Arc<Upload>, stopping: &CancellationToken) -> Option<Self> {
        let guard = Arc::clone(&upload.writing).try_lock_owned().ok()?;
        let turns = upload.turns.subscribe();
        let turn = Turn {
            purpose: Purpose::Write,
            ..*turns.borrow()
        };
        Some(Self {
            upload: Arc::clone(upload),
            turn,
            turns,
            stopping: stopping.clone(),
            guard: Arc::new(guard),
        })
    }

    /// Completes when this writer must stop, with the reason.
    pub async fn stopped(&mut self) -> Code {
        stopped(&mut self.turns, self.turn, &self.stopping).await
    }
}

impl Drop for Writer {
    /// Whatever arrived while somebody settled is older than the answer.
    fn drop(&mut self) {
        if self.turn.purpose == Purpose::Settle {
            next_turn(&self.upload, Purpose::Settle);
        }
    }
}

fn next_turn(upload: &Upload, purpose: Purpose) -> Turn {
    let mut turn = Turn::NOBODY;
    upload.turns.send_modify(|turns| {
        let number = turns.number + 1;
        turn = Turn { number, purpose };
        *turns = turn;
    });
    turn
}

async fn stopped(
    turns: &mut watch::Receiver<Turn>,
    turn: Turn,
    stopping: &CancellationToken,
) -> Code {
    tokio::select! {
        // The sender lives in the upload, which outlives this.
        _ = turns.wait_for(|now| turn.gives_way_to(now)) => Code::Superseded,
        () = stopping.cancelled() => Code::ShuttingDown,
    }
}
