//! The pages about the package, which every server has.

use callreel_tests::{PATIENCE, Result, Test, ensure, in_chromium};

in_chromium!(every_page_about_the_package_has_a_live_example);

async fn every_page_about_the_package_has_a_live_example(test: &mut Test) -> Result {
    let page = test.open("/embed/docs/index.html").await?;
    let pages: Vec<String> = page
        .eval("return [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))")
        .await?;
    ensure!(pages.len() == 9, "{pages:?}");
    for name in pages.iter().filter(|name| *name != "index.html") {
        let page = test.open(&format!("/embed/docs/{name}")).await?;
        let shown = "document.getElementById('source').textContent.includes('import')";
        page.wait_until("the code of the example", PATIENCE, shown)
            .await?;
        let (title, current): (String, String) = page
            .eval("return [document.querySelector('h1').textContent, document.querySelector('[aria-current]').textContent]")
            .await?;
        ensure!(
            title.contains(current.split(',').next().unwrap_or_default()),
            "{name}: {title}"
        );
        match name.as_str() {
            "room.html" => {
                page.eval::<()>("await document.querySelector('callreel-room').join()")
                    .await?;
                page.says("You are in").await?;
                // What is said of its parts is so.
                let parts = "const root = document.querySelector('callreel-room').shadowRoot;
                     return ['frame', 'room', 'people', 'tile', 'controls'].filter((part) => !root.querySelector(`[part~=${part}]`))";
                let missing: Vec<String> = page.eval(parts).await?;
                ensure!(missing.is_empty(), "no part {missing:?}");
            }
            "join-room.html" => {
                page.button("Join").click().await?;
                page.says("0 others are in kitchen").await?;
                page.button("Leave").click().await?;
                page.says("You are out").await?;
            }
            "record.html" => {
                page.button("Start").click().await?;
                page.says("recording, 1 s").await?;
                page.button("Stop").click().await?;
                let plays = "document.getElementById('replay').duration > 0";
                page.wait_until("the take", PATIENCE, plays).await?;
            }
            "takes.html" => page.says("This browser keeps 1").await?,
            "open-camera.html" => {
                page.button("Camera").click().await?;
                let plays = "document.getElementById('picture').videoWidth > 0";
                page.wait_until("the picture", PATIENCE, plays).await?;
            }
            "devices.html" => page.says("camera: ").await?,
            _ => {}
        }
        page.assert_no_errors()?;
    }
    Ok(())
}
