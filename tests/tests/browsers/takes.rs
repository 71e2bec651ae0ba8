//! Takes in the list: named, deleted, brought back, and downloaded under names of any kind.

use callreel_tests::{
    Context, Finder, PATIENCE, Result, Studio, Test, ensure, in_both_browsers, wait_for,
};
use serde_json::json;

in_both_browsers!(
    a_take_is_renamed_deleted_and_brought_back,
    a_name_from_another_tab_stays,
    no_title_gets_out_of_its_place,
);

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

async fn recorded(test: &mut Test) -> Result<Studio> {
    let studio = Studio::open(test).await?;
    studio.start().await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    Ok(studio)
}

fn title(studio: &Studio) -> Finder {
    studio.takes().css("li .title strong")
}

async fn a_take_is_renamed_deleted_and_brought_back(test: &mut Test) -> Result {
    let studio = recorded(test).await?;
    let page = studio.page().clone();
    ensure!(title(&studio).text().await? == "Camera recording");
    let field = page.role("textbox", "New title");
    for (typed, ends) in [("Never", ESCAPE), ("Ada’s take", ENTER)] {
        studio.takes().button("Rename").click().await?;
        // The old title is chosen, so that typing replaces it.
        field.type_text(&format!("{typed}{ends}")).await?;
        field.gone().await?;
    }
    title(&studio)
        .wait_until("the title", PATIENCE, "element.innerText === 'Ada’s take'")
        .await?;

    page.reload().await?;
    Studio::on(&page).await?;
    ensure!(title(&studio).text().await? == "Ada’s take");
    studio.takes().button("Delete").click().await?;
    page.button("Undo").click().await?;
    studio.takes().button("Play").click().await?;
    studio.replayable().await?;
    let film = studio.download(test).await?;
    film.assert_decodes()?;
    let name = film.path().file_name().context("a file has a name")?;
    ensure!(
        name.to_string_lossy().starts_with("Ada’s take 20"),
        "{name:?}"
    );

    studio.takes().button("Delete").click().await?;
    page.says("“Ada’s take” was deleted").await?;
    ensure!(studio.takes().any("listitem").count().await? == 0);
    page.button("Undo").gone().await?;
    wait_for("the file to go", PATIENCE, async || {
        Ok((kept(&studio).await? == 0).then_some(()))
    })
    .await?;
    page.reload().await?;
    Studio::on(&page).await?;
    page.says("No takes yet").await
}

async fn a_name_from_another_tab_stays(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page().clone();
    studio.start().await?;
    studio.recorded(1).await?;
    let other = page.new_tab().await?;
    other.goto(&format!("{}/", test.server()?.url())).await?;
    let takes = other.region("Takes");
    takes.clone().button("Rename").click().await?;
    let field = other.role("textbox", "New title");
    field.type_text(&format!("While it is made{ENTER}")).await?;
    field.gone().await?;
    other.close().await?;
    studio.stop().await?;
    let named = "element.innerText === 'While it is made'";
    title(&studio)
        .wait_until("the name", PATIENCE, named)
        .await?;
    page.reload().await?;
    Studio::on(&page).await?;
    title(&studio)
        .wait_until("the name", PATIENCE, named)
        .await?;
    studio.takes().button("Play").click().await?;
    studio.replayable().await
}

/// How many takes the browser keeps.
async fn kept(studio: &Studio) -> Result<usize> {
    studio
        .page()
        .eval(
            "const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('callreel-takes');
             let count = 0;
             for await (const name of folder.keys()) count += !name.startsWith('.');
             return count",
        )
        .await
}

async fn no_title_gets_out_of_its_place(test: &mut Test) -> Result {
    let long = "長い ".repeat(1500);
    let titles = [
        "<img src=x onerror=\"document.title='owned'\">",
        "../../etc/passwd",
        "..\\C:\\aux*?|",
        "bell\u{7}escape\u{1b}[31m null\u{1}",
        "turned \u{202e}mbew.exe",
        "con",
        ".hidden",
        "&lt;b&gt; %{1} ${x}",
        long.as_str(),
    ];
    let studio = recorded(test).await?;
    let page = studio.page().clone();
    for wanted in titles {
        studio.takes().button("Rename").click().await?;
        let field = page.role("textbox", "New title");
        // Longer than what can be typed.
        field.wait().await?;
        page.eval_with::<()>(
            "const field = document.querySelector('.takes input');
             field.value = arg;
             field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))",
            &json!(wanted),
        )
        .await?;
        field.gone().await?;
        let shown = wait_for("the title", PATIENCE, async || {
            let shown: String = title(&studio).eval("return element.textContent").await?;
            Ok((shown == wanted.trim()).then_some(shown))
        })
        .await?;
        let film = studio.download(test).await?;
        let name = film.path().file_name().context("a file has a name")?;
        let name = name.to_str().context("a name is text")?;
        let is_bad = |letter: char| letter.is_control() || "/\\:*?\"<>|\u{202e}".contains(letter);
        ensure!(
            !name.contains(is_bad)
                && !name.starts_with('.')
                && name.ends_with(".webm")
                && name.len() <= 120,
            "{shown:?} is downloaded as {name:?}"
        );
        ensure!(
            name.len() > ".webm".len() + 20,
            "{shown:?} is downloaded as {name:?}"
        );
        film.assert_seekable()?;
    }
    let elements = studio.takes().css(".title strong *").count().await?;
    let name: String = page.eval("return document.title").await?;
    ensure!(elements == 0 && name != "owned", "a title became markup");
    let wide: bool = page
        .eval("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
        .await?;
    ensure!(!wide, "a title makes the page scroll sideways");

    page.reload().await?;
    Studio::on(&page).await?;
    let kept: String = title(&studio).eval("return element.textContent").await?;
    ensure!(
        kept == long.trim(),
        "the title is {} bytes long",
        kept.len()
    );
    page.assert_no_errors()
}
