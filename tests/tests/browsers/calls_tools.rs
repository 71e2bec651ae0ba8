//! What one can do in a call besides being seen and heard.

use callreel_tests::{
    Browser, Caller, Finder, Launch, PATIENCE, Result, Server, Test, between_browsers, ensure,
    in_both_browsers,
};

in_both_browsers!(
    what_one_does_is_seen_by_the_others,
    a_refused_camera_is_explained_and_does_not_keep_one_out,
    a_name_stays_as_it_was_typed_and_a_phone_has_one_row_of_buttons,
);
between_browsers!(
    Chromium: people_write_to_each_other, a_codec_is_chosen_and_comes;
    Firefox: a_screen_is_shared_and_taken_back;
);

/// Ann in the test's browser and Bob in the other.
pub async fn pair(test: &mut Test) -> Result<(Caller, Caller)> {
    let browser = test.browser();
    let server = test.server()?;
    let ann = Caller::start(browser, "Ann").await?;
    let bob = Caller::start(browser.other(), "Bob").await?;
    enter(server, &ann, &bob).await?;
    Ok((ann, bob))
}

async fn enter(server: &Server, ann: &Caller, bob: &Caller) -> Result {
    ann.enter(server, "kitchen").await?;
    bob.enter(server, "kitchen").await?;
    bob.sees(ann).await?;
    ann.sees(bob).await
}

fn sign(tile: &Finder, name: &str) -> Finder {
    tile.clone().role("img", name)
}

async fn what_one_does_is_seen_by_the_others(test: &mut Test) -> Result {
    let (ann, bob) = pair(test).await?;
    let tile = ann.tile("Bob");
    let page = bob.page();
    page.button("Mute microphone").click().await?;
    sign(&tile, "Microphone off").wait().await?;
    ann.hears_nothing_of(&bob).await?;
    page.button("Unmute microphone").click().await?;
    sign(&tile, "Microphone off").gone().await?;
    ann.hears(&bob).await?;

    page.button("Turn camera off").click().await?;
    let unlit = "element.classList.contains('unlit')";
    let video = tile.clone().css("video");
    video.wait_until("no picture", PATIENCE, unlit).await?;
    let tracks = bob.holds().await?.tracks;
    ensure!(tracks == 1, "the camera's light is on: {tracks} tracks");
    page.button("Turn camera on").click().await?;
    video
        .wait_until("a picture", PATIENCE, &format!("!{unlit}"))
        .await?;
    ann.sees(&bob).await?;

    page.button("Raise hand").click().await?;
    sign(&tile, "Hand raised").wait().await?;
    page.button("Lower hand").click().await?;
    sign(&tile, "Hand raised").gone().await?;

    // It is there for three seconds, and the page may be asked too late.
    tile.eval::<()>(WATCH_REACTIONS).await?;
    page.button("React").click().await?;
    page.button("👏").click().await?;
    ann.page()
        .wait_until("a reaction", PATIENCE, "window.reactions > 0")
        .await?;

    another_microphone_and_the_camera_opened_anew(&ann, &bob).await?;
    tiles_fill_the_screen_and_float(&ann).await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
}

/// Devices are changed in the call. A browser's fake microphones are several in Chromium and one in
/// Firefox, its cameras one in each that WebRTC gets pictures of, so that one is chosen once more.
async fn another_microphone_and_the_camera_opened_anew(ann: &Caller, bob: &Caller) -> Result {
    let page = bob.page();
    page.button("Devices").click().await?;
    let microphones = page.select("Microphone");
    if bob.browser() == Browser::Chromium {
        let names = microphones.options().await?;
        microphones.choose(&names[1]).await?;
        let used = "return element.selectedOptions[0].text";
        let chosen: String = microphones.eval(used).await?;
        ensure!(chosen == names[1], "{chosen} instead of {}", names[1]);
    } else {
        microphones.eval::<()>(CHOOSE_AGAIN).await?;
    }
    ann.hears(bob).await?;
    let camera =
        "return document.querySelector('[data-tile=own]').srcObject.getVideoTracks()[0].id";
    let before: String = page.eval(camera).await?;
    page.select("Camera").eval::<()>(CHOOSE_AGAIN).await?;
    let is_another = format!("(() => {{ {camera} }})() !== '{before}'");
    page.wait_until("the camera opened anew", PATIENCE, &is_another)
        .await?;
    ann.sees(bob).await?;
    let tracks = bob.holds().await?.tracks;
    ensure!(tracks == 2, "{tracks} tracks are open");
    page.button("Close").click().await
}

const CHOOSE_AGAIN: &str = "element.dispatchEvent(new Event('change', { bubbles: true }))";

/// Firefox has no `requestPictureInPicture`: there a person asks the browser itself.
async fn tiles_fill_the_screen_and_float(ann: &Caller) -> Result {
    let page = ann.page();
    let tile = ann.tile("Bob");
    let is_full = "document.fullscreenElement?.ariaLabel === 'Bob'";
    tile.clone().button("Full screen").click().await?;
    page.wait_until("the tile on all of the screen", PATIENCE, is_full)
        .await?;
    tile.clone().button("Full screen").click().await?;
    let is_back = "document.fullscreenElement === null";
    page.wait_until("the page", PATIENCE, is_back).await?;
    let float = tile.button("Picture in picture");
    if ann.browser() == Browser::Firefox {
        ensure!(float.count().await? == 0, "a button that does nothing");
        return Ok(());
    }
    // Without a screen Chromium says that nothing can hover, and what cannot shows the first button of
    // a tile only, so this one is not clicked in its middle.
    let click = "document.querySelector('figure[aria-label=Bob] [aria-label=\"Picture in picture\"]').click()";
    page.eval_activated::<()>(click).await?;
    let floats = "document.pictureInPictureElement?.ariaLabel === 'Bob'";
    page.wait_until("the tile over all others", PATIENCE, floats)
        .await?;
    page.eval_activated::<()>(click).await?;
    let is_back = "document.pictureInPictureElement === null";
    page.wait_until("the page", PATIENCE, is_back).await
}

async fn people_write_to_each_other(test: &mut Test) -> Result {
    let (ann, bob) = pair(test).await?;
    ann.page().button("Chat").click().await?;
    let field = ann.page().role("textbox", "Message");
    field.fill("<b>see</b> https://example.org/a?b=c.").await?;
    ann.page().button("Send").click().await?;
    let unread = bob.page().role("status", "Unread messages: 1");
    unread.wait().await?;
    bob.page().button("Chat").click().await?;
    let log = bob.page().role("log", "Messages");
    let link = log.clone().role("link", "https://example.org/a?b=c");
    let rel: String = link.eval("return element.rel").await?;
    ensure!(rel.contains("noopener"), "{rel}");
    let text = log.text().await?;
    ensure!(
        text.contains("<b>see</b> https://example.org/a?b=c."),
        "{text}"
    );

    // An input method's Enter chooses a word; the next one sends.
    let field = bob.page().role("textbox", "Message");
    field.fill("你好").await?;
    let press = |composing: bool| {
        format!(
            "element.dispatchEvent(new KeyboardEvent('keydown',
                {{ key: 'Enter', bubbles: true, cancelable: true, isComposing: {composing} }}));
             return element.value"
        )
    };
    let kept: String = field.eval(&press(true)).await?;
    ensure!(kept == "你好", "{kept:?}");
    let sent: String = field.eval(&press(false)).await?;
    ensure!(sent.is_empty(), "{sent:?}");
    let log = ann.page().role("log", "Messages");
    log.wait_until("the answer", PATIENCE, "element.innerText.includes('你好')")
        .await?;

    // What is written while there is no connection arrives with the next one, and once.
    ann.break_connections().await?;
    ann.page().eval::<()>(WATCH_MARKS).await?;
    let field = ann.page().role("textbox", "Message");
    field.fill("meanwhile").await?;
    ann.page().button("Send").click().await?;
    let log = bob.page().role("log", "Messages");
    log.wait_until(
        "what was written",
        PATIENCE,
        "element.innerText.includes('meanwhile')",
    )
    .await?;
    bob.sees(&ann).await?;
    let lines = log.text().await?;
    ensure!(lines.matches("meanwhile").count() == 1, "{lines}");
    ensure!(lines.matches("<b>see</b>").count() == 1, "{lines}");
    let log = ann.page().role("log", "Messages");
    let is_delivered = "window.wasMarked && !element.innerText.includes('Not delivered')";
    log.wait_until("what has come not to be marked", PATIENCE, is_delivered)
        .await?;

    ann.watch_clipboard().await?;
    ann.page().button("Copy link").click().await?;
    let link = ann.copied().await?;
    let room = format!("{}/room/kitchen", test.server()?.url());
    ensure!(link == room, "{link} instead of {room}");

    // Who closes the page is gone at once; the browser goes on with another.
    let _other = bob.page().new_tab().await?;
    bob.page().clone().close().await?;
    ann.tile("Bob").gone().await
}

/// Counts the reactions that a tile shows from now on.
const WATCH_REACTIONS: &str = "
    window.reactions = 0;
    new MutationObserver(() => {
        window.reactions += element.querySelectorAll('.reaction').length;
    }).observe(element, { childList: true, subtree: true });
";

/// Notes whether a line was marked as not delivered.
const WATCH_MARKS: &str = "
    const look = () => { window.wasMarked ||= Boolean(document.querySelector('#lines .late')); };
    new MutationObserver(look).observe(document.querySelector('#lines'), { childList: true, subtree: true })";

async fn a_screen_is_shared_and_taken_back(test: &mut Test) -> Result {
    let browser = test.browser();
    let server = test.server()?;
    let mut launch = Launch::new(browser)?;
    launch.screen = true;
    let ann = Caller::start_with(launch, "Ann").await?;
    let bob = Caller::start(browser.other(), "Bob").await?;
    enter(server, &ann, &bob).await?;
    ann.page().button("Share screen").click().await?;
    let screen = bob.tile("Screen of Ann").css("video");
    screen
        .wait_until("the screen", PATIENCE, "element.videoWidth > 0")
        .await?;
    // The camera goes on beside it.
    bob.sees(&ann).await?;
    ann.page().button("Stop sharing").click().await?;
    bob.tile("Screen of Ann").gone().await?;
    bob.sees(&ann).await
}

async fn a_refused_camera_is_explained_and_does_not_keep_one_out(test: &mut Test) -> Result {
    let browser = test.browser();
    let server = test.server()?;
    let mut launch = Launch::new(browser)?;
    launch.permission = callreel_tests::Permission::Denied;
    let ann = Caller::start(browser.other(), "Ann").await?;
    let bob = Caller::start_with(launch, "Bob").await?;
    ann.enter(server, "kitchen").await?;
    let page = bob.page();
    page.goto(&format!("{}/room/kitchen", server.url())).await?;
    page.button("Turn on camera and microphone").click().await?;
    let title = page.role("heading", "The camera is blocked for this page");
    title.wait().await?;
    page.role("textbox", "Your name").fill("Bob").await?;
    bob.join().await?;
    bob.sees(&ann).await?;
    bob.hears(&ann).await?;
    ann.tile("Bob").wait().await?;
    Ok(())
}

async fn a_name_stays_as_it_was_typed_and_a_phone_has_one_row_of_buttons(
    test: &mut Test,
) -> Result {
    let browser = test.browser();
    let server = test.server()?;
    let ann = Caller::start(browser, "Ann").await?;
    ann.open(server, "kitchen").await?;
    let page = ann.page();
    // What is drawn again is not what is typed anew.
    page.role("textbox", "Room").fill("pantry").await?;
    page.button("Turn camera off").click().await?;
    page.button("Turn camera on").wait().await?;
    let form: [String; 2] = page
        .eval("return [...document.querySelectorAll('form input')].map(field => field.value)")
        .await?;
    ensure!(form == ["Ann", "pantry"], "{form:?}");
    ann.join().await?;

    page.resize(390, 844).await?;
    let rows: usize = page
        .eval(
            "const seen = [...document.querySelectorAll('[role=toolbar] button, [role=toolbar] summary')]
                .filter(button => button.checkVisibility());
             return new Set(seen.map(button => Math.round(button.getBoundingClientRect().top))).size",
        )
        .await?;
    ensure!(rows == 1, "the buttons stand in {rows} rows");
    ensure!(
        page.button("Raise hand").count().await? == 0,
        "it is not seen"
    );
    page.button("More").click().await?;
    page.button("Raise hand").click().await?;
    page.button("Lower hand").gone().await?;
    page.button("More").click().await?;
    page.button("Lower hand").wait().await?;
    page.button("Statistics").click().await?;
    page.region("Statistics").wait().await?;
    page.assert_no_errors()
}

async fn a_codec_is_chosen_and_comes(test: &mut Test) -> Result {
    let browser = test.browser();
    let server = test.server()?;
    let ann = Caller::start(browser, "Ann").await?;
    let bob = Caller::start(browser.other(), "Bob").await?;
    ann.open(server, "kitchen").await?;
    let codec = ann.page().select("Video codec for new connections");
    codec.choose("VP9").await?;
    ann.join().await?;
    bob.open(server, "kitchen").await?;
    bob.page().says("In this room: Ann").await?;
    bob.join().await?;
    ann.sees(&bob).await?;
    bob.sees(&ann).await?;
    ann.page().button("Statistics").click().await?;
    let said = ann.page().region("Bob").within(PATIENCE);
    for (what, looks) in [
        ("the codec", "VP9"),
        ("rates", r"[1-9]\d*(\.\d+)? [kM]?bit\/s"),
        ("a resolution", r"\d+ × \d+"),
        ("the round trip", r"\d ms"),
    ] {
        let looks = format!("/{looks}/.test(element.innerText)");
        said.wait_until(what, PATIENCE, &looks).await?;
    }
    ann.watch_clipboard().await?;
    ann.page().button("Copy report").click().await?;
    let report: serde_json::Value = serde_json::from_str(&ann.copied().await?)?;
    ensure!(report[0]["name"] == "Bob", "{report}");
    // It is remembered for the next call.
    ann.page().reload().await?;
    codec
        .wait_until("the choice", PATIENCE, "element.value === 'video/VP9'")
        .await
}
