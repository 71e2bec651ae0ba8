//! The programs that take uploads, ours and others, and what they cost.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use crate::run::{Result, command, root, run, say, shown, target_dir};

/// A program that takes uploads, running.
pub struct Running {
    child: Child,
    pub address: String,
}

impl Running {
    /// Starts a program that prints where it listens.
    pub fn start(mut command: Command) -> Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command
            .spawn()
            .map_err(|error| format!("cannot start `{}`: {error}", shown(&command)))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| error.to_string())?;
        }
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .ok_or_else(|| format!("it said {line:?} instead of where it listens"))?
            .to_owned();
        Ok(Self { child, address })
    }

    /// Processor time that it has used, in seconds.
    pub fn processor_time(&self) -> f64 {
        /// Linux counts in hundredths of a second here, on every machine it runs on.
        const TICK: f64 = 0.01;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.unwrap_or_default();
        // The name stands in parentheses and may hold spaces; user and system time are the 12th
        // and 13th word behind it.
        let words = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let times = words.split_whitespace().skip(11).take(2);
        let ticks: f64 = times.filter_map(|word| word.parse::<f64>().ok()).sum();
        ticks * TICK
    }

    /// Resident memory in bytes: now, or the most so far.
    pub fn memory(&self, most: bool) -> u64 {
        let name = if most { "VmHWM:" } else { "VmRSS:" };
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.unwrap_or(0) * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Our own server.
pub fn callreel(binary: &Path, dir: &Path, flags: &[&str]) -> Result<Running> {
    callreel_by(command(binary), dir, flags)
}

/// The same on the first core alone.
pub fn callreel_on_one_core(binary: &Path, dir: &Path, flags: &[&str]) -> Result<Running> {
    callreel_by(on_one_core(binary), dir, flags)
}

fn callreel_by(mut server: Command, dir: &Path, flags: &[&str]) -> Result<Running> {
    server.args(["--listen", "127.0.0.1:0", "--data-dir"]);
    Running::start({
        server.arg(dir).args(flags);
        server
    })
}

/// A server for Node, from `xtask/bench-js`.
pub fn node(script: &str, dir: &Path) -> Result<Running> {
    let mut server = command("node");
    server.arg(packages()?.join(script)).arg(dir);
    Running::start(server)
}

/// One that keeps no files, on the first core alone.
pub fn node_on_one_core(script: &str) -> Result<Running> {
    let mut server = on_one_core("node".as_ref());
    server.arg(packages()?.join(script));
    Running::start(server)
}

fn on_one_core(program: &Path) -> Command {
    let mut pinned = command("taskset");
    pinned.args(["-c", "0"]).arg(program);
    pinned
}

/// The limit: this program again, as one that writes to files what comes.
pub fn sink(dir: &Path, durable: bool) -> Result<Running> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut sink = command(own);
    sink.args(["sink", if durable { "durable" } else { "quick" }]);
    Running::start({
        sink.arg(dir);
        sink
    })
}

/// Is the sink: every connection is a file, answered with one byte when it has ended.
pub fn be_sink(durable: bool, dir: &Path) -> Result {
    let failed = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    println!(
        "listening on http://{}",
        listener.local_addr().map_err(failed)?
    );
    for (count, stream) in listener.incoming().enumerate() {
        let (stream, file) = (stream.map_err(failed)?, dir.join(count.to_string()));
        thread::spawn(move || {
            if let Err(error) = swallow(stream, &file, durable) {
                eprintln!("the sink failed: {error}");
            }
        });
    }
    Ok(())
}

fn swallow(mut stream: TcpStream, file: &Path, durable: bool) -> std::io::Result<()> {
    let mut file = fs::File::create(file)?;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        file.write_all(&buffer[..read])?;
    }
    if durable {
        file.sync_data()?;
    }
    stream.write_all(b".")
}

/// Installs what the servers for Node need, once.
fn packages() -> Result<PathBuf> {
    let source = root().join("xtask/bench-js");
    let target = target_dir().join("bench/js");
    let failed = |error: std::io::Error| format!("cannot prepare {}: {error}", target.display());
    fs::create_dir_all(&target).map_err(failed)?;
    for name in [
        "package.json",
        "package-lock.json",
        ".npmrc",
        "tus-server.mjs",
        "naive-server.mjs",
        "relay-server.mjs",
    ] {
        fs::copy(source.join(name), target.join(name)).map_err(failed)?;
    }
    let read = |file: PathBuf| fs::read_to_string(file).unwrap_or_default();
    // What is installed says so itself; it is compared with what was installed for.
    let installed = target.join("node_modules/.installed-for");
    if read(installed.clone()) != read(target.join("package-lock.json")) {
        say("installing @tus/server, socket.io and ws");
        run(command("npm")
            .args(["ci", "--ignore-scripts", "--loglevel=error"])
            .current_dir(&target))?;
        fs::copy(target.join("package-lock.json"), &installed).map_err(failed)?;
    }
    Ok(target)
}
