//! `cargo xtask`: everything that is done with this repository, from one place.

#![allow(
    clippy::print_stdout,
    reason = "a command-line tool talks to the person who called it"
)]

mod app;
mod bench;
mod package;
mod run;
mod start;
mod tally;
mod test;
mod tools;

use std::process::ExitCode;

use tally::Length;

const HELP: &str = "\
cargo xtask COMMAND

  start [-- FLAGS]   build the app and the server, and run the server with FLAGS
  test [NAME]        run all checks and tests, or a part: fmt, clippy, deny, unit, browser,
                     package, studio, or every test whose name contains NAME
  soak [NAME]        the same tests with their long runs
  bench size         bytes of the first load after brotli, against the budget
  bench webm         indexing and repairing 1 GiB against ffmpeg and mkvmerge
  bench replay       stop to replay ready, and memory, for takes of seconds and of hours
  bench upload       1 GiB from 8 clients, against @tus/server, JSON over a WebSocket and a sink
  bench signaling    rooms against Socket.IO: messages, latency, memory, reconnecting
  bench call         joining to the first frame of somebody else, against two bare connections
  bench finish       last byte to playable for 10 MB and 4 GB, and memory with 100 recorders
  bench library      pages of a library with 10,000 recordings
  package            the npm package for other pages, into target/package/callreel
  app                build the app alone, into dist/
  tools              install what the commands above need, and say what is missing
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["start"] => start::start(&[]),
        ["start", "--", flags @ ..] | ["start", flags @ ..] => start::start(flags),
        ["test"] => test::test(None, Length::Short),
        ["test", name] => test::test(Some(name), Length::Short),
        ["soak"] => test::test(None, Length::Long),
        ["soak", name] => test::test(Some(name), Length::Long),
        ["bench", "size"] => bench::size(),
        ["bench", "webm"] => bench::webm(),
        ["bench", "replay"] => bench::replay(),
        ["bench", "upload"] => bench::upload(),
        ["bench", "finish"] => bench::finish(),
        ["bench", "library"] => bench::library(),
        ["bench", "signaling"] => bench::signaling(),
        ["bench", "call"] => bench::call(),
        // What `bench signaling` starts on a core of its own.
        ["signaling", binary] => bench::measure_signaling(binary.as_ref()),
        // What `bench upload` starts as the limit.
        ["sink", durability, dir] => bench::be_sink(*durability == "durable", dir.as_ref()),
        ["package"] => package::package(),
        ["app"] => app::build(),
        ["tools"] => tools::ensure_all(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("unknown command: {}\n\n{HELP}", words.join(" "))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
