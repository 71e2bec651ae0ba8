//! One running server: what every handler knows.

use std::{net::SocketAddr, ops::Deref, sync::Arc};

use callreel_protocol::RecordingId;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Caller, Keys},
    clock::now_ms,
    config::{Config, Uploads},
    error::{Code, Error, Result},
    metrics::Metrics,
    rate::Limiter,
    record_socket::RecordSockets,
    rooms::Rooms,
    store::Store,
};

/// What every handler knows.
#[derive(Clone, Debug)]
pub struct Server(Arc<Shared>);

/// See [`Server`].
#[derive(Debug)]
pub struct Shared {
    /// The command line.
    pub config: Config,
    /// Who is who.
    pub keys: Keys,
    /// Who may upload.
    pub uploads: Uploads,
    /// Counts what happens.
    pub metrics: Arc<Metrics>,
    /// Counts requests, to refuse some.
    pub limiter: Limiter,
    /// Who is talking to whom.
    pub rooms: Arc<Rooms>,
    /// Who records by a socket.
    pub record_sockets: RecordSockets,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
    /// Opened at start where there is something in it, else when there is something to keep.
    store: OnceCell<Arc<Store>>,
}

impl Deref for Server {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Server {
    /// Gets ready to serve at this address. Everything that an earlier server left is in order
    /// when this returns.
    ///
    /// # Errors
    ///
    /// A text for the host.
    pub async fn open(config: Config, address: SocketAddr) -> Result<Self, String> {
        let recordings = &config.recordings;
        let keys = Keys::read(
            recordings.admin_token_file.as_deref(),
            recordings.auth_secret_file.as_deref(),
        )?;
        let uploads =
            recordings
                .uploads
                .unwrap_or_else(|| match (address.ip().is_loopback(), &keys.host) {
                    (true, _) => Uploads::Open,
                    (false, Some(_)) => Uploads::Token,
                    (false, None) => Uploads::Off,
                });
        if uploads == Uploads::Token && keys.host.is_none() && !keys.has_admin() {
            return Err("--uploads token needs --auth-secret-file, to check tokens with".into());
        }
        let limiter = Limiter::new(recordings.max_request_rate);
        let rooms = Arc::new(Rooms::new(&config.rooms)?);
        let record_sockets = RecordSockets::new(recordings.max_recording_sockets);
        let server = Self(Arc::new(Shared {
            config,
            keys,
            uploads,
            metrics: Arc::default(),
            limiter,
            rooms,
            record_sockets,
            stopping: CancellationToken::new(),
            store: OnceCell::new(),
        }));
        if Store::exists(&server.config.data_dir) {
            server.open_store().await?;
        }
        server.say_who_may_upload();
        let own = server.clone();
        tokio::spawn(async move { own.limiter.keep_small().await });
        let rooms = Arc::clone(&server.rooms);
        tokio::spawn(async move { rooms.keep_tidy().await });
        Ok(server)
    }

    /// One line at start, because the default depends on the address.
    fn say_who_may_upload(&self) {
        match self.uploads {
            Uploads::Open => tracing::info!(
                "everybody who reaches this server may upload recordings; \
                 --uploads token or off changes that"
            ),
            Uploads::Token => tracing::info!(
                "recordings are taken with a token of the host; --uploads open or off changes that"
            ),
            Uploads::Off => tracing::info!(
                "no recordings are taken; --uploads open, or --uploads token with \
                 --auth-secret-file, changes that"
            ),
        }
    }

    /// The data folder, which is made where there is none yet.
    ///
    /// # Errors
    ///
    /// [`Code::Internal`] where it can't be used; the log says why.
    pub async fn store(&self) -> Result<Arc<Store>> {
        let opened = self.open_store().await;
        opened.map_err(|error| Error::internal("recordings can't be kept", &error))
    }

    /// The data folder where there is one.
    pub fn existing_store(&self) -> Option<Arc<Store>> {
        self.store.get().cloned()
    }

    /// The data folder that a certain recording would be in.
    ///
    /// # Errors
    ///
    /// [`Code::NotFound`] where there is none.
    pub fn store_with(&self, _: RecordingId) -> Result<Arc<Store>> {
        self.existing_store().ok_or_else(|| Code::NotFound.into())
    }

    async fn open_store(&self) -> Result<Arc<Store>, String> {
        let open = || {
            Store::open(
                &self.config.data_dir,
                &self.config.recordings,
                Arc::clone(&self.metrics),
                self.stopping.clone(),
            )
        };
        self.store.get_or_try_init(open).await.cloned()
    }

    /// Whether the caller may begin a recording. `token` is one that the host signed, or the
    /// administrator's, or empty.
    ///
    /// # Errors
    ///
    /// [`Code::UploadsOff`], [`Code::UploadTokenNeeded`].
    pub fn check_upload(&self, caller: &Caller, token: &str) -> Result<()> {
        let is_admin = matches!(caller, Caller::Admin(_));
        let is_signed = || {
            let host = self.keys.host.as_ref();
            host.is_some_and(|host| host.verify(token, now_ms()).is_some())
        };
        match self.uploads {
            Uploads::Open => Ok(()),
            Uploads::Off => Err(Code::UploadsOff.into()),
            Uploads::Token if is_admin || is_signed() || self.keys.is_admin(token) => Ok(()),
            Uploads::Token => Err(Code::UploadTokenNeeded.into()),
        }
    }

    /// Ends what would go on for ever: uploads keep what came and say how far they are, and what
    /// follows a recording ends; rooms are closed.
    pub fn begin_to_stop(&self) {
        self.rooms.begin_to_stop();
        self.stopping.cancel();
    }

    /// Waits for the last sockets and closes the data folder, after the last request.
    pub async fn close(&self) {
        tokio::join!(self.rooms.closed(), self.record_sockets.closed());
        if let Some(store) = self.existing_store() {
            store.close().await;
        }
    }
}
