use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

use super::room::{Frame, Order};
use crate::error::Code;

/// Messages that may wait for one socket, and their bytes. A reader that falls behind by more is
/// disconnected: its own connection is at fault, and it can come back.
const MAX_FRAMES: usize = 512;
const MAX_BYTES: usize = 512 << 10;

/// What one socket is to send. Clones are the same outbox.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Why nothing more comes.
    end: Option<Code>,
    waker: Option<Waker>,
}

/// What a socket does next.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// Sends this.
    Say(Frame),
    /// Says why, and closes.
    End(Code),
}

impl PartialEq for Outbox {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Outbox {
    /// Takes an order; never waits.
    pub fn take(&self, order: Order) {
        let mut queue = self.lock();
        match order {
            _ if queue.end.is_some() => return,
            Order::End(code) => queue.end = Some(code),
            Order::Say(frame) => {
                queue.bytes += frame.len();
                queue.frames.push_back(frame);
                if queue.bytes > MAX_BYTES || queue.frames.len() > MAX_FRAMES {
                    queue.end = Some(Code::TooSlow);
                }
            }
        }
        if queue.end.is_some() {
            (queue.frames, queue.bytes) = (VecDeque::new(), 0);
        }
        let waker = queue.waker.take();
        drop(queue);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// What to do next, if there is anything.
    pub fn pop(&self) -> Option<Next> {
        self.lock().pop()
    }

    /// Waits for what to do next.
    pub fn poll_next(&self, context: &mut Context<'_>) -> Poll<Next> {
        let mut queue = self.lock();
        match queue.pop() {
            Some(next) => Poll::Ready(next),
            None => queue.wait(context),
        }
    }

    /// Waits for the end alone: a socket that is stuck looks for nothing else.
    pub fn poll_end(&self, context: &mut Context<'_>) -> Poll<Code> {
        let mut queue = self.lock();
        match queue.end {
            Some(code) => Poll::Ready(code),
            None => queue.wait(context),
        }
    }

    /// A lock that is held for a few instructions and never while waiting, so a plain one.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().expect("nobody panics while holding it")
    }
}

impl Queue {
    fn pop(&mut self) -> Option<Next> {
        match self.frames.pop_front() {
            Some(frame) => {
                self.bytes -= frame.len();
                Some(Next::Say(frame))
            }
            None => self.end.map(Next::End),
        }
    }

    fn wait<T>(&mut self, context: &Context<'_>) -> Poll<T> {
        match &mut self.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(size: usize) -> Order {
        Order::Say("a".repeat(size).into())
    }

    #[test]
    fn what_waits_is_bounded() {
        for (count, size) in [(MAX_FRAMES + 1, 1), (9, 64 << 10)] {
            let outbox = Outbox::default();
            for _ in 1..count {
                outbox.take(say(size));
            }
            assert_eq!(outbox.lock().end, None);
            outbox.take(say(size));
            assert_eq!(outbox.pop(), Some(Next::End(Code::TooSlow)));
            assert_eq!(outbox.pop(), Some(Next::End(Code::TooSlow)), "for good");
        }
    }

    #[test]
    fn order_is_kept_and_room_comes_back() {
        let outbox = Outbox::default();
        for _ in 0..3 {
            for size in 0..MAX_FRAMES {
                outbox.take(say(size));
            }
            for size in 0..MAX_FRAMES {
                assert_eq!(outbox.pop(), Some(Next::Say("a".repeat(size).into())));
            }
        }
        assert_eq!(outbox.pop(), None);
        outbox.take(Order::End(Code::TakenOver));
        outbox.take(say(1));
        assert_eq!(outbox.pop(), Some(Next::End(Code::TakenOver)));
    }
}
