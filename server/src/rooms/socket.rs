use std::{future::poll_fn, time::Duration};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use callreel_protocol::{LeaveReason, ServerMessage};
use futures_util::{FutureExt as _, SinkExt as _};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::{
    Outbox, Rooms,
    outbox::Next,
    room::{Frame, frame},
    session::{MAX_MESSAGE, Session},
};
use crate::{
    cross_origin,
    error::{Code, Error},
    server::Server,
};

/// Bytes read at once: most of what a socket costs. Most messages have fewer.
const READ_BUFFER: usize = 2 << 10;
/// Bytes that are collected before they are written.
const WRITE_BUFFER: usize = 16 << 10;
/// Bytes of a frame that are taken at all; between this and [`MAX_MESSAGE`] there is an answer.
const MAX_FRAME: usize = 2 * MAX_MESSAGE;
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(8);
/// A client that says nothing for so long, not even that it is there, is gone. It is found at the
/// next ping.
const SILENCE: Duration = Duration::from_secs(20);
/// A client that takes nothing for so long is too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Accepts a socket from a page of an allowed origin, or from a program.
pub async fn upgrade(
    State(server): State<Server>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A browser lets any page open a socket to anywhere, so this is the place to ask.
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| !cross_origin::is_trusted(&server, origin, &headers)) {
        return Error::from(Code::OriginNotAllowed).into_response();
    }
    let open = match Rooms::open(&server.rooms) {
        Ok(open) => open,
        Err(code) => return Error::from(code).into_response(),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME);
    upgrade.on_upgrade(|socket| {
        let tasks = server.rooms.tasks.clone();
        let session = Session::new(server, open);
        tasks.track_future(serve(socket, session))
    })
}

/// What happens next.
enum Event {
    Came(Option<Result<Message, axum::Error>>),
    Due(Next),
    Tick,
}

/// Why a socket ends.
enum End {
    /// The client said goodbye.
    Left,
    /// The connection broke off.
    Lost,
    /// The client is silent since then.
    Silent(Instant),
    /// The server has a reason.
    Code(Code),
}

/// Serves a client until it leaves or must leave.
async fn serve(mut socket: WebSocket, mut session: Session) {
    let end = talk(&mut socket, &mut session).await;
    match end {
        End::Left => session.gone(LeaveReason::Left),
        End::Lost | End::Code(Code::TooSlow) => session.lost(std::time::Instant::now()),
        End::Silent(since) => session.lost(since.into_std()),
        End::Code(Code::TakenOver | Code::ShuttingDown) => {}
        End::Code(_) => session.gone(LeaveReason::Removed),
    }
    // Off the heap of a task that mostly waits.
    let _ = timeout(FAREWELL, Box::pin(farewell(&mut socket, &end))).await;
}

async fn talk(socket: &mut WebSocket, session: &mut Session) -> End {
    let outbox = session.outbox().clone();
    let mut ticks = interval_at(Instant::now() + PING, PING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        let event = tokio::select! {
            message = socket.recv() => Event::Came(message),
            next = poll_fn(|context| outbox.poll_next(context)) => Event::Due(next),
            _ = ticks.tick() => Event::Tick,
        };
        let done = match event {
            Event::Came(None) => return End::Lost,
            Event::Came(Some(Err(error))) => return end_of(&error),
            Event::Came(Some(Ok(message))) => {
                heard = Instant::now();
                take(session, &message, heard)
            }
            Event::Due(Next::End(code)) => return End::Code(code),
            Event::Due(Next::Say(frame)) => {
                let write = write(socket, frame, &outbox);
                in_time(write, &outbox).await
            }
            Event::Tick if heard.elapsed() > SILENCE => return End::Silent(heard),
            Event::Tick => {
                let ping = socket.send(Message::Ping(Bytes::new()));
                in_time(ping.map(|sent| sent.map_err(|_| End::Lost)), &outbox).await
            }
        };
        if let Err(end) = done {
            return end;
        }
    }
}

fn take(session: &mut Session, message: &Message, now: Instant) -> Result<(), End> {
    let bytes = match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(frame) => {
            // What browsers say when a page is closed (RFC 6455, section 7.4.1). Other codes are
            // those of a program that breaks off.
            let code = frame.as_ref().map(|frame| frame.code);
            let is_goodbye = code
                .is_none_or(|code| matches!(code, 1000 | close_code::AWAY | close_code::STATUS));
            return Err(if is_goodbye { End::Left } else { End::Lost });
        }
    };
    session.count(bytes).map_err(End::Code)?;
    match message {
        Message::Text(text) => session.take(text, now.into_std()).map_err(End::Code),
        Message::Binary(_) => {
            let why = "Messages come as text frames.";
            session.refuse(Error::new(Code::Malformed, why));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Writes a message, and those that wait behind it, in one go.
async fn write(socket: &mut WebSocket, first: Frame, outbox: &Outbox) -> Result<(), End> {
    let mut next = Some(Next::Say(first));
    while let Some(due) = next {
        match due {
            Next::End(code) => return Err(End::Code(code)),
            Next::Say(frame) => {
                let fed = socket.feed(Message::Text(frame)).await;
                fed.map_err(|_| End::Lost)?;
            }
        }
        next = outbox.pop();
    }
    socket.flush().await.map_err(|_| End::Lost)
}

/// Waits until something is sent, but neither for long nor while more and more piles up.
async fn in_time(
    sending: impl Future<Output = Result<(), End>>,
    outbox: &Outbox,
) -> Result<(), End> {
    tokio::pin!(sending);
    // Nearly always done at once, and then no timer is needed.
    if let Some(done) = sending.as_mut().now_or_never() {
        return done;
    }
    tokio::select! {
        done = sending => done,
        code = poll_fn(|context| outbox.poll_end(context)) => Err(End::Code(code)),
        () = tokio::time::sleep(SEND_TIMEOUT) => Err(End::Code(Code::TooSlow)),
    }
}

fn end_of(error: &axum::Error) -> End {
    use std::error::Error as _;
    use tokio_tungstenite::tungstenite::{Error as Reason, error::ProtocolError};
    let reason = error.source().and_then(|source| source.downcast_ref());
    match reason {
        Some(Reason::Capacity(_)) => End::Code(Code::BodyTooLarge),
        // A connection that breaks off counts as one.
        Some(Reason::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Lost,
        Some(Reason::Utf8(_) | Reason::Protocol(_)) => End::Code(Code::Malformed),
        _ => End::Lost,
    }
}

/// Says why, closes, and waits for the client to close.
async fn farewell(socket: &mut WebSocket, end: &End) {
    if let End::Code(code) = end {
        let message = ServerMessage::Error {
            code: *code,
            message: code.message().to_owned(),
        };
        let reason = code.as_str().into();
        let code = close_code(*code);
        let close = Message::Close(Some(CloseFrame { code, reason }));
        let said = socket.send(Message::Text(frame(&message))).await;
        if said.is_err() || socket.send(close).await.is_err() {
            return;
        }
    }
    if !matches!(end, End::Lost | End::Silent(_)) {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

/// As PROTOCOL.md has them.
fn close_code(code: Code) -> u16 {
    match code {
        Code::BodyTooLarge => close_code::SIZE,
        Code::ShuttingDown => close_code::RESTART,
        Code::Malformed => close_code::PROTOCOL,
        Code::TooSlow => 4408,
        Code::TakenOver => 4409,
        Code::TooManyRequests => 4429,
        _ => close_code::ERROR,
    }
}
