//! A recorder among people who mean it harm, and in a frame that may nothing.

use callreel_tests::{PATIENCE, Result, Site, Test, ensure, in_both_browsers};

use crate::embed::{NOTES, POLICY, assert_take, events, record, recorder};

in_both_browsers!(
    attributes_full_of_markup_stay_text,
    a_frame_that_may_not_says_what_is_missing,
);

async fn attributes_full_of_markup_stay_text(test: &mut Test) -> Result {
    let site = Site::start()?;
    site.file("notes.js", NOTES)?;
    site.file(
        "watch.js",
        "watch(document.querySelector('callreel-recorder'));",
    )?;
    // The policy would not stop these: the element alone has to.
    let policy = "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'";
    let markup = "&lt;img src=x onerror=&quot;window.owned=true&quot;&gt;";
    let attributes: String = [
        "server",
        "source",
        "width",
        "height",
        "frame-rate",
        "facing-mode",
        "format",
        "bit-rate",
        "max-duration",
        "title",
        "lang",
        "theme",
        "token",
        "owner-key",
        "name",
    ]
    .map(|name| format!(" {name}=\"{markup}\""))
    .concat();
    let body = format!(
        "<style>* {{ color: red !important; display: none !important }} html, body, callreel-recorder {{ display: block !important }}</style>\
         <script src=\"notes.js\"></script>\
         <script type=\"module\" src=\"callreel/recorder.js\"></script>\
         <callreel-recorder{attributes}></callreel-recorder>\
         <script type=\"module\" src=\"watch.js\"></script>"
    );
    let page = recorder(test, &site.page("index.html", policy, &body)?).await?;
    let taken = record(&page).await?;
    assert_take(&taken)?;
    // An address that is none is refused before anything goes there, and said as text.
    page.eval::<()>(
        "const element = document.querySelector('callreel-recorder');
         element.upload = true;
         element.server = 'javascript:window.owned=true';
         await element.start().catch(() => {});",
    )
    .await?;
    let events = events(&page).await?;
    let refused = events.iter().any(|event| event.code == "bad_server");
    ensure!(refused, "{events:?}");
    let (owned, name, color, children): (bool, String, String, usize) = page
        .eval(
            "const { shadowRoot, take } = document.querySelector('callreel-recorder');
             const frame = shadowRoot.querySelector('.frame');
             return [
                 Boolean(window.owned), take?.fileName ?? '', getComputedStyle(frame).color,
                 shadowRoot.querySelectorAll('img, script').length,
             ];",
        )
        .await?;
    ensure!(!owned && children == 0, "markup became a part of the page");
    // What a page pretends does not become so.
    let (state, takes): (String, usize) = page
        .eval(
            "const element = document.querySelector('callreel-recorder');
             const forged = { take: { blob: new Blob(['forged']) }, address: 'javascript:window.owned=true' };
             for (const name of ['recordingstart', 'recordingstop', 'recordingsaved', 'uploadcomplete', 'error']) {
                 element.dispatchEvent(new CustomEvent(name, { detail: forged }));
             }
             const answered = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
             postMessage({ request: -1, op: 'remove', event: 'STOP_REC_BLOB' }, '*');
             await answered;
             return [element.state, (await element.takes()).length];",
        )
        .await?;
    ensure!(takes == 1 && state == "open", "{state}, and {takes} takes");
    ensure!(color != "rgb(255, 0, 0)", "the page's style leaked in");
    ensure!(!name.contains(['<', '>', '"', '/']), "{name}");
    Ok(())
}

async fn a_frame_that_may_not_says_what_is_missing(test: &mut Test) -> Result {
    let (inner, outer) = (Site::start()?, Site::start()?);
    inner.file(
        "tell.js",
        "const element = document.querySelector('callreel-recorder');
         element.addEventListener('error', ({ detail }) => parent.postMessage({
             code: detail.code, line: detail.line, text: element.shadowRoot.textContent,
         }, '*'));
         element.open().catch(() => {});",
    )?;
    let framed = inner.page(
        "framed.html",
        &POLICY.replace("SERVER", ""),
        "<script type=\"module\" src=\"callreel/recorder.js\"></script>\
         <callreel-recorder lang=\"zh\"></callreel-recorder>\
         <script type=\"module\" src=\"tell.js\"></script>",
    )?;
    let page = test.open_url(&outer.around(&framed)?).await?;
    page.wait_until("the frame to tell", PATIENCE, "window.told")
        .await?;
    let (code, line, text): (String, String, String) = page
        .eval("return [told.code, told.line, told.text]")
        .await?;
    ensure!(code == "denied_by_page_policy", "{code}");
    let wanted =
        format!("<iframe allow=\"camera; microphone; display-capture\" src=\"{framed}\"></iframe>");
    ensure!(line == wanted, "{line}");
    ensure!(text.contains(&wanted) && text.contains("此页面"), "{text}");
    // A page around it that is hostile can say to it what it likes.
    page.eval::<()>(
        "for (const said of ['start', { op: 'remove' }, { event: 'START_REC_BLOB' }, { code: 'forged' }]) {
             frames[0].postMessage(said, '*');
         }",
    )
    .await?;
    let after: Vec<String> = page
        .frame()
        .await?
        .eval("const { state, shadowRoot } = document.querySelector('callreel-recorder'); return [state, shadowRoot.textContent]")
        .await?;
    ensure!(
        after[0] == "idle" && after[1].contains(&wanted),
        "{after:?}"
    );
    Ok(())
}
