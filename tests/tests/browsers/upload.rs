//! A take is on the server when it ends, whatever happens on the way.

use callreel_tests::{
    Caller, Copies, Finder, PATIENCE, Page, Proxy, Result, Studio, Test, ensure, host_token,
    in_both_browsers, is_soak, wait_for,
};
use serde_json::json;

in_both_browsers!(
    a_take_is_on_the_server_when_it_ends,
    a_take_with_changes_in_it_arrives_as_it_is,
    a_killed_browser_goes_on_into_the_same_recording,
    a_server_that_is_gone_for_a_while_costs_nothing,
    a_network_that_is_cut_costs_nothing,
    an_upload_waits_for_the_person_and_goes_on,
    a_deleted_take_is_not_uploaded,
    a_take_that_was_not_uploaded_can_be_later,
    a_take_that_shall_leave_does_so_on_the_next_visit,
    one_tab_uploads_and_another_takes_over,
    a_recorded_call_is_on_the_server_when_it_ends,
    a_take_too_large_for_the_server_stays_here,
    a_server_that_takes_nothing_is_asked_for_nothing,
    a_server_that_wants_a_token_is_given_one,
);

/// The key, as WebDriver types it.
const ENTER: char = '\u{e007}';

/// The studio, once it knows that the server takes recordings.
async fn open(test: &mut Test) -> Result<Studio> {
    let studio = Studio::open(test).await?;
    studio.page().button("Connected").wait().await?;
    Ok(studio)
}

/// Opens the settings, beside what they are about and not over it.
async fn show_settings(page: &Page) -> Result {
    page.resize(1280, 700).await?;
    page.button("Settings").click().await
}

/// How the newest take's upload stands.
fn line(studio: &Studio) -> Finder {
    studio.takes().css("li:first-child").css(".upload")
}

async fn says(line: &Finder, what: &str) -> Result {
    let expression = format!("element.innerText.includes({what:?})");
    line.wait_until(what, PATIENCE, &expression).await
}

/// How the upload of the take that is being made stands.
fn slate(studio: &Studio) -> Finder {
    studio.page().region("Preview").css(".upload")
}

async fn pause_upload(studio: &Studio) -> Result {
    slate(studio).button("Pause upload").click().await?;
    says(&slate(studio), "Upload paused").await
}

/// A studio with a take that is being made, of which the server has some.
async fn upload(test: &mut Test) -> Result<Studio> {
    let studio = open(test).await?;
    studio.start().await?;
    Copies::some_arrived(studio.page()).await?;
    Ok(studio)
}

async fn a_take_is_on_the_server_when_it_ends(test: &mut Test) -> Result {
    let studio = open(test).await?;
    studio.start().await?;
    let during = Copies::some_arrived(studio.page()).await?.size;
    studio.recorded(5).await?;
    studio.stop().await?;
    says(&line(&studio), "On the server").await?;
    let copies = Copies::arrived(studio.page(), 1).await?;
    let recording = &copies.remote[0];
    ensure!(during < recording.size, "{during} bytes while it was made");
    ensure!(recording.picture == "image/jpeg", "{}", recording.picture);
    ensure!(!recording.title.is_empty());

    // It plays there, from the link.
    let link = line(&studio).role("link", "Open recording");
    let href: String = link.eval("return element.getAttribute('href')").await?;
    ensure!(href == format!("./library/#{}", recording.id), "{href}");
    let plays: bool = studio
        .page()
        .eval(&format!(
            "const headers = {{ authorization: `Bearer ${{localStorage['callreel.owner']}}` }};
             const {{ media_url }} = await (await fetch('/api/recordings/{}', {{ headers }})).json();
             const video = document.createElement('video');
             video.src = media_url;
             await new Promise((resolve, reject) => {{ video.oncanplay = resolve; video.onerror = reject; }});
             return video.duration > 4 && Number.isFinite(video.duration)",
            recording.id
        ))
        .await?;
    ensure!(plays);

    // What it is called here it is called there.
    studio.takes().button("Rename").click().await?;
    let title = studio.page().role("textbox", "New title");
    // The old one is selected, so typing replaces it.
    title.type_text(&format!("Monday{ENTER}")).await?;
    wait_for("the recording's new title", PATIENCE, async || {
        let remote = Copies::remote(studio.page()).await?;
        Ok((remote[0].title == "Monday").then_some(()))
    })
    .await?;

    // The next visit knows.
    studio.page().reload().await?;
    let studio = Studio::on(studio.page()).await?;
    says(&line(&studio), "On the server").await?;
    studio.takes().button("Delete").click().await?;
    let said = studio.page().css(".toasts");
    said.wait_until(
        "what becomes of the recording",
        PATIENCE,
        "element.innerText.includes('on the server stays there')",
    )
    .await?;
    studio.page().assert_no_errors()
}

async fn a_take_with_changes_in_it_arrives_as_it_is(test: &mut Test) -> Result {
    let studio = upload(test).await?;
    for filter in ["Grayscale", "No filter"] {
        studio.choose("Filter", filter).await?;
        studio.records_on(3).await?;
    }
    studio.stop().await?;
    Copies::arrived(studio.page(), 1).await?;
    Ok(())
}

async fn a_killed_browser_goes_on_into_the_same_recording(test: &mut Test) -> Result {
    let studio = upload(test).await?;
    let before = Copies::some_arrived(studio.page()).await?.id;
    test.kill_browser();

    let studio = Studio::open(test).await?;
    says(&line(&studio), "On the server").await?;
    let copies = Copies::arrived(studio.page(), 1).await?;
    ensure!(copies.remote[0].id == before, "it is another recording");
    ensure!(studio.takes().text().await?.contains("Recovered"));
    Ok(())
}

async fn a_server_that_is_gone_for_a_while_costs_nothing(test: &mut Test) -> Result {
    let gone_for = if is_soak() { 20 } else { 5 };
    let studio = upload(test).await?;
    test.server()?.kill();
    says(&slate(&studio), "No connection to the server").await?;
    studio.page().button("No connection").wait().await?;
    studio.records_on(gone_for).await?;
    test.server()?.start_again(&[])?;
    says(&slate(&studio), "Uploading").await?;
    studio.page().button("Connected").wait().await?;
    studio.records_on(2).await?;
    studio.stop().await?;
    Copies::arrived(studio.page(), 1).await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_in_order()?;
    Ok(())
}

async fn a_network_that_is_cut_costs_nothing(test: &mut Test) -> Result {
    let cuts = if is_soak() { 100 } else { 10 };
    let proxy = Proxy::to(test.server()?.url())?;
    let page = test.open_url(&format!("{}/", proxy.url())).await?;
    let studio = Studio::on(&page).await?;
    studio.page().button("Connected").wait().await?;
    studio.start().await?;
    Copies::some_arrived(studio.page()).await?;
    let mut cut = 0;
    while cut < cuts {
        cut += usize::from(proxy.cut() > 0);
        studio.filmed(350.0).await?;
    }
    studio.stop().await?;
    Copies::arrived(studio.page(), 1).await?;
    Ok(())
}

async fn an_upload_waits_for_the_person_and_goes_on(test: &mut Test) -> Result {
    let studio = upload(test).await?;
    pause_upload(&studio).await?;
    let paused_at = Copies::some_arrived(studio.page()).await?.size;
    studio.records_on(3).await?;
    studio.stop().await?;
    says(&line(&studio), "Upload paused").await?;

    studio.page().reload().await?;
    let studio = Studio::on(studio.page()).await?;
    says(&line(&studio), "Upload paused").await?;
    let copies = Copies::of(studio.page()).await?;
    ensure!(copies.remote[0].size == paused_at, "{copies:#?}");
    ensure!(copies.local[0].size > paused_at, "{copies:#?}");

    line(&studio).button("Resume upload").click().await?;
    says(&line(&studio), "On the server").await?;
    Copies::arrived(studio.page(), 1).await?;
    Ok(())
}

async fn a_take_that_was_not_uploaded_can_be_later(test: &mut Test) -> Result {
    let studio = open(test).await?;
    let page = studio.page();
    show_settings(page).await?;
    let switch = page.role("switch", "Upload takes while they are made");
    switch.click().await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.stop().await?;
    ensure!(line(&studio).count().await? == 0);
    ensure!(Copies::remote(page).await?.is_empty());
    studio.takes().button("Upload").click().await?;
    says(&line(&studio), "On the server").await?;
    Copies::arrived(page, 1).await?;

    // Uploaded takes need not stay here.
    switch.click().await?;
    page.role("switch", "Keep takes on this device after the upload")
        .click()
        .await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.stop().await?;
    says(&line(&studio), "On the server").await?;
    // It is being watched: it goes when that ends.
    ensure!(Copies::of(page).await?.local.len() == 2);
    studio.takes().button("Close the player").click().await?;
    let takes = studio.takes();
    wait_for("one take to be left", PATIENCE, async || {
        Ok((takes.clone().any("listitem").count().await? == 1).then_some(()))
    })
    .await?;
    let copies = Copies::of(page).await?;
    ensure!(
        (copies.local.len(), copies.remote.len()) == (1, 2),
        "{copies:#?}"
    );
    Ok(())
}

async fn a_deleted_take_is_not_uploaded(test: &mut Test) -> Result {
    let proxy = Proxy::to(test.server()?.url())?;
    let page = test.open_url(&format!("{}/", proxy.url())).await?;
    let studio = Studio::on(&page).await?;
    page.button("Connected").wait().await?;
    studio.start().await?;
    Copies::some_arrived(&page).await?;
    proxy.take_down();
    studio.records_on(3).await?;
    studio.stop().await?;
    // Undoing waits for the test.
    page.eval::<()>(
        "const real = setTimeout;
         window.setTimeout = (act, ms) => real(act, ms === 10_000 ? 600_000 : ms)",
    )
    .await?;
    studio.takes().button("Delete").click().await?;
    page.button("Undo").wait().await?;
    // The list is read anew, and the network is back.
    proxy.mend();
    page.eval::<()>("dispatchEvent(new Event('online')); dispatchEvent(new Event('focus'))")
        .await?;
    let remote = wait_for("the server", PATIENCE, async || {
        Ok(Copies::remote(&page).await?.pop())
    })
    .await?;
    studio.filmed(2_000.0).await?;
    let still = Copies::remote(&page).await?.pop();
    ensure!(still.is_some_and(|it| it.size == remote.size), "it went on");
    page.button("Undo").click().await?;
    let copies = Copies::arrived(&page, 1).await?;
    ensure!(
        remote.size < copies.local[0].size,
        "{} of {copies:?}",
        remote.size
    );
    Ok(())
}

async fn a_take_that_shall_leave_does_so_on_the_next_visit(test: &mut Test) -> Result {
    let studio = open(test).await?;
    let page = studio.page();
    show_settings(page).await?;
    page.role("switch", "Keep takes on this device after the upload")
        .click()
        .await?;
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    says(&line(&studio), "On the server").await?;
    // While it is watched here, another tab leaves it alone.
    let other = page.new_tab().await?;
    other.goto(&format!("{}/", test.server()?.url())).await?;
    other.region("Takes").any("listitem").wait().await?;
    other.close().await?;
    ensure!(Copies::of(page).await?.local.len() == 1);
    page.reload().await?;
    page.says("No takes yet").await?;
    ensure!(Copies::of(page).await?.remote.len() == 1);
    Ok(())
}

async fn one_tab_uploads_and_another_takes_over(test: &mut Test) -> Result {
    let studio = upload(test).await?;
    pause_upload(&studio).await?;
    studio.recorded(4).await?;
    studio.stop().await?;
    says(&line(&studio), "Upload paused").await?;

    let other = studio.page().new_tab().await?;
    other.goto(&format!("{}/", test.server()?.url())).await?;
    let other_line = other.region("Takes").css(".upload");
    says(&other_line, "Another tab uploads it").await?;
    studio.page().clone().close().await?;
    // What the person wanted in the one tab holds in the other.
    says(&other_line, "Upload paused").await?;
    other_line.clone().button("Resume upload").click().await?;
    says(&other_line, "On the server").await?;
    Copies::arrived(&other, 1).await?;
    Ok(())
}

async fn a_take_too_large_for_the_server_stays_here(test: &mut Test) -> Result {
    test.server_flags = ["--max-recording-bytes", "60000"].map(Into::into).into();
    let studio = open(test).await?;
    studio.start().await?;
    says(&slate(&studio), "Too large for the server").await?;
    studio.records_on(2).await?;
    studio.stop().await?;
    says(&line(&studio), "Too large for the server").await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    film.assert_seekable()?;
    Ok(())
}

async fn a_server_that_takes_nothing_is_asked_for_nothing(test: &mut Test) -> Result {
    test.server_flags = ["--uploads", "off"].map(Into::into).into();
    let studio = open(test).await?;
    studio.start().await?;
    studio.recorded(2).await?;
    studio.stop().await?;
    ensure!(line(&studio).count().await? == 0);
    ensure!(studio.takes().button("Upload").count().await? == 0);
    studio.page().button("Settings").click().await?;
    let switch = "Upload takes while they are made";
    ensure!(studio.page().role("switch", switch).count().await? == 0);
    let log = test.server()?.log().text();
    ensure!(!log.contains("recording begins"), "{log}");
    studio.page().assert_no_errors()
}

async fn a_server_that_wants_a_token_is_given_one(test: &mut Test) -> Result {
    const SECRET: &str = "what the host signs its tokens with";
    let file = test.folder().join("host-secret");
    std::fs::write(&file, SECRET)?;
    let file = file.to_string_lossy().into_owned();
    test.server_flags = ["--uploads", "token", "--auth-secret-file", &file]
        .map(Into::into)
        .into();
    let studio = Studio::open(test).await?;
    let page = studio.page();
    page.button("Token wanted").click().await?;
    let dialog = page.role("dialog", "Server");
    let enter = async |token: &str| {
        // A field for a secret has no role.
        let field = dialog.clone().css("input[type=password]");
        field.fill(token).await?;
        dialog.clone().button("Use").click().await?;
        dialog.clone().button("Close").click().await?;
        page.button("Connected").wait().await
    };
    enter("of-somebody-else").await?;
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    says(&line(&studio), "wants another token").await?;
    ensure!(Copies::remote(page).await?.is_empty());

    page.button("Connected").click().await?;
    let token = host_token(page, SECRET, &json!({})).await?;
    enter(&token).await?;
    line(&studio).button("Try again").click().await?;
    says(&line(&studio), "On the server").await?;
    Copies::arrived(page, 1).await?;
    Ok(())
}

async fn a_recorded_call_is_on_the_server_when_it_ends(test: &mut Test) -> Result {
    let browser = test.browser();
    let ann = Caller::start(browser, "Ann").await?;
    ann.enter(test.server()?, "kitchen").await?;
    ann.page().button("Start recording").click().await?;
    let during = Copies::some_arrived(ann.page()).await?.size;
    ann.page().button("Stop recording").click().await?;
    let copies = Copies::arrived(ann.page(), 1).await?;
    let recording = &copies.remote[0];
    ensure!(during < recording.size);
    ensure!((&*recording.room, &*recording.participant) == ("kitchen", "Ann"));
    Ok(())
}
