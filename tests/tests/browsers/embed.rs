//! The recorder in pages that are not ours, of another origin than the server.

use callreel_tests::{
    Caller, Form, PATIENCE, Page, Result, Server, Site, Test, ensure, in_both_browsers, is_soak,
    policy_of_readme,
};
use serde::Deserialize;

in_both_browsers!(
    a_plain_page_records_replays_and_uploads_elsewhere,
    a_page_takes_the_recorder_from_the_server,
    a_page_without_blob_workers_records_in_memory,
    a_removed_recorder_leaves_nothing_behind,
    a_recorder_added_again_holds_no_more,
);

/// What the package's README asks of a page that has the package's files on its own site.
pub(crate) const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
                      connect-src 'self' SERVER; media-src 'self' blob: SERVER; img-src data:";

/// Notes what the page can see of a recorder.
pub(crate) const NOTES: &str = "
    window.events = [];
    window.tracks = [];
    // What the browser was asked for, and how it was to record.
    window.asked = [];
    window.recorders = [];
    const begin = MediaRecorder.prototype.start;
    MediaRecorder.prototype.start = function (ms) {
        recorders.push({ ms, bits: this.videoBitsPerSecond, type: this.mimeType, asked: 0 });
        begin.call(this, ms);
    };
    const request = MediaRecorder.prototype.requestData;
    MediaRecorder.prototype.requestData = function () {
        recorders.at(-1).asked += 1;
        request.call(this);
    };
    window.workers = new Set();
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = async (wanted) => {
        asked.push(wanted);
        const stream = await ask(wanted);
        tracks.push(...stream.getTracks());
        return stream;
    };
    const Plain = window.Worker;
    window.Worker = class extends Plain {
        constructor(...made) { super(...made); workers.add(this); }
        terminate() { workers.delete(this); super.terminate(); }
    };
    window.watch = (element) => {
        const names = ['recordingstart', 'recordingstop', 'recordingsaved', 'uploadcomplete', 'error'];
        for (const name of names) element.addEventListener(name, ({ detail }) => {
            events.push({ name, code: detail?.code ?? '', message: detail?.message ?? '', address: detail?.address ?? '' });
        });
        return element;
    };
    // What people press.
    window.press = (element, name) => {
        const buttons = [...element.shadowRoot.querySelectorAll('button:not([hidden])')];
        const button = buttons.find((one) => one.textContent === name);
        if (!button) throw new Error(`no button ${name}, but ${buttons.map((one) => one.textContent)}`);
        button.focus();
        button.click();
    };
    window.elapsed = (element) => {
        const [minutes, seconds] = element.shadowRoot.querySelector('time').textContent.split(':');
        return minutes * 60 + Number(seconds);
    };
";

/// A heap that grows by less than this is flat, in bytes: caches and counters come and go.
const FLAT: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    name: String,
    pub code: String,
    address: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    r#type: String,
    pub duration: f64,
    size: u64,
    durable: bool,
    live: usize,
    workers: usize,
}

pub(crate) async fn events(page: &Page) -> Result<Vec<Event>> {
    page.eval("return events").await
}

/// Opens a page that has one recorder, and waits until it can be used.
pub(crate) async fn recorder(test: &mut Test, address: &str) -> Result<Page> {
    let page = test.open_url(address).await?;
    ready(&page).await?;
    Ok(page)
}

pub(crate) async fn ready(page: &Page) -> Result {
    let is_ready = "document.querySelector('callreel-recorder')?.shadowRoot?.querySelector('[part~=open]').textContent";
    page.wait_until("the recorder", PATIENCE, is_ready).await
}

/// Records two seconds, as a person does it.
pub(crate) async fn record(page: &Page) -> Result<Taken> {
    let press = async |name: &str| -> Result {
        page.eval::<()>(&format!(
            "press(document.querySelector('callreel-recorder'), '{name}')"
        ))
        .await
    };
    // Each control that goes hands the keyboard on to the next.
    let state = async |state: &str, control: &str| -> Result {
        let is = format!(
            "(({{ state, shadowRoot }}) => state === '{state}' && shadowRoot.activeElement?.part.contains('{control}'))(document.querySelector('callreel-recorder'))"
        );
        page.wait_until(
            &format!("it to be {state}, with the focus on {control}"),
            PATIENCE,
            &is,
        )
        .await
    };
    press("Turn on the camera").await?;
    state("open", "start").await?;
    press("Start recording").await?;
    state("recording", "stop").await?;
    let long = "elapsed(document.querySelector('callreel-recorder')) >= 2";
    page.wait_until("two seconds", PATIENCE, long).await?;
    press("Stop recording").await?;
    state("stopped", "again").await?;
    page.eval(
        "const { take } = document.querySelector('callreel-recorder');
         return {
             type: take.type, duration: take.duration, size: take.blob.size, durable: take.durable,
             live: tracks.filter((track) => track.readyState === 'live').length,
             workers: workers.size,
         };",
    )
    .await
}

pub(crate) fn assert_take(taken: &Taken) -> Result {
    ensure!(taken.r#type.starts_with("video/"), "{taken:?}");
    // A busy machine records less than time passes.
    ensure!((1.0..60_000.0).contains(&taken.duration), "{taken:?}");
    ensure!(taken.size > 1_000, "{taken:?}");
    ensure!(taken.durable, "{taken:?}");
    ensure!(taken.live == 0, "the camera is still on: {taken:?}");
    Ok(())
}

/// Plays what was recorded from its middle.
pub(crate) async fn replay(page: &Page, duration_ms: f64) -> Result {
    let [known, at]: [f64; 2] = page
        .eval(
            "const video = document.querySelector('callreel-recorder').shadowRoot.querySelector('[part~=replay]');
             const heard = (name) => new Promise((resolve, reject) => {
                 video.addEventListener(name, resolve, { once: true });
                 video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
             });
             // Firefox may forget where to go when it is told before it has the first frame.
             if (video.readyState < 2) await heard('loadeddata');
             const seeked = heard('seeked');
             video.currentTime = video.duration / 2;
             await seeked;
             return [video.duration, video.currentTime];",
        )
        .await?;
    ensure!(
        (known * 1_000.0 - duration_ms).abs() < 500.0,
        "{known} s, {duration_ms} ms"
    );
    ensure!((at - known / 2.0).abs() < 0.2, "{at} of {known}");
    Ok(())
}

pub(crate) async fn uploaded(page: &Page, durable: bool) -> Result {
    let done = "events.some(({ name }) => name === 'uploadcomplete')";
    page.wait_until("the upload", PATIENCE, done).await?;
    let events = events(page).await?;
    let names: Vec<&str> = events.iter().map(|event| &*event.name).collect();
    let mut wanted = vec!["recordingstart", "recordingstop"];
    wanted.extend(durable.then_some("recordingsaved"));
    wanted.push("uploadcomplete");
    ensure!(names == wanted, "{events:?}");
    let address = &events[names.len() - 1].address;
    let [status, bytes]: [u64; 2] = page
        .eval(&format!(
            "const answer = await fetch('{address}');
             return [answer.status, (await answer.blob()).size];"
        ))
        .await?;
    ensure!(status == 200 && bytes > 1_000, "{status}, {bytes} bytes");
    Ok(())
}

fn server_for(site: &Site) -> Result<Server> {
    Server::start(&["--uploads", "open", "--allow-origin", site.url()])
}

async fn a_plain_page_records_replays_and_uploads_elsewhere(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(&site)?;
    site.example("plain")?;
    site.change("index.html", "https://calls.example", server.url())?;
    let own = "<script type=\"module\" src=\"plain.js\"></script>";
    let watched = format!(
        "<script src=\"notes.js\"></script>{own}<script type=\"module\" src=\"watch.js\"></script>"
    );
    site.change("index.html", own, &watched)?;
    site.file("notes.js", NOTES)?;
    site.file(
        "watch.js",
        "watch(document.querySelector('callreel-recorder'));",
    )?;
    let page = recorder(test, &format!("{}/index.html", site.url())).await?;
    let taken = record(&page).await?;
    assert_take(&taken)?;
    replay(&page, taken.duration).await?;
    uploaded(&page, true).await?;
    let link = page.role("link", "Watch it on the server");
    let address: String = link.eval("return element.href").await?;
    // A later visit knows where it is.
    page.reload().await?;
    ready(&page).await?;
    let known: Vec<String> = page
        .eval(
            "const [take] = await document.querySelector('callreel-recorder').takes();
             return [take.recording, take.address];",
        )
        .await?;
    ensure!(known[0].len() == 32 && known[1] == address, "{known:?}");
    page.assert_no_errors()
}

/// A page that takes the package from the server, where workers may come from these sources.
async fn from_the_server(
    test: &mut Test,
    site: &Site,
    server: &Server,
    workers: &str,
) -> Result<Page> {
    site.file("notes.js", NOTES)?;
    site.file(
        "watch.js",
        "watch(document.querySelector('callreel-recorder'));",
    )?;
    let url = server.url();
    let wanted = policy_of_readme(url, Form::Served)?;
    let policy = wanted.replace("worker-src 'self' blob:", &format!("worker-src {workers}"));
    let body = format!(
        "<script src=\"notes.js\"></script>\
         <script type=\"module\" src=\"{url}/embed/recorder.js\"></script>\
         <callreel-recorder upload></callreel-recorder>\
         <script type=\"module\" src=\"watch.js\"></script>"
    );
    recorder(test, &site.page("index.html", &policy, &body)?).await
}

async fn a_page_takes_the_recorder_from_the_server(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(&site)?;
    let page = from_the_server(test, &site, &server, "'self' blob:").await?;
    let taken = record(&page).await?;
    assert_take(&taken)?;
    uploaded(&page, true).await?;
    page.assert_no_errors()
}

/// No worker can be made, so the page does its work, and says what that means.
async fn a_page_without_blob_workers_records_in_memory(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(&site)?;
    let page = from_the_server(test, &site, &server, "'self'").await?;
    let taken = record(&page).await?;
    ensure!(!taken.durable && taken.size > 1_000, "{taken:?}");
    let says: String = page
        .eval("return document.querySelector('callreel-recorder').shadowRoot.textContent")
        .await?;
    ensure!(says.contains("worker-src blob:"), "{says}");
    replay(&page, taken.duration).await?;
    uploaded(&page, false).await
}

async fn a_removed_recorder_leaves_nothing_behind(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.file("notes.js", NOTES)?;
    let rounds = if is_soak() { 50 } else { 10 };
    let body = "<script src=\"notes.js\"></script>\
         <script type=\"module\" src=\"callreel/recorder.js\"></script>\
         <callreel-recorder></callreel-recorder>";
    let policy = POLICY.replace("SERVER", "");
    let page = recorder(test, &site.page("index.html", &policy, body)?).await?;
    page.eval::<()>(&format!(
        "document.querySelector('callreel-recorder').remove();
             for (let round = 0; round < {rounds}; round++) {{
                 const element = document.createElement('callreel-recorder');
                 document.body.append(element);
                 // Removed while it opens, while it is open, and while it records.
                 const opened = element.open();
                 if (round % 3 > 0) await opened;
                 if (round % 3 > 1) await element.start();
                 element.remove();
                 await opened.catch(() => {{}});
             }}
             const element = watch(document.createElement('callreel-recorder'));
             document.body.append(element);
             window.kept = await element.takes();"
    ))
    .await?;
    let is_free = "tracks.every((track) => track.readyState === 'ended')";
    page.wait_until("every track to end", PATIENCE, is_free)
        .await?;
    page.eval::<()>("document.querySelector('callreel-recorder').remove(); delete window.kept;")
        .await?;
    page.wait_until("every worker to end", PATIENCE, "workers.size === 0")
        .await?;
    // Added again, it works again.
    page.eval::<()>("document.body.append(document.createElement('callreel-recorder'))")
        .await?;
    ready(&page).await?;
    let taken = record(&page).await?;
    assert_take(&taken)?;
    ensure!(taken.workers <= 2, "{taken:?}");
    page.assert_no_errors()
}

async fn a_recorder_added_again_holds_no_more(test: &mut Test) -> Result {
    let site = Site::start()?;
    let policy = POLICY.replace("SERVER", "");
    let body = "<script type=\"module\" src=\"callreel/recorder.js\"></script>";
    let ann = Caller::start(test.browser(), "Ann").await?;
    ann.open_elsewhere(&site.page("index.html", &policy, body)?)
        .await?;
    let rounds = if is_soak() { 50 } else { 5 };
    let (mut held, mut heaps) = (None, Vec::new());
    for round in 1..=rounds {
        ann.page()
            .eval::<()>(
                "const element = document.createElement('callreel-recorder');
                 element.maxDuration = 1000;
                 const stopped = new Promise((resolve) => {
                     element.addEventListener('recordingstop', resolve, { once: true });
                 });
                 document.body.append(element);
                 await customElements.whenDefined('callreel-recorder');
                 await element.start();
                 await stopped;
                 await element.take.remove();
                 element.remove();",
            )
            .await?;
        ann.holds_nothing().await?;
        match &held {
            Some(held) => ann.holds_again(held).await?,
            // What is made once, when it is first needed, is there after two turns.
            None if round == 2 => held = Some(ann.holds().await?),
            None => {}
        }
        heaps.extend(ann.heap().await?);
    }
    test.measured(&format!("heaps in bytes after each removal: {heaps:?}"));
    if let [_, before, .., after] = heaps[..] {
        ensure!(
            after < before + FLAT,
            "the heap grew from {before} to {after} bytes"
        );
    }
    ann.page().assert_no_errors()
}
