//! What the browser measures on a connection (WebRTC Statistics).

use wasm_bindgen::JsValue;

use crate::js;

/// One direction of pictures or of sound; everything that one connection has of it together.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the members are the specification's")]
pub struct Flow {
    pub bytes: f64,
    pub packets: f64,
    pub packets_lost: f64,
    /// Seconds.
    pub jitter: Option<f64>,
    pub frame_width: f64,
    pub frame_height: f64,
    pub frames_per_second: f64,
    pub mime_type: String,
    pub quality_limitation_reason: String,
}

/// A connection's measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// Pictures sent and received.
    pub video: [Flow; 2],
    /// Sound sent and received.
    pub audio: [Flow; 2],
    /// Seconds.
    pub round_trip_time: Option<f64>,
    /// Bits per second.
    pub available_outgoing_bitrate: Option<f64>,
    /// `host`, `srflx`, `prflx`, `relay`.
    pub local_candidate_type: String,
    /// The same of the other side.
    pub remote_candidate_type: String,
    /// `udp` or `tcp`.
    pub protocol: String,
}

/// Reads the records of `getStats`.
pub fn read(records: &[JsValue]) -> Stats {
    let mut stats = Stats::default();
    let text = |record: &JsValue, key| js::text(record, key).unwrap_or_default();
    let by_id = |id: &str| {
        let mut all = records.iter();
        all.find(|record| js::text(record, "id").as_deref() == Some(id))
    };
    for record in records {
        let way = match &*text(record, "type") {
            "outbound-rtp" => 0,
            "inbound-rtp" => 1,
            "candidate-pair" => {
                let is_used = js::boolean(record, "nominated") == Some(true)
                    && text(record, "state") == "succeeded";
                if is_used {
                    stats.round_trip_time = js::number(record, "currentRoundTripTime");
                    stats.available_outgoing_bitrate =
                        js::number(record, "availableOutgoingBitrate");
                    let local = by_id(&text(record, "localCandidateId"));
                    let remote = by_id(&text(record, "remoteCandidateId"));
                    if let (Some(local), Some(remote)) = (local, remote) {
                        stats.local_candidate_type = text(local, "candidateType");
                        stats.remote_candidate_type = text(remote, "candidateType");
                        stats.protocol = text(local, "protocol");
                    }
                }
                continue;
            }
            "remote-inbound-rtp" => {
                // Firefox tells the time there and back only here.
                if let Some(time) = js::number(record, "roundTripTime") {
                    stats.round_trip_time.get_or_insert(time);
                }
                continue;
            }
            _ => continue,
        };
        let flow = match &*text(record, "kind") {
            "video" => &mut stats.video[way],
            "audio" => &mut stats.audio[way],
            _ => continue,
        };
        let number = |key| js::number(record, key).unwrap_or(0.0);
        let [bytes, packets] = match way {
            0 => ["bytesSent", "packetsSent"],
            _ => ["bytesReceived", "packetsReceived"],
        };
        flow.bytes += number(bytes);
        flow.packets += number(packets);
        flow.packets_lost += number("packetsLost");
        if number(packets) <= 0.0 {
            continue;
        }
        flow.jitter = js::number(record, "jitter").or(flow.jitter);
        if number("frameHeight") >= flow.frame_height {
            flow.frame_width = number("frameWidth");
            flow.frame_height = number("frameHeight");
            flow.frames_per_second = number("framesPerSecond");
            flow.quality_limitation_reason = text(record, "qualityLimitationReason");
        }
        if let Some(codec) = by_id(&text(record, "codecId")) {
            flow.mime_type = text(codec, "mimeType");
        }
    }
    stats
}
