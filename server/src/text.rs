//! Words of people, which may be anything, made harmless without changing what they say.

/// Characters of a title, room or participant at most.
const MAX_TEXT: usize = 300;
/// Bytes of a type at most.
const MAX_TYPE: usize = 200;

/// What is served for bytes of no known type: nothing that a browser would run or show.
pub const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A title, or any other text of one line: bounded, without control characters. Everything else
/// stays, markup and right-to-left marks too, because whoever shows it must show it as text.
pub fn one_line(text: &str) -> String {
    let visible = text.chars().map(|c| {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            ' '
        } else {
            c
        }
    });
    let bounded: String = visible
        .skip_while(|c| c.is_whitespace())
        .take(MAX_TEXT)
        .collect();
    bounded.trim_end().to_owned()
}

/// A type of video or sound with its parameters, such as `video/webm;codecs=vp9,opus`; anything
/// else becomes [`UNKNOWN_TYPE`], because it is served from the app's own origin.
pub fn media_type(text: &str) -> String {
    let text = text.trim();
    let essence = essence(text).to_ascii_lowercase();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$&^_.+-".contains(c);
    let is_media = ["video/", "audio/"].iter().any(|kind| {
        essence
            .strip_prefix(kind)
            .is_some_and(|subtype| !subtype.is_empty() && subtype.chars().all(is_token))
    });
    let is_plain = text.len() <= MAX_TYPE && text.chars().all(|c| matches!(c, ' '..='~'));
    if !is_media || !is_plain {
        return UNKNOWN_TYPE.into();
    }
    format!("{essence}{}", &text[essence.len()..])
}

/// A type without its parameters.
pub fn essence(mime_type: &str) -> &str {
    mime_type.split(';').next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_what_they_say() {
        for (text, shown) in [
            ("Monday", "Monday"),
            ("  <script>alert(1)</script> ", "<script>alert(1)</script>"),
            ("../../etc/passwd", "../../etc/passwd"),
            ("a\nb\tc\0d\u{7f}e\u{2028}f", "a b c d e f"),
            ("\u{202e}gnp.exe", "\u{202e}gnp.exe"),
            ("日本語 👩‍👩‍👧", "日本語 👩‍👩‍👧"),
            ("\r\n", ""),
        ] {
            assert_eq!(one_line(text), shown);
        }
        assert_eq!(one_line(&"ä".repeat(10_000)).chars().count(), MAX_TEXT);
    }

    #[test]
    fn only_media_is_a_type() {
        for (text, known) in [
            ("video/webm", "video/webm"),
            ("Video/WebM;codecs=vp9,opus", "video/webm;codecs=vp9,opus"),
            (
                "audio/mp4; codecs=\"mp4a.40.2\"",
                "audio/mp4; codecs=\"mp4a.40.2\"",
            ),
            ("video/x-matroska", "video/x-matroska"),
            ("text/html", UNKNOWN_TYPE),
            ("image/svg+xml", UNKNOWN_TYPE),
            ("video/", UNKNOWN_TYPE),
            ("video/webm\r\nX: y", UNKNOWN_TYPE),
            ("video/<b>", UNKNOWN_TYPE),
            ("", UNKNOWN_TYPE),
        ] {
            assert_eq!(media_type(text), known, "{text}");
        }
        assert_eq!(
            media_type(&format!("video/{}", "a".repeat(500))),
            UNKNOWN_TYPE
        );
    }
}
