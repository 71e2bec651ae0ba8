//! `--tls`: HTTPS by the server itself, seen by a client that checks certificates.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::Arc,
};

use crate::support::{Response, Server, callreel, folder::Folder};
use serde_json::{Value, json};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio_tungstenite::tungstenite::{Message, client};

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Connects as somebody who trusts the certificate in a file and nothing else.
fn connect(server: &Server, name: &str, trusted: &Path) -> Stream {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trusted).expect("the file is there") {
        roots
            .add(certificate.expect("it is one"))
            .expect("it can be trusted");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("it is a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("the name is fine");
    StreamOwned::new(connection, server.connect())
}

fn request(server: &Server, name: &str, trusted: &Path, head: &str) -> std::io::Result<Response> {
    let mut stream = connect(server, name, trusted);
    write!(
        stream,
        "{head}\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(Response::try_parse(&answer).expect("it answers"))
}

#[test]
fn a_machine_vouches_for_itself() {
    let folder = Folder::new("tls");
    let pem = folder.file("tls/self-signed.pem");
    let mut server = Server::start_in(folder.path(), &["--tls", "self-signed"]);
    for name in ["127.0.0.1", "localhost"] {
        let answer = request(&server, name, &pem, "GET /healthz HTTP/1.1").expect("it is trusted");
        assert_eq!(answer.json()["status"], "ok");
    }
    assert!(request(&server, "192.0.2.1", &pem, "GET / HTTP/1.1").is_err());
    // Nobody else can reach it, so nobody is told how.
    assert!(
        !server.log().contains("On this network"),
        "{}",
        server.log()
    );

    let stream = connect(&server, "localhost", &pem);
    let url = format!("wss://{}/ws", server.address);
    let (mut socket, _) = client(url, stream).expect("the socket opens");
    let join = json!({ "type": "join", "room": "kitchen", "name": "Ann" });
    socket
        .send(Message::text(join.to_string()))
        .expect("the server listens");
    let joined = socket
        .read()
        .expect("the server speaks")
        .into_text()
        .expect("it is text");
    let joined: Value = serde_json::from_str(&joined).expect("it is JSON");
    assert_eq!(joined["type"], "joined");

    let create = "POST /uploads HTTP/1.1\r\nTus-Resumable: 1.0.0\r\nAuthorization: Bearer ann\r\n\
                  Upload-Length: 5\r\nContent-Length: 0";
    let created = request(&server, "localhost", &pem, create).expect("it is trusted");
    assert_eq!(created.status, 201);
    let location = created.header("location");
    assert!(
        location.starts_with(&format!("https://{}/", server.address)),
        "{location}"
    );

    server.stop();
    // Whoever trusts it need not do so again.
    let before = fs::read(&pem).expect("it is kept");
    let server = Server::start_in(folder.path(), &["--tls", "self-signed"]);
    assert!(request(&server, "localhost", &pem, "GET / HTTP/1.1").is_ok());
    assert_eq!(fs::read(&pem).expect("it is kept"), before);
}

#[test]
fn the_network_is_told_where_to_find_it() {
    let folder = Folder::new("tls");
    let mut command = callreel();
    command.args([
        "--listen",
        "0.0.0.0:0",
        "--tls",
        "self-signed",
        "--data-dir",
    ]);
    command.arg(folder.path());
    let server = Server::start_command(command);
    let (_, port) = server.address.rsplit_once(':').expect("it has a port");
    let outside = if_addrs::get_if_addrs().expect("the system tells");
    let outside = outside.iter().map(if_addrs::Interface::ip);
    let Some(ip) = outside
        .into_iter()
        .find(|ip| ip.is_ipv4() && !ip.is_loopback())
    else {
        eprintln!("this machine is on no network");
        return;
    };
    let link = format!("https://{ip}:{port}/");
    crate::support::wait::wait_for("the addresses and a code", || {
        let log = server.log();
        (log.contains(&link) && log.contains('█')).then_some(())
    });
    let pem = folder.file("tls/self-signed.pem");
    assert!(request(&server, &ip.to_string(), &pem, "GET / HTTP/1.1").is_ok());
}

#[test]
fn plain_http_is_shown_the_way() {
    let folder = Folder::new("tls");
    let server = Server::start_in(folder.path(), &["--tls", "self-signed"]);
    let answer = server.get("/room/kitchen?a=b");
    assert_eq!(answer.status, 307);
    let there = format!("https://{}/room/kitchen?a=b", server.address);
    assert_eq!(answer.header("location"), there);
    let answer = server.send("POST", "/uploads", &[], b"");
    assert_eq!((answer.status, answer.code().as_str()), (400, "tls_needed"));
    // What is neither harms nobody.
    for garbage in [&b"\x16\x03\x01\xff\xff garbage"[..], b"\0\0\0\0\r\n\r\n"] {
        let mut stream = server.connect();
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let pem = folder.file("tls/self-signed.pem");
    assert!(request(&server, "localhost", &pem, "GET /healthz HTTP/1.1").is_ok());
}

#[test]
fn the_host_brings_a_certificate() {
    let folder = Folder::new("tls");
    let make = |name: &str| {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("ring can");
        let key = folder.write(
            &format!("{name}.key"),
            made.signing_key.serialize_pem().as_bytes(),
        );
        (
            folder.write(&format!("{name}.pem"), made.cert.pem().as_bytes()),
            key,
        )
    };
    let (certificate, key) = make("calls.example");
    let files = format!("{certificate},{key}");
    let server = Server::start_in(folder.path(), &["--tls", &files]);
    let trusted = Path::new(&certificate);
    assert!(request(&server, "calls.example", trusted, "GET / HTTP/1.1").is_ok());
    assert!(request(&server, "localhost", trusted, "GET / HTTP/1.1").is_err());

    let (_, another) = make("other.example");
    let empty = folder.write("empty", b"");
    for wrong in [
        "on".to_owned(),
        format!("{certificate},{another}"),
        format!("{certificate},/nowhere"),
        format!("{empty},{key}"),
        format!("{key},{certificate}"),
    ] {
        let output = callreel()
            .args(["--listen", "127.0.0.1:0", "--tls", &wrong])
            .output()
            .expect("it runs");
        assert!(!output.status.success(), "{wrong}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{wrong}"
        );
    }
}
