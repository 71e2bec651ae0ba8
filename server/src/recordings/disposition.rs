//! `Content-Disposition`: the name that a download gets (RFC 6266).

use axum::http::HeaderValue;

use crate::text::essence;

/// Bytes of a name without its ending: the file systems of people take 255 of the whole.
const MAX_NAME: usize = 180;

/// A download named after a title.
pub fn attachment(title: &str, mime_type: &str) -> HeaderValue {
    let name = file_name(title, mime_type);
    let fallback: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let value = format!(
        "attachment; filename=\"{fallback}\"; filename*=UTF-8''{}",
        encode(&name)
    );
    HeaderValue::from_str(&value).expect("everything but visible ASCII is replaced or encoded")
}

/// A title as a file name: nothing in it leads anywhere, hides its ending or is reserved.
fn file_name(title: &str, mime_type: &str) -> String {
    let ending = ending(mime_type);
    let stem = title.strip_suffix(ending).unwrap_or(title);
    let safe = stem.chars().filter(|c| !is_direction(*c)).map(|c| {
        if c.is_control() || "/\\:*?\"<>|".contains(c) {
            '_'
        } else {
            c
        }
    });
    let mut name = String::new();
    for c in safe {
        if name.len() + c.len_utf8() > MAX_NAME {
            break;
        }
        name.push(c);
    }
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = if name.is_empty() { "recording" } else { name };
    // Names of devices on Windows, with any ending.
    let device = name.split('.').next().unwrap_or(name).to_ascii_uppercase();
    let is_device = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (device.len() == 4 && (device.starts_with("COM") || device.starts_with("LPT")));
    format!("{}{name}{ending}", if is_device { "_" } else { "" })
}

/// Marks that turn the direction of writing, and so what an ending looks like.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ending(mime_type: &str) -> &'static str {
    match essence(mime_type) {
        "video/webm" | "audio/webm" => ".webm",
        "video/mp4" => ".mp4",
        "audio/mp4" => ".m4a",
        "video/x-matroska" => ".mkv",
        "audio/ogg" | "video/ogg" => ".ogg",
        "audio/mpeg" => ".mp3",
        "audio/wav" | "audio/x-wav" => ".wav",
        "video/quicktime" => ".mov",
        _ => ".bin",
    }
}

/// Everything but what may stand in an `ext-value` as it is (RFC 8187, section 3.2.1).
fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_the_title_says() {
        for (title, name) in [
            ("Monday", "Monday.webm"),
            ("Monday.webm", "Monday.webm"),
            ("", "recording.webm"),
            ("...", "recording.webm"),
            ("../../etc/passwd", "_.._etc_passwd.webm"),
            ("a\\b:c", "a_b_c.webm"),
            ("nul", "_nul.webm"),
            ("com1.txt", "_com1.txt.webm"),
            ("\u{202e}gnp.exe", "gnp.exe.webm"),
            ("会议", "会议.webm"),
        ] {
            assert_eq!(file_name(title, "video/webm;codecs=vp8"), name, "{title:?}");
        }
        assert!(file_name(&"ä".repeat(10_000), "video/mp4").len() <= MAX_NAME + 4);
    }

    #[test]
    fn other_alphabets_are_encoded() {
        let header = attachment("会议 \"1\"", "video/mp4");
        let expected =
            "attachment; filename=\"__ _1_.mp4\"; filename*=UTF-8''%E4%BC%9A%E8%AE%AE%20_1_.mp4";
        assert_eq!(header, expected);
    }
}
