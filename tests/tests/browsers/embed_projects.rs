//! The recorder as a part of other people's projects: forms, and what Vite has built.

use std::fs;

use callreel_tests::{
    Film, Mailbox, PATIENCE, Result, Server, Site, Test, built_example, ensure, in_both_browsers,
};
use tempfile::TempDir;

use crate::embed::{NOTES, POLICY, assert_take, ready, record, recorder, replay, uploaded};

in_both_browsers!(
    several_recorders_fill_a_form,
    an_interview_is_posted_with_its_form,
    a_react_project_records_and_uploads_elsewhere,
    a_typescript_project_records_without_a_face,
);

async fn several_recorders_fill_a_form(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.file("notes.js", NOTES)?;
    let body = "<script src=\"notes.js\"></script>\
         <script type=\"module\" src=\"callreel/recorder.js\"></script>\
         <form><callreel-recorder name=\"first\" max-duration=\"1500\" title=\"One: two\"></callreel-recorder>\
         <callreel-recorder name=\"second\" source=\"microphone\" max-duration=\"1500\"></callreel-recorder></form>";
    let policy = POLICY.replace("SERVER", "");
    let page = recorder(test, &site.page("index.html", &policy, body)?).await?;
    page.eval::<()>(
        "for (const element of document.querySelectorAll('callreel-recorder')) await element.start();",
    )
    .await?;
    let both = "[...document.querySelectorAll('callreel-recorder')].every(({ take }) => take)";
    page.wait_until("both to end by themselves", PATIENCE, both)
        .await?;
    let files: Vec<(String, String, String, u64, f64)> = page
        .eval(
            "const takes = [...document.querySelectorAll('callreel-recorder')].map(({ take }) => take);
             const form = [...new FormData(document.querySelector('form'))];
             return form.map(([name, file], at) => [name, file.name, file.type, file.size, takes[at].duration]);",
        )
        .await?;
    ensure!(files.len() == 2, "{files:?}");
    for ((name, file, kind, size, duration), (wanted, start)) in files
        .iter()
        .zip([("first", "video/"), ("second", "audio/")])
    {
        ensure!(name == wanted && kind.starts_with(start), "{files:?}");
        ensure!(*size > 100 && *duration > 0.0, "{files:?}");
        ensure!(!file.contains(':') && file.contains('.'), "{files:?}");
    }
    ensure!(files[0].1.starts_with("One two."), "{files:?}");
    let is_free = "tracks.length === 3 && tracks.every((track) => track.readyState === 'ended')";
    page.wait_until("every track to end", PATIENCE, is_free)
        .await?;
    page.assert_no_errors()
}

async fn an_interview_is_posted_with_its_form(test: &mut Test) -> Result {
    let (site, mailbox) = (Site::start()?, Mailbox::start()?);
    site.example("interview")?;
    site.change("index.html", "/answers", mailbox.url())?;
    let page = recorder(test, &format!("{}/index.html", site.url())).await?;
    page.eval::<()>(
        "for (const element of document.querySelectorAll('callreel-recorder')) {
             element.maxDuration = 1500;
             const stopped = new Promise((resolve) => element.addEventListener('recordingstop', resolve));
             await element.start();
             await stopped;
         }",
    )
    .await?;
    page.button("Send").click().await?;
    let thanked = "document.title === 'Thank you'";
    page.wait_until("thanks", PATIENCE, thanked).await?;
    let files = mailbox.files()?;
    let fields: Vec<&str> = files.iter().map(|one| &*one.field).collect();
    ensure!(
        fields == ["answer1", "answer2", "answer3", "answer4", "answer5"],
        "{fields:?}"
    );
    let dir = TempDir::with_prefix("callreel-answers-")?;
    for posted in &files {
        let path = dir.path().join(&posted.field).with_extension("webm");
        fs::write(&path, &posted.content)?;
        let film = Film::new(path);
        film.assert_decodes()?;
        film.assert_seekable()?;
        ensure!(posted.file.ends_with(".webm"), "{}", posted.file);
    }
    Ok(())
}

async fn a_react_project_records_and_uploads_elsewhere(test: &mut Test) -> Result {
    let files = built_example("react")?;
    let server = Server::start(&["--uploads", "open", "--allow-origin", files.url()])?;
    let address = format!("{}/?server={}", files.url(), server.url());
    let page = recorder(test, &address).await?;
    // Away and back again, as a framework does it.
    page.button("Hide the recorder").click().await?;
    page.button("Show the recorder").click().await?;
    ready(&page).await?;
    page.eval::<()>(NOTES).await?;
    page.eval::<()>("watch(document.querySelector('callreel-recorder'))")
        .await?;
    let taken = record(&page).await?;
    assert_take(&taken)?;
    replay(&page, taken.duration).await?;
    uploaded(&page, true).await?;
    page.says("Watch it on the server").await?;
    page.assert_no_errors()
}

async fn a_typescript_project_records_without_a_face(test: &mut Test) -> Result {
    let files = built_example("typescript")?;
    let server = Server::start(&["--uploads", "open", "--allow-origin", files.url()])?;
    let address = format!("{}/?server={}", files.url(), server.url());
    let page = test.open_url(&address).await?;
    page.eval::<()>(NOTES).await?;
    page.button("Start").click().await?;
    page.says("recording, 2 s").await?;
    page.button("Stop").click().await?;
    page.says("this browser keeps 1").await?;
    let is_free = "tracks.length === 2 && tracks.every((track) => track.readyState === 'ended')";
    page.wait_until("the camera to go off", PATIENCE, is_free)
        .await?;
    let known = "document.querySelector('video').duration > 0 && Number.isFinite(document.querySelector('video').duration)";
    page.wait_until("the take", PATIENCE, known).await?;
    let link = page.role("link", "Watch it on the server");
    let status: u64 = link
        .eval("return (await fetch(element.href)).status")
        .await?;
    ensure!(status == 200, "{status}");
    page.assert_no_errors()
}
