//! What one can do in a call besides being seen and heard.

use std::time::Duration;

use callreel_tests::{
    Caller, Finder, Launch, PATIENCE, Page, Result, Server, Test, ensure, in_both_browsers, is_soak,
};
use serde_json::json;

in_both_browsers!(
    what_one_does_is_seen_by_the_others,
    people_write_to_each_other,
    a_screen_is_shared_and_taken_back,
    a_file_crosses_whole_while_the_call_goes_on,
    a_refused_camera_is_explained_and_does_not_keep_one_out,
    a_name_stays_as_it_was_typed_and_a_phone_has_one_row_of_buttons,
    a_codec_is_chosen_and_comes,
);

async fn pair(test: &mut Test) -> Result<(Caller, Caller)> {
    let browser = test.browser();
    let server = test.server()?;
    let ann = Caller::start(browser, "Ann").await?;
    let bob = Caller::start(browser, "Bob").await?;
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

    page.button("React").click().await?;
    page.button("👏").click().await?;
    let reaction = tile.clone().css(".reaction");
    reaction.wait().await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
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
        .await
}

/// Chooses a file of so many bytes that look random.
const CHOOSE: &str = r"
    const bytes = new Uint8Array(arg.size);
    let state = 1;
    for (let at = 0; at < bytes.length; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[at] = state >>> 24;
    }
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], '../film.bin'));
    const input = document.querySelector('input[type=file]');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));";

/// The same bytes.
fn film(size: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

async fn a_file_crosses_whole_while_the_call_goes_on(test: &mut Test) -> Result {
    let size = if is_soak() { 200_u32 << 20 } else { 8 << 20 };
    let (ann, bob) = pair(test).await?;
    for caller in [&ann, &bob] {
        caller.page().button("Chat").click().await?;
    }
    let log = bob.page().role("log", "Messages");
    // One that is not wanted first.
    let small = json!({ "size": 1000 });
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    let decline = log.clone().button("Decline");
    decline.click().await?;
    let told = ann.page().role("log", "Messages");
    told.wait_until(
        "the refusal",
        PATIENCE,
        "element.innerText.includes('Cancelled')",
    )
    .await?;

    let large = json!({ "size": size });
    ann.page().eval_with::<()>(CHOOSE, &large).await?;
    log.clone().button("Accept").click().await?;
    ann.sees(&bob).await?;
    let long = Duration::from_secs(if is_soak() { 1_200 } else { 90 });
    let save = log.clone().role("link", "Save").within(long);
    let name: String = save.eval("return element.download").await?;
    ensure!(name == "film.bin", "{name}");
    save.click().await?;
    let file = Page::downloaded(bob.session().downloads(), &[]).await?;
    ensure!(
        std::fs::read(file)? == film(size),
        "what came is not what was sent"
    );
    told.wait_until(
        "the receipt",
        PATIENCE,
        "element.innerText.includes('Bob has it')",
    )
    .await?;
    bob.sees(&ann).await
}

async fn a_screen_is_shared_and_taken_back(test: &mut Test) -> Result {
    let browser = test.browser();
    let server = test.server()?;
    let mut launch = Launch::new(browser)?;
    launch.screen = true;
    let ann = Caller::start_with(launch, "Ann").await?;
    let bob = Caller::start(browser, "Bob").await?;
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
    let ann = Caller::start(browser, "Ann").await?;
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
    let bob = Caller::start(browser, "Bob").await?;
    ann.open(server, "kitchen").await?;
    let codec = ann.page().select("Video codec for new connections");
    codec.choose("VP9").await?;
    ann.join().await?;
    bob.enter(server, "kitchen").await?;
    ann.sees(&bob).await?;
    bob.sees(&ann).await?;
    ann.page().button("Statistics").click().await?;
    let said = ann.page().region("Bob").within(PATIENCE);
    said.wait_until("VP9", PATIENCE, "/VP9/.test(element.innerText)")
        .await?;
    // It is remembered for the next call.
    ann.page().reload().await?;
    codec
        .wait_until("the choice", PATIENCE, "element.value === 'video/VP9'")
        .await
}
