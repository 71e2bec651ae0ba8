//! Calls in pages that are not ours, of another origin than the server.

use callreel_tests::{
    Caller, Form, PATIENCE, Result, Server, Site, StaticFiles, Test, between_browsers,
    built_example, ensure, everybody_meets, in_both_browsers, is_soak, policy_of_readme,
};

in_both_browsers!(
    a_page_is_told_what_keeps_it_out,
    several_rooms_in_one_page_keep_to_themselves,
);
between_browsers!(
    Chromium: a_react_project_calls_the_app, a_removed_room_leaves_nothing_behind;
    Firefox: a_project_without_a_face_calls_the_app, a_support_page_calls_and_records;
);

/// What a [`Caller`] asks for in the app's own rooms, as attributes.
const SMALL_PICTURES: &str = r#"width="320" height="240" frame-rate="15""#;

pub(crate) fn server_for(origin: &str) -> Result<Server> {
    Server::start(&["--allow-origin", origin])
}

pub(crate) fn policy(server: &Server) -> Result<String> {
    policy_of_readme(server.url(), Form::Npm)
}

/// Opens an example for Ann, and the app's own page for Bob, who is in the room already.
async fn beside_the_app(
    test: &mut Test,
    example: &str,
) -> Result<((StaticFiles, Server), Caller, Caller)> {
    let files = built_example(example)?;
    let server = server_for(files.url())?;
    let ann = Caller::start(test.browser(), "Ann").await?;
    let bob = Caller::start(test.browser().other(), "Bob").await?;
    bob.enter(&server, "kitchen").await?;
    let address = format!("{}/?server={}", files.url(), server.url());
    ann.open_elsewhere(&address).await?;
    Ok(((files, server), ann, bob))
}

async fn a_react_project_calls_the_app(test: &mut Test) -> Result {
    let (_servers, ann, bob) = beside_the_app(test, "react-room").await?;
    ann.ready().await?;
    ann.join().await?;
    ann.page().says("You are in kitchen").await?;
    everybody_meets(&[&ann, &bob]).await?;
    // What one writes the other reads.
    ann.page().button("Chat").click().await?;
    ann.page()
        .role("textbox", "Message")
        .fill("Hello <b>Bob</b>")
        .await?;
    ann.page().button("Send").click().await?;
    bob.page().button("Chat").click().await?;
    bob.page().says("Hello <b>Bob</b>").await?;
    // Out and in again.
    ann.page().button("Leave").click().await?;
    ann.page().says("You are out").await?;
    bob.tile("Ann").gone().await?;
    ann.holds_nothing().await?;
    ann.page().button("Join again").click().await?;
    ann.ready().await?;
    ann.join().await?;
    ann.sees(&bob).await?;
    bob.sees(&ann).await?;
    // What a framework takes away is gone.
    ann.page().button("Hide the room").click().await?;
    bob.tile("Ann").gone().await?;
    ann.holds_nothing().await?;
    ann.page().button("Show the room").click().await?;
    ann.ready().await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
}

async fn a_project_without_a_face_calls_the_app(test: &mut Test) -> Result {
    let (_servers, ann, bob) = beside_the_app(test, "typescript-room").await?;
    for _ in 0..2 {
        ann.join().await?;
        ann.page().says("You are in kitchen").await?;
        ann.sees(&bob).await?;
        bob.sees(&ann).await?;
        ann.page()
            .role("textbox", "Message")
            .fill("Hello from far away")
            .await?;
        ann.page().button("Send").click().await?;
        ann.page().says("You: Hello from far away").await?;
        ann.page().button("Leave").click().await?;
        ann.page().says("You are out").await?;
        bob.tile("Ann").gone().await?;
        ann.holds_nothing().await?;
    }
    bob.page().button("Chat").click().await?;
    bob.page().says("Hello from far away").await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
}

/// A heap that grows by less than this is flat, in bytes: caches and counters come and go.
const FLAT: u64 = 1 << 20;

async fn a_removed_room_leaves_nothing_behind(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(site.url())?;
    let ann = Caller::start(test.browser(), "Ann").await?;
    let bob = Caller::start(test.browser().other(), "Bob").await?;
    let body = format!(
        "<script type=\"module\" src=\"callreel/room.js\"></script>\
         <callreel-room room=\"kitchen\" name=\"Ann\" server=\"{}\" {SMALL_PICTURES}></callreel-room>",
        server.url()
    );
    let address = site.page("index.html", &policy(&server)?, &body)?;
    bob.enter(&server, "kitchen").await?;
    ann.open_elsewhere(&address).await?;
    ann.ready().await?;
    ann.join().await?;
    ann.sees(&bob).await?;
    // Removed and added again, time after time.
    let rounds = if is_soak() { 50 } else { 5 };
    let (mut held, mut heaps) = (None, Vec::new());
    for round in 1..=rounds {
        ann.page()
            .eval::<()>(
                "window.room = document.querySelector('callreel-room');
                 room.remove();",
            )
            .await?;
        bob.tile("Ann").gone().await?;
        ann.holds_nothing().await?;
        match &held {
            Some(held) => ann.holds_again(held).await?,
            // What is made once, when it is first needed, is there after two turns.
            None if round == 2 => held = Some(ann.holds().await?),
            None => {}
        }
        heaps.extend(ann.heap().await?);
        ann.page()
            .eval::<()>("document.body.append(room); await room.join();")
            .await?;
        bob.tile("Ann").wait().await?;
    }
    test.measured(&format!("heaps in bytes after each removal: {heaps:?}"));
    if let [_, before, .., after] = heaps[..] {
        ensure!(
            after < before + FLAT,
            "the heap grew from {before} to {after} bytes"
        );
    }
    ann.sees(&bob).await?;
    bob.sees(&ann).await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
}

async fn a_support_page_calls_and_records(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.example("support")?;
    let server = Server::start(&["--uploads", "open", "--allow-origin", site.url()])?;
    let ann = Caller::start(test.browser(), "Customer").await?;
    let bob = Caller::start(test.browser().other(), "Bob").await?;
    bob.enter(&server, "help").await?;
    ann.open_elsewhere(&format!(
        "{}/index.html?server={}",
        site.url(),
        server.url()
    ))
    .await?;
    let page = ann.page();
    ann.ready().await?;
    ann.join().await?;
    ann.sees(&bob).await?;
    page.eval::<()>(
        "window.told = [];
         const room = document.querySelector('callreel-room');
         const names = ['recordingstart', 'recordingstop', 'recordingsaved', 'uploadcomplete', 'leave'];
         for (const name of names) room.addEventListener(name, () => told.push(name));
         await room.start();",
    )
    .await?;
    bob.tile("Customer").wait().await?;
    bob.page().says("Customer is recording").await?;
    // A recording outlives its element, and so does its upload.
    let long = "(await document.querySelector('callreel-room').shadowRoot.querySelector('#clock')?.textContent) >= '00:02'";
    page.wait_until("two seconds", PATIENCE, long).await?;
    page.eval::<()>("window.room = document.querySelector('callreel-room'); room.remove();")
        .await?;
    bob.tile("Customer").gone().await?;
    page.role("link", "The call").wait().await?;
    let told: Vec<String> = page.eval("return told").await?;
    ensure!(
        told == [
            "recordingstart",
            "leave",
            "recordingstop",
            "recordingsaved",
            "uploadcomplete"
        ],
        "{told:?}"
    );
    let (kind, seconds, bytes): (String, f64, u64) = page
        .eval("return [room.take.type, room.take.duration / 1000, room.take.blob.size]")
        .await?;
    ensure!(
        kind.starts_with("video/") && seconds > 1.0 && bytes > 1_000,
        "{kind}, {seconds} s, {bytes} bytes"
    );
    // The other element has a build of its own, and works beside it.
    page.eval::<()>(
        "const recorder = document.querySelector('callreel-recorder');
         // There is something of it: a busy machine may take long to encode the first picture.
         const held = new Promise((resolve) => {
             recorder.addEventListener('uploadprogress', ({ detail }) => detail.held > 0 && resolve());
         });
         await recorder.start();
         await held;
         await recorder.stop();",
    )
    .await?;
    let message = page.role("link", "Your message");
    message.wait().await?;
    for link in [page.role("link", "The call"), message] {
        let [status, bytes]: [u64; 2] = link
            .eval("const got = await fetch(element.href); return [got.status, (await got.blob()).size]")
            .await?;
        ensure!(status == 200 && bytes > 1_000, "{status}, {bytes} bytes");
    }
    ann.holds_nothing().await?;
    page.assert_no_errors()
}

/// Without the server's leave, and in a frame without the page's.
async fn a_page_is_told_what_keeps_it_out(test: &mut Test) -> Result {
    let (inner, outer) = (Site::start()?, Site::start()?);
    let server = Server::start(&[])?;
    inner.file(
        "tell.js",
        "const element = document.querySelector('callreel-room');
         const told = [];
         element.addEventListener('error', ({ detail: { code, line } }) => told.push({ code, line: line ?? '' }));
         const joined = element.join().then(() => 'joined', ({ code }) => code);
         window.state = async () => ({
             told, joined: await joined, text: element.shadowRoot.textContent,
         });
         joined.then(async () => parent.postMessage(await state(), '*'));",
    )?;
    let markup = "&lt;img src=x onerror=&quot;window.owned=true&quot;&gt;";
    let framed = inner.page(
        "framed.html",
        &policy(&server)?,
        &format!(
            "<script type=\"module\" src=\"callreel/room.js\"></script>\
             <callreel-room server=\"{}\" room=\"{markup}\" name=\"{markup}\" theme=\"{markup}\" \
              lang=\"zh\" width=\"{markup}\" format=\"{markup}\" title=\"{markup}\"></callreel-room>\
             <script type=\"module\" src=\"tell.js\"></script>",
            server.url()
        ),
    )?;
    let page = test.open_url(&outer.around(&framed)?).await?;
    page.wait_until("the frame to tell", PATIENCE, "window.told")
        .await?;
    let (codes, lines, joined, text): (Vec<String>, Vec<String>, String, String) = page
        .eval(
            "return [
                 told.told.map(({ code }) => code), told.told.map(({ line }) => line), told.joined, told.text,
             ]",
        )
        .await?;
    ensure!(joined == "room_origin", "{joined}");
    ensure!(codes.contains(&"denied_by_page_policy".into()), "{codes:?}");
    ensure!(codes.contains(&"room_origin".into()), "{codes:?}");
    let wanted =
        format!("<iframe allow=\"camera; microphone; display-capture\" src=\"{framed}\"></iframe>");
    ensure!(lines.contains(&wanted), "{lines:?}");
    ensure!(
        text.contains("--allow-origin") && text.contains(inner.url()),
        "{text}"
    );
    let owned: bool = page
        .frame()
        .await?
        .eval("return Boolean(window.owned || document.querySelector('callreel-room').shadowRoot.querySelector('img'))")
        .await?;
    ensure!(!owned, "markup became a part of the page");
    Ok(())
}

async fn several_rooms_in_one_page_keep_to_themselves(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(site.url())?;
    let all = Caller::start(test.browser(), "all").await?;
    // Taken from the server, which is then the one to call.
    let room = |id: &str, name: &str| {
        format!(
            "<callreel-room id=\"{id}\" room=\"kitchen\" name=\"{name}\" {SMALL_PICTURES}></callreel-room>"
        )
    };
    let body = format!(
        "<style>* {{ color: red !important; display: none !important }} \
         html, body, callreel-room {{ display: block !important }}</style>\
         <script type=\"module\" src=\"{}/embed/room.js\"></script>{}{}",
        server.url(),
        room("one", "Ann"),
        room("two", "Bob")
    );
    let policy = policy_of_readme(server.url(), Form::Served)?;
    let policy = policy + "; style-src 'unsafe-inline'";
    all.open_elsewhere(&site.page("index.html", &policy, &body)?)
        .await?;
    let page = all.page();
    page.eval::<()>("await Promise.all([one.join(), two.join()])")
        .await?;
    for (id, other) in [("one", "Bob"), ("two", "Ann")] {
        let video = page
            .css(&format!("#{id}"))
            .role("figure", other)
            .css("video");
        let plays = "element.videoWidth > 0 && element.currentTime > 0.3";
        video
            .wait_until("the other's picture", PATIENCE, plays)
            .await?;
    }
    let color: String = page
        .eval("return getComputedStyle(one.shadowRoot.querySelector('.frame')).color")
        .await?;
    ensure!(color != "rgb(255, 0, 0)", "the page's style leaked in");
    // One goes; the other stays, and knows it.
    page.eval::<()>("two.remove()").await?;
    page.css("#one").role("figure", "Bob").gone().await?;
    let states: Vec<String> = page.eval("return [one.state, document.title]").await?;
    ensure!(states == ["joined", "A page of ours"], "{states:?}");
    let holds = all.holds().await?;
    ensure!(holds.sockets == 1, "{holds:?}");
    page.eval::<()>("one.leave(); one.remove()").await?;
    all.holds_nothing().await?;
    let kept: Vec<String> = page.eval("return Object.keys(localStorage)").await?;
    ensure!(kept.is_empty(), "kept for the page's origin: {kept:?}");
    page.assert_no_errors()
}
