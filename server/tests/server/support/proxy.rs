//! A network that can be cut.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Passes everything on to a server, until it is cut.
pub struct Proxy {
    pub address: String,
    connections: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    pub fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let connections = Arc::new(Mutex::new(Vec::new()));
        let (open, server) = (Arc::clone(&connections), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(upstream) = TcpStream::connect(&server) else {
                    continue;
                };
                let copy = |stream: &TcpStream| stream.try_clone().expect("it is open");
                open.lock()
                    .expect("nobody panics with it")
                    .extend([copy(&client), copy(&upstream)]);
                pass(copy(&client), copy(&upstream));
                pass(upstream, client);
            }
        });
        Self {
            address,
            connections,
        }
    }

    /// Cuts every connection there is, in the middle of whatever it carries.
    pub fn cut(&self) -> usize {
        let mut connections = self.connections.lock().expect("nobody panics with it");
        let cut = connections.drain(..);
        cut.filter(|stream| stream.shutdown(Shutdown::Both).is_ok())
            .count()
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
