//! Calls in pages that are not ours, of another origin than the server.

use callreel_tests::{
    Caller, Result, Server, Site, StaticFiles, Test, built_example, everybody_meets,
    in_both_browsers, is_soak,
};

in_both_browsers!(
    a_react_project_calls_the_app,
    a_project_without_a_face_calls_the_app,
    a_removed_room_leaves_nothing_behind,
);

/// What the package's README asks of a page that has the package's files on its own site.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
                      connect-src 'self' SERVER SOCKET; media-src 'self' blob:; img-src data:";

fn server_for(origin: &str) -> Result<Server> {
    Server::start(&["--allow-origin", origin])
}

fn policy(server: &Server) -> String {
    let url = server.url();
    POLICY
        .replace("SERVER", url)
        .replace("SOCKET", &url.replacen("http", "ws", 1))
}

/// Opens an example for Ann, and the app's own page for Bob, who is in the room already.
async fn beside_the_app(
    test: &mut Test,
    example: &str,
) -> Result<((StaticFiles, Server), Caller, Caller)> {
    let files = built_example(example)?;
    let server = server_for(files.url())?;
    let ann = Caller::start(test.browser(), "Ann").await?;
    let bob = Caller::start(test.browser(), "Bob").await?;
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

async fn a_removed_room_leaves_nothing_behind(test: &mut Test) -> Result {
    let site = Site::start()?;
    let server = server_for(site.url())?;
    let ann = Caller::start(test.browser(), "Ann").await?;
    let bob = Caller::start(test.browser(), "Bob").await?;
    let body = format!(
        "<script type=\"module\" src=\"callreel/room.js\"></script>\
         <callreel-room room=\"kitchen\" name=\"Ann\" server=\"{}\"></callreel-room>",
        server.url()
    );
    let address = site.page("index.html", &policy(&server), &body)?;
    bob.enter(&server, "kitchen").await?;
    ann.open_elsewhere(&address).await?;
    ann.ready().await?;
    ann.join().await?;
    ann.sees(&bob).await?;
    // Removed and added again, time after time.
    let rounds = if is_soak() { 50 } else { 5 };
    let mut held = None;
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
        ann.page()
            .eval::<()>("document.body.append(room); await room.join();")
            .await?;
        bob.tile("Ann").wait().await?;
    }
    ann.sees(&bob).await?;
    bob.sees(&ann).await?;
    ann.page().assert_no_errors()?;
    bob.page().assert_no_errors()
}
