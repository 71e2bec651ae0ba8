//! A network that can be cut.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use anyhow::{Context as _, Result};

use crate::port::free_port;

/// Passes everything on to a server, until it is cut.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    is_down: Arc<AtomicBool>,
}

impl Proxy {
    /// A way to the server at this URL.
    pub fn to(server: &str) -> Result<Self> {
        let server = server.strip_prefix("http://").context("it is an URL")?;
        let server = server.to_owned();
        let listener = TcpListener::bind(("127.0.0.1", free_port()))?;
        let url = format!("http://{}", listener.local_addr()?);
        let connections = Arc::new(Mutex::new(Vec::new()));
        let open = Arc::clone(&connections);
        let is_down = Arc::<AtomicBool>::default();
        let down = Arc::clone(&is_down);
        // Ends with the test's process; what it passes on ends with either side.
        thread::spawn(move || {
            for client in listener.incoming().map_while(std::result::Result::ok) {
                if !down.load(Ordering::SeqCst) {
                    // An error says that one of the sides is gone already.
                    let _ = connect(client, &server, &open);
                }
            }
        });
        Ok(Self {
            url,
            connections,
            is_down,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Cuts every connection and refuses others, until [`Proxy::mend`].
    pub fn take_down(&self) {
        self.is_down.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.is_down.store(false, Ordering::SeqCst);
    }

    /// Cuts every connection there is, in the middle of whatever it carries; says how many.
    pub fn cut(&self) -> usize {
        let mut connections = lock(&self.connections);
        let cut = connections.drain(..);
        cut.filter(|stream| stream.shutdown(Shutdown::Both).is_ok())
            .count()
    }
}

fn lock(connections: &Mutex<Vec<TcpStream>>) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
    // A panic elsewhere can't leave a list half changed.
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(client: TcpStream, server: &str, open: &Mutex<Vec<TcpStream>>) -> std::io::Result<()> {
    let upstream = TcpStream::connect(server)?;
    lock(open).extend([client.try_clone()?, upstream.try_clone()?]);
    pass(client.try_clone()?, upstream.try_clone()?);
    pass(upstream, client);
    Ok(())
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
