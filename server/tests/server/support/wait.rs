//! Waiting for something to become true, which a test does instead of sleeping.

use std::{
    thread,
    time::{Duration, Instant},
};

/// A limit for what never comes: far above what a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Asks until the answer is `Some`. `what` completes "waited 120 s for …".
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}
