use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// A connection that brings only so many bytes for a message until its gate is opened: whoever has
/// not begun to record must not fill the server's memory.
#[derive(Debug)]
pub struct Gate<S> {
    io: S,
    /// Bytes that may come for a message.
    most: usize,
    /// Bytes of those that are left; none where all may come.
    left: Option<usize>,
    /// When something came last.
    heard: Instant,
}

impl<S> Gate<S> {
    /// Lets so many bytes in for a message.
    pub fn new(io: S, most: usize) -> Self {
        Self {
            io,
            most,
            left: Some(most),
            heard: Instant::now(),
        }
    }

    /// Lets everything in.
    pub fn open(&mut self) {
        self.left = None;
    }

    /// A message has come, and the next one may.
    pub fn renew(&mut self) {
        self.left = self.left.map(|_| self.most);
    }

    /// When something came last, be it a part of a message.
    pub fn heard(&self) -> Instant {
        self.heard
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
        if came > 0 {
            self.heard = Instant::now();
        }
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn so_much_comes_for_each_message_until_it_is_open() {
        let mut gate = Gate::new(&[0; 20][..], 4);
        let mut bytes = [0; 4];
        assert!(gate.read_exact(&mut bytes).await.is_ok());
        assert!(gate.is_shut());
        assert!(gate.read_exact(&mut bytes).await.is_err());
        gate.renew();
        assert!(gate.read_exact(&mut bytes).await.is_ok());
        gate.open();
        gate.renew();
        for _ in 0..3 {
            assert!(gate.read_exact(&mut bytes).await.is_ok());
        }
        assert!(!gate.is_shut());
    }

    #[tokio::test]
    async fn every_byte_is_heard() {
        let mut gate = Gate::new(&[0; 2][..], 4);
        let before = gate.heard();
        // Clocks may be coarse.
        while Instant::now() == before {}
        assert!(gate.read_exact(&mut [0]).await.is_ok());
        assert!(gate.heard() > before);
    }
}
