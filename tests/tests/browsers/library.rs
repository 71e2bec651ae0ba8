//! The library: recordings on the server, listed, watched and shared.

use callreel_tests::{
    Copies, Launch, Lease, PATIENCE, Page, Result, Shelf, Studio, Test, ensure, in_both_browsers,
    sample,
};

in_both_browsers!(
    recordings_are_found_renamed_deleted_and_brought_back,
    a_link_lets_anybody_watch_until_it_is_revoked,
    another_browser_sees_the_same_library_with_the_key,
    a_player_obeys_keys_and_goes_to_the_second_of_a_link,
    an_upload_that_the_studio_began_goes_on_here,
);

const KEY: &str = "4be1c64e1b0df5e3a5f41c8bb2bfa7c9d9a05a7d6a0e6a5a9a5c0a8c4d1e2f30";
/// A field for a secret has no role.
const OTHER_KEY: &str = "[aria-label='Use the key of another browser']";

/// A take that this browser can play, as it was recorded.
fn take(test: &Test) -> Result<Vec<u8>> {
    sample(&format!("{}-vp8-opus.webm", test.browser()))
}

async fn open(test: &mut Test) -> Result<Page> {
    let page = test.open("/library/").await?;
    Shelf(&page).own(KEY).await?;
    Ok(page)
}

async fn another_browser(test: &Test) -> Result<Lease> {
    Lease::take(&Launch::new(test.browser())?).await
}

async fn titles(page: &Page) -> Result<Vec<String>> {
    page.eval(
        "return [...document.querySelectorAll('.recording .title')].map(e => e.innerText.trim())",
    )
    .await
}

async fn wait_for_titles(page: &Page, wanted: &[&str]) -> Result {
    let wanted = serde_json::to_string(wanted)?;
    let found = "JSON.stringify([...document.querySelectorAll('.recording .title')].map(e => e.innerText.trim()))";
    page.wait_until(
        &format!("the recordings {wanted}"),
        PATIENCE,
        &format!("{found} === {wanted:?}"),
    )
    .await
}

async fn recordings_are_found_renamed_deleted_and_brought_back(test: &mut Test) -> Result {
    let page = open(test).await?;
    page.reload().await?;
    page.wait_until(
        "an empty library",
        PATIENCE,
        "document.body.innerText.includes('No recordings here yet')",
    )
    .await?;
    let take = take(test)?;
    let shelf = Shelf(&page);
    let hostile = "<img src=x onerror=alert(1)>\u{202e}/../\u{7}%00";
    for title in ["Monday", "周二的会议", hostile] {
        shelf.put(title, &take).await?;
    }
    page.reload().await?;
    page.wait_until(
        "three recordings",
        PATIENCE,
        "document.querySelectorAll('.recording').length === 3",
    )
    .await?;
    let shown = titles(&page).await?;
    ensure!(
        shown[0].starts_with("<img src=x onerror=alert(1)>"),
        "markup is no text: {shown:?}"
    );
    ensure!(
        shown[1..] == ["周二的会议", "Monday"],
        "the order is wrong: {shown:?}"
    );

    page.role("searchbox", "Search titles, rooms and people")
        .fill("周二")
        .await?;
    wait_for_titles(&page, &["周二的会议"]).await?;
    // Emptied by a driver the field would not say that it changed.
    page.role("searchbox", "Search titles, rooms and people")
        .type_text("\u{e003}\u{e003}")
        .await?;
    page.wait_until(
        "all of them",
        PATIENCE,
        "document.querySelectorAll('.recording').length === 3",
    )
    .await?;

    let monday = page.role("listitem", "Monday");
    monday.clone().button("Rename").click().await?;
    // All of the old title is marked, so what is typed takes its place.
    page.role("textbox", "New title")
        .type_text("Tuesday\u{e007}")
        .await?;
    page.role("listitem", "Tuesday").wait().await?;
    page.reload().await?;
    page.role("listitem", "Tuesday")
        .button("Delete")
        .click()
        .await?;
    page.role("listitem", "Tuesday").gone().await?;
    page.button("Undo").click().await?;
    page.role("listitem", "Tuesday").wait().await?;
    page.reload().await?;
    page.role("listitem", "Tuesday").wait().await?;
    page.assert_no_errors()
}

async fn a_link_lets_anybody_watch_until_it_is_revoked(test: &mut Test) -> Result {
    let page = open(test).await?;
    Shelf(&page).put("Monday", &take(test)?).await?;
    page.reload().await?;
    page.role("listitem", "Monday")
        .button("Share")
        .click()
        .await?;
    let link: String = page
        .role("textbox", "Link")
        .eval("return element.value")
        .await?;
    ensure!(!link.contains(KEY), "the link has the owner's key");

    let friend = another_browser(test).await?;
    friend.page().goto(&format!("{link},t=1")).await?;
    let video = friend.page().css("video");
    video
        .wait_until(
            "the second of the link",
            PATIENCE,
            "element.readyState >= 2 && element.currentTime >= 1",
        )
        .await?;
    let duration: f64 = video.eval("return element.duration").await?;
    ensure!((2.3..2.8).contains(&duration), "it takes {duration} s");
    video
        .eval::<bool>("element.currentTime = 2; return true")
        .await?;
    video
        .wait_until(
            "another second",
            PATIENCE,
            "!element.seeking && Math.abs(element.currentTime - 2) < 0.3",
        )
        .await?;
    // A friend's page has nothing that the server would refuse.
    for theirs in ["Delete", "Share", "Rename"] {
        ensure!(
            friend.page().button(theirs).count().await? == 0,
            "a friend sees {theirs}"
        );
    }

    page.button("Revoke all links").click().await?;
    page.wait_until(
        "a new link",
        PATIENCE,
        &format!("document.querySelector('dialog[open] input').value !== {link:?}"),
    )
    .await?;
    friend.page().reload().await?;
    friend
        .page()
        .wait_until(
            "that it is gone",
            PATIENCE,
            "document.body.innerText.includes('the link was revoked')",
        )
        .await?;
    page.assert_no_errors()
}

async fn another_browser_sees_the_same_library_with_the_key(test: &mut Test) -> Result {
    let page = open(test).await?;
    Shelf(&page).put("Monday", &take(test)?).await?;
    let origin = test.server()?.url().to_owned();
    let other = another_browser(test).await?;
    let elsewhere = other.page();
    elsewhere.goto(&format!("{origin}/library/")).await?;
    elsewhere
        .wait_until(
            "no recordings",
            PATIENCE,
            "document.body.innerText.includes('No recordings here yet')",
        )
        .await?;
    elsewhere.button("Owner key").click().await?;
    elsewhere.css(OTHER_KEY).fill("not a key").await?;
    elsewhere.button("Use").click().await?;
    elsewhere
        .wait_until(
            "what is wrong",
            PATIENCE,
            "document.body.innerText.includes('This is no owner key')",
        )
        .await?;
    elsewhere.css(OTHER_KEY).fill(KEY).await?;
    elsewhere.button("Use").click().await?;
    elsewhere.role("listitem", "Monday").wait().await?;
    elsewhere.assert_no_errors()
}

async fn a_player_obeys_keys_and_goes_to_the_second_of_a_link(test: &mut Test) -> Result {
    let page = open(test).await?;
    let id = Shelf(&page).put("Monday", &take(test)?).await?;
    let origin = test.server()?.url().to_owned();
    page.goto("about:blank").await?;
    page.goto(&format!("{origin}/library/#{id},t=2")).await?;
    let video = page.css("video");
    video
        .wait_until(
            "the second of the link",
            PATIENCE,
            "element.readyState >= 2 && element.currentTime >= 2",
        )
        .await?;
    let body = page.css("body");
    for (key, wanted) in [
        (
            "5",
            "Math.abs(element.currentTime - element.duration / 2) < 0.1",
        ),
        ("0", "element.currentTime === 0"),
        ("m", "element.muted"),
        ("l", "element.currentTime > 2"),
        ("j", "element.currentTime === 0"),
    ] {
        body.type_text(key).await?;
        video
            .wait_until(&format!("what {key} does"), PATIENCE, wanted)
            .await?;
    }
    page.select("Speed").choose("2×").await?;
    video
        .wait_until("twice the speed", PATIENCE, "element.playbackRate === 2")
        .await?;
    page.css("a.back").click().await?;
    page.role("listitem", "Monday").wait().await?;
    page.assert_no_errors()
}

async fn an_upload_that_the_studio_began_goes_on_here(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page().clone();
    page.button("Connected").wait().await?;
    studio.start().await?;
    Copies::some_arrived(&page).await?;
    studio.recorded(3).await?;
    // Nothing more arrives before the studio is left.
    test.server()?.kill();
    studio.stop().await?;
    page.goto("about:blank").await?;
    test.server()?.start_again(&[])?;
    let url = test.server()?.url().to_owned();
    page.goto(&format!("{url}/library/")).await?;
    Copies::arrived(&page, 1).await?;
    page.wait_until(
        "the recording, whole",
        PATIENCE,
        "document.querySelector('.recording .length') && !document.querySelector('.recording .chip')",
    )
    .await
}
