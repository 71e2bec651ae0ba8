//! The pump: what the recorders gave goes into the file, in the order of the take.

use callreel_browser::take_file::{TakeFile, WriteError};
use callreel_engine::{
    record::{RecordState, TakeRecord},
    take::{self as machine, Input, Notice, TakeState},
};
use futures_channel::mpsc;
use futures_util::StreamExt;

use super::{LiveTake, TakeEvent, find};
use crate::take::note_end;

impl LiveTake {
    /// Writes what is there in the order of the take, until the take is finished.
    pub(super) async fn pump(self, mut file: TakeFile, mut woken: mpsc::UnboundedReceiver<()>) {
        while woken.next().await.is_some() {
            while let Some(step) = self.next_step() {
                self.step(&mut file, step).await;
            }
            if self.0.finish_asked.get() {
                return self.finish(file).await;
            }
        }
    }

    fn next_step(&self) -> Option<Step> {
        let mut order = self.0.order.borrow_mut();
        let mut parts = self.0.parts.borrow_mut();
        let (number, _) = *order.front()?;
        // While a new recorder gets going, what the old one records may still be cut.
        let switching = self.0.machine.borrow().state() == TakeState::Switching;
        let cut_from = parts.last().filter(|_| switching).map(|next| next.began_ms);
        let Some(part) = find(&mut parts, number) else {
            // It was dropped, or all of it is written: the next one's turn.
            order.pop_front();
            let (_, at_ms) = *order.front()?;
            return Some(Step::Join(at_ms));
        };
        let settled = |(_, at_ms): &mut (_, f64)| cut_from.is_none_or(|from| *at_ms <= from);
        if let Some((bytes, at_ms)) = part.chunks.pop_front_if(settled) {
            return Some(Step::Write(number, bytes, at_ms));
        }
        (part.stopped && part.chunks.is_empty()).then(|| {
            parts.retain(|part| part.number != number);
            Step::Drained(number)
        })
    }

    async fn step(&self, file: &mut TakeFile, step: Step) {
        match step {
            Step::Write(part, bytes, at_ms) => {
                if let Some(at_ms) = self.0.cut.take() {
                    file.cut(at_ms);
                }
                match file.push(bytes).await {
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
            Step::Join(at_ms) => {
                self.0.cut.set(None);
                let part = self.0.order.borrow().front().map_or(0, |(part, _)| *part);
                if let Err(error) = file.next_part(at_ms).await {
                    self.not_written(part, error);
                }
            }
            Step::Drained(part) => self.input(Input::RecorderStopped { part }),
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
            WriteError::Unreadable(code) if part == 0 => {
                // It is kept as it comes, and read again at the end.
                self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                    code: code.to_owned(),
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
                None
            }
            Err(error) => {
                // The next visit finds the take as it stands, and tries again.
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
        if let Err(error) = self.0.vault.put(&stored).await {
            self.tell(TakeEvent::Notice(Notice::RecorderFailed {
                code: error.name.clone(),
            }));
        }
        Some(record)
    }
}

enum Step {
    Write(machine::Part, Vec<u8>, f64),
    Join(f64),
    Drained(machine::Part),
}
