//! What `/metrics` tells: counters and gauges in Prometheus' text format.
//!
//! A dozen numbers in atomics, written out when somebody asks. A metrics library would bring a
//! registry, a recorder and 20 crates for them.

use std::sync::atomic::{AtomicU64, Ordering};

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Bytes that came and were written.
    pub received: Counter,
    /// Recordings that began.
    pub begun: Counter,
    /// Recordings that are complete now.
    pub completed: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, n: u64) {
        // Nothing else is ordered by it.
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
