//! The `callreel` binary: parses the command line and calls the library.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use callreel_server::{
    config::{Cli, Command, Config, Tls},
    listen,
    repair::repair,
    server::Server,
    tls,
};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

/// How long work that nobody waits for any more may go on.
const LEFT_ALONE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::Repair { input, output }) => report(&input, output.as_deref()),
        None => serve(cli.config),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // A closed standard error is no reason to lose the exit code.
            let _ = writeln!(std::io::stderr(), "callreel: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Repairs a recording and says what was found and done.
fn report(input: &Path, output: Option<&Path>) -> Result<(), String> {
    let report = repair(input, output).map_err(|error| error.to_string())?;
    announce(report.to_string().trim_end());
    Ok(())
}

fn serve(config: Config) -> Result<(), String> {
    log_to_stderr();
    listen::raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let served = runtime.block_on(async {
        // Before the address is printed: whoever reads the line may send SIGTERM at once.
        let shutdown = listen::shutdown_signal()
            .map_err(|error| format!("cannot watch for signals: {error}"))?;
        let listener = listen::bind(&config.listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("cannot read the address: {error}"))?;
        let acceptor = tls::acceptor(&config.tls, &config.data_dir, address)?;
        tokio::pin!(shutdown);
        let server = tokio::select! {
            opened = Server::open(config, address) => opened?,
            // What a start brings into order it brings into order again.
            () = &mut shutdown => return Ok(()),
        };
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        announce(&format!("listening on {scheme}://{address}"));
        if acceptor.is_some() {
            let is_self_signed = server.config.tls == Tls::SelfSigned;
            let welcome = tls::welcome(address, std::io::stderr().is_terminal(), is_self_signed);
            // For a person; a closed standard error is no reason to stop.
            let _ = write!(std::io::stderr(), "{welcome}");
        }
        let app = callreel_server::app(&server);
        let stopping = async {
            shutdown.await;
            server.begin_to_stop();
        };
        listen::run(listener, app, acceptor, stopping).await;
        server.close().await;
        Ok(())
    });
    // A start that was ended may be in the middle of a long file.
    runtime.shutdown_timeout(LEFT_ALONE);
    served
}

/// Standard output carries the one line that says where the server listens; logs go beside it.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("CALLREEL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

/// Prints what scripts wait for. It must leave the process at once, also into a pipe.
fn announce(line: &str) {
    let mut stdout = std::io::stdout().lock();
    if writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .is_err()
    {
        tracing::warn!("standard output is closed: {line}");
    }
}
