//! What the studio watches over while a take is made.

use callreel_tests::{PATIENCE, Page, Result, Studio, Test, ensure, in_both_browsers, wait_for};

in_both_browsers!(
    a_take_is_watched_over,
    who_records_at_once_gets_a_take,
    a_screen_is_not_shared_on_where_the_camera_is_refused,
    a_recorder_that_never_begins_is_given_up,
    a_recorder_that_gives_nothing_is_told_of;
    // Firefox tells a track of no end that a page made up.
    chromium: a_microphone_that_comes_back_is_heard,
);

/// A microphone that hears nothing and does what the test says, and a note of what keeps the
/// screen awake.
const PREPARE: &str = "
    const { getUserMedia } = MediaDevices.prototype;
    navigator.mediaDevices.getUserMedia = async wanted => {
        const stream = await getUserMedia.call(navigator.mediaDevices, wanted);
        for (const heard of stream.getAudioTracks()) {
            stream.removeTrack(heard);
            heard.stop();
            const [silent] = new AudioContext().createMediaStreamDestination().stream.getTracks();
            Object.defineProperty(silent, 'muted', { get: () => window.isMuted === true });
            window.microphone = silent;
            stream.addTrack(silent);
        }
        return stream;
    };
    window.awake = { asked: [], released: 0 };
    Object.defineProperty(navigator, 'wakeLock', { value: {
        request: async what => {
            awake.asked.push(what);
            return { release: async () => { awake.released += 1; } };
        },
    } });";

/// Whether the browser would ask before it closes the page.
async fn is_guarded(page: &Page) -> Result<bool> {
    page.eval(
        "const leaving = new Event('beforeunload', { cancelable: true });
         window.dispatchEvent(leaving);
         return leaving.defaultPrevented",
    )
    .await
}

async fn awake(page: &Page) -> Result<(Vec<String>, usize)> {
    page.eval("return [awake.asked, awake.released]").await
}

async fn a_take_is_watched_over(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.eval::<()>(PREPARE).await?;
    page.button("Turn the camera off").click().await?;
    page.button("Turn on camera").click().await?;
    studio.wait_for_picture("element.videoWidth > 0").await?;
    ensure!(!is_guarded(page).await?, "nothing is lost by leaving");
    ensure!(awake(page).await? == (vec![], 0));

    studio.start().await?;
    ensure!(is_guarded(page).await?, "the page closes without asking");
    page.wait_until("a wake lock", PATIENCE, "awake.asked.length > 0")
        .await?;
    let (asked, released) = awake(page).await?;
    ensure!(asked == ["screen"] && released == 0, "{asked:?} {released}");
    page.says("Nothing is heard. Is the microphone switched off, or the wrong one chosen?")
        .await?;
    page.eval::<()>("window.isMuted = true").await?;
    page.says("The microphone is muted by its own switch or by the system.")
        .await?;
    page.eval::<()>("window.isMuted = false; microphone.stop()")
        .await?;
    page.says("The microphone is gone.").await?;
    let (_, released) = awake(page).await?;
    ensure!(released == 0, "the screen may sleep already");

    studio.stop().await?;
    ensure!(!is_guarded(page).await?, "the page asks before it closes");
    page.wait_until("the lock back", PATIENCE, "awake.released === 1")
        .await?;
    page.assert_no_errors()
}

/// The page opens the camera by itself where it may, but asks for that first; the camera takes a while.
const SLOW_TO_OPEN: &str = "() => {
    if (!navigator.mediaDevices) return;
    const after = (ms, of, name) => {
        const asked = of[name].bind(of);
        of[name] = async (...given) => {
            await new Promise((then) => setTimeout(then, ms));
            return asked(...given);
        };
    };
    after(700, navigator.permissions, 'query');
    after(2000, navigator.mediaDevices, 'getUserMedia');
}";

async fn who_records_at_once_gets_a_take(test: &mut Test) -> Result {
    test.session().await?.preload(SLOW_TO_OPEN).await?;
    let page = test.open("/").await?;
    page.button("Start recording").click().await?;
    page.button("Stop recording").wait().await
}

/// The only microphone, whose plug is in the hands of the test.
const PLUG: &str = "() => {
    const { mediaDevices } = navigator;
    if (!mediaDevices) return;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
        if (wanted.audio && window.isOut) throw new DOMException('none', 'NotFoundError');
        const stream = await open(wanted);
        window.microphone = stream.getAudioTracks()[0] ?? window.microphone;
        return stream;
    };
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    mediaDevices.enumerateDevices = async () =>
        (await list()).filter(({ kind }) => !window.isOut || kind !== 'audioinput');
    window.pull = () => {
        window.isOut = true;
        mediaDevices.dispatchEvent(new Event('devicechange'));
        microphone.stop();
        microphone.dispatchEvent(new Event('ended'));
    };
    window.plugIn = () => {
        window.isOut = false;
        mediaDevices.dispatchEvent(new Event('devicechange'));
    };
}";

async fn a_microphone_that_comes_back_is_heard(test: &mut Test) -> Result {
    test.session().await?.preload(PLUG).await?;
    let studio = Studio::open(test).await?;
    let page = studio.page();
    studio.start().await?;
    page.eval::<()>("pull()").await?;
    let is_missed = "document.body.innerText.includes('The microphone is gone.')";
    page.wait_until("a microphone to be missed", PATIENCE, is_missed)
        .await?;
    // Nobody chose one, so any will do.
    page.eval::<()>("plugIn()").await?;
    let is_back = format!("!{is_missed} && microphone.readyState === 'live'");
    page.wait_until("the microphone", PATIENCE, &is_back)
        .await?;
    studio.stop().await
}

/// The camera is refused, and a picture of nothing is shared.
const NO_CAMERA: &str = "() => {
    if (!navigator.mediaDevices) return;
    navigator.mediaDevices.getDisplayMedia = async () => {
        const nothing = document.createElement('canvas');
        nothing.getContext('2d').fillRect(0, 0, 9, 9);
        return (window.shared = nothing.captureStream(30));
    };
    navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('no', 'NotAllowedError'));
}";

async fn a_screen_is_not_shared_on_where_the_camera_is_refused(test: &mut Test) -> Result {
    test.session().await?.preload(NO_CAMERA).await?;
    let page = test.open("/").await?;
    page.select("Source").choose("Screen and camera").await?;
    page.button("Choose a screen").click().await?;
    page.region("Preview").any("alert").wait().await?;
    page.wait_until(
        "the screen to be let go",
        PATIENCE,
        "window.shared.getTracks().every((track) => track.readyState === 'ended')",
    )
    .await
}

async fn a_recorder_that_never_begins_is_given_up(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.eval::<()>(
        "const { start } = MediaRecorder.prototype;
         MediaRecorder.prototype.start = () => { MediaRecorder.prototype.start = start; }",
    )
    .await?;
    page.button("Start recording").click().await?;
    page.says("The browser did not begin to record in time.")
        .await?;
    wait_for("the page to close without asking", PATIENCE, async || {
        Ok((!is_guarded(page).await?).then_some(()))
    })
    .await?;
    ensure!(studio.takes().any("listitem").count().await? == 0);
    // The next one begins, and is a take.
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    ensure!(studio.replay_ms().await? > 0.0);
    page.assert_no_errors()
}

async fn a_recorder_that_gives_nothing_is_told_of(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.eval::<()>(
        "window.data = Object.getOwnPropertyDescriptor(BlobEvent.prototype, 'data');
         Object.defineProperty(BlobEvent.prototype, 'data', { ...data, get: () => new Blob() });",
    )
    .await?;
    studio.start().await?;
    studio.recorded(1).await?;
    page.button("Stop recording").click().await?;
    page.says("there is nothing to keep").await?;
    page.button("Dismiss").click().await?;
    page.button("Start recording").wait().await?;
    ensure!(studio.takes().any("listitem").count().await? == 0);
    page.eval::<()>("Object.defineProperty(BlobEvent.prototype, 'data', window.data)")
        .await?;
    studio.start().await?;
    studio.saved(1).await?;
    studio.stop().await?;
    page.assert_no_errors()
}
