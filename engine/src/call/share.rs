//! How the line and the processor are shared among the people of a call.

/// The order in which codecs are wanted: VP8 is the cheapest to make for several people at once on
/// a laptop without an encoder of its own, and every browser has it.
pub const CODECS: [&str; 3] = ["video/VP8", "video/H264", "video/VP9"];

/// What one person gets of another's camera or screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// At most so many bits per second.
    pub bits_per_second: u32,
    /// At most so many frames per second.
    pub frame_rate: f64,
    /// How many times smaller than it is the picture is sent.
    pub shrink: f64,
}

/// What each of `others` gets of a camera of `height` lines, so that everything a person sends
/// stays below about 4 megabits per second and a laptop can encode it.
#[must_use]
pub fn of_picture(others: u32, height: u32) -> Share {
    let (bits_per_second, frame_rate, lines) = match others {
        0 | 1 => (2_500_000, 30.0, 720),
        2 => (1_200_000, 30.0, 540),
        3 => (800_000, 30.0, 480),
        4 | 5 => (500_000, 24.0, 360),
        _ => (300_000, 20.0, 240),
    };
    Share {
        bits_per_second,
        frame_rate,
        shrink: (f64::from(height.max(1)) / f64::from(lines)).max(1.0),
    }
}

/// What each of `others` gets of a shared screen, which takes as much of the line as the cameras
/// do. It is never made smaller, because text has to be read; it rather comes less often.
#[must_use]
pub fn of_screen(others: u32) -> Share {
    let (bits_per_second, frame_rate) = match others {
        0 | 1 => (2_500_000, 30.0),
        2 => (1_800_000, 20.0),
        3 => (1_300_000, 15.0),
        4 | 5 => (800_000, 12.0),
        _ => (550_000, 8.0),
    };
    Share {
        bits_per_second,
        frame_rate,
        shrink: 1.0,
    }
}

/// A description that asks the other side to send next to nothing while nobody speaks there
/// (`usedtx`, RFC 7587, section 6.1). Most people of a call are silent most of the time.
#[must_use]
pub fn sparing_silence(sdp: &str) -> String {
    let is_opus = |number: &str| {
        let codecs = sdp
            .lines()
            .filter_map(|line| line.strip_prefix("a=rtpmap:"));
        let mut opus = codecs.filter_map(|codec| codec.split_once(" opus/"));
        opus.any(|(known, _)| known == number)
    };
    let mut asking = String::with_capacity(sdp.len() + 64);
    for line in sdp.split_inclusive('\n') {
        let parameters = line.strip_prefix("a=fmtp:");
        let number = parameters.and_then(|rest| Some(rest.split_once(' ')?.0));
        if number.is_some_and(is_opus) && !line.contains("usedtx") {
            asking.push_str(line.trim_end());
            asking.push_str(";usedtx=1\r\n");
        } else {
            asking.push_str(line);
        }
    }
    asking
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_asked_for_in_opus_alone() {
        let sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n\
            a=rtpmap:111 opus/48000/2\r\n\
            a=fmtp:111 minptime=10;useinbandfec=1\r\n\
            a=rtpmap:63 red/48000/2\r\n\
            a=fmtp:63 111/111\r\n";
        let asking = sparing_silence(sdp);
        let line = "a=fmtp:111 minptime=10;useinbandfec=1";
        assert_eq!(asking, sdp.replace(line, &[line, ";usedtx=1"].concat()));
        assert_eq!(sparing_silence(&asking), asking);
    }

    #[test]
    fn everything_together_stays_below_four_megabits() {
        for others in 0..=7 {
            for share in [of_picture(others, 720), of_screen(others)] {
                assert!(share.bits_per_second * others <= 4_000_000, "{others}");
                assert!(share.shrink >= 1.0 && share.frame_rate > 0.0);
            }
        }
    }

    #[test]
    fn a_small_picture_is_not_made_larger() {
        assert!((of_picture(1, 240).shrink - 1.0).abs() < f64::EPSILON);
        assert!((of_picture(7, 480).shrink - 2.0).abs() < f64::EPSILON);
    }
}
