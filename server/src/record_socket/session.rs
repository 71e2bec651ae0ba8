use std::{pin::Pin, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use callreel_protocol::{FromRecordSocket, RecordingId, Register, ToRecordSocket};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

use super::{
    blob::bytes_of,
    ending::{End, broken, refuse},
    socket::{Came, Socket},
};
use crate::{
    auth::{Caller, is_key},
    error::{Code, Error, Result},
    library::Whose,
    server::Server,
    store::{Store, Taken},
    text,
    uploads::{NewUpload, Purpose, Writer, random_id},
};

/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(10);
/// A client that says nothing for so long, not even that it is there, is gone.
const SILENCE: Duration = Duration::from_secs(30);
/// Who has not registered after so long has no business here.
const REGISTER_WITHIN: Duration = Duration::from_secs(10);
/// Who goes on with a recording and has not started after so long keeps it from others for nothing.
const START_WITHIN: Duration = Duration::from_secs(30);

/// One client, from its first message to its last.
pub struct Session {
    server: Server,
    client: Option<Client>,
    recording: Option<Recording>,
    /// When the client came, and then when it registered.
    since: Instant,
}

/// Who is recording.
struct Client {
    caller: Caller,
    key: String,
    register: Register,
    /// The recording that the next start begins, or goes on with.
    next: RecordingId,
    /// That recording, where it was begun earlier.
    resumed: Option<Writer>,
    /// It was begun on this socket already.
    used: bool,
}

/// What is being recorded.
struct Recording {
    store: Arc<Store>,
    writer: Writer,
    /// Waits for the disk, at most once at a time: what comes meanwhile is in the next round.
    commit: Option<Commit>,
    acknowledged: u64,
}

type Commit = Pin<Box<dyn Future<Output = Result<u64>> + Send>>;

/// What happens next.
enum Event {
    Came(Came),
    Safe(Result<u64>),
    Stopped(Code),
    Tick,
    /// What had to come did not come in time.
    Late,
}

impl Session {
    pub fn new(server: Server) -> Self {
        Self {
            server,
            client: None,
            recording: None,
            since: Instant::now(),
        }
    }

    /// Serves the client until it leaves or must leave.
    pub async fn run(mut self, mut socket: Socket) {
        let mut ticks = interval_at(Instant::now() + PING, PING);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let late = self.patience().map(|patience| self.since + patience);
            let event = tokio::select! {
                came = socket.receive() => Event::Came(came),
                event = next(&mut self.recording, &mut self.client, &self.server) => event,
                _ = ticks.tick() => Event::Tick,
                () = sleep_until(late.unwrap_or(self.since)), if late.is_some() => Event::Late,
            };
            let done = match event {
                Event::Came(Came::Nothing) => return,
                Event::Came(Came::Message(Message::Close(_))) => {
                    drop(self);
                    return socket.end().await;
                }
                Event::Came(Came::TooMuch) => Err(Code::BodyTooLarge.into()),
                Event::Came(Came::NoFrame) => Err(broken(CloseCode::Protocol)),
                Event::Came(Came::NoText) => Err(broken(CloseCode::Invalid)),
                Event::Came(Came::Message(message)) => {
                    let done = self.take(message, &mut socket).await;
                    // What took us long is no silence of the client's.
                    heard = Instant::now();
                    done
                }
                Event::Late => Err(self.late()),
                Event::Safe(offset) => self.acknowledge(offset, &mut socket).await,
                Event::Stopped(code) => Err(code.into()),
                Event::Tick if heard.max(socket.heard()).elapsed() > SILENCE => return,
                Event::Tick => ping(&mut socket).await,
            };
            match done {
                Ok(()) => {}
                Err(End::Gone) => return,
                Err(End::Refused(error, close)) => {
                    // Whoever comes for the recording does not wait until this client has heard it.
                    drop(self);
                    return refuse(socket, error, close).await;
                }
            }
        }
    }

    /// How long the client may take for what has to come next; any time where that is nothing.
    fn patience(&self) -> Option<Duration> {
        match &self.client {
            None => Some(REGISTER_WITHIN),
            Some(client) => client.resumed.is_some().then_some(START_WITHIN),
        }
    }

    fn late(&self) -> End {
        let why = match self.client {
            None => "Nobody registered in time.",
            Some(_) => "The recording did not go on in time.",
        };
        Error::new(Code::TooSlow, why).into()
    }

    async fn take(&mut self, message: Message, socket: &mut Socket) -> Result<(), End> {
        let text = match &message {
            Message::Binary(bytes) => return self.media(bytes.clone()).await,
            Message::Text(text) => text.as_str(),
            // Answers to our own, and what the library answers by itself.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
                if let Some(recording) = &self.recording {
                    recording.writer.upload.touch();
                }
                return Ok(());
            }
        };
        let message = serde_json::from_str(text)
            .map_err(|error| Error::new(Code::Malformed, error.to_string()))?;
        match message {
            ToRecordSocket::Register(register) => self.register(register, socket).await,
            ToRecordSocket::Start { mime_type } => self.start(mime_type, socket).await,
            ToRecordSocket::RecBlob { blob } => self.media(bytes_of(&blob)?).await,
            ToRecordSocket::Stop {} => self.stop(socket).await,
        }
    }

    async fn register(&mut self, register: Register, socket: &mut Socket) -> Result<(), End> {
        if self.client.is_some() {
            return Err(Code::OutOfOrder.into());
        }
        let key = match &register.key {
            Some(key) if is_key(key) => key.clone(),
            Some(_) => return Err(Code::KeyNeeded.into()),
            None => new_key()?,
        };
        let caller = self.server.keys.caller_with(&key);
        let token = register.token.as_deref().unwrap_or_default();
        self.server.check_upload(&caller, token)?;
        let (next, resumed) = match register.id {
            None => (random_id()?, None),
            Some(id) => (id, Some(resume(&self.server, &caller.whose()?, id).await?)),
        };
        let mut offset = 0;
        if let Some(writer) = &resumed {
            offset = self.server.store_with(next)?.commit(&writer.upload).await?;
        }
        let client = Client {
            caller,
            key,
            register,
            next,
            resumed,
            used: false,
        };
        let registered = FromRecordSocket::Registered {
            id: next,
            key: client.key.clone(),
            offset,
        };
        self.client = Some(client);
        self.since = Instant::now();
        Ok(socket.send(&registered).await?)
    }

    async fn start(&mut self, mime_type: Option<String>, socket: &mut Socket) -> Result<(), End> {
        let Some(client) = self.client.as_mut().filter(|_| self.recording.is_none()) else {
            return Err(Code::OutOfOrder.into());
        };
        let store = self.server.store().await?;
        let (writer, acknowledged) = match client.resumed.take() {
            Some(writer) => {
                store.resume(&writer).await?;
                // Here a recording is whole when its sender says so, not when it has a length.
                store.forget_length(&writer).await?;
                let safe = writer.upload.facts().durable;
                (writer, safe)
            }
            None => {
                let line = |text: &Option<String>| {
                    let line = text.as_deref().map(text::one_line);
                    line.filter(|line| !line.is_empty())
                };
                let new = NewUpload {
                    title: text::one_line(&client.register.name),
                    mime_type: text::media_type(mime_type.as_deref().unwrap_or_default()),
                    room: line(&client.register.room),
                    participant: line(&client.register.participant),
                    ..NewUpload::default()
                };
                if client.used {
                    client.next = random_id()?;
                    let key = client.key.clone();
                    let again = FromRecordSocket::Registered {
                        id: client.next,
                        key,
                        offset: 0,
                    };
                    socket.send(&again).await?;
                }
                let upload = store
                    .create(client.next, client.caller.owner()?, new)
                    .await?;
                (
                    Writer::take_over(&upload, Purpose::Write, &store.stopping).await?,
                    0,
                )
            }
        };
        client.used = true;
        socket.open();
        self.recording = Some(Recording {
            store,
            writer,
            commit: None,
            acknowledged,
        });
        Ok(())
    }

    async fn media(&mut self, bytes: Bytes) -> Result<(), End> {
        let Some(recording) = &mut self.recording else {
            return Err(Code::OutOfOrder.into());
        };
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.len() as u64 > recording.store.room(&recording.writer.upload, None) {
            return Err(Code::RecordingTooLarge.into());
        }
        recording.store.append(&recording.writer, bytes).await?;
        recording.begin_commit();
        Ok(())
    }

    async fn acknowledge(&mut self, offset: Result<u64>, socket: &mut Socket) -> Result<(), End> {
        let Some(recording) = &mut self.recording else {
            return Ok(());
        };
        recording.commit = None;
        let offset = offset?;
        recording.begin_commit();
        if offset > recording.acknowledged {
            recording.acknowledged = offset;
            socket.send(&FromRecordSocket::Ack { offset }).await?;
        }
        Ok(())
    }

    async fn stop(&mut self, socket: &mut Socket) -> Result<(), End> {
        let Some(Recording {
            store,
            writer,
            commit,
            acknowledged,
        }) = self.recording.take()
        else {
            return Err(Code::OutOfOrder.into());
        };
        if let Some(commit) = commit {
            commit.await?;
        }
        let id = writer.upload.id;
        let offset = store.commit(&writer.upload).await?;
        if offset > acknowledged {
            socket.send(&FromRecordSocket::Ack { offset }).await?;
        }
        store.declare_length(&writer, offset).await?;
        store.settle(writer).await?;
        let row = store.library.get(id).await?.ok_or(Code::Deleted)?;
        let recording = Box::new(store.describe(&row));
        Ok(socket.send(&FromRecordSocket::Saved { recording }).await?)
    }
}

impl Recording {
    /// Makes safe what is not, unless that is under way.
    fn begin_commit(&mut self) {
        let upload = Arc::clone(&self.writer.upload);
        let is_behind = {
            let facts = upload.facts();
            facts.durable < facts.written
        };
        if self.commit.is_none() && is_behind {
            let store = Arc::clone(&self.store);
            self.commit = Some(Box::pin(async move { store.commit(&upload).await }));
        }
    }
}

/// Waits for what happens to a recording besides messages.
async fn next(
    recording: &mut Option<Recording>,
    client: &mut Option<Client>,
    server: &Server,
) -> Event {
    let Some(Recording { writer, commit, .. }) = recording else {
        let resumed = client.as_mut().and_then(|client| client.resumed.as_mut());
        // Who waits to go on with a recording keeps nobody from it.
        if let Some(writer) = resumed {
            return Event::Stopped(writer.stopped().await);
        }
        server.stopping.cancelled().await;
        return Event::Stopped(Code::ShuttingDown);
    };
    let committed = async {
        match commit {
            Some(commit) => commit.await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        offset = committed => Event::Safe(offset),
        code = writer.stopped() => Event::Stopped(code),
    }
}

/// Goes on with a recording that was interrupted.
async fn resume(server: &Server, whose: &Whose, id: RecordingId) -> Result<Writer> {
    match server
        .store_with(id)?
        .take(whose, id, Purpose::Write)
        .await?
    {
        Taken::Writer(writer) => Ok(writer),
        Taken::Complete(row) if row.expired => Err(Code::UploadExpired.into()),
        Taken::Complete(_) => Err(Code::UploadComplete.into()),
    }
}

/// 256 random bits.
fn new_key() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("no randomness", &error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

async fn ping(socket: &mut Socket) -> Result<(), End> {
    Ok(socket.send_frame(Message::Ping(Bytes::new())).await?)
}
