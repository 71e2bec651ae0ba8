//! A call that is recorded in the page, as people come and go.

use std::{path::Path, process::Command};

use callreel_tests::{
    Browser, Caller, Context, Film, Kind, Launch, PATIENCE, Page, Result, Server, Test,
    alone_in_chromium, alone_in_firefox, ensure, tone,
};

alone_in_chromium!(a_call_of_three_is_one_take_with_all_voices);
alone_in_firefox!(a_call_of_two_is_one_take);

/// The tones of three people, and two at which nobody speaks, in Hz.
const VOICES: [f64; 3] = [500.0, 900.0, 1_400.0];
const SILENT: [f64; 2] = [700.0, 1_150.0];

/// Steady tones are noise to a browser: what people get must not be cleaned of them.
const RAW_SOUND: &str = r#"localStorage.setItem('callreel.settings', JSON.stringify({ audio: {
    echoCancellation: { exact: false }, noiseSuppression: { exact: false },
    autoGainControl: { exact: false } } }))"#;

async fn person(server: &Server, name: &str, hz: f64) -> Result<Caller> {
    let mut launch = Launch::new(Browser::Chromium)?;
    tone(&mut launch, hz)?;
    let person = Caller::start_with(launch, name).await?;
    person
        .page()
        .goto(&format!("{}/room/kitchen", server.url()))
        .await?;
    person.page().eval::<()>(RAW_SOUND).await?;
    Ok(person)
}

/// The seconds that the page's clock shows.
const SECONDS: &str =
    "element.textContent.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)";

pub async fn clock_of(recorder: &Caller) -> Result<f64> {
    let clock = recorder.page().role("timer", "Recorded time");
    clock.eval(&format!("return {SECONDS}")).await
}

pub async fn recorded(recorder: &Caller, seconds: f64) -> Result {
    let clock = recorder.page().role("timer", "Recorded time");
    let reached = format!("{SECONDS} >= {seconds}");
    clock
        .wait_until("the recording to go on", PATIENCE, &reached)
        .await
}

/// Ends the recording and gets the take from the studio.
async fn take(recorder: &Caller, server: &Server) -> Result<Film> {
    let page = recorder.page();
    page.button("Stop recording").click().await?;
    page.button("Start recording").wait().await?;
    page.button("Leave").click().await?;
    page.role("heading", "You left the room").wait().await?;
    page.goto(server.url()).await?;
    let download = page.region("Takes").button("Download");
    download.click().await?;
    let file = Page::downloaded(recorder.session().downloads(), &[]).await?;
    Ok(Film::new(file))
}

async fn a_call_of_three_is_one_take_with_all_voices(test: &mut Test) -> Result {
    let server = test.server()?;
    let ann = person(server, "Ann", VOICES[0]).await?;
    let bob = person(server, "Bob", VOICES[1]).await?;
    let cleo = person(server, "Cleo", VOICES[2]).await?;
    ann.enter(server, "kitchen").await?;
    bob.enter(server, "kitchen").await?;
    ann.sees(&bob).await?;
    ann.page().button("Start recording").click().await?;
    recorded(&ann, 4.0).await?;
    let told = bob.page().region("Participants").css(".flags");
    told.wait_until(
        "who records",
        PATIENCE,
        "element.innerText.includes('Ann is recording')",
    )
    .await?;
    // One comes late, one goes, and nobody looks at the page meanwhile.
    cleo.enter(server, "kitchen").await?;
    let heard = ann.hears(&cleo).await;
    if heard.is_err() {
        ann.report().await?;
    }
    heard?;
    let front = ann.page().hide().await?;
    bob.page().button("Leave").click().await?;
    cleo.tile("Bob").gone().await?;
    let until = clock_of(&ann).await? + 3.0;
    recorded(&ann, until).await?;
    ann.page().show().await?;
    front.close().await?;
    let said = clock_of(&ann).await?;
    let film = take(&ann, server).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    film.assert_opaque()?;
    for voice in VOICES {
        let [one, other] = SILENT.map(|hz| loudness(film.path(), hz));
        let noise = one?.max(other?);
        let voice_power = loudness(film.path(), voice)?;
        test.measured(&format!(
            "{voice} Hz: {voice_power:.5}, elsewhere {noise:.5}"
        ));
        ensure!(voice_power > 10.0 * noise, "nobody hears {voice} Hz");
    }
    assert_length(&film, said)
}

async fn a_call_of_two_is_one_take(test: &mut Test) -> Result {
    let server = test.server()?;
    let ann = Caller::start(Browser::Firefox, "Ann").await?;
    let bob = Caller::start(Browser::Chromium, "Bob").await?;
    ann.enter(server, "kitchen").await?;
    ann.page().button("Start recording").click().await?;
    bob.enter(server, "kitchen").await?;
    ann.sees(&bob).await?;
    recorded(&ann, 6.0).await?;
    let said = clock_of(&ann).await?;
    let film = take(&ann, server).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    ensure!(!film.packets(Kind::Audio)?.is_empty(), "there is no sound");
    assert_length(&film, said)
}

/// The take is as long as the page said, to a few seconds.
fn assert_length(film: &Film, said: f64) -> Result {
    for kind in [Kind::Video, Kind::Audio] {
        let packets = film.packets(kind)?;
        let last = packets.last().context("there are no packets")?;
        let seconds = last.ms / 1_000.0;
        ensure!(
            (said - 1.5..said + 6.0).contains(&seconds),
            "{seconds} s, the page said {said} s"
        );
    }
    Ok(())
}

/// The power of one tone in a file, by the algorithm of Goertzel: the most in any half second.
fn loudness(file: &Path, hz: f64) -> Result<f64> {
    const RATE: f64 = 16_000.0;
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-vn", "-ac", "1", "-ar", "16000", "-f", "s16le", "-"])
        .output()?;
    let samples: Vec<f64> = output
        .stdout
        .chunks_exact(2)
        .map(|two| f64::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0)
        .collect();
    let factor = 2.0 * (std::f64::consts::TAU * hz / RATE).cos();
    let power = |part: &[f64]| {
        let (one, two) = part.iter().fold((0.0, 0.0), |(one, two), sample| {
            (sample + factor * one - two, one)
        });
        (one * one + two * two - factor * one * two) / (part.len() * part.len()) as f64
    };
    Ok(samples.chunks_exact(8_000).map(power).fold(0.0, f64::max))
}
