//! Files that people in a call give to each other.

use std::time::Duration;

use callreel_tests::{
    Finder, PATIENCE, Page, Result, Test, between_browsers, ensure, in_both_browsers, is_soak,
};
use serde_json::json;

use crate::calls_tools::pair;

in_both_browsers!(a_file_crosses_whole_while_the_call_goes_on);
between_browsers!(Firefox: a_file_goes_to_one_person;);

/// Chooses a file of so many bytes that look random.
const CHOOSE: &str = r"
    const bytes = new Uint8Array(arg.size);
    let state = 1;
    for (let at = 0; at < bytes.length; at++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[at] = state >>> 24;
    }
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], '../film.bin'));
    const input = document.querySelector('input[type=file]');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));";

/// The same bytes.
fn film(size: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..size).map(|_| next()).collect()
}

/// Writing to the disk waits for `letGo()`, or fails as on a full disk.
const HOLD_WRITES: &str = "
    const disk = FileSystemWritableFileStream.prototype;
    window.write ??= disk.write;
    const held = new Promise(resolve => window.letGo = resolve);
    disk.write = async function (bytes) { await held; return window.write.call(this, bytes); };";
const FILL_DISK: &str = "
    FileSystemWritableFileStream.prototype.write = async () => {
        throw new DOMException('full', 'QuotaExceededError');
    };";
const FREE_DISK: &str = "FileSystemWritableFileStream.prototype.write = window.write;";

/// What lies in the folder of files that came.
const RECEIVED: &str = "(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('callreel-received', { create: true });
    return (await Array.fromAsync(folder.keys())).length;
})()";

/// How many bytes have come over the page's connections.
const CAME: &str = "(async () => {
    const reports = await Promise.all([...window.liveConnections].map(one => one.getStats()));
    const all = reports.flatMap(report => [...report.values()]);
    return all.reduce((sum, one) => sum + (one.type === 'data-channel' ? one.bytesReceived : 0), 0);
})()";

async fn says(log: &Finder, sentence: &str) -> Result {
    let says = format!("element.innerText.includes('{sentence}')");
    log.wait_until(sentence, PATIENCE, &says).await
}

async fn a_file_crosses_whole_while_the_call_goes_on(test: &mut Test) -> Result {
    let size = if is_soak() { 200_u32 << 20 } else { 8 << 20 };
    let (ann, bob) = pair(test).await?;
    for caller in [&ann, &bob] {
        caller.page().button("Chat").click().await?;
    }
    let log = bob.page().role("log", "Messages");
    let told = ann.page().role("log", "Messages");
    // One that is not wanted first, and one for which there is no place.
    let small = json!({ "size": 1000 });
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    log.clone().button("Decline").click().await?;
    says(&told, "Cancelled").await?;
    bob.page().eval::<()>(HOLD_WRITES).await?;
    bob.page().eval::<()>(FILL_DISK).await?;
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    log.clone().button("Accept").click().await?;
    says(&log, "The disk is full").await?;

    // One that is given up on its way leaves nothing on the disk.
    let large = json!({ "size": size });
    bob.page().eval::<()>(HOLD_WRITES).await?;
    ann.page().eval_with::<()>(CHOOSE, &large).await?;
    log.clone().button("Accept").click().await?;
    says(&told, "0 % is there").await?;
    told.clone().button("Cancel").click().await?;
    log.clone().css("progress").gone().await?;
    bob.page().eval::<()>("window.letGo()").await?;
    let is_empty = format!("await {RECEIVED} === 0");
    bob.page()
        .wait_until("an empty folder", PATIENCE, &is_empty)
        .await?;

    // One that loses its connection is taken again over the next.
    bob.page().eval::<()>(HOLD_WRITES).await?;
    let before: u64 = bob.page().eval(&format!("return {CAME}")).await?;
    ann.page().eval_with::<()>(CHOOSE, &large).await?;
    log.clone().button("Accept").click().await?;
    says(&told, "0 % is there").await?;
    // As much as may be on its way, which a slow disk writes when that connection is gone.
    let has_come = format!("await {CAME} >= {} + (8 << 20)", before);
    bob.page()
        .wait_until("a window of it", PATIENCE, &has_come)
        .await?;
    ann.break_connections().await?;
    says(&log, "The connection was lost before all of it was here").await?;
    bob.page().eval::<()>("window.letGo()").await?;
    bob.page().eval::<()>(FREE_DISK).await?;
    bob.page()
        .wait_until("an empty folder", PATIENCE, &is_empty)
        .await?;
    says(&told, "Bob can accept it again").await?;
    log.clone().button("Accept").click().await?;
    ann.sees(&bob).await?;
    let long = Duration::from_secs(if is_soak() { 1_200 } else { 90 });
    let save = log.clone().role("link", "Save").within(long);
    let name: String = save.eval("return element.download").await?;
    ensure!(name == "film.bin", "{name}");
    save.click().await?;
    let file = Page::downloaded(bob.session().downloads(), &[]).await?;
    ensure!(
        std::fs::read(file)? == film(size),
        "what came is not what was sent"
    );
    says(&told, "Bob has it").await?;
    bob.sees(&ann).await?;

    // It is there after the call, and gone from the disk when no page holds it any more.
    bob.page().button("Leave").click().await?;
    let received = bob.page().region("Files you received");
    received.role("link", "Save").wait().await?;
    let now: u32 = bob.page().eval(&format!("return {RECEIVED}")).await?;
    ensure!(now == 1, "{now} files on the disk");
    bob.page().reload().await?;
    bob.page()
        .wait_until("an empty folder", PATIENCE, &is_empty)
        .await
}

async fn a_file_goes_to_one_person(test: &mut Test) -> Result {
    let (ann, bob) = pair(test).await?;
    let cleo = ann.beside("Cleo").await?;
    cleo.enter(test.server()?, "kitchen").await?;
    ann.tile("Cleo").wait().await?;
    ann.page().button("Chat").click().await?;
    let choice = ann.page().select("Files go to");
    let names = choice.options().await?;
    ensure!(names == ["Everybody", "Bob", "Cleo"], "{names:?}");
    choice.choose("Bob").await?;
    let small = json!({ "size": 1000 });
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    let told = ann.page().role("log", "Messages");
    says(&told, "Waiting for Bob").await?;
    // The next goes to both, and when that has come the first has not.
    choice.choose("Everybody").await?;
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    bob.page()
        .role("status", "Unread messages: 2")
        .wait()
        .await?;
    cleo.page()
        .role("status", "Unread messages: 1")
        .wait()
        .await?;
    // What is meant for somebody who went goes to nobody.
    choice.choose("Bob").await?;
    bob.page().button("Leave").click().await?;
    ann.tile("Bob").gone().await?;
    ann.page().eval_with::<()>(CHOOSE, &small).await?;
    ann.page().says("Bob left.").await?;
    let offered = told.clone().css(".file").count().await?;
    ensure!(offered == 3, "{offered} files were offered");
    Ok(())
}
