//! What the pages come from: the real server binary, or a plain file server.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::{
    port::free_port,
    process::{Log, Process},
    survivors,
    wait::PATIENCE,
};

/// The `callreel` binary on a free port, with a data folder of its own.
#[derive(Debug)]
pub struct Server {
    process: Process,
    url: String,
    data: PathBuf,
    // Removes the data folder at the end; none where the caller gave the folder.
    _temporary: Option<TempDir>,
}

impl Server {
    /// Starts it with the given flags.
    pub fn start(flags: &[&str]) -> Result<Self> {
        let temporary = survivors::folder("data-")?;
        // It is there again for a server that is killed and started again.
        let listen = format!("127.0.0.1:{}", free_port());
        let mut server = Self::start_in(temporary.path(), &listen, flags)?;
        server._temporary = Some(temporary);
        Ok(server)
    }

    /// Starts it on what an earlier server left in `data`.
    pub fn start_in(data: &Path, listen: &str, flags: &[&str]) -> Result<Self> {
        let mut command = Command::new(binary());
        command
            .args(["--listen", listen, "--data-dir"])
            .arg(data)
            .args(flags);
        let mut process = Process::start(&mut command)?;
        let url = process.wait_for_line(PATIENCE, |line| {
            Some(line.strip_prefix("listening on ")?.to_owned())
        })?;
        Ok(Self {
            process,
            url,
            data: data.to_owned(),
            _temporary: None,
        })
    }

    /// Starts it again where it was, on what it left.
    pub fn start_again(&mut self, flags: &[&str]) -> Result<()> {
        self.kill();
        let listen = self.url.trim_start_matches("http://").to_owned();
        let mut again = Self::start_in(&self.data, &listen, flags)?;
        again._temporary = self._temporary.take();
        *self = again;
        Ok(())
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it keeps its files.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        self.process.log()
    }

    /// Asks it to end; true if it did so with success.
    pub fn terminate(&mut self) -> Result<bool> {
        self.process.terminate(PATIENCE)
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}

/// The built app behind a file server that knows nothing of it.
#[derive(Debug)]
pub struct StaticFiles {
    process: Process,
    url: String,
}

impl StaticFiles {
    /// Serves the built app.
    pub fn start() -> Result<Self> {
        Self::start_in(&built_app()?)
    }

    /// Serves a folder.
    pub fn start_in(dir: &Path) -> Result<Self> {
        let mut command = Command::new("python3");
        command
            .args([
                "-u",
                "-m",
                "http.server",
                &free_port().to_string(),
                "--bind",
                "127.0.0.1",
                "--directory",
            ])
            .arg(dir);
        let mut process = Process::start(&mut command)?;
        let port: u16 = process.wait_for_line(PATIENCE, |line| {
            line.split_once(" port ")?
                .1
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })?;
        Ok(Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it logged.
    pub fn log(&self) -> &Log {
        self.process.log()
    }
}

/// The folder of the built app.
pub fn built_app() -> Result<PathBuf> {
    let dist = env::var_os("CALLREEL_DIST").map_or_else(|| root().join("dist"), PathBuf::from);
    ensure!(
        dist.join("index.html").is_file(),
        "the app is not built; `cargo xtask app` builds it"
    );
    Ok(dist)
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the repository")
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

fn binary() -> PathBuf {
    env::var_os("CALLREEL_BIN").map_or_else(|| target_dir().join("debug/callreel"), PathBuf::from)
}
