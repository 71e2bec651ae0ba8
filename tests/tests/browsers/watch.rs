//! What one browser records is watched in another: while it is made, and as soon as it is over.

use callreel_tests::{
    Browser, BurntIn, Context, Copies, Finder, Launch, Lease, PATIENCE, Page, Result, Studio, Test,
    between_browsers, ensure, seek, wait_for,
};

between_browsers!(
    // Its key frames, where one can join, are seldom.
    Firefox: a_take_is_watched_elsewhere_while_it_is_made_and_right_after;
);

/// A page of another browser that watches, with nothing but a link.
struct Watcher {
    browser: Browser,
    session: Lease,
    /// What was shown last while the take was made.
    seen: Option<BurntIn>,
}

impl Watcher {
    async fn open(browser: Browser, link: &str) -> Result<Self> {
        let session = Lease::take(&Launch::new(browser)?).await?;
        session.page().goto(link).await?;
        Ok(Self {
            browser,
            session,
            seen: None,
        })
    }

    fn page(&self) -> &Page {
        self.session.page()
    }

    fn video(&self) -> Finder {
        self.page().css("video")
    }

    /// Plays without sound, which a browser allows without a click, and waits for a frame.
    async fn play(&self) -> Result<BurntIn> {
        self.video()
            .eval::<bool>("element.muted = true; element.play().catch(() => {}); return true")
            .await?;
        self.frame().await
    }

    async fn frame(&self) -> Result<BurntIn> {
        let what = format!("a frame in {}", self.browser);
        wait_for(&what, PATIENCE, async || {
            Ok(self.page().burnt_in(&self.video()).await.ok())
        })
        .await
    }
}

/// How far what is shown is behind what the camera shows now, in ms.
async fn behind(studio: &Studio, shown: BurntIn) -> Result<f64> {
    let made = studio.page().burnt_in(&studio.stage()).await?;
    Ok(made.since(shown))
}

/// Whoever has stopped the player for a while, and lets it go on, sees what is live.
async fn comes_back_to_the_edge(studio: &Studio, watchers: &[Watcher]) -> Result {
    const STOPPED_MS: f64 = 15_000.0;
    for watcher in watchers {
        watcher.video().eval::<()>("element.pause()").await?;
    }
    for watcher in watchers {
        let stopped = watcher.frame().await?;
        wait_for("the take to go on", PATIENCE, async || {
            Ok((behind(studio, stopped).await? > STOPPED_MS).then_some(()))
        })
        .await?;
    }
    for watcher in watchers {
        watcher.play().await?;
        // Firefox has a key frame, where one can join, every few seconds.
        let what = format!("the live edge in {}", watcher.browser);
        wait_for(&what, PATIENCE, async || {
            let shown = watcher.frame().await?;
            Ok((behind(studio, shown).await? < STOPPED_MS).then_some(()))
        })
        .await?;
    }
    Ok(())
}

async fn a_take_is_watched_elsewhere_while_it_is_made_and_right_after(test: &mut Test) -> Result {
    // However slow the machine is, the take is not taken for an abandoned one.
    test.server_flags = ["--interrupted-after", "10m"].map(str::to_owned).into();
    let studio = Studio::open(test).await?;
    studio.page().button("Connected").wait().await?;
    studio.start().await?;
    Copies::some_arrived(studio.page()).await?;
    let origin = test.server()?.url().to_owned();
    let link: String = studio
        .page()
        .eval(
            "const headers = { authorization: `Bearer ${localStorage['callreel.owner']}` };
             const { recordings } = await (await fetch('/api/recordings', { headers })).json();
             const [{ id, media_url }] = recordings;
             return `${location.origin}/watch/#${id}.${new URL(media_url, location).searchParams.get('token')}`",
        )
        .await?;
    ensure!(link.starts_with(&origin));

    let mut watchers = Vec::new();
    for browser in Browser::ALL {
        watchers.push(Watcher::open(browser, &link).await?);
    }
    for watcher in &mut watchers {
        let first = watcher.play().await?;
        let moved = format!("the picture to move in {}", watcher.browser);
        wait_for(&moved, PATIENCE, async || {
            let now = watcher.frame().await?;
            Ok((now.since(first) > 500.0).then_some(()))
        })
        .await?;
    }
    comes_back_to_the_edge(&studio, &watchers).await?;
    for watcher in &mut watchers {
        let shown = watcher.frame().await?;
        watcher.seen = Some(shown);
        let behind = behind(&studio, shown).await?;
        test.measured(&format!("{} is {behind} ms behind", watcher.browser));
    }

    studio.stop().await?;
    let copies = Copies::arrived(studio.page(), 1).await?;
    ensure!(copies.remote[0].state == "complete");
    let film = studio.download(test).await?;
    let frames = film.frames()?;
    for watcher in &watchers {
        // The page learns by itself that the stream has become a file.
        watcher
            .video()
            .wait_until(
                "a file that seeks",
                PATIENCE,
                // A stream that has ended has a length as well, until the file takes its place.
                "!element.src.includes('live=1') && element.readyState >= 2 && !element.seeking",
            )
            .await
            .with_context(|| watcher.browser.to_string())?;
        let seen = watcher.seen.context("it was watched")?;
        let back = seen.since(watcher.frame().await?);
        ensure!(
            !(1000.0..30_000.0).contains(&back),
            "{} goes back by {back} ms",
            watcher.browser
        );
        let middle: f64 = watcher
            .video()
            .eval("element.pause(); return element.duration * 500")
            .await?;
        seek(&watcher.video(), middle).await?;
        let shown = watcher.frame().await?;
        let at = frames.partition_point(|(at_ms, _)| *at_ms <= middle);
        let around = frames[at.saturating_sub(2)..(at + 1).min(frames.len())].iter();
        ensure!(
            around.clone().any(|(_, burnt_in)| *burnt_in == Some(shown)),
            "{} shows {shown:?} at {middle} ms, where there are {around:?}",
            watcher.browser
        );
    }
    watchers
        .iter()
        .try_for_each(|watcher| watcher.page().assert_no_errors())
}
