//! What a page does to a room after it is there: records it, changes it, and changes its mind.

use callreel_tests::{Caller, Launch, PATIENCE, Result, Site, Test, ensure, in_both_browsers};

use crate::embed_room::{policy, server_for};

in_both_browsers!(
    a_page_records_shares_and_changes_its_mind,
    what_records_could_not_be_loaded_and_is_loaded_later,
);

async fn a_page_records_shares_and_changes_its_mind(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(site.url())?;
    let mut launch = Launch::new(test.browser())?;
    launch.screen = true;
    let all = Caller::start_with(launch, "all").await?;
    let body = format!(
        "<script type=\"module\" src=\"callreel/room.js\"></script>\
         <callreel-room id=\"one\" room=\"kitchen\" name=\"Ann\" server=\"{0}\"><p slot=\"header\">Ours</p></callreel-room>\
         <callreel-room id=\"two\" server=\"{0}\"></callreel-room>",
        server.url()
    );
    let address = site.page("index.html", &policy(&server)?, &body)?;
    all.open_elsewhere(&address).await?;
    let page = all.page();
    let [one, two] = ["#one", "#two"].map(|id| page.css(id));
    page.eval::<()>(
        "await customElements.whenDefined('callreel-room');
         window.told = [];
         for (const room of [one, two]) {
             for (const name of ['join', 'leave', 'recordingstart', 'recordingstop', 'error']) {
                 // All but `error` bubble out of everything.
                 document.addEventListener(name, ({ target, composed, detail }) => {
                     if (target === room) told.push([room.id, name, composed, detail.room ?? detail.code ?? '']);
                 });
             }
         }",
    )
    .await?;
    // What was typed stays, whatever else of the element changes.
    let name = two.clone().role("textbox", "Your name");
    name.fill("Bob").await?;
    two.clone().role("textbox", "Room").fill("kitchen").await?;
    page.eval::<()>(
        "two.title = 'A call'; two.width = 320; two.lang = 'zh'; two.lang = 'en'; await one.join()",
    )
    .await?;
    let typed: String = name.eval("return element.value").await?;
    ensure!(typed == "Bob", "{typed}");
    two.clone().button("Join").click().await?;
    two.clone().role("figure", "Ann").wait().await?;
    one.clone().role("figure", "Bob").wait().await?;
    let slotted: String = page
        .eval("return one.shadowRoot.querySelector('slot[name=header]').assignedNodes()[0].textContent")
        .await?;
    ensure!(slotted == "Ours", "{slotted}");
    // Recorded from the page: paused, and ended as soon as it has begun.
    page.eval::<()>("one.title = 'Monday'; await one.start()")
        .await?;
    let clock = "one.shadowRoot.querySelector('#clock')?.textContent";
    page.wait_until("a second", PATIENCE, &format!("{clock} >= '00:01'"))
        .await?;
    let paused: Vec<bool> = page
        .eval(
            "one.pause();
             const paused = [one.recording, one.paused];
             one.resume();
             return [...paused, one.paused];",
        )
        .await?;
    ensure!(paused == [true, true, false], "{paused:?}");
    page.wait_until("another second", PATIENCE, &format!("{clock} >= '00:02'"))
        .await?;
    let (title, kind): (String, String) = page
        .eval("const take = await one.stop(); return [take.title, take.type]")
        .await?;
    ensure!(
        title == "Monday" && kind.starts_with("video/"),
        "{title}, {kind}"
    );
    // A screen of the element's own button. Firefox asks for a real click.
    one.clone().button("Share screen").click().await?;
    two.clone()
        .role("figure", "Screen of Ann")
        .css("video")
        .wait_until("the screen", PATIENCE, "element.videoWidth > 0")
        .await?;
    one.clone().button("Stop sharing").click().await?;
    two.clone().role("figure", "Screen of Ann").gone().await?;
    // What is begun and given up at once comes to nothing, and says so.
    let refused: Vec<String> = page
        .eval(
            "const code = (promise) => promise.then(() => 'done', ({ code }) => code);
             const refused = [code(two.start())];
             two.room = 'cellar';
             two.leave();
             refused.push(code(two.join()));
             two.leave();
             const late = code(two.join());
             for (let turn = 0; two.state !== 'joining' && turn < 100; turn++) await null;
             two.leave();
             refused.push(late, code(two.start()), code(one.start()));
             window.gone = one;
             one.remove();
             return Promise.all(refused);",
        )
        .await?;
    ensure!(
        refused == ["left", "left", "left", "not_joined", "removed"],
        "{refused:?}"
    );
    all.holds_nothing().await?;
    let states: Vec<bool> = page
        .eval("return [gone.recording, two.recording, two.shadowRoot.textContent.includes('Join again')]")
        .await?;
    ensure!(states == [false, false, true], "{states:?}");
    // What it left is where it was, whatever the attribute said by then. What a removed element tells
    // does not come as far as the document.
    let told: Vec<(String, String, bool, String)> = page.eval("return told").await?;
    let left: Vec<&str> = told
        .iter()
        .filter(|(_, name, ..)| name == "leave")
        .map(|(.., room)| &**room)
        .collect();
    ensure!(left == ["kitchen"], "{told:?}");
    ensure!(
        told.iter()
            .all(|(_, name, composed, _)| *composed && name != "error"),
        "{told:?}"
    );
    // The console is not asked: Firefox notes each socket that was given up while it was opened.
    Ok(())
}

async fn what_records_could_not_be_loaded_and_is_loaded_later(test: &mut Test) -> Result {
    const REST: [&str; 2] = ["callreel/room-core_rest.wasm", "callreel/hidden"];
    let site = Site::start()?;
    site.rename(REST[0], REST[1])?;
    let server = server_for(site.url())?;
    let ann = Caller::start(test.browser(), "Ann").await?;
    let body = format!(
        "<script type=\"module\" src=\"callreel/room.js\"></script>\
         <callreel-room room=\"kitchen\" name=\"Ann\" server=\"{}\"></callreel-room>",
        server.url()
    );
    let address = site.page("index.html", &policy(&server)?, &body)?;
    ann.open_elsewhere(&address).await?;
    ann.ready().await?;
    ann.join().await?;
    let page = ann.page();
    let start = "const room = document.querySelector('callreel-room');
        return room.start().then(() => 'done', ({ message }) => message)";
    let refused: String = page.eval(start).await?;
    ensure!(
        refused.contains("A part of Callreel could not be loaded"),
        "{refused}"
    );
    site.rename(REST[1], REST[0])?;
    let began: String = page.eval(start).await?;
    ensure!(began == "done", "{began}");
    let clock =
        "document.querySelector('callreel-room').shadowRoot.querySelector('#clock')?.textContent";
    page.wait_until("a second", PATIENCE, &format!("{clock} >= '00:01'"))
        .await?;
    let seconds: f64 = page
        .eval("return (await document.querySelector('callreel-room').stop()).duration / 1000")
        .await?;
    ensure!(seconds > 0.0);
    Ok(())
}
