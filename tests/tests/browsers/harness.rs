//! The instruments themselves: what the other tests rely on when they measure the product.

use std::{fs, time::Duration};

use callreel_tests::{
    Camera, Film, PATIENCE, Page, Permission, Result, StaticFiles, Test, ensure, in_both_browsers,
};
use tempfile::TempDir;

in_both_browsers!(
    elements_are_found_by_role_and_name,
    the_console_is_heard,
    the_camera_tells_its_time,
    a_recording_can_be_downloaded_and_read,
    a_screen_can_be_shared,
    devices_can_be_refused,
    devices_can_be_missing,
    a_page_can_be_hidden,
    storage_survives_kill,
);

const PAGE: &str = r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Instruments</title>
<link rel="icon" href="data:,">
<button id="outside">Press</button>
<section aria-label="Inside"><button>Press</button><button disabled>Never</button>
<label>Size <select id="size"><option>Small</option><option>Large</option></select></label>
<label>Name <input></label></section>
<button id="share">Share</button>
<a id="save" download="take.webm">Save</a>
<video id="video" muted playsinline></video>"#;

struct Site {
    files: StaticFiles,
    _dir: TempDir,
}

impl Site {
    fn start() -> Result<Self> {
        let dir = TempDir::new()?;
        fs::write(dir.path().join("index.html"), PAGE)?;
        Ok(Self {
            files: StaticFiles::start_in(dir.path())?,
            _dir: dir,
        })
    }

    async fn open(&self, test: &mut Test) -> Result<Page> {
        test.open_url(&format!("{}/", self.files.url())).await
    }
}

async fn elements_are_found_by_role_and_name(test: &mut Test) -> Result {
    let site = Site::start()?;
    let page = site.open(test).await?;
    ensure!(page.button("Press").count().await? == 2);
    let inside = page.region("Inside").button("Press");
    ensure!(inside.count().await? == 1);
    page.eval::<()>("document.addEventListener('click', event => window.clicked = event.target.parentNode.ariaLabel)")
        .await?;
    inside.click().await?;
    ensure!(page.eval::<String>("return window.clicked").await? == "Inside");
    ensure!(!page.button("Never").is_enabled().await?);
    page.select("Size").choose("Large").await?;
    ensure!(
        page.select("Size")
            .eval::<String>("return element.value")
            .await?
            == "Large"
    );
    ensure!(page.select("Size").options().await? == ["Small", "Large"]);
    page.role("textbox", "Name").fill("Ada").await?;
    ensure!(
        page.role("textbox", "Name")
            .eval::<String>("return element.value")
            .await?
            == "Ada"
    );
    ensure!(
        page.button("Nothing")
            .within(Duration::from_millis(100))
            .wait()
            .await
            .is_err()
    );
    page.eval::<()>("document.querySelector('section').remove()")
        .await?;
    page.region("Inside").gone().await
}

async fn the_console_is_heard(test: &mut Test) -> Result {
    let site = Site::start()?;
    let page = site.open(test).await?;
    page.assert_no_errors()?;
    page.eval::<()>("console.error('a mistake'); setTimeout(() => { throw new Error('another') })")
        .await?;
    callreel_tests::wait_for("two errors", PATIENCE, async || {
        let errors = page.console().entries();
        Ok((errors.iter().filter(|entry| entry.level == "error").count() == 2).then_some(()))
    })
    .await?;
    ensure!(page.assert_no_errors().is_err());
    ensure!(
        page.eval::<()>("throw new Error('told to the test')")
            .await
            .is_err()
    );
    Ok(())
}

const PLAY_CAMERA: &str = "
    window.stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: true });
    video.srcObject = stream;
    await video.play();
    await new Promise(resolve => video.requestVideoFrameCallback(resolve));
    return [video.videoWidth, video.videoHeight];";

async fn the_camera_tells_its_time(test: &mut Test) -> Result {
    test.launch.camera = Camera::Fluent;
    let site = Site::start()?;
    let page = site.open(test).await?;
    ensure!(page.eval::<(u32, u32)>(PLAY_CAMERA).await? == (640, 480));
    let video = page.css("video");
    let first = page.burnt_in(&video).await?;
    page.wait_until(
        "a second of video",
        PATIENCE,
        "(window.start ??= video.currentTime, video.currentTime - start > 1)",
    )
    .await?;
    let passed = page.burnt_in(&video).await?.since(first);
    ensure!(
        (500.0..30_000.0).contains(&passed),
        "{passed} ms passed in the picture"
    );
    Ok(())
}

async fn a_recording_can_be_downloaded_and_read(test: &mut Test) -> Result {
    let site = Site::start()?;
    let page = site.open(test).await?;
    page.eval::<(u32, u32)>(PLAY_CAMERA).await?;
    page.eval::<()>(
        // A busy machine takes seconds to begin, so what counts is what has come.
        "const chunks = [];
         const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' });
         const recorded = new Promise((resolve, reject) => {
             recorder.onerror = event => reject(event.error);
             recorder.ondataavailable = event => {
                 chunks.push(event.data);
                 if (chunks.filter(chunk => chunk.size > 0).length > 5) resolve();
             };
         });
         recorder.start(500);
         await recorded;
         const stopped = new Promise(resolve => recorder.onstop = resolve);
         recorder.stop();
         await stopped;
         window.take = new Blob(chunks, { type: 'video/webm' });
         save.href = URL.createObjectURL(take);
         video.srcObject = null; video.src = save.href; await video.play(); video.pause();",
    )
    .await?;
    let replayed = page.burnt_in(&page.css("video")).await?;
    let file = test
        .download(async { page.role("link", "Save").click().await })
        .await?;
    ensure!(
        file.file_name().is_some_and(|name| name == "take.webm"),
        "it is called {}",
        file.display()
    );
    let size: u64 = page.eval("return take.size").await?;
    ensure!(file.metadata()?.len() == size);

    let frames = Film::new(file).frames()?;
    ensure!(frames.len() > 5, "only {} frames", frames.len());
    let times: Vec<_> = frames
        .iter()
        .filter_map(|(_, burnt_in)| *burnt_in)
        .collect();
    ensure!(
        times.len() * 20 > frames.len() * 19,
        "{} of {} frames are readable",
        times.len(),
        frames.len()
    );
    let passed = times[times.len() - 1].since(times[0]);
    ensure!(
        (1000.0..30_000.0).contains(&passed),
        "{passed} ms passed in the file"
    );
    ensure!(
        times.contains(&replayed),
        "{replayed:?} is shown, which is not in the file"
    );
    Ok(())
}

async fn a_screen_can_be_shared(test: &mut Test) -> Result {
    test.launch.screen = true;
    let site = Site::start()?;
    let page = site.open(test).await?;
    page.eval::<()>(
        "share.onclick = async () => {
            try {
                const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: true });
                window.shared = stream.getTracks().map(track => track.kind).sort();
            } catch (error) { window.shared = [String(error)] }
        }",
    )
    .await?;
    page.button("Share").click().await?;
    page.wait_until("the screen", PATIENCE, "window.shared")
        .await?;
    let shared: Vec<String> = page.eval("return shared").await?;
    ensure!(shared.contains(&"video".to_owned()), "{shared:?}");
    Ok(())
}

async fn devices_can_be_refused(test: &mut Test) -> Result {
    test.launch.permission = Permission::Denied;
    let site = Site::start()?;
    let page = site.open(test).await?;
    ensure!(error_of_camera(&page).await? == "NotAllowedError");
    Ok(())
}

async fn devices_can_be_missing(test: &mut Test) -> Result {
    test.launch.camera = Camera::None;
    let site = Site::start()?;
    let page = site.open(test).await?;
    ensure!(error_of_camera(&page).await? == "NotFoundError");
    Ok(())
}

async fn error_of_camera(page: &Page) -> Result<String> {
    page.eval("return navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'none', error => error.name)")
        .await
}

async fn a_page_can_be_hidden(test: &mut Test) -> Result {
    let site = Site::start()?;
    let page = site.open(test).await?;
    let front = page.hide().await?;
    // It can be asked without being brought to the front.
    ensure!(page.eval::<bool>("return document.hidden").await?);
    front.close().await?;
    page.show().await?;
    page.wait_until("the page to be seen again", PATIENCE, "!document.hidden")
        .await?;
    page.button("Share").click().await
}

async fn storage_survives_kill(test: &mut Test) -> Result {
    let site = Site::start()?;
    let page = site.open(test).await?;
    page.eval::<()>(
        "const root = await navigator.storage.getDirectory();
         const source = `onmessage = async () => {
             const root = await navigator.storage.getDirectory();
             const file = await root.getFileHandle('kept', { create: true });
             const access = await file.createSyncAccessHandle();
             access.write(new Uint8Array(1000)); access.flush(); postMessage('written');
         }`;
         const worker = new Worker(URL.createObjectURL(new Blob([source])));
         const written = new Promise((resolve, reject) => { worker.onmessage = resolve; worker.onerror = reject; });
         worker.postMessage(0);
         await written;",
    )
    .await?;
    test.kill_browser();
    let page = site.open(test).await?;
    let size: u64 = page
        .eval(
            "const root = await navigator.storage.getDirectory();
             return (await (await root.getFileHandle('kept')).getFile()).size",
        )
        .await?;
    ensure!(size == 1000);
    ensure!(test.session().await?.memory() > 10_000_000);
    Ok(())
}
