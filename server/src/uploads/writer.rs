use std::sync::Arc;

use tokio::sync::{OwnedMutexGuard, watch};
use tokio_util::sync::CancellationToken;

use super::upload::Upload;
use crate::error::Code;

/// The right to write to an upload, which one request has at a time.
#[must_use = "another request may write once this is dropped"]
#[derive(Debug)]
pub struct Writer {
    /// What it writes to.
    pub upload: Arc<Upload>,
    turn: u64,
    turns: watch::Receiver<u64>,
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
    /// [`Code::Superseded`] if another request comes meanwhile, [`Code::ShuttingDown`].
    pub async fn take_over(
        upload: &Arc<Upload>,
        stopping: &CancellationToken,
    ) -> Result<Self, Code> {
        let mut turn = 0;
        upload.turns.send_modify(|turns| {
            *turns += 1;
            turn = *turns;
        });
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
        let is_newest = *writer.turns.borrow() == turn;
        is_newest.then_some(writer).ok_or(Code::Superseded)
    }

    /// Takes the right if nobody has it.
    pub fn try_take(upload: &Arc<Upload>, stopping: &CancellationToken) -> Option<Self> {
        let guard = Arc::clone(&upload.writing).try_lock_owned().ok()?;
        let turns = upload.turns.subscribe();
        let turn = *turns.borrow();
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

async fn stopped(
    turns: &mut watch::Receiver<u64>,
    turn: u64,
    stopping: &CancellationToken,
) -> Code {
    tokio::select! {
        // The sender lives in the upload, which outlives this.
        _ = turns.wait_for(|now| *now != turn) => Code::Superseded,
        () = stopping.cancelled() => Code::ShuttingDown,
    }
}
