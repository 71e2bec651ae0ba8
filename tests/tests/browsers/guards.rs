//! What the studio watches over while a take is made.

use callreel_tests::{PATIENCE, Page, Result, Studio, Test, ensure, in_both_browsers, wait_for};

in_both_browsers!(
    a_take_is_watched_over,
    a_recorder_that_never_begins_is_given_up,
    a_recorder_that_gives_nothing_is_told_of,
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
