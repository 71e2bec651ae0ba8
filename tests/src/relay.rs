//! A TURN server between callers: coturn, as Debian has it.

use std::{
    net::{IpAddr, Ipv4Addr, TcpStream, UdpSocket},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use tempfile::TempDir;

use crate::{process::Process, survivors, wait::PATIENCE};

/// coturn on a free port of this machine's own address, with one user.
#[derive(Debug)]
pub struct Relay {
    _process: Process,
    _dir: TempDir,
    address: IpAddr,
    port: u16,
}

impl Relay {
    /// Who may use it.
    pub const USER: &str = "ann";
    /// The password.
    pub const PASSWORD: &str = "what-the-relay-asks-for";

    /// Starts it.
    pub fn start() -> Result<Self> {
        let dir = survivors::folder("relay-")?;
        let address = own_address();
        let port = UdpSocket::bind((address, 0))?.local_addr()?.port();
        let mut coturn = Command::new("turnserver");
        coturn
            .args(["-n", "--no-tls", "--no-dtls", "--no-cli"])
            .args(["--lt-cred-mech", "--realm", "callreel"])
            .args(["--user", &format!("{}:{}", Self::USER, Self::PASSWORD)])
            .args(["--listening-ip", &address.to_string()])
            .args(["--relay-ip", &address.to_string()])
            .args(["--listening-port", &port.to_string()])
            // Where this machine has no other address than that.
            .arg("--allow-loopback-peers")
            .args(["--log-file", "stdout", "--pidfile"])
            .arg(dir.path().join("pid"));
        let process = Process::start(&mut coturn)?;
        let start = Instant::now();
        while TcpStream::connect((address, port)).is_err() {
            if start.elapsed() > PATIENCE {
                bail!(
                    "coturn does not start; it printed:\n{}",
                    process.log().text()
                );
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            _process: process,
            _dir: dir,
            address,
            port,
        })
    }

    /// What `--ice-server` takes.
    pub fn flag(&self) -> String {
        let (user, password) = (Self::USER, Self::PASSWORD);
        format!("turn:{}?transport=udp,{user},{password}", self.place())
    }

    /// Its address and port.
    pub fn place(&self) -> String {
        format!("{}:{}", self.address, self.port)
    }

    /// An address and a port where nothing answers.
    pub fn nowhere() -> Result<String> {
        let address = own_address();
        let port = UdpSocket::bind((address, 0))?.local_addr()?.port();
        Ok(format!("{address}:{port}"))
    }
}

/// This machine's address as others see it; its loopback address where it has no other.
pub fn own_address() -> IpAddr {
    // Connecting sends nothing, but chooses the way it would take (RFC 5737 has the address).
    let probe = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect(("192.0.2.1", 9))?;
        Ok::<_, std::io::Error>(socket.local_addr()?.ip())
    };
    probe().unwrap_or(Ipv4Addr::LOCALHOST.into())
}
