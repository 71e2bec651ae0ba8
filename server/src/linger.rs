//! Bodies that nobody wants. A connection that is closed over unread bytes is reset, and with it
//! goes the answer that says why; so some of such a body is taken in first.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use futures_util::StreamExt as _;

use crate::error::Code;

/// Bytes that are taken in at most.
const MOST: usize = 8 << 20;
/// How long that may take.
const LONGEST: Duration = Duration::from_secs(2);

/// Takes in a body of which nothing was read.
pub async fn linger(body: Body, headers: &HeaderMap) {
    // Whoever asks first has sent nothing yet.
    if !headers.contains_key(header::EXPECT) {
        drain(body).await;
    }
}

/// Takes in the rest of a body that was refused half way. Who was cut off, or came back on another
/// connection, is not there any more, and a server that stops waits for nobody.
pub async fn linger_after(code: Code, body: Body) {
    if !matches!(
        code,
        Code::Malformed | Code::Superseded | Code::ShuttingDown
    ) {
        drain(body).await;
    }
}

async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let mut left = MOST;
    let drain = async {
        while let Some(Ok(bytes)) = stream.next().await {
            left = left.saturating_sub(bytes.len());
            if left == 0 {
                return;
            }
        }
    };
    // However it ends, there is nothing more to be done for the client.
    let _ = tokio::time::timeout(LONGEST, drain).await;
}
