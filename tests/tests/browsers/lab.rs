//! The lab: every step of a call by its own button, and a test of ICE servers.

use std::cell::RefCell;

use callreel_tests::{
    Finder, PATIENCE, Page, Permission, Relay, Result, Test, ensure, in_both_browsers, wait_for,
};

in_both_browsers!(
    every_step_has_its_button_until_both_pictures_move,
    a_step_at_the_wrong_time_is_refused_and_wedges_nothing,
    the_order_of_codecs_decides_what_is_negotiated,
    a_server_shows_what_it_yields_or_why_not,
    the_language_changes_at_once,
);

const SIDE_A: &str = "Side A, which offers";
const SIDE_B: &str = "Side B, which answers";

/// The steps before the candidates, as their buttons read.
const STEPS: [&str; 7] = [
    "A + B new RTCPeerConnection()",
    "A createOffer()",
    "A setLocalDescription(offer)",
    "B setRemoteDescription(offer)",
    "B createAnswer()",
    "B setLocalDescription(answer)",
    "A setRemoteDescription(answer)",
];

async fn wait_connected(page: &Page) -> Result {
    for side in [SIDE_A, SIDE_B] {
        let region = page.region(side).within(PATIENCE);
        let connected = "element.querySelector('.chip').innerText === 'connected'";
        region
            .wait_until("a connection", PATIENCE, connected)
            .await?;
    }
    Ok(())
}

/// The colour of a picture's corner, and something of the rest.
const LOOK: &str = "
    if (!element.videoWidth) return null;
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d');
    context.drawImage(element, 0, 0, 64, 36);
    const data = context.getImageData(0, 0, 64, 36).data;
    let sum = 0;
    for (const value of data) sum = (sum * 31 + value) | 0;
    return [[data[0], data[1], data[2]], sum]";

/// Waits until a video moves, and gives the colour of its corner.
async fn moves(video: &Finder) -> Result<[u8; 3]> {
    let seen = RefCell::new(Vec::new());
    wait_for("a moving picture", PATIENCE, async || {
        let look: Option<([u8; 3], i64)> = video.eval(LOOK).await?;
        let Some((colour, sum)) = look else {
            return Ok(None);
        };
        let mut seen = seen.borrow_mut();
        if !seen.contains(&sum) {
            seen.push(sum);
        }
        Ok((seen.len() >= 4).then_some(colour))
    })
    .await
}

async fn every_step_has_its_button_until_both_pictures_move(test: &mut Test) -> Result {
    let page = test.open("/lab").await?;
    for step in STEPS {
        let button = page.button(step);
        button.click().await?;
        let done = "element.closest('li').querySelector('.tick')";
        button.wait_until(step, PATIENCE, done).await?;
    }
    // Candidates may still come while the first are handed over.
    let connected = "[...document.querySelectorAll('.side-panel .chip')]
        .filter(chip => chip.innerText === 'connected').length === 2";
    wait_for("both to be connected", PATIENCE, async || {
        for name in ["B addIceCandidate(…)", "A addIceCandidate(…)"] {
            let button = page.button(name);
            if button.is_enabled().await? {
                button
                    .eval::<()>("if (!element.disabled) element.click()")
                    .await?;
            }
        }
        let is: bool = page.eval(&format!("return {connected}")).await?;
        Ok(is.then_some(()))
    })
    .await?;

    // Each sees the other's picture: A's is blue, B's is green.
    let video = |side: &str| page.region(side).css("video");
    let [red, green, blue] = moves(&video(SIDE_B)).await?;
    ensure!(blue > green && green > red, "{red} {green} {blue}");
    let [red, green, blue] = moves(&video(SIDE_A)).await?;
    ensure!(green > blue && blue > red, "{red} {green} {blue}");

    // Both descriptions, the machines and the candidates are there to be read.
    for (region, text) in [
        ("Offer", "m=video"),
        ("Answer", "m=audio"),
        (SIDE_A, "have-local-offer"),
        (SIDE_B, "have-remote-offer"),
        (SIDE_A, "= 2²⁴ × 126 + 2⁸ × "),
        (SIDE_B, "host"),
    ] {
        let said = page.region(region).text().await?;
        ensure!(said.contains(text), "{text} is not in {region}: {said}");
    }
    let log = page.role("log", "What happened").text().await?;
    ensure!(log.contains("iceConnectionState"), "{log}");

    page.button("close()").click().await?;
    let closed = "element.innerText.includes('closed')";
    let region = page.region(SIDE_A);
    region.wait_until("the end", PATIENCE, closed).await?;
    page.assert_no_errors()
}

async fn a_step_at_the_wrong_time_is_refused_and_wedges_nothing(test: &mut Test) -> Result {
    let page = test.open("/lab").await?;
    let is_free = page.button("A createOffer()").is_enabled().await?;
    ensure!(!is_free, "there is no connection that could offer");
    page.button(STEPS[0]).click().await?;
    page.button("B createAnswer()").click().await?;
    page.says("B createAnswer() was refused. InvalidStateError")
        .await?;
    let set_local = page.button("A setLocalDescription(offer)");
    ensure!(!set_local.is_enabled().await?, "there is no offer");

    // B is told before A is committed, and A takes an answer to what it has not said.
    for step in [
        "A createOffer()",
        "B setRemoteDescription(offer)",
        "B createAnswer()",
        "B setLocalDescription(answer)",
        "A setRemoteDescription(answer)",
    ] {
        page.button(step).click().await?;
    }
    page.says("A setRemoteDescription(answer) was refused. InvalidStateError")
        .await?;
    page.button("Run all steps").click().await?;
    wait_connected(&page).await?;

    // In the middle of another round, and from a new beginning.
    page.button("restartIce()").click().await?;
    page.button("A createOffer()").click().await?;
    page.button(STEPS[0]).click().await?;
    page.button("Run all steps").click().await?;
    wait_connected(&page).await?;
    moves(&page.region(SIDE_B).css("video")).await?;
    page.assert_no_errors()
}

/// The codecs that the answer has for pictures, as they read.
async fn negotiated(page: &Page) -> Result<String> {
    page.button("Run all steps").click().await?;
    wait_connected(page).await?;
    page.region("Answer")
        .eval("return element.querySelectorAll('.codec-names')[1].innerText")
        .await
}

async fn the_order_of_codecs_decides_what_is_negotiated(test: &mut Test) -> Result {
    let page = test.open("/lab").await?;
    let own = negotiated(&page).await?;
    ensure!(
        !own.starts_with("VP9"),
        "the test needs another order: {own}"
    );
    for side in ["A", "B"] {
        page.reload().await?;
        let region = page.region(if side == "A" { SIDE_A } else { SIDE_B });
        region.clone().css("summary").click().await?;
        let forward = region.button(&format!("Prefer VP9 on side {side}"));
        while forward.is_enabled().await? {
            forward.click().await?;
        }
        let now = negotiated(&page).await?;
        ensure!(
            now.starts_with("VP9"),
            "{side} wants VP9, and the answer has {now}"
        );
    }
    page.assert_no_errors()
}

/// Tests a server, and waits for a sentence.
async fn try_server(page: &Page, url: &str, user: &str, password: &str, says: &str) -> Result {
    for (name, text) in [("Server address", url), ("User (TURN)", user)] {
        page.role("textbox", name).fill(text).await?;
    }
    let field = page.css("input[type=password]");
    field.fill(password).await?;
    page.button("Test server").click().await?;
    let region = page.region("Test an ICE server");
    let expression = format!("/{says}/.test(element.querySelector('.note')?.innerText ?? '')");
    region.wait_until(says, PATIENCE, &expression).await
}

async fn a_server_shows_what_it_yields_or_why_not(test: &mut Test) -> Result {
    let relay = Relay::start()?;
    // To a page without a camera browsers don't tell the machine's address, so that what the server
    // sees is another one.
    test.launch.permission = Permission::Denied;
    let page = test.open("/lab").await?;
    let found = |kind: &str| {
        let wanted = format!(
            "[...element.querySelectorAll('.candidates .chip')]
            .some(chip => chip.innerText === '{kind}')"
        );
        let page = page.clone();
        let kind = kind.to_owned();
        async move {
            let region = page.region("Test an ICE server");
            region.wait_until(&kind, PATIENCE, &wanted).await
        }
    };
    let (user, password) = (Relay::USER, Relay::PASSWORD);
    let stun = format!("stun:{}", relay.place());
    try_server(&page, &stun, "", "", "The server answers, and says").await?;
    found("srflx").await?;
    let turn = format!("turn:{}", relay.place());
    try_server(&page, &turn, user, password, "The server relays").await?;
    found("relay").await?;
    try_server(
        &page,
        &turn,
        user,
        "another",
        "does not accept user and password",
    )
    .await?;

    let nowhere = format!("stun:{}", Relay::nowhere()?);
    try_server(&page, &nowhere, "", "", "can't be reached|No answer came").await?;
    try_server(&page, "http://x", "", "", "does not take this address").await?;
    try_server(&page, "turn:x", "", "", "does not take this address").await?;
    page.assert_no_errors()
}

async fn the_language_changes_at_once(test: &mut Test) -> Result {
    for (path, said) in [("/lab", "执行全部步骤"), ("/room/kitchen", "加入房间")] {
        let page = test.open(path).await?;
        let language = page.css("header select[data-value=en], header select[data-value=zh-CN]");
        language.choose("简体中文").await?;
        page.says(said).await?;
        language.choose("English").await?;
        let english = format!("!document.body.innerText.includes('{said}')");
        page.wait_until("English", PATIENCE, &english).await?;
        page.assert_no_errors()?;
    }
    Ok(())
}
