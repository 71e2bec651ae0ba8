//! `RTCPeerConnection` as an owned value whose events go to one callback (WebRTC).
//!
//! What a connection carries is laid out once, by one of the two sides: microphone, camera,
//! screen, the screen's sound, and data. Muting and swapping only change what a sender sends.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageEvent, RtcConfiguration, RtcDataChannel, RtcDataChannelInit, RtcDataChannelType,
    RtcIceCandidate, RtcIceCandidateInit, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSdpType,
    RtcSessionDescriptionInit,
};

use crate::{
    DomError, Listener, codecs, js,
    media::Track,
    stats::{self, Stats},
};

/// What a connection carries, in the order of its media descriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// The person's voice.
    Microphone,
    /// The person's picture.
    Camera,
    /// A screen that is shared.
    Screen,
    /// What is heard on that screen.
    ScreenSound,
}

impl Lane {
    /// All, in their order.
    pub const ALL: [Self; 4] = [
        Self::Microphone,
        Self::Camera,
        Self::Screen,
        Self::ScreenSound,
    ];

    const fn kind(self) -> &'static str {
        match self {
            Self::Microphone | Self::ScreenSound => "audio",
            Self::Camera | Self::Screen => "video",
        }
    }
}

/// An offer or an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Whether it asks or answers.
    pub is_offer: bool,
    /// Its text.
    pub sdp: String,
}

/// A way to be reached (`RTCIceCandidateInit`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are the specification's")]
pub struct Candidate {
    pub candidate: String,
    pub sdp_mid: Option<String>,
    pub sdp_m_line_index: Option<u32>,
    pub username_fragment: Option<String>,
}

/// A server that helps to find a way (`RTCIceServer`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the members are the specification's")]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

/// What a connection tells.
#[derive(Clone, Debug, PartialEq)]
pub enum PeerEvent {
    /// An offer is necessary.
    NegotiationNeeded,
    /// It can be reached this way too.
    Gathered(Candidate),
    /// `connectionState`: `connecting`, `connected`, `disconnected`, `failed`.
    State(String),
    /// The data channel can send.
    ChannelOpened,
    /// The data channel brought a text.
    Text(String),
    /// The channel for files brought bytes.
    Bytes(Vec<u8>),
    /// The channel for files has sent most of what it had.
    Drained,
}

/// A connection; dropping it closes it and ends what it receives.
#[must_use = "dropping the connection closes it"]
pub struct PeerConnection {
    raw: RtcPeerConnection,
    text: RtcDataChannel,
    files: RtcDataChannel,
    received: Vec<Track>,
    _listeners: Vec<Listener>,
}

/// How many bytes of files may wait to be sent before [`PeerConnection::send_bytes`] should wait
/// for [`PeerEvent::Drained`].
pub const FILE_BUFFER: u32 = 1 << 20;

impl PeerConnection {
    /// A new connection. `relay_only`: everything goes through one of the servers. `lays_out`:
    /// this side decides what it carries.
    pub fn new(
        ice_servers: &[IceServer],
        relay_only: bool,
        lays_out: bool,
        tell: impl Fn(PeerEvent) + 'static,
    ) -> Result<Self, DomError> {
        let raw =
            RtcPeerConnection::new_with_configuration(&configuration(ice_servers, relay_only))?;
        let tell = Rc::new(tell);
        let mut listeners = listen(&raw, &tell);
        if lays_out {
            for lane in Lane::ALL {
                let init = RtcRtpTransceiverInit::new();
                init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
                raw.add_transceiver_with_str_and_init(lane.kind(), &init);
            }
        }
        // Both sides know the channels by their numbers, so they open without being announced.
        let text = channel(&raw, "talk", 0);
        let files = channel(&raw, "files", 1);
        files.set_binary_type(RtcDataChannelType::Arraybuffer);
        files.set_buffered_amount_low_threshold(FILE_BUFFER / 4);
        listeners.extend(listen_to_channels(&text, &files, &tell));
        Ok(Self {
            raw,
            text,
            files,
            received: Vec::new(),
            _listeners: listeners,
        })
    }

    /// Makes an offer or an answer, whichever is due, and sets it. The work goes on when the
    /// connection is dropped, and then fails.
    pub fn describe(
        &self,
        restart_ice: bool,
    ) -> impl Future<Output = Result<Description, DomError>> + use<> {
        if restart_ice {
            // Every browser with `connectionState` has it.
            let asked = js::call(&self.raw, "restartIce", &[]);
            debug_assert!(asked.is_ok(), "an open connection can restart ICE");
        }
        let raw = self.raw.clone();
        async move {
            js::call_async(&raw, "setLocalDescription", &[]).await?;
            let description = raw
                .local_description()
                .ok_or_else(|| DomError::new("InvalidStateError", "no description"))?;
            Ok(Description {
                is_offer: description.type_() == RtcSdpType::Offer,
                sdp: description.sdp(),
            })
        }
    }

    /// Sets what the other side says; an own offer that crosses theirs is taken back.
    pub fn apply(
        &self,
        description: &Description,
    ) -> impl Future<Output = Result<(), DomError>> + use<> {
        let kind = if description.is_offer {
            RtcSdpType::Offer
        } else {
            RtcSdpType::Answer
        };
        let init = RtcSessionDescriptionInit::new(kind);
        init.set_sdp(&description.sdp);
        let set = self.raw.set_remote_description(&init);
        async move {
            JsFuture::from(set).await?;
            Ok(())
        }
    }

    /// Takes up what the other side laid out; to be called whenever its description was applied.
    pub fn settle(&mut self) {
        let lanes = self.transceivers();
        for lane in &lanes {
            if lane.current_direction().is_none() {
                lane.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            }
        }
        if self.received.is_empty() {
            let tracks = lanes.iter().map(|lane| Track::own(lane.receiver().track()));
            self.received = tracks.collect();
        }
    }

    /// Tries this way to the other side.
    pub fn add_candidate(&self, candidate: &Candidate) {
        let init = init_of(candidate);
        let added = self
            .raw
            .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        wasm_bindgen_futures::spawn_local(async move {
            // A way that can't be tried is one less; the others remain.
            let _ = JsFuture::from(added).await;
        });
    }

    /// What this side sends on a lane from now on; nothing where there is no track. Takes effect
    /// once the lane is there.
    pub fn send(&self, lane: Lane, track: Option<&Track>) {
        if let Some(transceiver) = self.lane(lane) {
            let replaced = transceiver.sender().replace_track(track.map(Track::as_raw));
            wasm_bindgen_futures::spawn_local(async move {
                // It is refused when the connection closes meanwhile.
                let _ = JsFuture::from(replaced).await;
            });
        }
    }

    /// Bounds what this side sends on a lane: bits per second, frames per second, and by how much
    /// the picture is made smaller.
    pub fn limit(&self, lane: Lane, limits: Limits) {
        let Some(transceiver) = self.lane(lane) else {
            return;
        };
        let sender = transceiver.sender();
        let Ok(parameters) = js::call(&sender, "getParameters", &[]) else {
            return;
        };
        let encoding = js::get(&js::get(&parameters, "encodings"), "0");
        if !encoding.is_object() {
            return;
        }
        js::set(&encoding, "maxBitrate", limits.bits_per_second);
        js::set(&encoding, "maxFramerate", limits.frame_rate);
        if lane == Lane::Camera {
            js::set(&encoding, "scaleResolutionDownBy", limits.shrink.max(1.0));
        }
        wasm_bindgen_futures::spawn_local(async move {
            // Without the limit the browser's own estimate bounds it.
            let _ = js::call_async(&sender, "setParameters", &[parameters]).await;
        });
    }

    /// Which codecs this side would rather send pictures with, best first, by their MIME types.
    /// Counts from the next offer or answer on.
    pub fn prefer(&self, order: &[&str]) {
        for lane in [Lane::Camera, Lane::Screen] {
            if let Some(lane) = self.lane(lane) {
                // An older browser chooses by itself.
                let _ = codecs::prefer(&lane, "video", order);
            }
        }
    }

    /// What comes on a lane, once the connection is laid out.
    pub fn received(&self, lane: Lane) -> Option<&Track> {
        self.received.get(lane as usize)
    }

    /// How loud the other side is now, 0 to 1, as its packets say; `None` where nothing comes.
    pub fn level(&self) -> Option<f64> {
        let receiver = self.lane(Lane::Microphone)?.receiver();
        let sources = js::call(&receiver, "getSynchronizationSources", &[]).ok()?;
        js::number(&js::get(&sources, "0"), "audioLevel")
    }

    /// Sends a text to the other side; false where the channel is not open.
    pub fn send_text(&self, text: &str) -> bool {
        self.text.send_with_str(text).is_ok()
    }

    /// Sends bytes of a file; false where the channel is not open or full.
    pub fn send_bytes(&self, bytes: &[u8]) -> bool {
        self.files.send_with_u8_array(bytes).is_ok()
    }

    /// How many bytes of files wait to be sent.
    pub fn bytes_waiting(&self) -> u32 {
        self.files.buffered_amount()
    }

    /// What the browser measures (`getStats`).
    pub fn stats(&self) -> impl Future<Output = Result<Stats, DomError>> + use<> {
        let asked = self.raw.get_stats();
        async move {
            let report = JsFuture::from(asked).await?;
            let values = js::call(&report, "values", &[])?;
            Ok(stats::read(&js_sys::Array::from(&values).to_vec()))
        }
    }

    fn transceivers(&self) -> Vec<RtcRtpTransceiver> {
        let listed = self.raw.get_transceivers();
        listed.iter().map(JsCast::unchecked_into).collect()
    }

    fn lane(&self, lane: Lane) -> Option<RtcRtpTransceiver> {
        let transceiver = self.raw.get_transceivers().get(lane as u32);
        transceiver.dyn_into().ok()
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.raw.close();
    }
}

/// What one side may send at most on a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Bits per second.
    pub bits_per_second: u32,
    /// Frames per second.
    pub frame_rate: f64,
    /// How many times smaller than it is the picture is sent, at least 1.
    pub shrink: f64,
}

pub(crate) fn configuration(ice_servers: &[IceServer], relay_only: bool) -> RtcConfiguration {
    let servers: js_sys::Array = ice_servers
        .iter()
        .map(|server| {
            let urls: js_sys::Array = server.urls.iter().map(JsValue::from).collect();
            let mut entries = vec![("urls", urls.into())];
            if !server.username.is_empty() {
                entries.push(("username", server.username.as_str().into()));
                entries.push(("credential", server.credential.as_str().into()));
            }
            js::object(&entries)
        })
        .collect();
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&servers);
    js::set(&configuration, "bundlePolicy", "max-bundle");
    if relay_only {
        js::set(&configuration, "iceTransportPolicy", "relay");
    }
    configuration
}

pub(crate) fn candidate_of(found: &RtcIceCandidate) -> Candidate {
    Candidate {
        candidate: found.candidate(),
        sdp_mid: found.sdp_mid(),
        sdp_m_line_index: found.sdp_m_line_index().map(u32::from),
        username_fragment: js::text(found, "usernameFragment"),
    }
}

pub(crate) fn init_of(candidate: &Candidate) -> RtcIceCandidateInit {
    let init = RtcIceCandidateInit::new(&candidate.candidate);
    init.set_sdp_mid(candidate.sdp_mid.as_deref());
    let line = candidate.sdp_m_line_index;
    init.set_sdp_m_line_index(line.and_then(|line| u16::try_from(line).ok()));
    if let Some(fragment) = &candidate.username_fragment {
        js::set(&init, "usernameFragment", fragment.as_str());
    }
    init
}

fn channel(raw: &RtcPeerConnection, label: &str, id: u16) -> RtcDataChannel {
    let init = RtcDataChannelInit::new();
    init.set_negotiated(true);
    init.set_id(id);
    raw.create_data_channel_with_data_channel_dict(label, &init)
}

fn listen(raw: &RtcPeerConnection, tell: &Rc<impl Fn(PeerEvent) + 'static>) -> Vec<Listener> {
    let (needed, gathered, changed) = (tell.clone(), tell.clone(), tell.clone());
    let of_state = raw.clone();
    vec![
        Listener::new(raw, "negotiationneeded", move |_| {
            needed(PeerEvent::NegotiationNeeded);
        }),
        Listener::new(raw, "icecandidate", move |event| {
            let event: &RtcPeerConnectionIceEvent = event.unchecked_ref();
            // The last event has none, or an empty one: the end need not be told.
            if let Some(found) = event.candidate().filter(|c| !c.candidate().is_empty()) {
                gathered(PeerEvent::Gathered(candidate_of(&found)));
            }
        }),
        Listener::new(raw, "connectionstatechange", move |_| {
            let state = js::text(&of_state, "connectionState").unwrap_or_default();
            changed(PeerEvent::State(state));
        }),
    ]
}

fn listen_to_channels(
    text: &RtcDataChannel,
    files: &RtcDataChannel,
    tell: &Rc<impl Fn(PeerEvent) + 'static>,
) -> [Listener; 4] {
    let (opened, said, came, drained) = (tell.clone(), tell.clone(), tell.clone(), tell.clone());
    [
        Listener::new(text, "open", move |_| opened(PeerEvent::ChannelOpened)),
        Listener::new(text, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            if let Some(text) = event.data().as_string() {
                said(PeerEvent::Text(text));
            }
        }),
        Listener::new(files, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            if let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() {
                came(PeerEvent::Bytes(js_sys::Uint8Array::new(&buffer).to_vec()));
            }
        }),
        Listener::new(files, "bufferedamountlow", move |_| {
            drained(PeerEvent::Drained);
        }),
    ]
}

/// True where the browser can connect to another.
pub fn available() -> bool {
    js::get(&js_sys::global(), "RTCPeerConnection").is_function()
}
