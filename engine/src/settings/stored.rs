//! Settings as text.
//!
//! Every field is read on its own, which derives can't do: with them one bad field costs all.

use super::{Filter, Settings, Source, Theme};
use crate::constraints::{AudioRequest, Preset, VideoRequest};
use crate::devices::Remembered;
use crate::formats::{FormatOrder, Timeslice};
use crate::json::{self, Object, Value};

/// No text of a person or a device is stored longer than this, in bytes.
const TEXT_BYTES: usize = 2_048;
/// Bit rates outside are damage, in bits per second.
const BITS_PER_SECOND: std::ops::RangeInclusive<u32> = 6_000..=200_000_000;

impl Settings {
    /// Reads stored settings. Total: what can't be read has its default.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let value = json::parse(text).unwrap_or(Value::Null);
        let get = |name: &str| value.get(name);
        let id = |name: &str| get(name).and_then(Value::as_str);
        let text = |name: &str| get(name).and_then(read_text);
        let bits = |name: &str| {
            get(name)
                .and_then(Value::as_u32)
                .filter(|bits| BITS_PER_SECOND.contains(bits))
        };
        let default = Self::default();
        let flag =
            |name: &str, otherwise: bool| get(name).and_then(Value::as_bool).unwrap_or(otherwise);
        Self {
            source: id("source").and_then(Source::from_id).unwrap_or_default(),
            camera: get("camera").and_then(read_remembered),
            microphone: get("microphone").and_then(read_remembered),
            speaker: get("speaker").and_then(read_remembered),
            video: get("video").map(VideoRequest::read).unwrap_or_default(),
            audio: get("audio").map(AudioRequest::read).unwrap_or_default(),
            preset: id("preset").and_then(Preset::from_id).unwrap_or_default(),
            video_format: text("videoFormat"),
            audio_format: text("audioFormat"),
            format_order: id("formatOrder")
                .and_then(FormatOrder::from_id)
                .unwrap_or_default(),
            video_bits_per_second: bits("videoBitsPerSecond"),
            audio_bits_per_second: bits("audioBitsPerSecond"),
            timeslice: get("timesliceMs")
                .and_then(Value::as_u32)
                .map(Timeslice::new)
                .unwrap_or_default(),
            filter: id("filter").and_then(Filter::from_id).unwrap_or_default(),
            mirror: flag("mirror", default.mirror),
            mic_with_screen: flag("micWithScreen", default.mic_with_screen),
            system_audio: flag("systemAudio", default.system_audio),
            locale: text("locale"),
            theme: id("theme").and_then(Theme::from_id).unwrap_or_default(),
            server: text("server"),
            upload: flag("upload", default.upload),
            keep_uploaded: flag("keepUploaded", default.keep_uploaded),
        }
    }

    /// The settings as JSON, to be read by [`Settings::from_json`].
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut object = Object::default();
        let text = |text: &Option<String>| text.as_deref().map(json::string);
        object.raw("source", &json::string(self.source.id()));
        object.some("camera", self.camera.as_ref().map(write_remembered));
        object.some("microphone", self.microphone.as_ref().map(write_remembered));
        object.some("speaker", self.speaker.as_ref().map(write_remembered));
        object.raw("video", &self.video.to_json());
        object.raw("audio", &self.audio.to_json());
        object.raw("preset", &json::string(self.preset.id()));
        object.some("videoFormat", text(&self.video_format));
        object.some("audioFormat", text(&self.audio_format));
        object.raw("formatOrder", &json::string(self.format_order.id()));
        let bits = |bits: Option<u32>| bits.map(|bits| bits.to_string());
        object.some("videoBitsPerSecond", bits(self.video_bits_per_second));
        object.some("audioBitsPerSecond", bits(self.audio_bits_per_second));
        object.raw("timesliceMs", &self.timeslice.ms().to_string());
        object.raw("filter", &json::string(self.filter.id()));
        object.raw("mirror", flag(self.mirror));
        object.raw("micWithScreen", flag(self.mic_with_screen));
        object.raw("systemAudio", flag(self.system_audio));
        object.some("locale", text(&self.locale));
        object.raw("theme", &json::string(self.theme.id()));
        object.some("server", text(&self.server));
        object.raw("upload", flag(self.upload));
        object.raw("keepUploaded", flag(self.keep_uploaded));
        object.finish()
    }
}

const fn flag(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn read_text(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty() && text.len() <= TEXT_BYTES)
        .map(str::to_owned)
}

fn read_remembered(value: &Value) -> Option<Remembered> {
    let text = |name| value.get(name).and_then(read_text).unwrap_or_default();
    let remembered = Remembered {
        id: text("id"),
        label: text("label"),
        ideal: value.get("ideal").and_then(Value::as_bool) == Some(true),
    };
    let is_known = !(remembered.id.is_empty() && remembered.label.is_empty());
    is_known.then_some(remembered)
}

fn write_remembered(remembered: &Remembered) -> String {
    let mut object = Object::default();
    object.raw("id", &json::string(&remembered.id));
    object.raw("label", &json::string(&remembered.label));
    object.some("ideal", remembered.ideal.then(|| flag(true).to_owned()));
    object.finish()
}
