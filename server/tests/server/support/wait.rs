//! Waiting for something to become true, which a test does instead of sleeping.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks until the answer is `Some`. `what` completes "waited 5 s for …".
#[track_caller]
pub fn wait_for<T>(timeout: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < timeout, "waited {timeout:?} for {what}");
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// Seconds, for timeouts.
pub const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
