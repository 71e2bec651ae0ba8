//! Work that waits for the disk, which must not be done where sockets are served.

use tokio::task::spawn_blocking;

use crate::error::Code;

/// Does something on another thread.
///
/// # Errors
///
/// [`Code::Internal`] if it panicked: a bug, and the end of one request.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Code> {
    spawn_blocking(work).await.map_err(|panic| {
        tracing::error!(%panic, "work for the disk panicked");
        Code::Internal
    })
}
