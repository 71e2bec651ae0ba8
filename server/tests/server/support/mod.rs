//! The real binary, and an HTTP client that sends exactly what it is told.

pub mod folder;
pub mod node;
pub mod owner;
pub mod proxy;
pub mod recorder;
pub mod room;
pub mod samples;
pub mod wait;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use folder::Folder;
use owner::Owner;

/// `callreel`, ready for arguments, without what the caller's environment says.
pub fn callreel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callreel"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CALLREEL_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// A running server; dropping it kills it.
pub struct Server {
    child: Child,
    pub address: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(flags: &[&str]) -> Self {
        let mut command = callreel();
        command.args(["--listen", "127.0.0.1:0"]).args(flags);
        Self::start_command(command)
    }

    /// Starts with a data folder of its own.
    pub fn start_new(name: &str, flags: &[&str]) -> (Folder, Self) {
        let folder = Folder::new(name);
        let server = Self::start_in(folder.path(), flags);
        (folder, server)
    }

    /// Starts on what an earlier server left in a folder.
    pub fn start_in(data: &Path, flags: &[&str]) -> Self {
        let mut command = callreel();
        command.args(["--listen", "127.0.0.1:0", "--data-dir"]);
        command.arg(data).args(flags);
        Self::start_command(command)
    }

    pub fn start_command(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, lines) = (child.stderr.take().expect("it is piped"), Arc::clone(&log));
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = lines.lock().expect("nobody panics with it");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("it prints a line");
        let url = line.trim_end().strip_prefix("listening on ");
        let address = url
            .and_then(|url| {
                let http = url.strip_prefix("http://");
                http.or_else(|| url.strip_prefix("https://"))
            })
            .unwrap_or_else(|| panic!("unexpected first line {line:?}"))
            .to_owned();
        Self {
            child,
            address,
            log,
            reader: Some(reader),
        }
    }

    /// Waits until its log says something; it is read a little later than it is written.
    #[track_caller]
    pub fn logs(&self, what: &str) {
        let said = format!("the log to say {what:?}");
        wait::wait_for(&said, || self.log().contains(what).then_some(()));
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Somebody with a key.
    pub fn owner(&self, key: &str) -> Owner<'_> {
        Owner::new(self, key)
    }

    /// Sends a request with these header lines and a body, and reads the whole answer.
    pub fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Response {
        let length = format!("Content-Length: {}", body.len());
        let headers: Vec<_> = headers.iter().copied().chain([length.as_str()]).collect();
        let mut stream = self.begin(method, path, &headers);
        // The server may answer before it has all of it.
        let _ = stream.write_all(body);
        read_answer(stream)
    }

    /// As [`send`](Self::send), for a server that may die meanwhile.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &[u8],
    ) -> Option<Response> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let host = &self.address;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        Response::try_parse(&answer)
    }

    /// Sends a request's head, and leaves the rest to the caller.
    pub fn begin(&self, method: &str, path: &str, headers: &[&str]) -> TcpStream {
        let mut stream = self.connect();
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let host = &self.address;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the server reads");
        stream
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the server accepts connections");
        stream
            .set_read_timeout(Some(wait::PATIENCE))
            .expect("the timeout is not zero");
        stream
    }

    /// Sends a request with these header lines and reads the whole answer.
    pub fn request(&self, method: &str, path: &str, headers: &[&str]) -> Response {
        read_answer(self.begin(method, path, headers))
    }

    pub fn get(&self, path: &str) -> Response {
        self.request("GET", path, &[])
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        // The shell's own: the program of that name is not everywhere.
        let kill = ["-c", "kill -s \"$0\" \"$1\"", name, &id];
        let status = Command::new("sh").args(kill).status();
        assert!(status.expect("a shell is everywhere").success());
    }

    /// Waits until it has ended; its log is whole then.
    pub fn wait(&mut self) -> ExitStatus {
        let status = wait::wait_for("the server to end", || {
            self.child.try_wait().expect("it is our child")
        });
        if let Some(reader) = self.reader.take() {
            reader.join().expect("it only reads");
        }
        status
    }

    /// Asks it to stop, and waits until it has, with nothing left to cut off.
    pub fn stop(&mut self) {
        self.signal("TERM");
        self.stopped();
    }

    /// It was asked to stop: waits until it has, with nothing left to cut off.
    pub fn stopped(&mut self) {
        assert!(self.wait().success());
        let log = self.log();
        assert!(!log.contains("were cut"), "{log}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads an answer to its end.
pub fn read_answer(mut stream: TcpStream) -> Response {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers");
    Response::parse(&answer)
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    #[track_caller]
    fn parse(answer: &[u8]) -> Self {
        let parsed = Self::try_parse(answer);
        parsed.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(answer)))
    }

    /// None where the answer is not whole.
    pub fn try_parse(answer: &[u8]) -> Option<Self> {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&answer[..end]);
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let mut response = Self {
            status,
            headers: headers.collect(),
            body: answer[end + 4..].to_vec(),
        };
        if response.header("transfer-encoding") == "chunked" {
            response.body = unchunk(&response.body);
        }
        Some(response)
    }

    /// The stable code of an error.
    pub fn code(&self) -> String {
        self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Puts chunks together (RFC 9112, section 7.1); a last one that is cut counts as far as it goes.
pub fn unchunk(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size = String::from_utf8_lossy(&chunks[..end]);
        let size = usize::from_str_radix(size.trim(), 16).expect("a chunk begins with its size");
        let data = &chunks[end + 2..];
        body.extend_from_slice(&data[..size.min(data.len())]);
        if size == 0 || data.len() < size + 2 {
            break;
        }
        chunks = &data[size + 2..];
    }
    body
}

/// The folder of the built app, which the binary carries.
pub fn dist() -> PathBuf {
    let dist = std::env::var_os("CALLREEL_DIST").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../dist"),
        PathBuf::from,
    );
    assert!(
        dist.join("index.html").is_file(),
        "the app is not built; run `cargo xtask app` first"
    );
    dist
}
