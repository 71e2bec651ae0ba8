//! Sockets and signals: what [`crate::app`] is served through.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::map_request,
    response::{IntoResponse as _, Redirect, Response},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::{
    error::{Code, Error},
    rate::Peer,
};

/// How long a client may take to send a request's headers. `axum::serve` has no such limit, and a
/// client that never finishes would hold its connection for ever.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// Bytes that a connection reads at once, at most; also the most that a request's head may have.
/// An upload costs a third less processor time with the larger buffer, and a hundred recorders
/// 30 MB less memory with the smaller one: so the first few connections get the larger one.
const ROOMY: usize = 400 << 10;
const TIGHT: usize = 128 << 10;
const FEW: usize = 16;

/// How long open requests may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Lets this process have as many connections as the system allows: what it begins with is often a
/// thousand.
#[cfg(unix)]
pub fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub fn raise_file_limit() {}

/// Binds the address that `--listen` gives, which may be a name.
pub async fn bind(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{address} is in use by another program; choose another port with --listen, or --listen 127.0.0.1:0 for a free one"
        ),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// Serves until `shutdown` completes, then lets open requests finish for a few seconds. With TLS,
/// who speaks plain HTTP is told where to go.
pub async fn run(
    listener: TcpListener,
    app: Router,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()>,
) {
    let (roomy, tight) = (Arc::new(http(ROOMY)), Arc::new(http(TIGHT)));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        let http = if graceful.count() < FEW {
            &roomy
        } else {
            &tight
        };
        let connection = Connection {
            http: Arc::clone(http),
            app: app.clone(),
            peer,
            watcher: graceful.watcher(),
        };
        match &tls {
            None => drop(tokio::spawn(connection.serve(stream))),
            Some(tls) => drop(tokio::spawn(connection.serve_securely(stream, tls.clone()))),
        }
    }
    drop(listener);
    tracing::info!("stopping");
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            "some requests did not finish in {} s and were cut",
            GRACE.as_secs()
        );
    }
}

type Http = auto::Builder<TokioExecutor>;

/// What a connection is served with.
struct Connection {
    http: Arc<Http>,
    app: Router,
    peer: SocketAddr,
    watcher: Watcher,
}

impl Connection {
    /// Serves requests until either side has enough.
    async fn serve(self, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
        let (app, peer) = (self.app, self.peer);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let app = app.clone();
            request.extensions_mut().insert(Peer(peer));
            async move {
                Ok::<_, Infallible>(
                    app.oneshot(request.map(Body::new))
                        .await
                        .unwrap_or_else(|never| match never {}),
                )
            }
        });
        let connection = self
            .http
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        // The peer went away or spoke no HTTP; there is nobody left to tell.
        if let Err(error) = self.watcher.watch(connection.into_owned()).await {
            tracing::debug!(%error, "connection ended");
        }
    }

    /// The same over TLS.
    async fn serve_securely(mut self, stream: TcpStream, tls: TlsAcceptor) {
        /// A record of a handshake (RFC 8446, section 5.1), which no request begins with.
        const HANDSHAKE: u8 = 22;
        let mut first = [0];
        let accepted = timeout(HEADER_TIMEOUT, async {
            match stream.peek(&mut first).await? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ if first[0] == HANDSHAKE => tls.accept(stream).await.map(Ok),
                _ => Ok(Err(stream)),
            }
        });
        match accepted.await {
            Ok(Ok(Ok(stream))) => {
                self.app = self.app.layer(map_request(note_https));
                self.serve(stream).await;
            }
            Ok(Ok(Err(plain))) => {
                self.app = Router::new().fallback(to_https);
                self.serve(plain).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }
}

/// Says what a proxy that adds TLS would say: an upload's address begins with it.
async fn note_https(mut request: Request) -> Request {
    let headers = request.headers_mut();
    headers.insert("x-forwarded-proto", HeaderValue::from_static("https"));
    request
}

/// What plain HTTP is answered where TLS is spoken: pages go to the same address with `https://`.
async fn to_https(method: Method, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]_".contains(c);
    let host = host.filter(|host| !host.is_empty() && host.chars().all(is_host));
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match host {
        Some(host) if matches!(method, Method::GET | Method::HEAD) => {
            Redirect::temporary(&format!("https://{host}{path}")).into_response()
        }
        _ => Error::from(Code::TlsNeeded).into_response(),
    }
}

/// HTTP for connections that read at most so many bytes at once.
fn http(buffer: usize) -> Http {
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(buffer);
    http
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Small answers should not wait for a full packet.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
                return (stream, peer);
            }
            // Out of file descriptors, mostly: the listener is fine, so wait for some to be freed.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Completes on SIGTERM or SIGINT. Watching begins with the call, not with the first poll.
#[cfg(unix)]
pub fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
pub fn shutdown_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
