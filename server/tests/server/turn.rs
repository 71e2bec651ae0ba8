//! The passwords for TURN, taken by coturn: with one of them it relays, with another it does not.

use std::{
    net::{TcpStream, UdpSocket},
    process::{Child, Command, Stdio},
    thread,
};

use crate::support::{Server, folder::Folder, room::Person, wait::wait_for};
use serde_json::json;

const SECRET: &str = "a secret of relay and server";

/// coturn, which is ended with the test.
struct Relay {
    child: Child,
    port: u16,
}

impl Relay {
    fn start(folder: &Folder) -> Self {
        let port = free_port();
        let mut coturn = Command::new("turnserver");
        coturn
            .args([
                "-n",
                "--listening-ip",
                "127.0.0.1",
                "--relay-ip",
                "127.0.0.1",
            ])
            .args(["--listening-port", &port.to_string()])
            .args([
                "--no-tls",
                "--no-dtls",
                "--no-cli",
                "--allow-loopback-peers",
            ])
            .args(["--realm", "callreel", "--use-auth-secret"])
            .args(["--static-auth-secret", SECRET, "--log-file", "stdout"])
            .arg("--pidfile")
            .arg(folder.file("pid"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = coturn.spawn().expect("coturn is installed");
        wait_for("coturn to listen", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self { child, port }
    }

    /// Sends through the relay to an echo, and says whether everything came back.
    fn relays(&self, user: &str, password: &str, echo: u16) -> bool {
        let output = Command::new("turnutils_uclient")
            .args(["-u", user, "-w", password, "-p", &self.port.to_string()])
            .args([
                "-e",
                "127.0.0.1",
                "-r",
                &echo.to_string(),
                "-n",
                "3",
                "-m",
                "1",
            ])
            // One port of the echo, not a second one for RTCP.
            .args(["-c", "127.0.0.1"])
            .stdin(Stdio::null())
            .output();
        let output = output.expect("it comes with coturn");
        let text = String::from_utf8_lossy(&output.stdout);
        output.status.success() && text.contains("Total lost packets 0 ")
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody had a moment ago.
fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("there are ports");
    socket.local_addr().expect("it has one").port()
}

/// Somebody who sends back what comes, until the test ends.
fn echo() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("there are ports");
    let port = socket.local_addr().expect("it has one").port();
    thread::spawn(move || {
        let mut bytes = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            let _ = socket.send_to(&bytes[..length], from);
        }
    });
    port
}

#[test]
fn a_relay_takes_the_passwords_that_participants_get() {
    let folder = Folder::new("turn");
    let relay = Relay::start(&folder);
    let secret = folder.write("secret", SECRET.as_bytes());
    let turn = format!("turn:127.0.0.1:{}?transport=udp", relay.port);
    let flags = ["--turn", &turn, "--turn-secret-file", &secret];
    let server = Server::start(&[&flags[..], &["--ice-policy", "relay"]].concat());
    let mut ann = Person::connect(&server);
    let joined = ann.enter(json!({ "room": "kitchen", "name": "Ann" }));
    assert_eq!(joined["ice_transport_policy"], "relay");
    assert_eq!(
        server.get("/api/ice").json()["ice_transport_policy"],
        "relay"
    );
    let echo = echo();
    for ice_servers in [
        &joined["ice_servers"],
        &server.get("/api/ice").json()["ice_servers"],
    ] {
        assert_eq!(ice_servers[0]["urls"], json!([turn]));
        let text = |name: &str| {
            ice_servers[0][name]
                .as_str()
                .expect("it is a text")
                .to_owned()
        };
        let (user, password) = (text("username"), text("credential"));
        assert!(relay.relays(&user, &password, echo));
        assert!(!relay.relays(&user, "another password", echo));
    }
}
