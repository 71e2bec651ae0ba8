//! Sockets and signals: what [`crate::app`] is served through.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, time::Duration};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::rate::Peer;

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

/// Binds the address that `--listen` gives, which may be a name.
pub async fn bind(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{address} is in use by another program; choose another port with --listen, or --listen 127.0.0.1:0 for a free one"
        ),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// Serves until `shutdown` completes, then lets open requests finish for a few seconds.
pub async fn run(listener: TcpListener, app: Router, shutdown: impl Future<Output = ()>) {
    let (roomy, tight) = (http(ROOMY), http(TIGHT));
    let graceful = GracefulShutdown::new();
    tokio::pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        let app = app.clone();
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
        let http = if graceful.count() < FEW {
            &roomy
        } else {
            &tight
        };
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            // The peer went away or spoke no HTTP; there is nobody left to tell.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
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

/// HTTP for connections that read at most so many bytes at once.
fn http(buffer: usize) -> auto::Builder<TokioExecutor> {
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
