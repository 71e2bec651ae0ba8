//! What a test of a STUN or TURN server has shown.

use crate::ice::Kind;

/// What the server is good for, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passes everything on: there is a relayed candidate.
    Relays,
    /// It says how the machine is seen from outside.
    Reflects,
    /// It does not know the user, or the password is wrong (401, 403, 438, 441).
    Unauthorized,
    /// It was not found, or did not answer (701).
    Unreachable,
    /// It refused for another reason.
    Refused {
        /// STUN's code (RFC 8489, section 14.8; RFC 8656, section 19).
        code: u32,
        /// In the server's words; perhaps "".
        text: String,
    },
    /// No answer came in time.
    Silent,
    /// No candidate and no error.
    Nothing,
}

/// The verdict about a server at `url`, from the kinds of the candidates and from the errors (code
/// and words) that came. `in_time`: the browser said that it has gathered everything.
#[must_use]
pub fn verdict(url: &str, kinds: &[Kind], errors: &[(u32, String)], in_time: bool) -> Verdict {
    let has = |wanted: &Kind| kinds.contains(wanted);
    let wants_relay = is_turn(url);
    if has(&Kind::Relayed) {
        return Verdict::Relays;
    }
    if !wants_relay && has(&Kind::ServerReflexive) {
        return Verdict::Reflects;
    }
    // What the server itself says tells more than that it was not reached by another way.
    let said = errors.iter().find(|(code, _)| *code != UNREACHABLE);
    match said.or(errors.first()) {
        Some((401 | 403 | 438 | 441, _)) => Verdict::Unauthorized,
        Some((UNREACHABLE, _)) => Verdict::Unreachable,
        Some((code, text)) => Verdict::Refused {
            code: *code,
            text: text.clone(),
        },
        None if !in_time => Verdict::Silent,
        None => Verdict::Nothing,
    }
}

/// Where no server answered (WebRTC, section 4.8.2).
const UNREACHABLE: u32 = 701;

/// Whether the address is a TURN server's (RFC 7065).
#[must_use]
pub fn is_turn(url: &str) -> bool {
    let scheme = url.trim_start().split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("turn") || scheme.eq_ignore_ascii_case("turns")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUN: &str = "stun:a.example";
    const TURN: &str = "TURNS:a.example?transport=tcp";

    fn error(code: u32) -> (u32, String) {
        (code, "so it says".to_owned())
    }

    #[test]
    fn what_came_decides() {
        use Kind::{Host, Relayed, ServerReflexive};
        let refused = Verdict::Refused {
            code: 486,
            text: "so it says".to_owned(),
        };
        for (url, kinds, errors, in_time, expected) in [
            (
                STUN,
                &[Host, ServerReflexive][..],
                &[][..],
                true,
                Verdict::Reflects,
            ),
            (TURN, &[Host, Relayed], &[701], true, Verdict::Relays),
            // A relay that refuses still reflects; but a relay was asked for.
            (
                TURN,
                &[ServerReflexive],
                &[401],
                true,
                Verdict::Unauthorized,
            ),
            (TURN, &[ServerReflexive], &[], true, Verdict::Nothing),
            (TURN, &[], &[701, 486], true, refused),
            (STUN, &[Host], &[701, 701], true, Verdict::Unreachable),
            (STUN, &[Host], &[], false, Verdict::Silent),
            (STUN, &[Host], &[], true, Verdict::Nothing),
        ] {
            let errors: Vec<_> = errors.iter().map(|code| error(*code)).collect();
            let found = verdict(url, kinds, &errors, in_time);
            assert_eq!(found, expected, "{url} {kinds:?} {errors:?}");
        }
    }

    #[test]
    fn schemes_are_told_apart() {
        assert!(is_turn("turn:x") && is_turn(" turns:x") && is_turn("TURN:x"));
        assert!(!is_turn("stun:turn") && !is_turn("") && !is_turn("turnip:x"));
    }
}
