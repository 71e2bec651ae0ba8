//! From the click on "Join" to the first frame of somebody else, beside two connections in one
//! page that do nothing else. `cargo xtask bench call` runs it.

#![allow(
    clippy::print_stdout,
    reason = "what is measured is for the person who called it"
)]

use std::time::Duration;

use callreel_tests::{Browser, Caller, Page, Result, Server, ensure, wait_for};

/// Rounds; the median counts.
const ROUNDS: usize = 20;
/// How much longer than the bare pair a call may take, in ms.
const AIM_MS: f64 = 250.0;

/// Pictures as everybody has them, not small ones as in the tests.
const AS_USUAL: &str = r"() => {
    if (location.protocol === 'http:') localStorage.setItem('callreel.settings', '{}');
}";

/// Notes when "Join" is clicked and when the first frame of somebody else is shown, in ms.
const WATCH: &str = r"
    window.joined = undefined;
    let clicked;
    document.querySelector('form').addEventListener('submit', () => clicked = performance.now(), { capture: true, once: true });
    const observer = new MutationObserver(() => {
        const video = document.querySelector('#tiles video[data-tile^=p]');
        if (!video) return;
        observer.disconnect();
        video.addEventListener('loadeddata', () => window.joined = performance.now() - clicked);
    });
    observer.observe(document.body, { childList: true, subtree: true });";

/// The same of two connections in one page, with a camera and a microphone that are open, in ms.
const LOOPBACK: &str = r"
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 1280, height: 720, resizeMode: 'none' } });
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true });
    document.body.append(video);
    const start = performance.now();
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
    try {
        one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
        other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
        const shown = new Promise(resolve => video.addEventListener('loadeddata', () => resolve(performance.now() - start)));
        const tracks = new MediaStream();
        other.ontrack = ({ track }) => { tracks.addTrack(track); video.srcObject = tracks; };
        for (const track of stream.getTracks()) one.addTrack(track, stream);
        await one.setLocalDescription();
        await other.setRemoteDescription(one.localDescription);
        await other.setLocalDescription();
        await one.setRemoteDescription(other.localDescription);
        return await shown;
    } finally {
        one.close(); other.close(); video.remove();
        for (const track of stream.getTracks()) track.stop();
    }";

#[tokio::main]
async fn main() -> Result {
    let server = Server::start(&[])?;
    let mut slow = Vec::new();
    for browser in Browser::ALL {
        let [call, bare] = measure(browser, &server).await?;
        let more = call - bare;
        println!(
            "{browser}: {call:.0} ms from the click to the first frame, {bare:.0} ms for two bare \
             connections in one page: {more:.0} ms more (aim {AIM_MS:.0})"
        );
        if more > AIM_MS {
            slow.push(browser.to_string());
        }
    }
    ensure!(slow.is_empty(), "too slow in {}", slow.join(" and "));
    Ok(())
}

/// The medians of calls and of bare pairs, in ms.
async fn measure(browser: Browser, server: &Server) -> Result<[f64; 2]> {
    let ann = Caller::start(browser, "Ann").await?;
    let bob = Caller::start(browser, "Bob").await?;
    for caller in [&ann, &bob] {
        caller.session().preload(AS_USUAL).await?;
    }
    // A room of their own: who was killed before still has a place in the other one.
    let room = browser.to_string();
    ann.enter(server, &room).await?;
    bob.open(server, &room).await?;
    let (mut calls, mut pairs) = (Vec::new(), Vec::new());
    // One before, for what is made once.
    for round in 0..=ROUNDS {
        bob.page().eval::<()>(WATCH).await?;
        bob.join().await?;
        let call = joined(bob.page()).await?;
        bob.page().button("Leave").click().await?;
        ann.tile("Bob").gone().await?;
        let pair = bob.page().eval(LOOPBACK).await?;
        bob.page().button("Join again").click().await?;
        bob.ready().await?;
        if round > 0 {
            calls.push(call);
            pairs.push(pair);
        }
    }
    Ok([median(calls), median(pairs)])
}

async fn joined(page: &Page) -> Result<f64> {
    wait_for("the first frame", Duration::from_secs(30), async || {
        page.eval("return window.joined").await
    })
    .await
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
