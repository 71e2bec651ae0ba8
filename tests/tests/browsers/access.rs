//! The studio by keys alone, by ear, in another language, and on a phone.

use callreel_tests::{
    PATIENCE, Page, Result, Studio, Test, bail, ensure, in_both_browsers, wait_for,
};
use serde_json::{Value, json};

in_both_browsers!(
    keys_are_enough,
    chinese_is_complete,
    a_phone_scrolls_one_way;
    chromium: everything_has_a_name_and_a_role, the_lab_has_names_and_fits_a_phone,
);

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const SPACE: &str = " ";

/// What is focused, as it is called.
const FOCUSED: &str = "
    const element = document.activeElement;
    if (element === document.body) return '';
    return element.ariaLabel || element.labels?.[0]?.innerText || element.innerText || element.title";

/// Goes on with the tab key until something has the focus, which has to have a name all the way.
async fn tab_to(page: &Page, name: &str) -> Result {
    let mut way = Vec::new();
    for _ in 0..60 {
        page.press(&[TAB]).await?;
        let (focused, is_seen): (String, bool) = page
            .eval(&format!(
                "const name = (() => {{ {FOCUSED} }})();
                 const {{ outlineStyle, outlineWidth, boxShadow }} = getComputedStyle(document.activeElement);
                 return [name.trim(), outlineStyle !== 'none' && outlineWidth !== '0px' || boxShadow !== 'none']"
            ))
            .await?;
        if focused == name {
            ensure!(is_seen, "nobody sees that {name} has the focus");
            return Ok(());
        }
        way.push(focused);
    }
    bail!("{name} is not reached with the tab key: {way:?}")
}

/// Waits until the keyboard is on this, without a key pressed.
async fn goes_on_with(page: &Page, name: &str) -> Result {
    wait_for(&format!("the keyboard on {name}"), PATIENCE, async || {
        let focused: String = page.eval(FOCUSED).await?;
        Ok((focused.trim() == name).then_some(()))
    })
    .await
}

async fn keys_are_enough(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    let studio = Studio::on(&page).await?;
    page.show().await?;
    page.eval::<()>("document.activeElement.blur()").await?;

    tab_to(&page, "Start recording").await?;
    page.press(&[ENTER]).await?;
    page.button("Stop recording").wait().await?;
    studio.recorded(1).await?;
    // The button keeps the focus while it becomes another.
    let focused: String = page.eval(FOCUSED).await?;
    ensure!(focused == "Stop recording", "{focused:?} has the focus");
    page.press(&[SPACE]).await?;
    studio.replayable().await?;
    tab_to(&page, "Close the player").await?;
    page.press(&[ENTER]).await?;
    goes_on_with(&page, "Play").await?;
    page.press(&[ENTER]).await?;
    goes_on_with(&page, "Replay of Camera recording").await?;
    studio.replayable().await?;
    tab_to(&page, "Rename").await?;
    for typed in [&["N", "o", ESCAPE][..], &["K", "e", "y", "s", ENTER]] {
        page.press(&[ENTER]).await?;
        page.role("textbox", "New title").wait().await?;
        page.press(typed).await?;
        goes_on_with(&page, "Rename").await?;
    }
    page.says("Keys").await?;
    tab_to(&page, "Download").await?;
    tab_to(&page, "Delete").await?;
    page.press(&[ENTER]).await?;
    goes_on_with(&page, "Undo").await?;
    page.press(&[ENTER]).await?;
    goes_on_with(&page, "Delete").await?;
    let download = studio.takes().button("Download");
    download.eval::<()>("element.focus()").await?;
    let file = test.download(page.press(&[ENTER])).await?;
    ensure!(
        file.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("Keys "))
    );

    // The shortcuts, and the list of them.
    page.press(&["?"]).await?;
    let keys = page.role("dialog", "Keyboard shortcuts");
    keys.wait().await?;
    page.press(&[ESCAPE]).await?;
    keys.gone().await?;
    page.press(&["r"]).await?;
    page.button("Pause").wait().await?;
    studio.recorded(1).await?;
    page.press(&["p"]).await?;
    page.button("Resume").wait().await?;
    page.press(&["p"]).await?;
    page.button("Pause").wait().await?;
    page.press(&["r"]).await?;
    studio.replayable().await?;
    // Of two takes, the other one is next. After a download Firefox takes Enter for itself.
    let delete = studio.takes().css("li:last-child .delete");
    delete
        .eval::<()>("element.focus(); element.click()")
        .await?;
    page.button("Undo").wait().await?;
    goes_on_with(&page, "Delete").await?;
    page.press(&[","]).await?;
    page.role("dialog", "Settings").wait().await?;
    page.press(&[ESCAPE]).await?;
    page.role("dialog", "Settings").gone().await?;
    // This includes what the content security policy blocked.
    page.assert_no_errors()
}

async fn everything_has_a_name_and_a_role(test: &mut Test) -> Result {
    let studio = Studio::open(test).await?;
    let page = studio.page();
    studio.start().await?;
    all_named(page).await?;
    studio.recorded(1).await?;
    studio.stop().await?;
    page.button("Settings").click().await?;
    page.role("dialog", "Settings").wait().await?;
    all_named(page).await
}

async fn the_lab_has_names_and_fits_a_phone(test: &mut Test) -> Result {
    let page = test.open("/lab").await?;
    page.resize(390, 844).await?;
    fits(&page, "at the beginning").await?;
    page.button("Run all steps").click().await?;
    let connected = "document.querySelectorAll('.side-panel .chip.ok').length === 2";
    page.wait_until("the call", PATIENCE, connected).await?;
    fits(&page, "with everything shown").await?;
    all_named(&page).await
}

/// Fails if the browser tells assistive technology of something usable without a name or a role.
async fn all_named(page: &Page) -> Result {
    let tree = page
        .dev_tools("Accessibility.getFullAXTree", json!({}))
        .await?;
    let mut count = 0;
    for node in tree["nodes"].as_array().into_iter().flatten() {
        let properties = node["properties"].as_array().into_iter().flatten();
        let is_focusable = properties
            .filter(|property| property["name"] == "focusable")
            .any(|property| property["value"]["value"] == true);
        let role = node["role"]["value"].as_str().unwrap_or_default();
        if node["ignored"] == true || !is_focusable || role == "RootWebArea" {
            continue;
        }
        count += 1;
        let name = node["name"]["value"].as_str().unwrap_or_default();
        ensure!(!name.trim().is_empty(), "without a name: {node}");
        ensure!(
            !["", "generic", "none"].contains(&role),
            "without a role: {node}"
        );
    }
    ensure!(count > 15, "only {count} elements can be used");
    Ok(())
}

/// What stays as it is in every language: names, codecs, units, keys.
const ALIKE: &str = "Callreel English WebM MP4 Ogg Opus AAC VP8 VP9 AV1 H.264 QVGA VGA HD Full 1440p 4K UHD \
    PNG JSON REC Esc https http localhost Chrome Edge Firefox Safari bit Mbit kbit px fps Hz ms MB kB GB TB \
    allow camera microphone display-capture";

async fn chinese_is_complete(test: &mut Test) -> Result {
    test.launch.locale = "zh-CN".into();
    let page = test.open("/").await?;
    let is_chinese = "document.documentElement.lang === 'zh-CN'";
    page.wait_until("the language", PATIENCE, is_chinese)
        .await?;
    let turn_on = page.button("开启摄像头");
    let turn_off = page.button("关闭摄像头");
    wait_for("the camera", PATIENCE, async || {
        turn_on.click_if_there().await?;
        Ok((turn_off.count().await? == 1).then_some(()))
    })
    .await?;
    no_english(&page).await?;
    page.button("开始录制").click().await?;
    page.button("停止录制").wait().await?;
    no_english(&page).await?;
    page.button("停止录制").click().await?;
    page.region("录制内容").css("video").wait().await?;
    page.button("设置").click().await?;
    page.role("dialog", "设置").wait().await?;
    no_english(&page).await?;
    page.reload().await?;
    page.button("设置").wait().await?;
    page.press(&["?"]).await?;
    page.role("dialog", "键盘快捷键").wait().await?;
    no_english(&page).await
}

/// Fails if something is said in another language than the page's.
async fn no_english(page: &Page) -> Result {
    let said: Vec<String> = page
        .eval(
            "const said = [document.title];
             for (const element of document.querySelectorAll('body *:not(script, style, code, option)')) {
                 if (!element.checkVisibility()) continue;
                 for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
                     said.push(element.getAttribute(name) ?? '');
                 // What devices are called is not ours.
                 if (element.closest('#videoinput, #audioinput, #audiooutput')) continue;
                 for (const node of element.childNodes) if (node.nodeType === 3) said.push(node.data);
             }
             for (const option of document.querySelectorAll('select:not(#videoinput, #audioinput, #audiooutput) option'))
                 said.push(option.text);
             const names = (await navigator.mediaDevices.enumerateDevices()).map(device => device.label);
             return said.filter(text => !names.includes(text))",
        )
        .await?;
    let is_english = |text: &&String| {
        let mut words = text.split(|letter: char| {
            !letter.is_ascii_alphanumeric() && letter != '.' && letter != '-'
        });
        words.any(|word| {
            word.len() > 1
                && word.chars().any(|letter| letter.is_ascii_alphabetic())
                && !ALIKE
                    .split_whitespace()
                    .any(|alike| alike == word.trim_end_matches('.'))
        })
    };
    let english: Vec<&String> = said.iter().filter(is_english).collect();
    ensure!(english.is_empty(), "not in Chinese: {english:?}");
    Ok(())
}

async fn a_phone_scrolls_one_way(test: &mut Test) -> Result {
    let page = test.open("/").await?;
    page.resize(390, 844).await?;
    fits(&page, "at the beginning").await?;
    let studio = Studio::on(&page).await?;
    fits(&page, "with the camera on").await?;
    studio.start().await?;
    studio.recorded(1).await?;
    fits(&page, "while recording").await?;
    studio.stop().await?;
    fits(&page, "with a take").await?;
    page.button("Settings").click().await?;
    page.role("dialog", "Settings").wait().await?;
    fits(&page, "with the settings").await?;
    Ok(())
}

/// Fails if a person would have to scroll sideways.
async fn fits(page: &Page, when: &str) -> Result {
    let (width, wide): (u32, Vec<Value>) = page
        .eval(
            "const root = document.documentElement;
             const width = root.clientWidth; // Without the scroll bar.
             const wide = [...document.querySelectorAll('body *')]
                 .filter(element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
                 .filter(element => element.getBoundingClientRect().right > width + 1 || element.getBoundingClientRect().left < -1)
                 .map(element => element.outerHTML.slice(0, 120));
             return [innerWidth, root.scrollWidth > width ? wide.length ? wide : ['?'] : []]",
        )
        .await?;
    ensure!(width == 390, "the tab is {width} pixels wide");
    ensure!(
        wide.is_empty(),
        "{when} there is something outside: {wide:?}"
    );
    Ok(())
}
