//! Devices that come, go, are refused, and are remembered.

use std::time::Duration;

use callreel_tests::{
    Browser, Camera, Context, PATIENCE, Page, Permission, Result, StaticFiles, Studio, Test,
    ensure, in_both_browsers, wait_for,
};
use serde_json::Value;

in_both_browsers!(
    choices_are_remembered,
    what_is_requested_is_compared_and_copied,
    a_remembered_device_that_is_gone_is_replaced,
    a_person_can_say_no,
    a_device_can_be_missing,
    a_demand_can_be_too_high,
    an_open_camera_changes_its_size,
    an_address_can_be_insecure,
    a_frame_can_be_without_permission,
    the_test_tone_plays_until_it_is_stopped;
    chromium: another_device_takes_the_place_of_one_that_is_gone, the_system_can_say_no;
    firefox: the_list_of_microphones_is_fresh,
);

/// A host name that leads to this machine without being known for it.
const HOST: &str = "callreel.test";

async fn choices_are_remembered(test: &mut Test) -> Result {
    const CHOICES: [(&str, &str); 4] = [
        ("Resolution", "VGA 640 × 480"),
        ("Frame rate", "15 fps"),
        ("Format", "WebM · VP8 + Opus"),
        ("Filter", "Sepia"),
    ];
    // It takes every size.
    test.launch.camera = Camera::BuiltIn(1);
    let page = Studio::open(test).await?.page().clone();
    for (list, line) in CHOICES {
        page.select(list).choose(line).await?;
    }
    // Firefox's camera looks away from the person.
    let mirror = (test.browser() == Browser::Chromium).then(|| page.button("Mirror the preview"));
    if let Some(mirror) = &mirror {
        mirror.click().await?;
    }
    page.button("Settings").click().await?;
    page.select("Rule for Video device").choose("Ideal").await?;
    page.reload().await?;
    let studio = Studio::on(&page).await?;
    studio
        .wait_for_picture("element.videoWidth === 640")
        .await?;
    let ideal = ("Rule for Video device", "Ideal");
    page.button("Settings").click().await?;
    for (list, line) in CHOICES.into_iter().chain([ideal]) {
        let shown: String = page
            .select(list)
            .eval("return element.selectedOptions[0].text")
            .await?;
        ensure!(shown == line, "{list} shows {shown}, {line} was chosen");
    }
    if let Some(mirror) = mirror {
        let pressed: String = mirror.eval("return element.ariaPressed").await?;
        ensure!(pressed == "false", "the preview is mirrored again");
    }
    Ok(())
}

/// Waits until the table says this of a property: the cell of a column has to begin with it.
async fn compared(page: &Page, property: &str, column: &str, begin: &str) -> Result {
    page.wait_until(
        &format!("{property} {column} {begin}"),
        PATIENCE,
        &format!(
            "[...document.querySelectorAll('.comparison tr')].some(row =>
                 row.querySelector('th')?.innerText === {property:?} &&
                 row.querySelector('[data-label={column}]')?.innerText.startsWith({begin:?}))"
        ),
    )
    .await
}

/// The request that the page puts on the clipboard.
async fn copied(page: &Page) -> Result<Value> {
    page.eval::<()>(
        "delete window.copied;
         navigator.clipboard.writeText = async text => { window.copied = JSON.parse(text); }",
    )
    .await?;
    page.button("Copy as JSON").click().await?;
    page.wait_until("a copy", PATIENCE, "window.copied").await?;
    page.eval("return window.copied").await
}

async fn what_is_requested_is_compared_and_copied(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.button("Settings").click().await?;
    for (column, begin) in [
        ("Requested", "ideally 320"),
        ("Granted", "320"),
        ("Delivered", "320"),
    ] {
        compared(page, "Width", column, begin).await?;
    }
    // Firefox does not tell what this camera could.
    if test.browser() == Browser::Chromium {
        compared(page, "Width", "Possible", "1–").await?;
    }
    let request = copied(page).await?;
    ensure!(request["video"]["width"]["ideal"] == 320, "{request}");
    ensure!(request["video"]["deviceId"].is_null(), "{request}");

    let granted: String = studio
        .stage()
        .eval("return element.srcObject.getVideoTracks()[0].getSettings().deviceId")
        .await?;
    for (rule, name, said) in [
        ("Exact", "exact", "exactly "),
        ("Ideal", "ideal", "ideally "),
    ] {
        studio.choose("Rule for Video device", rule).await?;
        studio.choose("Rule for Audio device", rule).await?;
        compared(page, "Camera", "Requested", said).await?;
        let request = copied(page).await?;
        ensure!(request["video"]["deviceId"][name] == granted, "{request}");
        ensure!(request["audio"]["deviceId"][name].is_string(), "{request}");
    }
    studio.choose("Rule for Video device", "No wish").await?;
    let request = copied(page).await?;
    ensure!(request["video"]["deviceId"].is_null(), "{request}");

    // Where the settings cover the page, what is said is not below them.
    page.button("Close").click().await?;
    page.resize(820, 900).await?;
    page.button("Settings").click().await?;
    page.wait_until(
        "nothing said",
        PATIENCE,
        "!document.querySelector('.toasts .note')",
    )
    .await?;
    copied(page).await?;
    page.wait_until(
        "a note over the settings",
        PATIENCE,
        "(() => {
             const note = document.querySelector('dialog:modal [role=status] .note');
             const { left, top, width, height } = note?.getBoundingClientRect() ?? {};
             return note?.contains(document.elementFromPoint(left + width / 2, top + height / 2));
         })()",
    )
    .await?;
    page.assert_no_errors()
}

async fn a_remembered_device_that_is_gone_is_replaced(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    page.eval::<()>(
        "const gone = label => ({ id: 'gone', label });
         localStorage.setItem('callreel.settings',
             JSON.stringify({ camera: gone('Old <b>camera</b>'), microphone: gone('Old microphone') }))",
    )
    .await?;
    page.reload().await?;
    Studio::on(&page).await?;
    page.says("The camera “Old <b>camera</b>” is not connected. Another one is used.")
        .await?;
    page.says("The microphone “Old microphone” is not connected. Another one is used.")
        .await
}

async fn another_device_takes_the_place_of_one_that_is_gone(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(2);
    let studio = Studio::open(test).await?;
    let cameras = studio.page().select("Camera").options().await?;
    ensure!(cameras.len() == 2, "{cameras:?}");
    studio.switch(studio.choose("Camera", &cameras[1])).await?;
    test.quit_browser().await?;

    test.launch.camera = Camera::BuiltIn(1);
    let page = test.open("/").await?;
    Studio::on(&page).await?;
    page.says(&format!(
        "“{}” is not connected. Another one is used.",
        cameras[1]
    ))
    .await?;
    let chosen: String = page
        .select("Camera")
        .eval("return element.selectedOptions[0].text")
        .await?;
    ensure!(chosen == cameras[0], "{chosen} is chosen");
    Ok(())
}

/// Asks for the camera, and waits for the refusal, which has to say all of this.
async fn refused(page: &Page, sentences: &[&str]) -> Result {
    let alert = page.region("Preview").any("alert");
    let turn_on = page.button("Turn on camera");
    // Where the browser would not ask, the page opens the camera by itself.
    wait_for("the camera to be asked for", PATIENCE, async || {
        if alert.count().await? == 1 {
            return Ok(Some(()));
        }
        if turn_on.count().await? == 1 {
            // It goes once the camera is asked for, perhaps just now.
            let turn_on = turn_on.clone().within(Duration::from_secs(1));
            turn_on.eval::<()>("element.click()").await?;
        }
        Ok(None)
    })
    .await?;
    let text = alert.text().await?;
    for sentence in sentences {
        ensure!(text.contains(sentence), "{sentence:?} is not in: {text}");
    }
    Ok(())
}

async fn a_person_can_say_no(test: &mut Test) -> Result {
    test.launch.permission = Permission::Denied;
    let page = test.open("/").await?;
    refused(
        &page,
        &[
            "The camera is blocked for this page",
            "Click the icon to the left of the address, allow the camera, then try again.",
            "Try again",
        ],
    )
    .await
}

async fn the_system_can_say_no(test: &mut Test) -> Result {
    // The page may, and gets nothing: so it is where the system keeps the devices to itself.
    test.launch.permission = Permission::Denied;
    let origin = test.server()?.url().to_owned();
    for device in ["camera", "microphone"] {
        test.session().await?.page().permit(device, &origin).await?;
    }
    let page = test.open("/").await?;
    refused(
        &page,
        &[
            "The system keeps the camera from your browser",
            "Open the system's privacy settings",
        ],
    )
    .await
}

async fn a_device_can_be_missing(test: &mut Test) -> Result {
    test.launch.camera = Camera::None;
    let page = test.open("/").await?;
    refused(
        &page,
        &[
            "No camera was found",
            "Connect it or switch it on, then try again.",
        ],
    )
    .await
}

async fn a_demand_can_be_too_high(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.button("Turn the camera off").click().await?;
    page.button("Settings").click().await?;
    // Firefox's camera takes every size and rate, and looks away from the person.
    let demand = match test.browser() {
        Browser::Chromium => "Frames per second",
        Browser::Firefox => "Facing",
    };
    studio
        .choose(&format!("Rule for {demand}"), "Exact")
        .await?;
    if test.browser() == Browser::Chromium {
        let value = page.role("spinbutton", "Frames per second Exact");
        value.enter("240").await?;
    }
    page.role("dialog", "Settings")
        .button("Close")
        .click()
        .await?;
    refused(
        page,
        &[
            "The camera can't do what was asked",
            match test.browser() {
                Browser::Chromium => "“Frames per second: exactly 240” is not possible.",
                Browser::Firefox => "“Facing: exactly towards you” is not possible.",
            },
            "The nearest that works: ",
        ],
    )
    .await?;
    let said = page.region("Preview").any("alert").text().await?;
    page.button("Use the nearest that works").click().await?;
    studio.wait_for_picture("element.videoWidth > 0").await?;
    let (rate, facing): (f64, Option<String>) = studio
        .stage()
        .eval(
            "const { frameRate, facingMode } = element.srcObject.getVideoTracks()[0].getSettings();
             return [frameRate, facingMode ?? null]",
        )
        .await?;
    let works = match test.browser() {
        Browser::Chromium => format!("works: {rate}."),
        Browser::Firefox => "works: away from you.".to_owned(),
    };
    ensure!(said.contains(&works), "{rate}, {facing:?}; said: {said}");
    page.button("Settings").click().await?;
    let rule: String = page
        .select(&format!("Rule for {demand}"))
        .eval("return element.value")
        .await?;
    ensure!(rule == "ideal", "the demand became {rule:?}");
    Ok(())
}

/// Of a camera in use Chromium offers the size that it has to who opens it once more.
async fn an_open_camera_changes_its_size(test: &mut Test) -> Result {
    test.launch.camera = Camera::BuiltIn(1);
    let studio = Studio::open(test).await?;
    let page = studio.page();
    // It is opened small, whatever it was before.
    page.button("Turn the camera off").click().await?;
    Studio::on(page).await?;
    for (resolution, width) in [
        ("VGA 640 × 480", 640),
        ("HD 1280 × 720", 1280),
        ("QVGA 320 × 240", 320),
    ] {
        studio.choose("Resolution", resolution).await?;
        let comes = format!("element.videoWidth === {width}");
        studio.wait_for_picture(&comes).await?;
    }
    // So does the picture that is made of it.
    studio.choose("Filter", "Invert").await?;
    studio.choose("Resolution", "VGA 640 × 480").await?;
    studio
        .wait_for_picture("element.videoWidth === 640")
        .await?;
    // Of a demand that can't be met the nearest is what the camera could do, not what it does.
    if test.browser() == Browser::Firefox {
        return page.assert_no_errors();
    }
    page.button("Settings").click().await?;
    studio.choose("Rule for Width", "Exact").await?;
    let value = page.role("spinbutton", "Width Exact");
    value.enter("3841").await?;
    page.says("“Width: exactly 3841” is not possible. The nearest that works: 3840.")
        .await?;
    // What a demand begins with has come, and stays.
    studio
        .wait_for_picture("element.videoWidth === 1280")
        .await?;
    page.assert_no_errors()
}

async fn an_address_can_be_insecure(test: &mut Test) -> Result {
    match test.browser() {
        Browser::Chromium => test
            .launch
            .flags
            .push(format!("--host-resolver-rules=MAP {HOST} 127.0.0.1")),
        Browser::Firefox => test
            .launch
            .preferences
            .push(("network.dns.localDomains".into(), HOST.into())),
    }
    let files = StaticFiles::start()?;
    let url = files.url().replace("127.0.0.1", HOST);
    let page = test.open_url(&format!("{url}/")).await?;
    refused(
        &page,
        &[
            "The browser wants a secure address",
            "Open this page with https:// in front",
            "Open with https://",
        ],
    )
    .await
}

async fn a_frame_can_be_without_permission(test: &mut Test) -> Result {
    let files = StaticFiles::start()?;
    let dir = tempfile::TempDir::new()?;
    let host = format!(
        "<!doctype html><title>Host</title><iframe width=900 height=800 src='{}/'></iframe>",
        files.url()
    );
    std::fs::write(dir.path().join("index.html"), host)?;
    let outside = StaticFiles::start_in(dir.path())?;
    let page = test.open_url(&format!("{}/", outside.url())).await?;
    let frame = page.frame().await?;
    refused(
        &frame,
        &[
            "The surrounding page does not allow the camera",
            "give the frame allow=‘camera; microphone; display-capture’",
        ],
    )
    .await
}

async fn the_test_tone_plays_until_it_is_stopped(test: &mut Test) -> Result {
    test.launch.sound = true;
    let page = test.open("/").await?;
    page.button("Settings").click().await?;
    let speaker = page.select("Speaker");
    let can_choose: bool = page
        .eval("return 'setSinkId' in HTMLMediaElement.prototype")
        .await?;
    if can_choose {
        // Firefox lists speakers once the microphone is on.
        Studio::on(&page).await?;
        speaker
            .wait_until("speakers", PATIENCE, "element.value.length > 2")
            .await?;
        let chosen: String = speaker
            .eval(
                "window.sinks = [];
                 const { setSinkId } = HTMLMediaElement.prototype;
                 HTMLMediaElement.prototype.setSinkId = function (id) {
                     sinks.push(id);
                     return setSinkId.call(this, id);
                 };
                 element.selectedIndex = element.options.length - 1;
                 element.dispatchEvent(new Event('change', { bubbles: true }));
                 return element.value",
            )
            .await?;
        page.button("Play test tone").click().await?;
        page.button("Stop test tone").wait().await?;
        let sinks: Vec<String> = page.eval("return window.sinks").await?;
        ensure!(
            sinks == [chosen.clone()],
            "{chosen:?} was chosen, the tone went to {sinks:?}"
        );
    } else {
        speaker.gone().await?;
        page.says("This browser plays everything on the system's own speaker.")
            .await?;
        page.button("Play test tone").click().await?;
        page.button("Stop test tone").wait().await?;
    }
    if let Some(sound) = test.session().await?.sound() {
        wait_for("the tone to be heard", PATIENCE, async || {
            Ok(sound.is_heard()?.then_some(()))
        })
        .await?;
    }
    page.button("Stop test tone").click().await?;
    page.button("Play test tone").wait().await?;
    page.assert_no_errors()
}

async fn the_list_of_microphones_is_fresh(test: &mut Test) -> Result {
    test.launch.sound = true;
    test.launch.camera = Camera::None;
    let page = test.open("/").await?;
    let microphones = page.select("Microphone");
    let session = test.session().await?;
    let sound = session.sound().context("it was asked for")?;
    let first = sound.plug_in("First")?;
    Studio::listen(&page).await?;
    let lists = async |name: &str, is_listed: bool| {
        wait_for(
            &format!("{name} in the list: {is_listed}"),
            PATIENCE,
            async || {
                let listed = microphones.options().await?;
                let found = listed.iter().any(|line| line.contains(name));
                Ok((found == is_listed).then_some(()))
            },
        )
        .await
    };
    lists("First", true).await?;
    let second = sound.plug_in("Second")?;
    lists("Second", true).await?;
    sound.unplug(&first)?;
    lists("First", false).await?;
    page.says("The microphone was disconnected. “Second” is used now.")
        .await?;
    sound.unplug(&second)?;
    lists("Second", false).await
}
