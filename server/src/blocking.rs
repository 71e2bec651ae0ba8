//! Work that waits for the disk, which must not be done where sockets are served, and work that
//! must not stop half way.

use tokio::task::spawn_blocking;

use crate::error::{Code, Error, Result};

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

/// Does something to its end, also where nobody waits for it any more: a request whose client goes
/// away is dropped wherever it happens to wait.
///
/// # Errors
///
/// Those of the work, and [`Code::Internal`] if it panicked.
pub async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let done = tokio::spawn(work).await;
    done.map_err(|panic| Error::internal("a change of a recording panicked", &panic))?
}
