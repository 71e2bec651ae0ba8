//! What a page does to a recorder after it is there, and what becomes of it when something is
//! missing: attributes that change, code that can't be loaded, uploads that go on later.

use callreel_tests::{
    Browser, Form, PATIENCE, Result, Server, Site, Test, ensure, host_token, in_both_browsers,
    policy_of_readme,
};
use serde_json::json;

use crate::embed::{NOTES, POLICY, recorder};

in_both_browsers!(
    a_recorder_follows_what_its_page_sets,
    files_of_other_recorders_become_seekable,
    code_that_could_not_be_loaded_is_asked_for_again,
    an_upload_goes_on_in_a_page_that_has_a_room_alone,
);

async fn a_recorder_follows_what_its_page_sets(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.file("notes.js", NOTES)?;
    // Set before the element is known: a classic script runs before modules do.
    site.file(
        "before.js",
        "Object.assign(document.querySelector('callreel-recorder'), {
             width: 320, height: 240, frameRate: 10, format: 'webm-vp8-opus', bitRate: 500_000, timeslice: 200,
         });",
    )?;
    let body = "<script src=\"notes.js\"></script>\
         <callreel-recorder><p slot=\"idle\">Before</p><p slot=\"controls\">Beside</p></callreel-recorder>\
         <script src=\"before.js\"></script>\
         <script type=\"module\" src=\"callreel/recorder.js\"></script>";
    let policy = POLICY.replace("SERVER", "");
    let page = recorder(test, &site.page("index.html", &policy, body)?).await?;
    page.eval::<()>(
        "window.element = document.querySelector('callreel-recorder');
         // All but `error` bubble, out of other people's shadows as well.
         for (const name of ['recordingstart', 'recordingstop', 'error']) {
             document.addEventListener(name, ({ composed, detail }) => events.push({ name, composed, id: detail.id ?? '' }));
         }
         await element.start();",
    )
    .await?;
    let shown: Vec<String> = page
        .eval(
            "const slots = ['idle', 'controls'].map((name) => element.shadowRoot.querySelector(`slot[name=${name}]`));
             return slots.map((slot) => slot.assignedNodes()[0].textContent + (slot.hidden ? ' hidden' : ''));",
        )
        .await?;
    ensure!(shown == ["Before hidden", "Beside"], "{shown:?}");
    let state = |wanted: &'static str| format!("element.state === '{wanted}'");
    page.wait_until("it to record", PATIENCE, &state("recording"))
        .await?;
    page.wait_until("something", PATIENCE, "elapsed(element) >= 1")
        .await?;
    // The last language wins, and the source of a take that is being made stays.
    page.eval::<()>(
        "element.source = 'microphone'; element.pause(); element.lang = 'en'; element.lang = 'zh'; element.lang = 'en'; element.lang = 'zh';",
    )
    .await?;
    let resume = "[...element.shadowRoot.querySelectorAll('button:not([hidden])')].some(({ textContent }) => textContent === '继续')";
    page.wait_until("Chinese, and a pause", PATIENCE, resume)
        .await?;
    page.eval::<()>("element.resume(); element.lang = 'en'; window.take = await element.stop()")
        .await?;
    let recorder: (u32, u32, u32, String) = page
        .eval("const [{ ms, asked, bits, type }] = recorders; return [ms, asked, bits, type]")
        .await?;
    let (source, kind, asked, settings): (String, String, [u32; 3], [f64; 3]) = page
        .eval(
            "const { width, height, frameRate } = asked[0].video;
             const track = tracks.find(({ kind }) => kind === 'video').getSettings();
             return [
                 take.source, take.type, [width, height, frameRate].map(({ ideal }) => ideal),
                 [track.width ?? 320, track.height ?? 240, track.frameRate ?? 10],
             ];",
        )
        .await?;
    ensure!(
        source == "camera" && kind.contains("vp8"),
        "{source}, {kind}"
    );
    ensure!(asked == [320, 240, 10], "{asked:?}");
    // Firefox's camera of the tests has one size and one rate.
    if test.browser() == Browser::Chromium {
        ensure!(settings == [320.0, 240.0, 10.0], "{settings:?}");
    }
    // Firefox is asked for each chunk, and would give one by itself only if it was not.
    let (timeslice, least) = match test.browser() {
        Browser::Chromium => (200, 0),
        Browser::Firefox => (400, 3),
    };
    ensure!(
        recorder.0 == timeslice && recorder.1 >= least,
        "{recorder:?}"
    );
    ensure!(
        recorder.2 == 500_000 && recorder.3.contains("vp8"),
        "{recorder:?}"
    );
    // What is seen is what is recorded: another source closes the one that is open.
    let (states, videos, ended): (Vec<String>, Vec<bool>, bool) = page
        .eval(
            "element.source = 'camera';
             await element.open();
             const states = [element.state];
             element.source = 'microphone';
             states.push(element.state);
             // Numbers out of bounds count as absent, and what is begun is ended once it has.
             element.timeslice = 5;
             element.bitRate = 1;
             const begun = element.start();
             const ended = await element.stop().then(() => true, ({ code }) => code === 'no_track');
             await begun;
             const videos = asked.map(({ video }) => Boolean(video));
             return [states, videos, ended && element.state === (element.take ? 'stopped' : 'idle')];",
        )
        .await?;
    ensure!(states == ["open", "idle"], "{states:?}");
    ensure!(videos == [true, true, false] && ended, "{videos:?}");
    let is_free = "tracks.every((track) => track.readyState === 'ended')";
    page.wait_until("every track to end", PATIENCE, is_free)
        .await?;
    let bubbled: Vec<(String, bool)> = page
        .eval("return events.map(({ name, composed }) => [name, composed])")
        .await?;
    ensure!(bubbled.len() >= 2, "{bubbled:?}");
    for (name, composed) in &bubbled {
        ensure!(*composed && name != "error", "{bubbled:?}");
    }
    page.assert_no_errors()
}

async fn files_of_other_recorders_become_seekable(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.file("notes.js", NOTES)?;
    site.file(
        "own.js",
        "import { makeSeekable, openCamera } from './callreel/callreel.js';
         const length = (file) => new Promise((resolve, reject) => {
             const video = document.createElement('video');
             video.onloadedmetadata = () => resolve(video.duration);
             video.onerror = () => reject(new Error(video.error.message));
             video.src = URL.createObjectURL(file);
         });
         window.seek = async () => {
             const stream = await openCamera();
             const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' });
             const chunks = [];
             const stopped = new Promise((resolve) => (recorder.onstop = resolve));
             const enough = new Promise((resolve) => {
                 recorder.ondataavailable = ({ data }) => chunks.push(data) > 9 && resolve();
             });
             recorder.start(100);
             await enough;
             recorder.stop();
             await stopped;
             for (const track of stream.getTracks()) track.stop();
             const seekable = await makeSeekable(new Blob(chunks, { type: 'video/webm' }));
             const refused = await makeSeekable(new Blob(['no film at all'])).catch(({ code }) => code);
             return [await length(seekable), seekable.type, refused];
         };",
    )?;
    let body = "<script src=\"notes.js\"></script><script type=\"module\" src=\"own.js\"></script>";
    let policy = POLICY.replace("SERVER", "");
    let address = site.page("index.html", &policy, body)?;
    let page = test.open_url(&address).await?;
    page.wait_until("the module", PATIENCE, "window.seek")
        .await?;
    let (seconds, kind, refused): (Option<f64>, String, String) =
        page.eval("return await seek()").await?;
    // JSON has no infinity: it would be none.
    ensure!(
        seconds.is_some_and(|seconds| seconds > 0.2),
        "{seconds:?} s"
    );
    ensure!(kind.starts_with("video/webm"), "{kind}");
    ensure!(refused == "EncodingError", "{refused}");
    page.assert_no_errors()
}

async fn code_that_could_not_be_loaded_is_asked_for_again(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = Server::start(&["--allow-origin", site.url()])?;
    let missing = ["callreel/core_bg.wasm", "callreel/room-core_bg.wasm"];
    for file in missing {
        site.take_away(file)?;
    }
    site.file("notes.js", NOTES)?;
    site.file(
        "watch.js",
        "document.querySelectorAll('callreel-recorder, callreel-room').forEach(watch);",
    )?;
    let body = format!(
        "<script src=\"notes.js\"></script>\
         <callreel-recorder></callreel-recorder>\
         <callreel-room lang=\"zh\" room=\"kitchen\" server=\"{}\"></callreel-room>\
         <script src=\"watch.js\"></script>\
         <script type=\"module\" src=\"callreel/recorder.js\"></script>\
         <script type=\"module\" src=\"callreel/room.js\"></script>",
        server.url()
    );
    let policy = policy_of_readme(server.url(), Form::Npm)?;
    let page = test
        .open_url(&site.page("index.html", &policy, &body)?)
        .await?;
    page.wait_until("both to fail", PATIENCE, "events.length === 2")
        .await?;
    let codes: Vec<String> = page.eval("return events.map(({ code }) => code)").await?;
    ensure!(codes == ["not_loaded", "not_loaded"], "{codes:?}");
    let [said, room]: [String; 2] = page
        .eval(
            "return ['callreel-recorder', 'callreel-room'].map((name) => document.querySelector(name).shadowRoot.textContent)",
        )
        .await?;
    ensure!(said.contains("could not be loaded"), "{said}");
    ensure!(room.contains("无法加载"), "{room}");
    for file in missing {
        site.give_back(file)?;
    }
    page.eval::<()>("press(document.querySelector('callreel-recorder'), 'Try again')")
        .await?;
    let open = "(({ state, shadowRoot }) => state === 'open' && shadowRoot.activeElement?.part.contains('start'))(document.querySelector('callreel-recorder'))";
    page.wait_until("the camera, and the focus on what is next", PATIENCE, open)
        .await?;
    page.eval::<()>("await document.querySelector('callreel-room').join()")
        .await?;
    let text: String = page
        .eval("return document.querySelector('callreel-room').shadowRoot.textContent")
        .await?;
    ensure!(!text.contains("无法加载"), "{text}");
    Ok(())
}

/// The host wants tokens, the first page has none, and the second has a room alone.
async fn an_upload_goes_on_in_a_page_that_has_a_room_alone(test: &mut Test) -> Result {
    const SECRET: &str = "what the host signs its tokens with";
    const KEY: &str = "a-key-that-the-page-gives";
    let site = Site::start()?;
    let file = test.folder().join("host-secret");
    std::fs::write(&file, SECRET)?;
    let file = file.to_string_lossy().into_owned();
    let server = Server::start(&[
        "--uploads",
        "token",
        "--auth-secret-file",
        &file,
        "--allow-origin",
        site.url(),
    ])?;
    site.file("notes.js", NOTES)?;
    let url = server.url();
    let policy = policy_of_readme(url, Form::Npm)?;
    let body = |element: &str, script: &str| {
        format!(
            "<script src=\"notes.js\"></script><script type=\"module\" src=\"callreel/{script}.js\"></script>{element}"
        )
    };
    let element = format!("<callreel-recorder upload server=\"{url}\"></callreel-recorder>");
    let first = site.page("index.html", &policy, &body(&element, "recorder"))?;
    let page = recorder(test, &first).await?;
    page.eval_with::<()>(
        "const element = watch(document.querySelector('callreel-recorder'));
         element.ownerKey = arg;
         element.maxDuration = 1500;
         await element.start();",
        &json!(KEY),
    )
    .await?;
    let refused = "events.some(({ code }) => code === 'upload_not_allowed') && events.some(({ name }) => name === 'recordingsaved')";
    page.wait_until("the server's no", PATIENCE, refused)
        .await?;
    let (id, attribute): (String, bool) = page
        .eval("const element = document.querySelector('callreel-recorder'); return [element.take.id, element.hasAttribute('owner-key')]")
        .await?;
    ensure!(!attribute, "the key became an attribute");
    let token = host_token(&page, SECRET, &json!({ "room": "kitchen" })).await?;

    let element =
        format!("<callreel-room upload room=\"kitchen\" server=\"{url}\"></callreel-room>");
    let second = site.page("room.html", &policy, &body(&element, "room"))?;
    page.goto(&second).await?;
    let shut: String = page
        .eval(
            "const element = document.querySelector('callreel-room');
             await customElements.whenDefined('callreel-room');
             element.addEventListener('uploadcomplete', ({ detail }) => (window.done = { ...detail, isOurs: Boolean(detail.take) }));
             return element.join().then(() => 'in', ({ code }) => code);",
        )
        .await?;
    ensure!(shut == "join_token_needed", "{shut}");
    page.eval_with::<()>(
        "const element = document.querySelector('callreel-room');
         element.token = arg;
         await element.join();",
        &json!(token),
    )
    .await?;
    page.wait_until("the upload", PATIENCE, "window.done")
        .await?;
    let (take, recording, is_ours): (String, String, bool) = page
        .eval("return [done.id, done.recording, done.isOurs]")
        .await?;
    ensure!(take == id && !is_ours, "{take}, {id}");
    // It belongs to the key that the page gave.
    let owned: Vec<String> = page
        .eval_with(
            "const answer = await fetch(`${document.querySelector('callreel-room').server}/api/recordings`, {
                 headers: { authorization: `Bearer ${arg}` },
             });
             const listed = await answer.json();
             return listed.recordings.map(({ id }) => id);",
            &json!(KEY),
        )
        .await?;
    ensure!(owned == [recording], "{owned:?}");
    Ok(())
}
