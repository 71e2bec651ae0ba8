//! The `callreel` binary: parses the command line and calls the library.

use std::{io::Write as _, process::ExitCode};

use callreel_server::{
    config::{Cli, Config},
    listen,
};
use clap::Parser as _;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("CALLREEL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Standard output carries the one line that says where the server listens; logs go beside it.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();

    let result = serve(cli.config);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // A closed standard error is no reason to lose the exit code.
            let _ = writeln!(std::io::stderr(), "callreel: {message}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    runtime.block_on(async {
        // Before the address is printed: whoever reads the line may send SIGTERM at once.
        let shutdown = listen::shutdown_signal()
            .map_err(|error| format!("cannot watch for signals: {error}"))?;
        let listener = listen::bind(&config.listen).await?;
        let address = listener
            .local_addr()
            .map_err(|error| format!("cannot read the address: {error}"))?;
        announce(&format!("listening on http://{address}"));
        listen::run(listener, callreel_server::app(&config), shutdown).await;
        Ok(())
    })
}

/// Prints the line that scripts wait for. It must leave the process at once, also into a pipe.
fn announce(line: &str) {
    let mut stdout = std::io::stdout().lock();
    if writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .is_err()
    {
        tracing::warn!("standard output is closed: {line}");
    }
}
