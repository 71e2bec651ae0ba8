//! A connection that does nothing by itself: each step is a call of its own, and the browser's
//! refusals come back as they are (WebRTC, section 4).

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcRtpTransceiver, RtcSdpType,
    RtcSessionDescriptionInit,
};

use crate::{
    DomError, Listener, codecs, js,
    media::{Stream, Track},
    peer::{Candidate, Description, IceServer, candidate_of, configuration, init_of},
};

/// A state machine of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the specification's")]
pub enum Machine {
    Signaling,
    IceGathering,
    IceConnection,
    Connection,
}

impl Machine {
    /// All.
    pub const ALL: [Self; 4] = [
        Self::Signaling,
        Self::IceGathering,
        Self::IceConnection,
        Self::Connection,
    ];

    /// The attribute that has its state.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signaling => "signalingState",
            Self::IceGathering => "iceGatheringState",
            Self::IceConnection => "iceConnectionState",
            Self::Connection => "connectionState",
        }
    }

    const fn event(self) -> &'static str {
        match self {
            Self::Signaling => "signalingstatechange",
            Self::IceGathering => "icegatheringstatechange",
            Self::IceConnection => "iceconnectionstatechange",
            Self::Connection => "connectionstatechange",
        }
    }
}

/// What a connection tells.
#[derive(Clone, Debug, PartialEq)]
pub enum StepEvent {
    /// One of its machines is in another state.
    State(Machine, String),
    /// It can be reached this way too.
    Gathered(Candidate),
    /// Everything that could be gathered was.
    GatheredAll,
    /// A server did not help (`RTCPeerConnectionIceErrorEvent`).
    Refused(Refused),
    /// A track comes from the other side.
    Received,
}

/// Why a server did not help.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// The server.
    pub url: String,
    /// STUN's code (RFC 8489, section 14.8), or 701 where no answer came.
    pub code: u32,
    /// The server's or the browser's words.
    pub text: String,
}

/// Which candidates are gathered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ice {
    /// Servers to gather them from.
    pub servers: Vec<IceServer>,
    /// Only what is relayed.
    pub relay_only: bool,
}

/// A connection; dropping it closes it and ends what it receives.
#[must_use = "dropping the connection closes it"]
pub struct StepPeer {
    raw: RtcPeerConnection,
    received: Option<Stream>,
    _listeners: Vec<Listener>,
}

impl StepPeer {
    /// A new connection. Fails where the browser takes an address for none.
    pub fn new(ice: &Ice, tell: impl Fn(StepEvent) + 'static) -> Result<Self, DomError> {
        let configuration = configuration(&ice.servers, ice.relay_only);
        let raw = RtcPeerConnection::new_with_configuration(&configuration)?;
        let listeners = listen(&raw, Rc::new(tell));
        Ok(Self {
            raw,
            received: None,
            _listeners: listeners,
        })
    }

    /// The state of a machine now.
    pub fn state(&self, machine: Machine) -> String {
        js::text(&self.raw, machine.name()).unwrap_or_default()
    }

    /// Lays out what goes both ways: sound, picture and a data channel, and sends `stream`.
    pub fn lay_out(&self, stream: &Stream) -> Result<(), DomError> {
        for (kind, track) in [("audio", stream.audio()), ("video", stream.video())] {
            let track = track.map_or_else(|| kind.into(), |track| track.as_raw().into());
            let init = js::object(&[
                ("direction", "sendrecv".into()),
                ("streams", js_sys::Array::of1(stream.as_raw()).into()),
            ]);
            js::call(&self.raw, "addTransceiver", &[track, init])?;
        }
        js::call(&self.raw, "createDataChannel", &["lab".into()])?;
        Ok(())
    }

    /// Begins to gather, with a description that nobody answers.
    pub fn gather(&self) -> impl Future<Output = Result<(), DomError>> + use<> {
        let raw = self.raw.clone();
        async move {
            js::call(&raw, "createDataChannel", &["lab".into()])?;
            js::call_async(&raw, "setLocalDescription", &[]).await?;
            Ok(())
        }
    }

    /// Sends `stream` on what the other side laid out.
    pub fn send(&self, stream: &Stream) {
        for transceiver in self.transceivers() {
            let kind = transceiver.receiver().track().kind();
            let track = match kind.as_str() {
                "audio" => stream.audio(),
                _ => stream.video(),
            };
            js::set(&transceiver, "direction", "sendrecv");
            let replaced = transceiver.sender().replace_track(track.map(Track::as_raw));
            wasm_bindgen_futures::spawn_local(async move {
                // It is refused when the connection closes meanwhile.
                let _ = JsFuture::from(replaced).await;
            });
        }
    }

    /// In which order it would rather have the codecs of a kind, from the next offer or answer on.
    pub fn prefer(&self, kind: &str, order: &[&str]) -> Result<(), DomError> {
        let of_kind =
            |transceiver: &RtcRtpTransceiver| transceiver.receiver().track().kind() == kind;
        for transceiver in self.transceivers().iter().filter(|t| of_kind(t)) {
            codecs::prefer(transceiver, kind, order)?;
        }
        Ok(())
    }

    /// `createOffer`.
    pub fn create_offer(&self) -> impl Future<Output = Result<Description, DomError>> + use<> {
        self.create("createOffer")
    }

    /// `createAnswer`.
    pub fn create_answer(&self) -> impl Future<Output = Result<Description, DomError>> + use<> {
        self.create("createAnswer")
    }

    fn create(
        &self,
        method: &'static str,
    ) -> impl Future<Output = Result<Description, DomError>> + use<> {
        let raw = self.raw.clone();
        async move {
            let made = js::call_async(&raw, method, &[]).await?;
            Ok(Description {
                is_offer: js::text(&made, "type").as_deref() == Some("offer"),
                sdp: js::text(&made, "sdp").unwrap_or_default(),
            })
        }
    }

    /// `setLocalDescription`.
    pub fn set_local(
        &self,
        description: &Description,
    ) -> impl Future<Output = Result<(), DomError>> + use<> {
        let set = self.raw.set_local_description(&init(description));
        async move {
            JsFuture::from(set).await?;
            Ok(())
        }
    }

    /// `setRemoteDescription`.
    pub fn set_remote(
        &self,
        description: &Description,
    ) -> impl Future<Output = Result<(), DomError>> + use<> {
        let set = self.raw.set_remote_description(&init(description));
        async move {
            JsFuture::from(set).await?;
            Ok(())
        }
    }

    /// `addIceCandidate`.
    pub fn add_candidate(
        &self,
        candidate: &Candidate,
    ) -> impl Future<Output = Result<(), DomError>> + use<> {
        let init = init_of(candidate);
        let added = self
            .raw
            .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        async move {
            JsFuture::from(added).await?;
            Ok(())
        }
    }

    /// Has the next offer look for new ways (`restartIce`).
    pub fn restart_ice(&self) -> Result<(), DomError> {
        js::call(&self.raw, "restartIce", &[]).map(drop)
    }

    /// Closes it; every step is refused from now on.
    pub fn close(&self) {
        self.raw.close();
    }

    /// What comes from the other side.
    pub fn received(&mut self) -> Option<Stream> {
        if self.received.is_none() {
            let tracks = self.transceivers().into_iter();
            let tracks = tracks.map(|transceiver| Track::own(transceiver.receiver().track()));
            self.received = Stream::of(tracks.collect()).ok();
        }
        self.received.clone()
    }

    fn transceivers(&self) -> Vec<RtcRtpTransceiver> {
        let listed = self.raw.get_transceivers();
        listed.iter().map(JsCast::unchecked_into).collect()
    }
}

impl Drop for StepPeer {
    fn drop(&mut self) {
        self.raw.close();
    }
}

fn init(description: &Description) -> RtcSessionDescriptionInit {
    let kind = if description.is_offer {
        RtcSdpType::Offer
    } else {
        RtcSdpType::Answer
    };
    let init = RtcSessionDescriptionInit::new(kind);
    init.set_sdp(&description.sdp);
    init
}

fn listen(raw: &RtcPeerConnection, tell: Rc<impl Fn(StepEvent) + 'static>) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for machine in Machine::ALL {
        let (tell, of_state) = (tell.clone(), raw.clone());
        listeners.push(Listener::new(raw, machine.event(), move |_| {
            let state = js::text(&of_state, machine.name()).unwrap_or_default();
            tell(StepEvent::State(machine, state));
        }));
    }
    let (gathered, refused, received) = (tell.clone(), tell.clone(), tell);
    listeners.push(Listener::new(raw, "icecandidate", move |event| {
        let event: &RtcPeerConnectionIceEvent = event.unchecked_ref();
        gathered(match event.candidate() {
            // An empty one ends what one description gathers; none ends everything.
            Some(found) if found.candidate().is_empty() => return,
            Some(found) => StepEvent::Gathered(candidate_of(&found)),
            None => StepEvent::GatheredAll,
        });
    }));
    listeners.push(Listener::new(raw, "icecandidateerror", move |event| {
        let event: &JsValue = event.as_ref();
        refused(StepEvent::Refused(Refused {
            url: js::text(event, "url").unwrap_or_default(),
            code: js::number(event, "errorCode").unwrap_or_default() as u32,
            text: js::text(event, "errorText").unwrap_or_default(),
        }));
    }));
    listeners.push(Listener::new(raw, "track", move |_| {
        received(StepEvent::Received);
    }));
    listeners
}
