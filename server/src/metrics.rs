//! What `/metrics` tells: counters and gauges in Prometheus' text format.
//!
//! A dozen numbers in atomics, written out when somebody asks. A metrics library would bring a
//! registry, a recorder and twenty crates for them.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use callreel_protocol::RecordingState;

use crate::server::Server;

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Answers by the first digit of their status, from 1 to 5.
    answers: [Counter; 5],
    /// Bytes that came and were written.
    pub received: Counter,
    /// Bytes of recordings that were sent to be watched.
    pub sent: Counter,
    /// Recordings that began.
    pub begun: Counter,
    /// Recordings that were interrupted.
    pub interrupted: Counter,
    /// Recordings that are complete now.
    pub completed: Counter,
    /// Waits for the disk to say that it has what was written.
    pub commits: Times,
    /// Recording sockets that are open.
    pub sockets: Gauge,
    /// Messages that were passed on in rooms.
    pub relayed: Counter,
    /// Viewers of recordings that are being made.
    pub followers: Gauge,
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

/// How many of something there are.
#[derive(Debug, Default)]
pub struct Gauge(Arc<AtomicU64>);

impl Gauge {
    /// One more, until the guard is dropped.
    pub fn enter(&self) -> Inside {
        self.0.fetch_add(1, Ordering::Relaxed);
        Inside(Arc::clone(&self.0))
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counted as long as it lives.
#[must_use = "it is counted only as long as this lives"]
#[derive(Debug)]
pub struct Inside(Arc<AtomicU64>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How often something was done, and how long all of it took.
#[derive(Debug, Default)]
pub struct Times {
    count: Counter,
    micros: Counter,
}

impl Times {
    /// Once more, for so long.
    pub fn add(&self, time: Duration) {
        self.count.increment();
        self.micros
            .add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }
}

/// Counts an answer, and logs it without anything that could hold a secret: no query, no headers.
pub async fn watch(State(server): State<Server>, request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let class = usize::from(status / 100).clamp(1, 5) - 1;
    server.metrics.answers[class].increment();
    let ms = begun.elapsed().as_millis() as u64;
    tracing::debug!(%method, path, status, ms, "answered");
    response
}

/// `GET /metrics`.
pub async fn metrics(State(server): State<Server>) -> Response {
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, server.metrics.render(&server)).into_response()
}

impl Metrics {
    fn render(&self, server: &Server) -> String {
        let mut out = Page::default();
        out.head(
            "callreel_http_answers_total",
            "counter",
            "Answers by the class of their status.",
        );
        for (class, count) in (1..).zip(&self.answers) {
            let labels = format!("{{status=\"{class}xx\"}}");
            out.value("callreel_http_answers_total", &labels, count.get());
        }
        for (name, help, counter) in [
            (
                "callreel_received_bytes_total",
                "Bytes of recordings that were taken.",
                &self.received,
            ),
            (
                "callreel_sent_bytes_total",
                "Bytes of recordings that were served.",
                &self.sent,
            ),
            (
                "callreel_recordings_begun_total",
                "Recordings that began.",
                &self.begun,
            ),
            (
                "callreel_recordings_interrupted_total",
                "Recordings that were interrupted.",
                &self.interrupted,
            ),
            (
                "callreel_recordings_completed_total",
                "Recordings that became complete.",
                &self.completed,
            ),
            (
                "callreel_room_messages_total",
                "Messages that were passed on in rooms.",
                &self.relayed,
            ),
        ] {
            out.one(name, "counter", help, counter.get());
        }
        let commit = "callreel_commit_seconds";
        out.head(
            commit,
            "summary",
            "Waits until bytes were safe on the disk.",
        );
        let seconds = self.commits.micros.get() as f64 / 1e6;
        out.text(&format!(
            "{commit}_sum {seconds}\n{commit}_count {}\n",
            self.commits.count.get()
        ));
        let (sockets, followers) = (self.sockets.get(), self.followers.get());
        out.one(
            "callreel_record_sockets",
            "gauge",
            "Recording sockets that are open.",
            sockets,
        );
        out.one(
            "callreel_live_viewers",
            "gauge",
            "Viewers of what is being recorded.",
            followers,
        );

        let (rooms, sockets) = (server.rooms.count() as u64, server.rooms.sockets() as u64);
        let help = "Rooms that somebody is in.";
        out.one("callreel_rooms", "gauge", help, rooms);
        let help = "Sockets of people in rooms, or on the way into one.";
        out.one("callreel_room_sockets", "gauge", help, sockets);

        let store = server.existing_store();
        let uploads = store
            .as_ref()
            .map_or_else(Vec::new, |store| store.uploads());
        let states = uploads.iter().filter_map(|upload| upload.facts().state());
        let live = states
            .filter(|state| *state == RecordingState::Recording)
            .count() as u64;
        out.one(
            "callreel_uploads",
            "gauge",
            "Recordings that are being uploaded.",
            live,
        );
        let used = store.map_or(0, |store| store.quota.of_all());
        out.one(
            "callreel_stored_bytes",
            "gauge",
            "Bytes of all recordings.",
            used,
        );
        out.0
    }
}

/// Text in the exposition format.
#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.text(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.value(name, "", value);
    }

    fn value(&mut self, name: &str, labels: &str, value: u64) {
        writeln!(self.0, "{name}{labels} {value}").expect("writing to a String does not fail");
    }

    fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }
}
