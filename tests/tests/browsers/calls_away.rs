//! What keeps people out of a room or apart for a while is said, and they find their way.

use callreel_tests::{
    Caller, PATIENCE, Proxy, Result, Test, bail, between_browsers, ensure, host_token,
    in_both_browsers,
};
use serde_json::json;

use crate::calls::{meet, two_in_a_call};

in_both_browsers!(
    who_closes_the_page_is_gone_at_once,
    a_server_that_is_away_is_said_and_joined_when_it_is_back,
    a_token_in_the_link_lets_one_in_and_is_not_in_the_address,
);
between_browsers!(
    Chromium: who_slept_longer_than_anybody_waits_is_seen_again;
    Firefox: a_room_that_filled_up_meanwhile_says_so_and_is_tried_again;
);

/// Ann in the test's browser and Bob in the other.
async fn pair(test: &mut Test) -> Result<[Caller; 2]> {
    let browser = test.browser();
    two_in_a_call(test.server()?, [browser, browser.other()]).await
}

async fn who_slept_longer_than_anybody_waits_is_seen_again(test: &mut Test) -> Result {
    test.server_flags.extend(["--grace".into(), "2s".into()]);
    let [ann, bob] = pair(test).await?;
    // With a machine that sleeps, socket and media are gone at once, and its page learns nothing of
    // that: for Bob, Ann is still the same.
    bob.session().freeze(true);
    ann.tile("Bob").gone().await?;
    bob.session().freeze(false);
    meet(&[&ann, &bob]).await?;
    let joins = bob.joins().await?;
    let [(first, _), .., (last, is_back)] = &joins[..] else {
        bail!("{joins:?}");
    };
    ensure!(first == last && !is_back, "{joins:?}");
    Ok(())
}

async fn who_closes_the_page_is_gone_at_once(test: &mut Test) -> Result {
    // Whoever only gets lost keeps their place for far longer than a test waits.
    test.server_flags.extend(["--grace".into(), "10m".into()]);
    let [ann, bob] = pair(test).await?;
    bob.page().goto("about:blank").await?;
    ann.tile("Bob").gone().await
}

async fn a_server_that_is_away_is_said_and_joined_when_it_is_back(test: &mut Test) -> Result {
    let browser = test.browser();
    let proxy = Proxy::to(test.server()?.url())?;
    let ann = Caller::start(browser, "Ann").await?;
    ann.open_at(proxy.url(), "kitchen").await?;
    proxy.take_down();
    let page = ann.page();
    page.button("Join").click().await?;
    page.says("The server does not answer.").await?;
    page.button("Cancel").click().await?;
    let join = page.button("Join");
    join.wait().await?;
    ensure!(ann.holds().await?.sockets == 0, "a socket is left");
    join.click().await?;
    page.says("The server does not answer.").await?;
    proxy.mend();
    page.button("Leave").wait().await?;
    let text: String = page.eval("return document.body.innerText").await?;
    ensure!(!text.contains("does not answer"), "{text}");
    Ok(())
}

async fn a_room_that_filled_up_meanwhile_says_so_and_is_tried_again(test: &mut Test) -> Result {
    let flags = ["--grace", "1s", "--max-peers", "2"];
    test.server_flags.extend(flags.map(Into::into));
    let browser = test.browser();
    let proxy = Proxy::to(test.server()?.url())?;
    let ann = Caller::start(browser, "Ann").await?;
    let bob = Caller::start(browser.other(), "Bob").await?;
    let cleo = Caller::start(browser, "Cleo").await?;
    ann.enter(test.server()?, "kitchen").await?;
    bob.open_at(proxy.url(), "kitchen").await?;
    bob.join().await?;
    meet(&[&ann, &bob]).await?;
    let page = bob.page();
    page.button("Chat").click().await?;
    page.role("textbox", "Message").fill("before").await?;
    page.button("Send").click().await?;

    proxy.take_down();
    bob.says_lost(true).await?;
    cleo.open(test.server()?, "kitchen").await?;
    let has_place = "fetch('/api/rooms/kitchen').then(answer => answer.text()).then(text => !text.includes('Bob'))";
    cleo.page()
        .wait_until("Bob's place to be free", PATIENCE, has_place)
        .await?;
    cleo.join().await?;
    proxy.mend();
    page.says("The room has filled up meanwhile.").await?;
    // What is connected goes on, and what was written is there.
    ann.sees(&bob).await?;
    let lines = page.role("log", "Messages").text().await?;
    ensure!(lines.contains("before"), "{lines}");

    cleo.page().button("Leave").click().await?;
    // It tries by itself as well, and may be quicker.
    let _ = page.button("Try again").click_if_there().await;
    bob.says_lost(false).await?;
    meet(&[&ann, &bob]).await
}

async fn a_token_in_the_link_lets_one_in_and_is_not_in_the_address(test: &mut Test) -> Result {
    const SECRET: &str = "what the host signs its tokens with";
    let file = test.folder().join("host-secret");
    std::fs::write(&file, SECRET)?;
    let file = file.to_string_lossy().into_owned();
    test.server_flags
        .extend(["--auth-secret-file".into(), file]);
    let browser = test.browser();
    let server = test.server()?;
    let ann = Caller::start(browser, "Ann").await?;
    ann.page().goto(server.url()).await?;
    let token = host_token(ann.page(), SECRET, &json!({ "room": "kitchen" })).await?;
    for link in ["kitchen#token=", "kitchen?token="] {
        ann.page().goto("about:blank").await?;
        ann.open(server, &format!("{link}{token}")).await?;
        let page = ann.page();
        page.says("Nobody is in this room yet.").await?;
        let address: String = page.eval("return location.href").await?;
        ensure!(address.ends_with("/room/kitchen"), "{address}");
        ann.join().await?;
        // A reload has it still.
        page.reload().await?;
        ann.ready().await?;
        ann.join().await?;
    }
    Ok(())
}
