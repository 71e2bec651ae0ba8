//! What the studio knows, and how each event changes it. No effects here.

use callreel_browser::{DomError, blob::ObjectUrl, media::Stream};
use callreel_engine::{
    comparison::Row,
    devices::{Device, DeviceKind},
    failures::MediaFailure,
    formats::Format,
    record::TakeRecord,
    settings::{Settings, Source},
    silence::MicState,
    storage::Room,
};

use super::unmet::Unmet;
use crate::upload::{Progress, Welcome};

/// All that the studio page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct StudioState {
    /// What the person has chosen; remembered across visits.
    pub settings: Settings,
    /// What the browser lists, in its order.
    pub devices: Vec<Device>,
    /// The picture on the stage.
    pub preview: Preview,
    /// Requested, granted, possible and delivered, as far as known.
    pub comparison: Vec<Row>,
    /// The demands that were refused last.
    pub unmet: Option<Unmet>,
    /// The formats that this browser can record for the chosen source.
    pub formats: Vec<&'static Format>,
    /// The format that a recording started now would have.
    pub format: Option<&'static Format>,
    /// The recording.
    pub recording: Recording,
    /// How the microphone does while recording.
    pub mic: MicState,
    /// The takes on this device.
    pub takes: Takes,
    /// The take whose deletion can still be undone.
    pub deleted: Option<TakeView>,
    /// The take that is open in the player.
    pub playing: Option<Playing>,
    /// Space for takes; `None` where the browser doesn't tell.
    pub room: Option<Room>,
    /// How safe takes are.
    pub keeping: Keeping,
    /// Whether takes survive the page; a private window may keep none of it.
    pub durable: bool,
    /// The server.
    pub server: Server,
    /// How the uploads of takes stand, by the takes' ids.
    pub uploads: Vec<(String, Progress)>,
    /// What there is to say, oldest first.
    pub notices: Vec<Notice>,
    /// Whether the test tone plays.
    pub tone: bool,
    next_notice: u32,
}

/// The picture on the stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// Nothing is open: the person has not begun, or the source needs a click (a screen).
    Off,
    /// The browser is asking the person, or the device is starting.
    Opening,
    /// Open. `video` is `None` for a microphone alone.
    Live {
        /// What to show; already filtered and composed.
        video: Option<Stream>,
        /// The camera's or screen's own name.
        video_label: Option<String>,
        /// The microphone's own name.
        audio_label: Option<String>,
        /// Pixels and frames per second, as measured on the running preview.
        delivered: Option<(u32, u32, f64)>,
        /// The camera looks at the person, so mirroring is what they expect.
        mirrorable: bool,
    },
    /// Refused; the reason and its way out are shown on the stage.
    Failed {
        /// Why.
        failure: MediaFailure,
        /// Which source was asked for.
        source: Source,
    },
}

/// The recording.
#[derive(Clone, Debug, PartialEq)]
pub enum Recording {
    /// None.
    Idle,
    /// Being started.
    Starting,
    /// At work.
    Running(Running),
    /// The last bytes are being kept.
    Stopping,
}

/// Facts of a running recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Whether it is paused.
    pub paused: bool,
    /// Recorded time in ms, pauses not counted.
    pub elapsed_ms: f64,
    /// Up to where the take is durable on this device, in ms.
    pub saved_ms: f64,
    /// Bytes kept.
    pub bytes: u64,
    /// The format.
    pub format: &'static Format,
}

/// The takes on this device.
#[derive(Clone, Debug, PartialEq)]
pub enum Takes {
    /// Being looked up.
    Loading,
    /// Newest first.
    Ready(Vec<TakeView>),
    /// The browser keeps nothing for this page (private window, blocked storage).
    Unavailable(DomError),
}

/// A take in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeView {
    /// What is known of it.
    pub record: TakeRecord,
    /// A small picture.
    pub picture: Option<ObjectUrl>,
}

/// A take in the player.
#[derive(Clone, Debug, PartialEq)]
pub struct Playing {
    /// Which.
    pub id: String,
    /// The finished, seekable file; also what is downloaded.
    pub url: ObjectUrl,
    /// From asking for it to having it, in ms.
    pub ready_ms: f64,
}

/// The server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Being asked.
    Checking,
    /// It answered.
    Connected(Welcome),
    /// None: everything stays on this device.
    None,
}

impl Server {
    /// What it wants of those who upload.
    fn welcome(self) -> Option<Welcome> {
        match self {
            Self::Connected(welcome) => Some(welcome),
            Self::Checking | Self::None => None,
        }
    }

    /// Whether it takes recordings.
    pub fn takes_uploads(self) -> bool {
        self.welcome().is_some_and(|welcome| welcome.uploads)
    }

    /// Whether it wants a token of its host for that.
    pub fn wants_token(self) -> bool {
        self.welcome().is_some_and(|welcome| welcome.wants_token)
    }
}

/// Something to say, until it is dismissed.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// To dismiss it by.
    pub id: u32,
    /// What.
    pub what: Message,
}

/// What there is to say.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are named for what they are")]
pub enum Message {
    /// A remembered device is not there; another is used.
    DeviceGone { kind: DeviceKind, label: String },
    /// The device in use was unplugged; another is used, or none is left.
    DeviceLost {
        kind: DeviceKind,
        now: Option<String>,
    },
    /// Sharing ended from the browser's own bar.
    ScreenEnded(AfterScreen),
    /// A device or a screen could not be opened; what was open stays.
    Refused {
        failure: MediaFailure,
        source: Source,
    },
    /// Recording could not start, or ended by itself; everything up to here is kept.
    RecorderFailed { code: String, message: String },
    /// The disk is full: the take was stopped, and all of it is kept.
    DiskFull,
    /// The disk was full from the start: there is no take.
    NoRoom,
    /// Code that the page did not start with could not be loaded.
    NotLoaded,
    /// Little space is left, in ms of recording.
    DiskLow { ms_left: f64 },
    /// Takes of an earlier visit were brought to an end.
    Recovered { count: usize, duration_ms: f64 },
    /// A take is on the server, and no longer here.
    LeftForServer(Box<TakeRecord>),
    /// The browser has lost a take's bytes.
    Damaged { title: String },
    /// The picture changed its source; the break in ms.
    Switched { gap_ms: f64 },
    /// The phone put the page to sleep; what was recorded until then is kept.
    Background,
    /// The page can't keep the screen awake.
    NoWakeLock,
    /// A snapshot was handed to the downloads.
    SnapshotSaved { file_name: String },
    /// The request is on the clipboard.
    Copied,
    /// The browser keeps no token of a server's host.
    TokenNotKept,
    /// Anything else that was refused.
    Failed { message: String },
}

/// With what a take goes on when its screen is no longer shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterScreen {
    /// There is no take.
    Nothing,
    /// With the camera, which was in the picture.
    Camera,
    /// With its sound.
    Sound,
}

/// How safe takes are from the browser itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It has promised to keep them.
    Promised,
    /// It may clear them where the disk runs full.
    Maybe,
    /// The same, and there is little room from the start.
    Small,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Action {
    /// The person chose.
    Settings(Box<Settings>),
    /// Devices came or went.
    Devices(Vec<Device>),
    /// The stage changed.
    Preview(Preview),
    /// A measurement of the running preview: pixels and frames per second.
    Delivered(u32, u32, f64),
    /// The table was made anew.
    Comparison(Vec<Row>),
    /// Demands were refused.
    Unmet(Option<Unmet>),
    /// What this browser can record, and what it would.
    Formats(Vec<&'static Format>, Option<&'static Format>),
    /// The recording changed.
    Recording(Recording),
    /// The microphone changed.
    Mic(MicState),
    /// The list was read.
    Takes(Takes),
    /// One take is new or changed.
    Take(TakeView),
    /// A take left the list, and can be brought back.
    Deleted(String),
    /// It was brought back.
    Undeleted,
    /// It is gone for good.
    Forgotten,
    /// A take was opened or closed.
    Playing(Option<Playing>),
    /// Disk space was asked for.
    Room(Option<Room>, Keeping),
    /// The browser keeps nothing for this page.
    NotDurable,
    /// The server was asked.
    Server(Server),
    /// An upload moved.
    Upload(String, Box<Progress>),
    /// A take is on the server, and no longer here.
    LeftForServer(String),
    /// There is something to say.
    Say(Message),
    /// The person has read it.
    Dismiss(u32),
    /// The test tone began or ended.
    Tone(bool),
}

impl StudioState {
    /// The studio as it is before anything has been asked of the browser.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            devices: Vec::new(),
            preview: Preview::Off,
            comparison: Vec::new(),
            unmet: None,
            formats: Vec::new(),
            format: None,
            recording: Recording::Idle,
            mic: MicState::Fine,
            takes: Takes::Loading,
            deleted: None,
            playing: None,
            room: None,
            keeping: Keeping::Maybe,
            durable: true,
            server: Server::Checking,
            uploads: Vec::new(),
            notices: Vec::new(),
            tone: false,
            next_notice: 0,
        }
    }

    /// Whether a take is being made: what would end it is not offered.
    pub fn is_recording(&self) -> bool {
        !matches!(self.recording, Recording::Idle)
    }

    /// The devices of one kind.
    pub fn devices_of(&self, kind: DeviceKind) -> impl Iterator<Item = &Device> {
        self.devices
            .iter()
            .filter(move |device| device.kind == kind)
    }

    /// How the upload of a take stands.
    pub fn upload_of(&self, id: &str) -> Option<&Progress> {
        let mut uploads = self.uploads.iter();
        uploads.find(|(known, _)| known == id).map(|(_, it)| it)
    }

    /// What is said again takes the place of what was said, and of breaks the longest is said.
    fn say(&mut self, mut what: Message) {
        self.notices
            .retain(|notice| match (&notice.what, &mut what) {
                (Message::Switched { gap_ms: before }, Message::Switched { gap_ms }) => {
                    *gap_ms = gap_ms.max(*before);
                    false
                }
                (before, now) => before != now,
            });
        self.notices.push(Notice {
            id: self.next_notice,
            what,
        });
        self.next_notice += 1;
    }

    fn put_take(&mut self, view: TakeView) {
        let Takes::Ready(takes) = &mut self.takes else {
            self.takes = Takes::Ready(vec![view]);
            return;
        };
        match takes.iter_mut().find(|t| t.record.id == view.record.id) {
            Some(known) => *known = view,
            None => {
                let newer = |known: &TakeView| known.record.created_at > view.record.created_at;
                takes.insert(takes.partition_point(newer), view);
            }
        }
    }

    fn take_out(&mut self, id: &str) {
        if let Takes::Ready(takes) = &mut self.takes
            && let Some(at) = takes.iter().position(|take| take.record.id == id)
        {
            self.deleted = Some(takes.remove(at));
        }
        if self
            .playing
            .as_ref()
            .is_some_and(|playing| playing.id == id)
        {
            self.playing = None;
        }
    }

    /// Takes in what happened.
    pub fn apply(&mut self, action: Action) {
        match action {
            Action::Settings(settings) => self.settings = *settings,
            Action::Devices(devices) => self.devices = devices,
            Action::Preview(preview) => self.preview = preview,
            Action::Delivered(w, h, fps) => {
                if let Preview::Live { delivered, .. } = &mut self.preview {
                    *delivered = Some((w, h, fps));
                }
            }
            Action::Comparison(rows) => self.comparison = rows,
            Action::Unmet(unmet) => self.unmet = unmet,
            Action::Formats(formats, format) => {
                self.formats = formats;
                self.format = format;
            }
            Action::Recording(recording) => self.recording = recording,
            Action::Mic(mic) => self.mic = mic,
            Action::Takes(takes) => self.takes = takes,
            Action::Take(view) => self.put_take(view),
            Action::Deleted(id) => self.take_out(&id),
            Action::Undeleted => {
                if let Some(view) = self.deleted.take() {
                    self.put_take(view);
                }
            }
            Action::Forgotten => self.deleted = None,
            Action::Playing(playing) => self.playing = playing,
            Action::Room(room, keeping) => {
                self.room = room;
                self.keeping = keeping;
            }
            Action::NotDurable => self.durable = false,
            Action::Server(server) => self.server = server,
            Action::Upload(id, progress) => {
                self.uploads.retain(|(known, _)| *known != id);
                self.uploads.push((id, *progress));
            }
            Action::LeftForServer(id) => {
                let deleted = self.deleted.take();
                self.take_out(&id);
                if let Some(take) = std::mem::replace(&mut self.deleted, deleted) {
                    self.say(Message::LeftForServer(Box::new(take.record)));
                }
            }
            Action::Say(what) => self.say(what),
            Action::Dismiss(id) => self.notices.retain(|notice| notice.id != id),
            Action::Tone(on) => self.tone = on,
        }
    }
}
