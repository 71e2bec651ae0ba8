//! The room's effects: one value owns everything that is open; dropping its last clone ends it.
//!
//! `entering` has the way in, `own` opens what the person sends, `peers` carries out what the engine's
//! call wants of the connections, `talking` has what is told over them, `saying` what people say and
//! the page says; this file has the rest.

use std::{
    cell::{Cell, Ref, RefCell},
    rc::Rc,
};

use callreel_browser::{
    DomError, Listener, codecs, devices as browser_devices,
    page::{self, LeaveGuard},
    rest,
    socket::{Socket, SocketEvent},
    transfer,
};
use callreel_engine::{
    call::{Call, IceServer, Input, News, Output, talk::Talk},
    sdp::is_helper,
    settings::Settings,
};
use futures_channel::oneshot;
use gloo::timers::callback::{Interval, Timeout};
use wasm_bindgen_futures::spawn_local;

use super::{
    embedder::Embedder,
    files::Sending,
    opening::Wishes,
    own::Devices,
    peers::Link,
    receiving::Receiving,
    recording::Recording,
    state::{Message, Out, Person, Phase, State},
    uploading::Uploading,
};
use crate::app::{Redraw, SETTINGS_KEY};

/// Where the person's name is kept.
pub(super) const NAME_KEY: &str = "callreel.name";
/// Where the codec is kept that the person has chosen.
const CODEC_KEY: &str = "callreel.codec";
/// How often the call's machine is asked whether something is due, and levels are read, in ms.
const BEAT_MS: u32 = 200;
/// How many beats lie between two looks at who is inside: about five seconds.
const PEEK_EVERY: u32 = 25;

/// The room's effects. Clones share them.
#[derive(Clone)]
pub struct Room(pub(super) Rc<Inner>);

pub(super) struct Inner {
    redraw: Redraw,
    pub embedder: Option<Rc<dyn Embedder>>,
    state: RefCell<State>,
    call: RefCell<Call>,
    socket: RefCell<Option<Socket>>,
    /// Counts the sockets: what an older one tells is dropped.
    sockets: Cell<u32>,
    pub ice_servers: RefCell<Vec<IceServer>>,
    pub relay_only: Cell<bool>,
    pub links: RefCell<Vec<Link>>,
    pub own: RefCell<Devices>,
    pub sending: RefCell<Vec<Sending>>,
    pub receiving: RefCell<Vec<Receiving>>,
    /// While there is a file that was not saved.
    pub file_guard: RefCell<Option<LeaveGuard>>,
    /// Files that wait for room on the line.
    pub sleepers: RefCell<Vec<oneshot::Sender<()>>>,
    pub recording: RefCell<Option<Recording>>,
    /// Of recordings that were made here.
    pub uploads: RefCell<Vec<Uploading>>,
    /// Between the button and the recording.
    pub starting: Cell<bool>,
    /// It was taken out of the page: nothing is opened any more.
    pub gone: Cell<bool>,
    /// Counts what is wanted open: an answer to an older question is dropped.
    pub wishes: Cell<Wishes>,
    pub timeouts: RefCell<Vec<(u32, Timeout)>>,
    timed: Cell<u32>,
    pub listeners: RefCell<Vec<Listener>>,
    pub beat: RefCell<Option<Interval>>,
    beats: Cell<u32>,
}

impl PartialEq for Room {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Room {
    /// The room whose name stands in the address, or a new one.
    #[cfg(feature = "room")]
    pub fn start(redraw: Redraw) -> Self {
        let name = page::stored(NAME_KEY).unwrap_or_default();
        let room = super::name::of_address(&page::path()).unwrap_or_else(super::name::propose);
        let mut state = State::new(crate::app::remembered(), room, name);
        state.codec = page::stored(CODEC_KEY);
        Self::with(redraw, state, None)
    }

    /// A room in somebody else's page.
    #[cfg(feature = "call")]
    pub fn embedded(redraw: Redraw, state: State, embedder: Rc<dyn Embedder>) -> Self {
        Self::with(redraw, state, Some(embedder))
    }

    /// Opens camera and microphone where the person has allowed that before.
    fn with(redraw: Redraw, mut state: State, embedder: Option<Rc<dyn Embedder>>) -> Self {
        state.codecs = codecs::receivable("video");
        state.codecs.retain(|mime| !is_helper(mime));
        state.codec = state.codec.filter(|mime| state.codecs.contains(mime));
        let room = Self(Rc::new(Inner {
            redraw,
            embedder,
            state: state.into(),
            call: RefCell::default(),
            socket: RefCell::default(),
            sockets: Cell::default(),
            ice_servers: RefCell::default(),
            relay_only: Cell::default(),
            links: RefCell::default(),
            own: RefCell::default(),
            sending: RefCell::default(),
            receiving: RefCell::default(),
            file_guard: RefCell::default(),
            sleepers: RefCell::default(),
            recording: RefCell::default(),
            uploads: RefCell::default(),
            starting: Cell::default(),
            gone: Cell::default(),
            wishes: Cell::default(),
            timeouts: RefCell::default(),
            timed: Cell::default(),
            listeners: RefCell::default(),
            beat: RefCell::default(),
            beats: Cell::default(),
        }));
        room.listen();
        // What can't be swept now is swept by the next page.
        room.spawn(|_| async { drop(transfer::sweep().await) });
        if room.embedder().is_none() {
            room.load_rest();
        }
        if room.opens_devices() {
            room.spawn(|room| async move {
                room.refresh_devices().await;
                room.open_if_allowed().await;
            });
        }
        room
    }

    /// What is known now.
    pub fn state(&self) -> Ref<'_, State> {
        self.0.state.borrow()
    }

    /// Changes what is known, and draws it.
    pub fn update<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.0.state.borrow_mut());
        self.redraw();
        result
    }

    /// Draws the page again.
    pub fn redraw(&self) {
        self.0.redraw.soon();
    }

    /// Runs `work` to its end, with the room kept alive meanwhile.
    pub(super) fn spawn<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(Self) -> F) {
        spawn_local(work(self.clone()));
    }

    /// Runs `work` to its end, whose code is not in what the page starts with; `failed` hears when
    /// that can't be loaded.
    pub(super) fn spawn_later<F: Future<Output = ()> + 'static>(
        &self,
        work: impl FnOnce(Self) -> F,
        failed: impl FnOnce(Self, DomError) + 'static,
    ) {
        let room = self.clone();
        rest::spawn(work(self.clone()), move |error| failed(room, error));
    }

    /// Has the code that the page did not start with loaded, before the network may be gone. What
    /// can't be loaded now is asked for again when it is needed.
    pub(super) fn load_rest(&self) {
        self.spawn(|_| async { drop(rest::loaded().await) });
    }

    /// A handle that doesn't keep the room alive, for listeners that live inside it.
    pub fn weak(&self) -> impl Fn() -> Option<Self> + Clone + 'static {
        let weak = Rc::downgrade(&self.0);
        move || weak.upgrade().map(Self)
    }

    fn listen(&self) {
        let mut listeners = self.0.listeners.borrow_mut();
        let on = |act: fn(&Self)| {
            let room = self.weak();
            move || {
                if let Some(room) = room() {
                    act(&room);
                }
            }
        };
        // Without the interface there are no devices to watch, and opening says why.
        listeners.extend(browser_devices::on_change(on(|room| {
            room.spawn(|room| async move { room.devices_changed().await });
        })));
        listeners.push(page::on_gone(on(Self::leave)));
        let hurry: fn(&Self) = |room| {
            room.hurry();
            room.hurry_uploads();
        };
        listeners.push(page::on_online(on(hurry)));
        let shown = on(hurry);
        listeners.push(page::on_visibility(move |hidden| {
            if !hidden {
                shown();
            }
        }));
        let room = self.weak();
        if let Some(place) = self.place() {
            listeners.extend(transfer::on_drop(&place, move |files| {
                if let Some(room) = room().filter(|room| room.state().phase == Phase::In) {
                    room.offer_files(files);
                }
            }));
            listeners.push(page::on_resize(on(Self::arrange)));
        }
        *self.0.beat.borrow_mut() = Some(Interval::new(BEAT_MS, on(Self::beat)));
    }

    fn beat(&self) {
        let due = self.0.call.borrow().timeout();
        if due.is_some_and(|due| due <= page::now()) {
            self.input(Input::Tick);
        }
        self.hear();
        let beats = self.0.beats.get().wrapping_add(1);
        self.0.beats.set(beats);
        if beats % PEEK_EVERY == 1 && self.state().phase == Phase::Green {
            self.spawn(|room| async move { room.peek().await });
        }
        if beats.is_multiple_of(super::statistics::EVERY) {
            self.measure();
        }
        self.follow_recording();
    }

    /// The one way to change the settings of all pages.
    pub fn set(&self, settings: Settings) {
        self.keep(SETTINGS_KEY, &settings.to_json());
        self.update(|state| state.settings = settings);
    }

    /// Takes over the person's language or theme.
    #[cfg(feature = "room")]
    pub fn choose(&self, change: &crate::app::Change) {
        let mut settings = self.state().settings.clone();
        change.apply(&mut settings);
        self.set(settings);
    }

    /// Has others send in this codec where they can, from the next connection on.
    pub fn use_codec(&self, mime: &str) {
        self.keep(CODEC_KEY, mime);
        let chosen = Some(mime.to_owned()).filter(|mime| !mime.is_empty());
        self.update(|state| state.codec = chosen);
    }

    /// Leaves, and turns everything off.
    pub fn leave(&self) {
        self.end_recording();
        self.say_to_all(&Talk::Goodbye);
        self.input(Input::Leave);
        self.turn_off();
    }

    /// Something happened to the call.
    pub(super) fn input(&self, input: Input<'_>) {
        let outputs = self.0.call.borrow_mut().handle(input, page::now());
        for output in outputs {
            match output {
                Output::Connect => self.connect(),
                Output::Send(text) => {
                    if let Some(socket) = &*self.0.socket.borrow() {
                        socket.send(&text);
                    }
                }
                Output::Disconnect => *self.0.socket.borrow_mut() = None,
                Output::Peer(key, epoch, effect) => self.perform(key, epoch, effect),
                Output::Tell(news) => self.tell(news),
            }
        }
    }

    fn connect(&self) {
        let number = self.0.sockets.get().wrapping_add(1);
        self.0.sockets.set(number);
        let room = self.weak();
        let tell = move |event| {
            if let Some(room) = room().filter(|room| room.0.sockets.get() == number) {
                match &event {
                    SocketEvent::Opened => {
                        let token = room.token();
                        room.input(Input::Opened(token.as_deref()));
                    }
                    SocketEvent::Text(text) => room.input(Input::Text(text)),
                    SocketEvent::Closed => room.input(Input::Closed(page::random())),
                }
            }
        };
        let server = self.state().settings.server.clone().unwrap_or_default();
        let socket = Socket::open(&server, "/ws", tell);
        let failed = socket.is_err();
        *self.0.socket.borrow_mut() = socket.ok();
        if failed {
            let room = self.clone();
            spawn_local(async move { room.input(Input::Closed(page::random())) });
        }
    }

    fn tell(&self, news: News) {
        match news {
            News::Joined(joined) => {
                self.0.relay_only.set(joined.relay_only);
                self.entered(joined.lacks_relay());
                *self.0.ice_servers.borrow_mut() = joined.ice_servers;
            }
            News::Came(key, person) => {
                self.0.links.borrow_mut().push(Link::new(key));
                self.update(|state| {
                    let person = Person {
                        key,
                        name: person.name,
                        standing: Default::default(),
                        status: Default::default(),
                        stream: None,
                        screen: None,
                        speaks: false,
                    };
                    state.say(Message::Came(person.name.clone()));
                    state.people.push(person);
                });
                self.balance();
                self.pass();
            }
            News::Left(key) => {
                self.0.links.borrow_mut().retain(|link| link.key != key);
                self.forget_files_of(key);
                self.update(|state| {
                    state.lines_missed(key);
                    let went = state.people.iter().position(|person| person.key == key);
                    if let Some(at) = went {
                        let person = state.people.remove(at);
                        state.say(Message::Went(person.name));
                    }
                });
                self.balance();
                self.pass();
            }
            News::Lost => self.update(|state| state.lost = true),
            News::Unreachable => self.unreachable(),
            News::KeptOut { code, message } => self.once(Message::KeptOut { code, message }),
            News::Ended(end) => self.ended(end),
        }
    }

    fn ended(&self, end: callreel_engine::call::End) {
        use callreel_engine::call::End;
        self.end_recording();
        self.0.links.borrow_mut().clear();
        self.0.sending.borrow_mut().clear();
        self.0.receiving.borrow_mut().clear();
        self.wake();
        if end != End::Left {
            // Whoever is not in the room is not to be seen.
            self.turn_off();
        }
        self.update(|state| {
            state.people.clear();
            state.forget_talk();
            state.notices.clear();
            (state.lost, state.own.hand, state.more) = (false, false, false);
            state.side = None;
            state.phase = Phase::Over(match end {
                End::Left => Out::Left,
                End::Full { max_peers } => Out::Full(max_peers),
                End::Refused { code, message } => Out::Refused { code, message },
            });
        });
    }

    /// Does something in `ms`, unless the room is gone by then.
    pub(super) fn later(&self, ms: u32, act: impl FnOnce(&Self) + 'static) {
        let id = self.next_number();
        let room = self.weak();
        let timeout = Timeout::new(ms, move || {
            if let Some(room) = room() {
                room.0
                    .timeouts
                    .borrow_mut()
                    .retain(|(known, _)| *known != id);
                act(&room);
            }
        });
        self.0.timeouts.borrow_mut().push((id, timeout));
    }

    /// A number that nothing else of this page has.
    pub(super) fn next_number(&self) -> u32 {
        let number = self.0.timed.get().wrapping_add(1);
        self.0.timed.set(number);
        number
    }
}
