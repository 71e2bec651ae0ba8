//! The pump: what the recorders gave goes into the file, in the order of the take.

use callreel_browser::take_file::{TakeFile, WriteError};
use callreel_engine::{
    record::{RecordState, TakeRecord},
    take::{self as machine, Input, Notice, Step},
};
use futures_channel::mpsc;
use futures_util::StreamExt;

use super::{EMPTY, LiveTake, TakeEvent};
use crate::take::note_end;

impl LiveTake {
    /// Writes what is there in the order of the take, until the take is finished.
    pub(super) async fn pump(self, mut file: TakeFile, mut woken: mpsc::UnboundedReceiver<()>) {
        while woken.next().await.is_some() {
            while let Some(step) = self.next_step() {
                self.step(&mut file, step).await;
            }
            if self.0.finish_asked.get() {
                // A recorder that has not said that it ended keeps nothing that came behind it.
                self.0.queue.borrow_mut().end();
                while let Some(step) = self.next_step() {
                    self.step(&mut file, step).await;
                }
                return self.finish(file).await;
            }
        }
    }

    fn next_step(&self) -> Option<Step<Vec<u8>>> {
        let now = self.look_at_clock();
        self.0.queue.borrow_mut().poll(now)
    }

    async fn step(&self, file: &mut TakeFile, step: Step<Vec<u8>>) {
        match step {
            Step::Write {
                part,
                chunk,
                at_ms,
                cut_ms,
            } => {
                if let Some(cut_ms) = cut_ms {
                    file.cut(cut_ms);
                }
                match file.push(chunk).await {
                    Ok(bytes) => {
                        self.input(Input::ChunkStored {
                            part,
                            bytes,
                            at_ms,
                            durable: self.0.durable,
                        });
                        self.tell(TakeEvent::Closed {
                            bytes: file.closed(),
                        });
                    }
                    Err(error) => self.not_written(part, error),
                }
            }
            Step::Join { part, at_ms } => {
                if let Err(error) = file.next_part(at_ms).await {
                    self.not_written(part, error);
                }
            }
            Step::Drained { part } => {
                self.forget(part);
                self.input(Input::RecorderStopped { part });
            }
        }
    }

    /// The take ends, with everything that is kept already.
    fn not_written(&self, part: machine::Part, error: WriteError) {
        match error {
            WriteError::Vault(error) if error.name == "QuotaExceededError" => {
                self.input(Input::DiskFull);
            }
            WriteError::Vault(error) => {
                self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                    code: error.name.clone(),
                }));
                self.input(Input::StopAsked);
            }
            WriteError::Unreadable(_) if part == 0 => {
                // It is kept as it comes, and read again at the end.
                self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                    code: "unreadable".to_owned(),
                }));
            }
            WriteError::Unreadable(code) => {
                self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                    code: code.to_owned(),
                }));
                self.input(Input::StopAsked);
            }
        }
    }

    async fn finish(self, file: TakeFile) {
        let gaps = file.gaps_ms();
        for video_gap_ms in &gaps {
            self.tell(TakeEvent::Joined {
                video_gap_ms: *video_gap_ms,
            });
        }
        let id = &self.0.record.id;
        let kept = match file.finish().await {
            Ok(Some(ended)) => {
                let mut record = self.0.record.clone();
                record.gap_ms = gaps.into_iter().reduce(f64::max);
                let elapsed_ms = self.elapsed_ms();
                let head = note_end(&mut record, ended, RecordState::Finished, elapsed_ms);
                self.keep(record, head).await
            }
            Ok(None) => {
                // Nothing was recorded. A file that can't be removed is found again.
                let _ = self.0.vault.remove(id).await;
                if !self.0.has_told.get() {
                    self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                        code: EMPTY.to_owned(),
                    }));
                }
                None
            }
            Err(error) => {
                // It is found again as it stands, and brought to its end then. Were it to stay open,
                // nobody could.
                let _ = self.0.vault.close(id).await;
                self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                    code: error.name.clone(),
                }));
                None
            }
        };
        // The claim ends with the page at the latest.
        let _ = self.0.vault.release(id).await;
        self.tell(TakeEvent::Finished(kept.map(Box::new)));
    }

    async fn keep(&self, record: TakeRecord, head: Option<Vec<u8>>) -> Option<TakeRecord> {
        let stored = self.stored(record.clone(), head);
        // Where that fails, the vault has it as long as the page is there, and the next visit brings
        // the take to its end once more.
        let _ = self.0.vault.keep(&stored).await;
        Some(record)
    }
}
