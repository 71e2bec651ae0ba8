use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that brings only so many bytes until its gate is opened: whoever has not said who
/// they are must not fill the server's memory.
#[derive(Debug)]
pub struct Gate<S> {
    io: S,
    /// Bytes that may still come; none where all may.
    left: Option<usize>,
}

impl<S> Gate<S> {
    /// Lets so many bytes in.
    pub fn new(io: S, bytes: usize) -> Self {
        Self {
            io,
            left: Some(bytes),
        }
    }

    /// Lets everything in.
    pub fn open(&mut self) {
        self.left = None;
    }

    /// Whether more came than may.
    pub fn is_shut(&self) -> bool {
        self.left == Some(0)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gate<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_shut() {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, buffer))?;
        let came = buffer.filled().len() - before;
        self.left = self.left.map(|left| left.saturating_sub(came));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gate<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
