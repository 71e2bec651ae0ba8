//! Browsers that one test leaves to the next.
//!
//! To start one costs more than most tests do in it. What a test leaves in it stays with its origin,
//! and every server of a test has a port, and so an origin, of its own.

use std::{
    cell::RefCell,
    ops::Deref,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;

use crate::browser::{Launch, Session};

/// What nobody uses now.
static IDLE: Mutex<Vec<Session>> = Mutex::new(Vec::new());

/// More than tests run beside each other need.
const MOST_IDLE: usize = 8;

/// After so many tests a browser is let go: what piles up in it is no test's business.
const MOST_TESTS: u32 = 30;

thread_local! {
    /// What the parts of this thread's test have let go of, until the test is over.
    static LEFT: RefCell<Vec<Session>> = const { RefCell::new(Vec::new()) };
}

/// A browser that goes back when its test has passed, and is killed when it has failed.
#[derive(Debug)]
pub struct Lease(Option<Session>);

impl Lease {
    /// A browser started in this way. One that differs in nothing but its profile from others may
    /// have been used before.
    pub async fn take(launch: &Launch) -> Result<Self> {
        let is_like = |session: &Session| session.launch().is_like(launch);
        let used = if launch.leaves_nothing() {
            let mut idle = lock();
            let at = idle.iter().position(is_like);
            at.map(|at| idle.remove(at))
        } else {
            None
        };
        let Some(session) = used else {
            return Self::start(launch).await;
        };
        session.page().console().begin(launch.browser);
        Ok(Self(Some(session)))
    }

    /// A browser on just this profile.
    pub(crate) async fn start(launch: &Launch) -> Result<Self> {
        Ok(Self(Some(launch.start().await?)))
    }

    /// The browser, which will not be used again.
    pub(crate) fn into_inner(mut self) -> Session {
        self.0.take().expect("only this and dropping takes it")
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.0.as_ref().expect("only `into_inner` takes it")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let session = self.0.take();
        LEFT.with_borrow_mut(|left| left.extend(session));
    }
}

/// After a test that passed: what it let go of is cleaned for the next.
pub(crate) async fn give_back() {
    for mut session in LEFT.take() {
        session.note_spent();
        session.tests += 1;
        let is_used_up = session.tests >= MOST_TESTS;
        // A browser that can't be cleaned is killed, and nobody has lost anything.
        if session.launch().leaves_nothing() && !is_used_up && session.clean().await.is_ok() {
            lock().push(session);
        }
    }
    let mut idle = lock();
    let surplus = idle.len().saturating_sub(MOST_IDLE);
    let oldest: Vec<Session> = idle.drain(..surplus).collect();
    // Others need not wait until they are killed.
    drop(idle);
    drop(oldest);
}

/// After a test that failed: everything it let go of is killed.
pub(crate) fn give_up() {
    drop(LEFT.take());
}

fn lock() -> std::sync::MutexGuard<'static, Vec<Session>> {
    // A panic elsewhere can't leave a list half changed.
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}
