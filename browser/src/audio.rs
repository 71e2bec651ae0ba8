//! Sound: one track out of many sources, their level, and a test tone (Web Audio).

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, AudioNode, ConstantSourceNode, HtmlAudioElement,
    MediaStreamAudioDestinationNode, OscillatorNode,
};

use crate::{
    DomError, js,
    media::{Stream, Track},
    page,
};

/// Where a sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The microphone; its level is measured.
    Microphone,
    /// What the shared screen, window or tab plays.
    System,
    /// Somebody else in a call, or their screen.
    Other(u32),
}

/// Mixes its sources into one track, which goes on without a break while they change.
#[must_use = "dropping it ends its track"]
pub struct Mixer {
    context: AudioContext,
    out: MediaStreamAudioDestinationNode,
    meter: AnalyserNode,
    _silence: ConstantSourceNode,
    track: Track,
    inputs: RefCell<Vec<Input>>,
    samples: RefCell<Vec<f32>>,
}

struct Input {
    slot: Slot,
    node: AudioNode,
    stream: Stream,
}

impl Drop for Input {
    fn drop(&mut self) {
        let cut = self.node.disconnect();
        debug_assert!(cut.is_ok(), "a connected node can be disconnected");
    }
}

impl Mixer {
    /// A mixer with no source: its track is silence.
    pub fn new() -> Result<Self, DomError> {
        let context = AudioContext::new()?;
        let out = context.create_media_stream_destination()?;
        let meter = context.create_analyser()?;
        meter.set_fft_size(2048);
        // Chromium gives nothing at all, not even silence, while no source is connected; a
        // recorder would then hold the picture back, waiting for sound.
        let silence = context.create_constant_source()?;
        silence.offset().set_value(0.0);
        silence.connect_with_audio_node(&out)?;
        silence.start()?;
        let samples = vec![0.0; meter.fft_size() as usize];
        let track = Stream::own(out.stream())
            .audio()
            .cloned()
            .ok_or_else(|| DomError::new("NotSupportedError", "createMediaStreamDestination"))?;
        Ok(Self {
            context,
            out,
            meter,
            _silence: silence,
            track,
            inputs: RefCell::default(),
            samples: samples.into(),
        })
    }

    /// Gets the mixer going and says whether it goes. Browsers hold sound back until the person
    /// has done something on the page, and some have no clock without a speaker: the track then
    /// carries nothing at all, and never will.
    pub fn start(&self) -> impl Future<Output = bool> + use<> {
        const PATIENCE_MS: u32 = 1_500;
        let context = self.context.clone();
        async move {
            let running = || context.state() == AudioContextState::Running;
            if running() {
                return true;
            }
            let Ok(resumed) = context.resume() else {
                return false;
            };
            let patience = gloo::timers::future::TimeoutFuture::new(PATIENCE_MS);
            // How the race ends is seen in the state.
            futures_util::future::select(JsFuture::from(resumed), patience).await;
            running()
        }
    }

    /// The mixed sound.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// What `slot` plays from now on.
    pub fn set(&self, slot: Slot, source: Option<&Track>) -> Result<(), DomError> {
        let input = match source {
            Some(track) => Some(self.connect(slot, track)?),
            None => None,
        };
        let mut inputs = self.inputs.borrow_mut();
        inputs.retain(|input| input.slot != slot);
        inputs.extend(input);
        Ok(())
    }

    /// What is played from now on, and nothing else; what plays already goes on without a break.
    pub fn play(&self, sources: &[(Slot, Option<&Track>)]) -> Result<(), DomError> {
        let wanted = |input: &Input| {
            let track = input.stream.audio();
            let mut sources = sources.iter();
            sources.any(|(slot, source)| *slot == input.slot && *source == track)
        };
        self.inputs.borrow_mut().retain(wanted);
        for (slot, source) in sources {
            let mut inputs = self.inputs.borrow_mut();
            let plays = inputs.iter().any(|input| input.slot == *slot);
            if let Some(track) = source.filter(|_| !plays) {
                inputs.push(self.connect(*slot, track)?);
            }
        }
        Ok(())
    }

    fn connect(&self, slot: Slot, track: &Track) -> Result<Input, DomError> {
        let stream = Stream::of(vec![track.clone()])?;
        let node: AudioNode = self
            .context
            .create_media_stream_source(stream.as_raw())?
            .into();
        node.connect_with_audio_node(&self.out)?;
        if slot == Slot::Microphone {
            node.connect_with_audio_node(&self.meter)?;
        }
        Ok(Input { slot, node, stream })
    }

    /// The microphone's level now: root mean square of the last 2,048 samples, 0 to 1.
    pub fn level(&self) -> f32 {
        if !self
            .inputs
            .borrow()
            .iter()
            .any(|i| i.slot == Slot::Microphone)
        {
            return 0.0;
        }
        let mut samples = self.samples.borrow_mut();
        self.meter.get_float_time_domain_data(&mut samples);
        let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
        (sum / samples.len() as f32).sqrt()
    }
}

impl Drop for Mixer {
    fn drop(&mut self) {
        // Closing answers with a promise; nobody waits for it, and a closed one stays closed.
        let _ = self.context.close();
    }
}

/// True where the person may choose the speaker (Audio Output Devices).
pub fn can_choose_speaker() -> bool {
    page::document()
        .create_element("audio")
        .is_ok_and(|audio| js::get(&audio, "setSinkId").is_function())
}

/// A quiet tone of 440 Hz, until it is dropped.
#[must_use = "dropping it ends the tone"]
pub struct TestTone {
    context: AudioContext,
    element: HtmlAudioElement,
    oscillator: OscillatorNode,
}

impl TestTone {
    /// Plays on the speaker with this device id, or on the browser's own choice.
    pub async fn start(speaker: Option<&str>) -> Result<Self, DomError> {
        let context = AudioContext::new()?;
        let out = context.create_media_stream_destination()?;
        let volume = context.create_gain()?;
        volume.gain().set_value(0.2);
        let oscillator = context.create_oscillator()?;
        oscillator.frequency().set_value(440.0);
        oscillator.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&out)?;
        oscillator.start()?;
        let element: HtmlAudioElement = page::document().create_element("audio")?.unchecked_into();
        element.set_src_object(Some(&out.stream()));
        let tone = Self {
            context,
            element,
            oscillator,
        };
        if let Some(id) = speaker.filter(|id| !id.is_empty()) {
            js::call_async(&tone.element, "setSinkId", &[id.into()]).await?;
        }
        JsFuture::from(tone.element.play()?).await?;
        Ok(tone)
    }
}

impl Drop for TestTone {
    fn drop(&mut self) {
        self.element.set_src_object(None);
        // Both only fail on what has stopped already.
        let _ = self.oscillator.stop();
        let _ = self.context.close();
    }
}

/// Sends what a media element plays to the speaker with this device id.
pub async fn set_speaker(
    element: &web_sys::HtmlMediaElement,
    speaker: &str,
) -> Result<(), DomError> {
    js::call_async(element, "setSinkId", &[speaker.into()]).await?;
    Ok(())
}
