//! `cargo xtask bench library`: pages of a library with ten thousand recordings.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::{clients::Upload, ms, rivals, upload::empty_folder};
use crate::{
    run::{Result, run},
    start,
};

const RECORDINGS: usize = 10_000;
/// Rounds of each page; the median counts.
const ROUNDS: usize = 21;
/// The most that a page may take, from the question to the answer.
const AIM: Duration = Duration::from_millis(50);

/// The first pages of each order, pages from the middle, and what is searched for.
pub fn library() -> Result {
    let binary = start::build_server()?;
    let dir = empty_folder()?;
    let server = rivals::callreel(&binary, &dir, &["--durability", "process"])?;
    // One by the front door, the others as copies of its row: what is measured is the list.
    let mut client = Upload::begin(&server.address, 1)?;
    copy_row(&dir.join("library.db"))?;
    let mut slowest = Duration::ZERO;
    for sort in ["-created", "title", "duration", "-size"] {
        let middle = format!("&cursor={}", middle(&mut client, sort)?);
        for (place, cursor) in [("first", ""), ("middle", &middle)] {
            let query = format!("?sort={sort}{cursor}");
            let took = median(&mut client, &query)?;
            println!("{:>8.2} ms  the {place} page by {sort}", ms(took));
            slowest = slowest.max(took);
        }
    }
    for search in ["take+77", "nothing"] {
        let took = median(&mut client, &format!("?q={search}"))?;
        println!("{:>8.2} ms  a search for {search}", ms(took));
        slowest = slowest.max(took);
    }
    match slowest <= AIM {
        true => Ok(()),
        false => Err(format!(
            "a page takes {:.2} ms; the aim is {}",
            ms(slowest),
            AIM.as_millis()
        )),
    }
}

/// Makes very many recordings of the only one.
fn copy_row(library: &Path) -> Result {
    let same = "owner, mime_type, state, metadata, indexed, expired, generation";
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {RECORDINGS} - 1)
         INSERT INTO recordings (id, title, title_key, words, created_at, changed_at, size, duration_ms, {same})
         SELECT randomblob(16), 'Take ' || i, 'take ' || i, 'take ' || i, created_at + i, changed_at,
                i * 7919 % 10007, i * 7907 % 10009, {same} FROM recordings, n"
    );
    run(Command::new("sqlite3").arg(library).arg(sql))
}

/// Where the second half of a list begins.
fn middle(client: &mut Upload, sort: &str) -> Result<String> {
    const PAGE: usize = 200;
    let mut cursor = String::new();
    for _ in 0..RECORDINGS / PAGE / 2 {
        let and = if cursor.is_empty() { "" } else { "&cursor=" };
        let page = list(client, &format!("?sort={sort}&limit={PAGE}{and}{cursor}"))?;
        let next = page.split_once("\"next_cursor\":\"");
        let next = next.and_then(|(_, rest)| rest.split_once('"'));
        cursor = next.ok_or("the list ended too early")?.0.to_owned();
    }
    Ok(cursor)
}

fn median(client: &mut Upload, query: &str) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        list(client, query)?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}

fn list(client: &mut Upload, query: &str) -> Result<String> {
    let (head, body) = client.get(&format!("/api/recordings{query}"), "")?;
    let body = String::from_utf8_lossy(&body).into_owned();
    match head.starts_with("HTTP/1.1 200") && body.contains("\"total\":") {
        true => Ok(body),
        false => Err(format!("no page of the list: {head}{body}")),
    }
}
