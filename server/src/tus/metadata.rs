use base64::{Engine as _, engine::general_purpose::STANDARD};
use callreel_protocol::tus;

use crate::{
    error::{Code, Error},
    text,
    uploads::NewUpload,
};

/// Bytes of the header at most.
const MAX_METADATA: usize = 64 << 10;

/// Reads `Upload-Metadata` (tus 1.0.0, Creation): pairs of a key and a value in Base64, separated
/// by commas. What is not known is left alone.
pub fn parse(header: &str) -> Result<NewUpload, Error> {
    let malformed = || {
        Error::new(
            Code::Malformed,
            "Upload-Metadata is made of keys and Base64 values, separated by commas.",
        )
    };
    if header.len() > MAX_METADATA {
        return Err(malformed());
    }
    let mut new = NewUpload {
        mime_type: text::UNKNOWN_TYPE.into(),
        metadata: header.to_owned(),
        ..NewUpload::default()
    };
    for pair in header
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD.decode(value.trim()).map_err(|_| malformed())?;
        let value = String::from_utf8_lossy(&value);
        let line = || Some(text::one_line(&value)).filter(|line| !line.is_empty());
        match key {
            tus::TITLE => new.title = text::one_line(&value),
            "filename" | "name" if new.title.is_empty() => new.title = text::one_line(&value),
            tus::MIME_TYPE | "filetype" | "type" => new.mime_type = text::media_type(&value),
            tus::DURATION_MS => new.duration_ms = duration(&value),
            tus::ROOM => new.room = line(),
            tus::PARTICIPANT => new.participant = line(),
            tus::TAKE => new.take = line(),
            _ => {}
        }
    }
    Ok(new)
}

/// The length so far, where the header says one.
pub fn duration_ms(header: &str) -> Option<u64> {
    let mut pairs = header
        .split(',')
        .filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = pairs.find(|(key, _)| *key == tus::DURATION_MS)?;
    duration(&String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?)
}

fn duration(text: &str) -> Option<u64> {
    /// A year.
    const LONGEST: f64 = 365.0 * 86_400_000.0;
    let ms: f64 = text.trim().parse().ok()?;
    (0.0..=LONGEST).contains(&ms).then(|| ms.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pairs: &[(&str, &str)]) -> String {
        let pairs = pairs.iter();
        let pairs: Vec<_> = pairs
            .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
            .collect();
        pairs.join(",")
    }

    #[test]
    fn both_vocabularies_are_understood() {
        let ours = [
            ("title", "Monday"),
            ("mime_type", "video/webm;codecs=vp8"),
            ("duration_ms", "1500.4"),
            ("room", "kitchen"),
            ("participant", "Ann"),
            ("take", "1"),
        ];
        let new = parse(&header(&ours)).expect("it is well formed");
        assert_eq!(new.title, "Monday");
        assert_eq!(new.mime_type, "video/webm;codecs=vp8");
        assert_eq!(new.duration_ms, Some(1500));
        assert_eq!(
            (new.room.as_deref(), new.participant.as_deref()),
            (Some("kitchen"), Some("Ann"))
        );

        assert_eq!(new.take.as_deref(), Some("1"));

        let theirs = [
            ("filename", "a.mp4"),
            ("filetype", "video/mp4"),
            ("title", "A"),
        ];
        let new = parse(&header(&theirs)).expect("it is well formed");
        assert_eq!(
            (new.title.as_str(), new.mime_type.as_str()),
            ("A", "video/mp4")
        );
    }

    #[test]
    fn strange_pairs_do_no_harm() {
        let new = parse("is_confidential,unknown d29ybGQ=, ,title").expect("it is well formed");
        assert_eq!(new.title, "");
        assert!(parse("title %%%").is_err());
        assert!(parse(&"a".repeat(MAX_METADATA + 1)).is_err());
        for duration in ["-1", "NaN", "inf", "1e300", "x"] {
            let new = parse(&header(&[("duration_ms", duration)])).expect("it is well formed");
            assert_eq!(new.duration_ms, None, "{duration}");
        }
    }
}
