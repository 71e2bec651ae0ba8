use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use callreel_protocol::{LeaveReason, ServerMessage};
use hyper::upgrade::{self, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead as _, AsyncReadExt as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf},
    time::{Instant, Interval, MissedTickBehavior, interval_at, timeout},
};

use super::{
    Rooms,
    frames::{self, Broken, Came, Reader},
    outbox::Next,
    room::frame,
    session::{MAX_MESSAGE, Session},
};
use crate::{
    error::{Code, Error},
    handshake,
    rate::Peer,
    server::Server,
};

/// Bytes read or written at once, in buffers that all sockets of a thread share.
const PIECE: usize = 16 << 10;
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(8);
/// A client that says nothing for so long, not even that it is there, is gone. It is found at the
/// next ping.
const SILENCE: Duration = Duration::from_secs(20);
/// A client that takes nothing for so long is too slow. It is found at the next ping, too.
const STUCK: Duration = Duration::from_secs(10);
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

thread_local! {
    /// Between two polls a socket keeps nothing of it, so one for each thread is enough.
    static PIECES: RefCell<Pieces> = const { RefCell::new(Pieces { read: Vec::new(), write: Vec::new() }) };
}

struct Pieces {
    read: Vec<u8>,
    write: Vec<u8>,
}

/// Accepts a socket from a page of an allowed origin, or from a program.
pub async fn upgrade(State(server): State<Server>, mut request: Request) -> Response {
    let response = match handshake::accept(&server, &request) {
        Ok(response) => response,
        Err(refusal) => return *refusal,
    };
    let address = request.extensions().get::<Peer>();
    let address = address.map(|Peer(address)| address.ip());
    let open = match Rooms::open(&server.rooms, address) {
        Ok(open) => open,
        Err(code) => return Error::from(code).into_response(),
    };
    let upgraded = upgrade::on(&mut request);
    let tasks = server.rooms.tasks.clone();
    tasks.spawn(async move {
        match upgraded.await {
            Ok(upgraded) => {
                let session = Session::new(server, open);
                serve(TokioIo::new(upgraded), session).await;
            }
            Err(error) => tracing::debug!(%error, "no socket"),
        }
    });
    response
}

/// Why a socket ends.
enum End {
    /// The client closed it, and perhaps said why.
    Closed(Option<u16>),
    /// The connection broke off.
    Lost,
    /// The client is silent since then.
    Silent(Instant),
    /// The server has a reason.
    Code(Code),
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        Self::Code(match broken {
            Broken::Malformed => Code::Malformed,
            Broken::TooLarge => Code::BodyTooLarge,
        })
    }
}

/// Serves a client until it leaves or must leave.
async fn serve(io: TokioIo<Upgraded>, session: Session) {
    let mut ticks = interval_at(Instant::now() + PING, PING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut socket = Socket {
        io,
        session,
        ticks,
        reader: Reader::default(),
        unsent: Vec::new(),
        is_flushed: true,
        stuck: None,
        ending: None,
        heard: Instant::now(),
    };
    let end = poll_fn(|context| socket.poll(context)).await;
    let now = std::time::Instant::now();
    match end {
        // What browsers say when a page is closed (RFC 6455, section 7.4.1). Other codes are those
        // of a program that breaks off.
        End::Closed(None | Some(1000 | 1001 | 1005)) => socket.session.gone(LeaveReason::Left),
        End::Closed(_) | End::Lost | End::Code(Code::TooSlow) => socket.session.lost(now),
        End::Silent(since) => socket.session.lost(since.into_std()),
        End::Code(Code::TakenOver | Code::ShuttingDown) => {}
        End::Code(_) => socket.session.gone(LeaveReason::Removed),
    }
    // On the heap, so that it takes no room in a task that mostly waits. Nobody may be listening.
    let _ = timeout(FAREWELL, Box::pin(socket.farewell(&end))).await;
}

/// A socket, and what it is in the middle of.
struct Socket {
    io: TokioIo<Upgraded>,
    session: Session,
    ticks: Interval,
    reader: Reader,
    /// What could not be written yet.
    unsent: Vec<u8>,
    /// Whether what was written has left the layers below.
    is_flushed: bool,
    /// Since when nothing could be written.
    stuck: Option<Instant>,
    /// Why it ends once everything is written.
    ending: Option<Code>,
    /// When the client was heard of.
    heard: Instant,
}

impl Socket {
    /// Goes on until the end. Who does not take what is said is not listened to.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<End> {
        loop {
            match self.poll_write(context) {
                Poll::Ready(Err(end)) => return Poll::Ready(end),
                Poll::Ready(Ok(())) => match self.poll_read(context) {
                    Poll::Ready(Err(end)) => return Poll::Ready(end),
                    Poll::Ready(Ok(())) => continue,
                    Poll::Pending => {}
                },
                Poll::Pending => {
                    if let Poll::Ready(code) = self.session.outbox().poll_end(context) {
                        return Poll::Ready(End::Code(code));
                    }
                }
            }
            if let Some(end) = ready!(self.poll_tick(context)) {
                return Poll::Ready(end);
            }
        }
    }

    /// Writes everything that is to be said. Ready when nothing is left, and then whatever comes
    /// next wakes this task.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Result<(), End>> {
        PIECES.with_borrow_mut(|Pieces { write, .. }| {
            loop {
                ready!(self.poll_unsent(context))?;
                if let Some(code) = self.ending {
                    return Poll::Ready(Err(End::Code(code)));
                }
                let Poll::Ready(mut next) = self.session.outbox().poll_next(context) else {
                    return Poll::Ready(Ok(()));
                };
                write.clear();
                loop {
                    match next {
                        Next::Say(frame) => frames::push_text(write, &frame),
                        Next::End(code) => self.ending = Some(code),
                    }
                    if self.ending.is_some() || write.len() >= PIECE {
                        break;
                    }
                    match self.session.outbox().pop() {
                        Some(more) => next = more,
                        None => break,
                    }
                }
                let written = self.poll_some(context, write);
                let rest = match written? {
                    Poll::Ready(written) => &write[written..],
                    Poll::Pending => &write[..],
                };
                self.unsent.extend_from_slice(rest);
            }
        })
    }

    /// Writes what could not be written before.
    fn poll_unsent(&mut self, context: &mut Context<'_>) -> Poll<Result<(), End>> {
        while !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            let written = self.poll_some(context, &unsent);
            self.unsent = unsent;
            match written? {
                Poll::Ready(written) => drop(self.unsent.drain(..written)),
                Poll::Pending => return Poll::Pending,
            }
        }
        if self.unsent.capacity() > 0 {
            self.unsent = Vec::new();
        }
        if !self.is_flushed {
            match Pin::new(&mut self.io).poll_flush(context) {
                Poll::Ready(flushed) => flushed.map_err(|_| End::Lost)?,
                Poll::Pending => {
                    self.stuck.get_or_insert_with(Instant::now);
                    return Poll::Pending;
                }
            }
            (self.is_flushed, self.stuck) = (true, None);
        }
        Poll::Ready(Ok(()))
    }

    /// Writes as much of this as can be written now.
    fn poll_some(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Result<Poll<usize>, End> {
        if bytes.is_empty() {
            return Ok(Poll::Ready(0));
        }
        match Pin::new(&mut self.io).poll_write(context, bytes) {
            Poll::Ready(Ok(0) | Err(_)) => Err(End::Lost),
            Poll::Ready(Ok(written)) => {
                self.stuck = None;
                self.is_flushed = false;
                Ok(Poll::Ready(written))
            }
            Poll::Pending => {
                self.stuck.get_or_insert_with(Instant::now);
                Ok(Poll::Pending)
            }
        }
    }

    /// Reads what came, and does what it asks for.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<(), End>> {
        PIECES.with_borrow_mut(|Pieces { read, .. }| {
            read.resize(PIECE, 0);
            let mut buffer = ReadBuf::new(read);
            let came = ready!(Pin::new(&mut self.io).poll_read(context, &mut buffer));
            if came.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(Err(End::Lost));
            }
            self.heard = Instant::now();
            let (session, unsent, now) = (&mut self.session, &mut self.unsent, self.heard);
            let take = |came: Came<'_>| take(session, unsent, came, now);
            Poll::Ready(self.reader.read(buffer.filled_mut(), take))
        })
    }

    /// Asks from time to time whether the client is there.
    fn poll_tick(&mut self, context: &mut Context<'_>) -> Poll<Option<End>> {
        ready!(self.ticks.poll_tick(context));
        if self.stuck.is_some_and(|since| since.elapsed() > STUCK) {
            return Poll::Ready(Some(End::Code(Code::TooSlow)));
        }
        if self.heard.elapsed() > SILENCE {
            return Poll::Ready(Some(End::Silent(self.heard)));
        }
        if self.stuck.is_none() {
            frames::push_ping(&mut self.unsent);
        }
        Poll::Ready(None)
    }

    /// Says why, closes, and waits for the client to close.
    async fn farewell(&mut self, end: &End) -> std::io::Result<()> {
        let mut last = std::mem::take(&mut self.unsent);
        match end {
            End::Lost | End::Silent(_) => return Ok(()),
            End::Closed(code) => frames::push_close(&mut last, code.map(|code| (code, ""))),
            End::Code(code) => {
                let message = ServerMessage::Error {
                    code: *code,
                    message: code.message().to_owned(),
                };
                frames::push_text(&mut last, &frame(&message));
                let reason = (close_code(*code), code.as_str());
                frames::push_close(&mut last, Some(reason));
            }
        }
        self.io.write_all(&last).await?;
        self.io.flush().await?;
        let mut is_closed = matches!(end, End::Closed(_));
        let mut piece = vec![0; 1 << 10];
        while !is_closed {
            // Unread bytes would turn the end into a reset, which could overtake the reason.
            let came = self.io.read(&mut piece).await?;
            let closed = |came: Came<'_>| match came {
                Came::Close(_) => Err(Farewell::Closed),
                _ => Ok(()),
            };
            let read = self.reader.read(&mut piece[..came], closed);
            is_closed = came == 0 || matches!(read, Err(Farewell::Closed));
        }
        self.io.shutdown().await
    }
}

/// What ends the wait for the client's goodbye.
enum Farewell {
    Closed,
    Broken,
}

impl From<Broken> for Farewell {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

fn take(
    session: &mut Session,
    answers: &mut Vec<u8>,
    came: Came<'_>,
    now: Instant,
) -> Result<(), End> {
    let counted = match came {
        Came::Text(text) => session.count_message(text.len()),
        Came::Binary(bytes) => session.count_message(bytes),
        Came::Part => session.count_part(),
        Came::Ping(_) | Came::Pong | Came::Close(_) => session.count(0),
    };
    counted.map_err(End::Code)?;
    match came {
        Came::Text(text) => session.take(text, now.into_std()).map_err(End::Code)?,
        Came::Binary(bytes) if bytes > MAX_MESSAGE => return Err(End::Code(Code::BodyTooLarge)),
        Came::Binary(_) => {
            let why = "Messages come as text frames.";
            session.refuse(Error::new(Code::Malformed, why));
        }
        Came::Ping(payload) => frames::push_pong(answers, payload),
        Came::Part | Came::Pong => {}
        Came::Close(code) => return Err(End::Closed(code)),
    }
    Ok(())
}

/// As PROTOCOL.md has them (RFC 6455, section 7.4).
fn close_code(code: Code) -> u16 {
    match code {
        Code::Malformed => 1002,
        Code::BodyTooLarge => 1009,
        Code::ShuttingDown => 1012,
        Code::TooSlow => 4408,
        Code::TakenOver => 4409,
        Code::TooManyRequests => 4429,
        _ => 1011,
    }
}
