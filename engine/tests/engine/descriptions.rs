//! Offers and answers are read medium by medium, and no text makes that panic.

use callreel_engine::sdp::{is_helper, media};
use proptest::prelude::*;

use crate::cases;

const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\n\
    a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:9 G722/8000\r\n\
    m=video 0 UDP/TLS/RTP/SAVPF 97 98 96\r\na=bundle-only\r\na=mid:1\r\na=recvonly\r\n\
    a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP9/90000\r\n\
    a=fmtp:98 profile-id=0\r\na=rtpmap:120 H264/90000\r\n\
    m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

#[test]
fn an_offer_is_read() {
    let found = media(OFFER);
    let kinds: Vec<&str> = found.iter().map(|media| media.kind.as_str()).collect();
    assert_eq!(kinds, ["audio", "video", "application"]);
    let [audio, video, data] = &found[..] else {
        panic!("there are three")
    };
    assert_eq!((audio.mid.as_str(), &*audio.direction), ("0", "sendrecv"));
    let opus = audio.codec().expect("there is one");
    assert_eq!((&*opus.name, &*opus.clock_rate), ("opus", "48000"));
    assert_eq!(opus.parameters, "minptime=10;useinbandfec=1");

    // The order of the line counts, and what only repairs is not what is used.
    let names: Vec<&str> = video.codecs.iter().map(|codec| &*codec.name).collect();
    assert_eq!(names, ["rtx", "VP9", "VP8"]);
    assert_eq!(video.codec().expect("there is one").name, "VP9");
    assert_eq!(video.direction, "recvonly");

    // A port of 0 rejects, unless it is only bundled.
    assert_eq!(
        found.iter().map(|m| m.rejected).collect::<Vec<_>>(),
        [false, false, true]
    );
    assert!(data.codecs.is_empty(), "its format is no codec");
}

#[test]
fn helpers_are_known_with_and_without_their_kind() {
    assert!(is_helper("video/rtx") && is_helper("RED") && is_helper("audio/telephone-event"));
    assert!(!is_helper("video/VP8") && !is_helper("opus"));
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn no_text_makes_it_panic(
        text in ".{0,300}",
        lines in prop::collection::vec("[amvc]=(audio|video|rtpmap:|fmtp:|mid:|x)?[ -~]{0,40}\r?", 0..30),
    ) {
        let _ = media(&text);
        let found = media(&lines.join("\n"));
        let begun = lines.iter().filter(|line| line.starts_with("m=")).count();
        prop_assert_eq!(found.len(), begun);
    }
}
