//! What the room page knows: plain values that are drawn.

use super::shared::{Line, SharedFile};
use callreel_browser::media::Stream;
use callreel_engine::{
    call::{Key, Standing, talk::Status},
    devices::Device,
    failures::MediaFailure,
    settings::{Settings, Source},
};

/// Where one stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// In the green room, before joining.
    #[default]
    Green,
    /// On the way in.
    Entering,
    /// In the room.
    In,
    /// Out again, and why.
    Over(Out),
}

/// Why one is out.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// By own wish.
    Left,
    /// So many are there already.
    Full(u32),
    /// The server refused, in its words.
    Refused {
        /// A stable code.
        code: String,
        /// For people.
        message: String,
    },
}

/// Everything the page is drawn from.
#[derive(Clone, PartialEq)]
pub struct State {
    /// What the person has chosen for every page.
    pub settings: Settings,
    /// The room's name.
    pub room: String,
    /// The person's own name.
    pub name: String,
    /// Where one stands.
    pub phase: Phase,
    /// Who is in there, before one joins; `None` where the server does not tell.
    pub inside: Option<Vec<String>>,
    /// The socket is lost, and the way back is looked for.
    pub lost: bool,
    /// Everything that could be chosen.
    pub devices: Vec<Device>,
    /// What the person sends, or would.
    pub own: Own,
    /// Everybody else, in the order in which they came.
    pub people: Vec<Person>,
    /// What was written since one is there, the newest lines of it.
    pub chat: Vec<Line>,
    /// How many older lines are gone.
    pub chat_gone: usize,
    /// Files, offered, on their way or there.
    pub files: Vec<SharedFile>,
    /// Files that came in calls that are over.
    pub received: Vec<SharedFile>,
    /// The one person who gets the files that are offered, and their name; else everybody.
    pub files_to: Option<(Key, String)>,
    /// How much of it was not seen yet.
    pub unread: u32,
    /// What stands at the side.
    pub side: Option<Side>,
    /// What there is to say.
    pub notices: Vec<Notice>,
    /// The notices so far.
    pub noticed: u32,
    /// What a recording is of.
    pub what: What,
    /// The MIME type of the codec in which the person would rather get pictures; `None` leaves it
    /// to the app.
    pub codec: Option<String>,
    /// The MIME types of the codecs for pictures that the browser has.
    pub codecs: Vec<String>,
    /// One reaction of everybody's, as it passes.
    pub reactions: Vec<Reaction>,
    /// Those buttons are open that a narrow window has no place for.
    pub more: bool,
}

/// What the person sends, or would.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// The person wants to be heard.
    pub microphone_on: bool,
    /// The person wants to be seen.
    pub camera_on: bool,
    /// The camera's picture, while it is on.
    pub camera: Option<Stream>,
    /// There is a microphone, muted or not.
    pub has_microphone: bool,
    /// The shared screen.
    pub screen: Option<Stream>,
    /// The browser is opening the camera, and perhaps asking.
    pub camera_opens: bool,
    /// The same for the microphone.
    pub microphone_opens: bool,
    /// Why there is no camera or microphone, where it was refused.
    pub failure: Option<(MediaFailure, Source)>,
    /// The hand is raised.
    pub hand: bool,
    /// The person speaks just now.
    pub speaks: bool,
    /// The picture is the person's own, so it is shown as in a mirror.
    pub mirrored: bool,
    /// There is another camera to turn to.
    pub can_flip: bool,
    /// The call is being recorded here.
    pub recording: bool,
}

/// Somebody else.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Tells them apart.
    pub key: Key,
    /// As they call themselves; perhaps "".
    pub name: String,
    /// How the connection stands.
    pub standing: Standing,
    /// What they say of themselves.
    pub status: Status,
    /// Voice and picture, once the connection is laid out.
    pub stream: Option<Stream>,
    /// Their screen and its sound.
    pub screen: Option<Stream>,
    /// They speak just now.
    pub speaks: bool,
}

/// A reaction that passes over the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Reaction {
    /// Tells it from the others.
    pub id: u32,
    /// Who; `None` is oneself.
    pub from: Option<Key>,
    /// Its place in the list of reactions.
    pub place: usize,
}

/// What stands at the side of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is written.
    Chat,
    /// Camera, microphone, speaker.
    Devices,
    /// How the connections do.
    Statistics,
}

/// What a recording is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// Everybody in one picture, and all that is said.
    #[default]
    Everybody,
    /// The own camera and microphone.
    Own,
    /// All that is said.
    Sound,
}

impl What {
    /// All, in the order of the list.
    pub const ALL: [Self; 3] = [Self::Everybody, Self::Own, Self::Sound];

    /// Names it in the page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Own => "own",
            Self::Sound => "sound",
        }
    }
}

/// Something to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Tells it from the others.
    pub id: u32,
    /// What.
    pub what: Message,
}

/// What can be said.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A device was refused.
    Refused(MediaFailure, Source),
    /// Sharing ended by itself.
    ScreenEnded,
    /// A device in use is gone.
    DeviceGone(String),
    /// Somebody came.
    Came(String),
    /// Somebody went.
    Went(String),
    /// Somebody records.
    Records(String),
    /// The link is on the clipboard.
    Copied,
    /// The report is on the clipboard.
    ReportCopied,
    /// A recording is kept on this device.
    Kept,
    /// The recording did not start, or ended by itself: a code.
    RecorderFailed(String),
    /// The disk is full, and the recording over.
    DiskFull,
    /// The code that records could not be loaded.
    NotLoaded,
    /// The server does not answer.
    Unreachable,
    /// The server does not let one back in: a code, and the reason for people.
    KeptOut {
        /// A stable code.
        code: String,
        /// In the server's words.
        message: String,
    },
    /// The host wants everything to go through relays, and names none.
    NoRelay,
    /// No way to this person was found so far.
    NoWay(String),
    /// Something else failed, in the browser's words.
    Failed(String),
}

impl Message {
    /// Whether it is about the way into the room, and over once one is there.
    pub const fn is_of_the_way(&self) -> bool {
        matches!(self, Self::Unreachable | Self::KeptOut { .. })
    }

    /// Whether it goes away by itself.
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Came(_) | Self::Went(_) | Self::Copied | Self::ReportCopied
        )
    }
}

impl State {
    /// The page as it is first.
    pub fn new(settings: Settings, room: String, name: String) -> Self {
        Self {
            settings,
            room,
            name,
            phase: Phase::default(),
            inside: None,
            lost: false,
            devices: Vec::new(),
            own: Own {
                microphone_on: true,
                camera_on: true,
                ..Own::default()
            },
            people: Vec::new(),
            chat: Vec::new(),
            chat_gone: 0,
            files: Vec::new(),
            received: Vec::new(),
            files_to: None,
            unread: 0,
            side: None,
            notices: Vec::new(),
            noticed: 0,
            what: What::default(),
            codec: None,
            codecs: Vec::new(),
            reactions: Vec::new(),
            more: false,
        }
    }

    /// Adds something to say.
    pub fn say(&mut self, what: Message) {
        self.noticed += 1;
        self.notices.push(Notice {
            id: self.noticed,
            what,
        });
        // The oldest give way: nobody reads a tower of notes.
        let too_many = self.notices.len().saturating_sub(4);
        self.notices.drain(..too_many);
    }

    /// The person with this key.
    pub fn person(&mut self, key: Key) -> Option<&mut Person> {
        self.people.iter_mut().find(|person| person.key == key)
    }

    /// What others are told of the person.
    pub fn status(&self) -> Status {
        Status {
            microphone: self.own.microphone_on && self.own.has_microphone,
            camera: self.own.camera.is_some(),
            screen: self.own.screen.is_some(),
            hand: self.own.hand,
            recording: self.own.recording,
        }
    }
}
