//! The connections: what the engine's call wants of them.

use callreel_browser::{
    DomError,
    media::Stream,
    peer::{self, Lane, Limits, PeerConnection},
    stats::Stats,
};
use callreel_engine::call::{
    Candidate, Description, Effect, Input, Key, PeerEvent, Standing, Transport,
    lines::Lines,
    share::{self, CODECS},
    stats::History,
    talk::Talk,
};

use super::{controller::Room, state::Message};
use wasm_bindgen_futures::spawn_local;

/// One person's connection.
pub struct Link {
    /// Whose.
    pub key: Key,
    epoch: u32,
    pub(super) connection: Option<PeerConnection>,
    /// When they spoke last, in ms.
    pub(super) heard_at: f64,
    /// When their last reaction was shown, in ms.
    pub(super) reacted_at: f64,
    /// What is written to them.
    pub(super) lines: Lines,
    /// How it does.
    pub history: History,
}

impl Link {
    /// No connection yet.
    pub fn new(key: Key) -> Self {
        Self {
            key,
            epoch: 0,
            connection: None,
            heard_at: f64::MIN,
            reacted_at: f64::MIN,
            lines: Lines::new(key),
            history: History::default(),
        }
    }

    /// What the browser measures on it.
    pub fn stats(&self) -> Option<impl Future<Output = Result<Stats, DomError>> + use<>> {
        self.connection.as_ref().map(PeerConnection::stats)
    }
}

impl Room {
    /// Does what the call's machine wants of a connection.
    pub(super) fn perform(&self, key: Key, epoch: u32, effect: Effect) {
        match effect {
            Effect::Create { lays_out } => self.create(key, epoch, lays_out),
            Effect::Offer { restart_ice } => self.describe(key, epoch, restart_ice),
            Effect::Answer => self.describe(key, epoch, false),
            Effect::Apply(description) => self.apply(key, epoch, description),
            Effect::Candidate(candidate) => {
                self.with_connection(key, |connection| {
                    connection.add_candidate(&to_browser(candidate));
                });
            }
            Effect::Changed(standing) => self.stands(key, standing),
            // The call passes these on itself.
            Effect::Send(_) => {}
        }
    }

    /// A person's connection stands elsewhere than before.
    fn stands(&self, key: Key, standing: Standing) {
        let name = self.update(|state| {
            let person = state.person(key)?;
            person.standing = standing;
            Some(person.name.clone())
        });
        let Some(name) = name else { return };
        let said = Message::NoWay(name);
        if standing == Standing::Wayless {
            self.once(said);
        } else {
            self.update(|state| state.notices.retain(|notice| notice.what != said));
        }
    }

    pub(super) fn with_connection<T>(
        &self,
        key: Key,
        act: impl FnOnce(&mut PeerConnection) -> T,
    ) -> Option<T> {
        let mut links = self.0.links.borrow_mut();
        let link = links.iter_mut().find(|link| link.key == key)?;
        link.connection.as_mut().map(act)
    }

    fn create(&self, key: Key, epoch: u32, lays_out: bool) {
        let room = self.weak();
        let tell = move |event| {
            if let Some(room) = room() {
                room.peer_event(key, epoch, event);
            }
        };
        let ice_servers: Vec<peer::IceServer> = {
            let servers = self.0.ice_servers.borrow();
            let servers = servers.iter().cloned().map(|server| peer::IceServer {
                urls: server.urls,
                username: server.username,
                credential: server.credential,
            });
            servers.collect()
        };
        let made = PeerConnection::new(&ice_servers, self.0.relay_only.get(), lays_out, tell);
        let failure = made.as_ref().err().map(|error| error.text());
        let mut links = self.0.links.borrow_mut();
        let mut is_another = false;
        if let Some(link) = links.iter_mut().find(|link| link.key == key) {
            is_another = link.epoch > 0;
            link.epoch = epoch;
            link.connection = made.ok();
            link.lines.lost();
        }
        drop(links);
        if is_another {
            self.interrupt_files_of(key);
        }
        if let Some(message) = failure {
            self.say(Message::Failed(message));
        }
        if lays_out {
            self.prefer(key, true);
            self.equip(key);
        }
    }

    /// Says in which codec pictures are wanted: the person's choice, else the app's where this side
    /// lays out the connection. The answer of a side that says nothing follows the offer.
    fn prefer(&self, key: Key, lays_out: bool) {
        let chosen = self.state().codec.clone();
        if chosen.is_some() || lays_out {
            let order: Vec<&str> = chosen.as_deref().into_iter().chain(CODECS).collect();
            self.with_connection(key, |connection| connection.prefer(&order));
        }
    }

    /// Puts what the person sends on the lanes of a connection.
    fn equip(&self, key: Key) {
        let own = self.0.own.borrow();
        self.with_connection(key, |connection| {
            for lane in Lane::ALL {
                connection.send(lane, own.track(lane));
            }
        });
    }

    fn describe(&self, key: Key, epoch: u32, restart_ice: bool) {
        let Some(described) = self.with_connection(key, |c| c.describe(restart_ice)) else {
            return;
        };
        // A connection that is closed meanwhile never answers (WebRTC, section 4.4.1.5), and must not
        // keep the room.
        let room = self.weak();
        spawn_local(async move {
            let event = match described.await {
                Ok(peer::Description { is_offer, sdp }) => {
                    let sdp = share::sparing_silence(&sdp);
                    PeerEvent::Described(Description { is_offer, sdp })
                }
                Err(_) => PeerEvent::Failed,
            };
            if let Some(room) = room() {
                room.input(Input::Peer(key, epoch, event));
            }
        });
    }

    fn apply(&self, key: Key, epoch: u32, description: Description) {
        let Description { is_offer, sdp } = description;
        let description = peer::Description { is_offer, sdp };
        let Some(applied) = self.with_connection(key, |c| c.apply(&description)) else {
            return;
        };
        let room = self.weak();
        spawn_local(async move {
            let applied = applied.await;
            let Some(room) = room() else { return };
            let event = match applied {
                Ok(()) => {
                    room.settle(key, epoch);
                    PeerEvent::Applied
                }
                Err(_) => PeerEvent::Failed,
            };
            room.input(Input::Peer(key, epoch, event));
        });
    }

    /// What a connection carries is known: show what comes, send what goes.
    fn settle(&self, key: Key, epoch: u32) {
        let is_current = |link: &Link| link.key == key && link.epoch == epoch;
        if !self.0.links.borrow().iter().any(is_current) {
            return;
        }
        let streams = self.with_connection(key, |connection| {
            connection.settle();
            let stream = |lanes: [Lane; 2]| {
                let tracks = lanes.iter().filter_map(|lane| connection.received(*lane));
                Stream::of(tracks.cloned().collect()).ok()
            };
            (
                stream([Lane::Microphone, Lane::Camera]),
                stream([Lane::Screen, Lane::ScreenSound]),
            )
        });
        self.prefer(key, false);
        self.equip(key);
        let Some((stream, screen)) = streams else {
            return;
        };
        self.update(|state| {
            if let Some(person) = state.person(key) {
                // Streams are compared by what they are, so the same tracks are shown on.
                let same = |old: &Option<Stream>, new: &Option<Stream>| {
                    let track = |s: &Option<Stream>| s.as_ref().and_then(|s| s.video().cloned());
                    track(old).is_some() && track(old) == track(new)
                };
                if !same(&person.stream, &stream) {
                    (person.stream, person.screen) = (stream, screen);
                }
            }
        });
        self.balance();
    }

    /// Sends what is open now on all connections.
    pub(super) fn send_all(&self) {
        let own = self.0.own.borrow();
        for link in &*self.0.links.borrow() {
            if let Some(connection) = &link.connection {
                for lane in Lane::ALL {
                    connection.send(lane, own.track(lane));
                }
            }
        }
        drop(own);
        self.balance();
    }

    /// Shares the line among everybody who gets a picture.
    pub(super) fn balance(&self) {
        let links = self.0.links.borrow();
        let height = {
            let own = self.0.own.borrow();
            let camera = own.track(Lane::Camera);
            camera
                .and_then(|track| track.settings().height)
                .unwrap_or(720)
        };
        let others = links.len() as u32;
        let shares = [
            (Lane::Camera, share::of_picture(others, height)),
            (Lane::Screen, share::of_screen(others)),
        ];
        for connection in links.iter().filter_map(|link| link.connection.as_ref()) {
            for (lane, share) in shares {
                let limits = Limits {
                    bits_per_second: share.bits_per_second,
                    frame_rate: share.frame_rate,
                    shrink: share.shrink,
                };
                connection.limit(lane, limits);
            }
        }
    }

    fn peer_event(&self, key: Key, epoch: u32, event: peer::PeerEvent) {
        let event = match event {
            peer::PeerEvent::NegotiationNeeded => PeerEvent::NegotiationNeeded,
            peer::PeerEvent::Gathered(candidate) => PeerEvent::Gathered(from_browser(candidate)),
            peer::PeerEvent::State(state) => match transport(&state) {
                Some(transport) => {
                    if transport == Transport::Connected {
                        self.balance();
                    }
                    PeerEvent::Transport(transport)
                }
                None => return,
            },
            peer::PeerEvent::ChannelOpened => return self.channel_opened(key, epoch),
            peer::PeerEvent::Text(text) => {
                if let Some(talk) = Talk::parse(&text) {
                    self.talk(key, talk);
                }
                return;
            }
            peer::PeerEvent::Bytes(bytes) => return self.frame(key, &bytes),
            peer::PeerEvent::Drained => return self.wake(),
        };
        self.input(Input::Peer(key, epoch, event));
    }
}

fn transport(state: &str) -> Option<Transport> {
    Some(match state {
        "connecting" => Transport::Connecting,
        "connected" => Transport::Connected,
        "disconnected" => Transport::Disconnected,
        "failed" => Transport::Failed,
        _ => return None,
    })
}

fn to_browser(candidate: Candidate) -> peer::Candidate {
    peer::Candidate {
        candidate: candidate.candidate,
        sdp_mid: candidate.mid,
        sdp_m_line_index: candidate.line,
        username_fragment: candidate.fragment,
    }
}

fn from_browser(candidate: peer::Candidate) -> Candidate {
    Candidate {
        candidate: candidate.candidate,
        mid: candidate.sdp_mid,
        line: candidate.sdp_m_line_index,
        fragment: candidate.username_fragment,
    }
}
