//! What recorders gave, on its way into the file.
//!
//! Recorders of one take overlap, and the older one's last chunk comes late. The file wants all of
//! a part, then all of the part that was joined to it: [`TakeQueue`] keeps what came too early, and
//! says what is written next.

use std::collections::VecDeque;

use super::{LATE_AFTER_MS, Part};

/// What is to be done next with the file of a take.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<C> {
    /// Append this chunk.
    Write {
        /// Whose it is.
        part: Part,
        /// What the recorder gave.
        chunk: C,
        /// When it came, on the clock of `now_ms`.
        at_ms: f64,
        /// What of it lies at or behind this, in ms on the take's timeline, is left out: the next
        /// part has it too.
        cut_ms: Option<f64>,
    },
    /// What follows comes from another recorder.
    Join {
        /// Which part.
        part: Part,
        /// Where its time 0 is on the take's timeline, in ms.
        at_ms: f64,
    },
    /// This recorder has stopped, and everything of it that belongs to the take is written.
    Drained {
        /// Which part.
        part: Part,
    },
}

/// The chunks of a take's recorders until they are written. `C` is what a recorder gives at a time.
#[derive(Clone, Debug)]
pub struct TakeQueue<C> {
    recorders: Vec<Held<C>>,
    /// The parts that are still to be written, in the order of the take.
    order: VecDeque<Place>,
    has_written: bool,
}

#[derive(Clone, Debug)]
struct Held<C> {
    part: Part,
    began_ms: f64,
    chunks: VecDeque<(C, f64)>,
    /// When it gave something last, on the clock of `now_ms`.
    gave_ms: f64,
    stopped: bool,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    part: Part,
    at_ms: f64,
    /// Since when it is known, on the clock of `now_ms`.
    since_ms: f64,
    cut_ms: Option<f64>,
}

impl<C> Default for TakeQueue<C> {
    fn default() -> Self {
        Self {
            recorders: Vec::new(),
            order: VecDeque::new(),
            has_written: false,
        }
    }
}

impl<C> TakeQueue<C> {
    /// A recorder was started. The first one's chunks are the take's from the beginning, those of
    /// the others once they are [`joined`](Self::joined).
    pub fn started(&mut self, part: Part, now_ms: f64) {
        self.recorders.push(Held {
            part,
            began_ms: now_ms,
            chunks: VecDeque::new(),
            gave_ms: now_ms,
            stopped: false,
        });
        if part == 0 {
            self.joined(part, 0.0, now_ms);
        }
    }

    /// The take goes on with this part, from `at_ms` on its timeline.
    pub fn joined(&mut self, part: Part, at_ms: f64, now_ms: f64) {
        self.order.push_back(Place {
            part,
            at_ms,
            since_ms: now_ms,
            cut_ms: None,
        });
    }

    /// What this part has at `at_ms` on the take's timeline or later is left out.
    pub fn cut(&mut self, part: Part, at_ms: f64) {
        let place = self.order.iter_mut().rfind(|place| place.part == part);
        if let Some(place) = place {
            place.cut_ms = Some(at_ms);
        }
    }

    /// A recorder gave something. Of one that was dropped nothing is taken.
    pub fn came(&mut self, part: Part, chunk: C, now_ms: f64) {
        if let Some(held) = self.held(part) {
            held.gave_ms = now_ms;
            held.chunks.push_back((chunk, now_ms));
        }
    }

    /// A recorder has given its last chunk.
    pub fn stopped(&mut self, part: Part) {
        if let Some(held) = self.held(part) {
            held.stopped = true;
        }
    }

    /// Nothing more is waited for: what came is all there is.
    pub fn end(&mut self) {
        for held in &mut self.recorders {
            held.stopped = true;
        }
    }

    /// Nothing ran in the page for so many ms: what recorders gave in that time is still to come.
    pub fn held_up(&mut self, ms: f64) {
        for held in &mut self.recorders {
            held.gave_ms += ms;
        }
    }

    /// Nothing of this part, as far as it is not written, belongs to the take.
    pub fn dropped(&mut self, part: Part) {
        self.recorders.retain(|held| held.part != part);
    }

    /// Whether another part is to be written behind this one.
    #[must_use]
    pub fn is_followed(&self, part: Part) -> bool {
        self.order.back().is_some_and(|last| last.part > part)
    }

    /// What is to be done next; `None` until something more happens or time passes.
    pub fn poll(&mut self, now_ms: f64) -> Option<Step<C>> {
        if let Some(part) = self.stopped_before_joined() {
            self.dropped(part);
            return Some(Step::Drained { part });
        }
        let Place { part, cut_ms, .. } = *self.order.front()?;
        let next = self.order.get(1).copied();
        // While a new recorder gets going, what the old one records may still be cut.
        let cut_from = self.unjoined().map(|held| held.began_ms);
        let Some(held) = self.held(part) else {
            // It was dropped, or all of it is written: the next one's turn, once there is one.
            let Place { part, at_ms, .. } = next?;
            self.order.pop_front();
            return match self.has_written {
                true => Some(Step::Join { part, at_ms }),
                false => self.poll(now_ms),
            };
        };
        let is_settled = |(_, at_ms): &mut (C, f64)| cut_from.is_none_or(|from| *at_ms <= from);
        if let Some((chunk, at_ms)) = held.chunks.pop_front_if(is_settled) {
            self.has_written = true;
            return Some(Step::Write {
                part,
                chunk,
                at_ms,
                cut_ms,
            });
        }
        // A recorder that never stops must not hold up the one that took over from it.
        let is_late = next.is_some_and(|next| {
            let since_ms = next.since_ms.max(held.gave_ms);
            now_ms - since_ms >= LATE_AFTER_MS
        });
        let is_over = held.chunks.is_empty() && (held.stopped || is_late);
        is_over.then(|| {
            self.dropped(part);
            Step::Drained { part }
        })
    }

    fn held(&mut self, part: Part) -> Option<&mut Held<C>> {
        self.recorders.iter_mut().find(|held| held.part == part)
    }

    /// The recorder that is to take over, if one is being started.
    fn unjoined(&self) -> Option<&Held<C>> {
        self.recorders.iter().find(|held| !self.is_placed(held))
    }

    /// A recorder that ended before it could take over has nothing that the older one has not.
    fn stopped_before_joined(&self) -> Option<Part> {
        let mut unjoined = self.recorders.iter().filter(|held| !self.is_placed(held));
        unjoined.find(|held| held.stopped).map(|held| held.part)
    }

    fn is_placed(&self, held: &Held<C>) -> bool {
        self.order.iter().any(|place| place.part == held.part)
    }
}
