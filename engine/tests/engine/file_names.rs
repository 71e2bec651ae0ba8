use callreel_engine::names::{DateParts, FILE_NAME_BYTES, file_name};
use proptest::prelude::*;

const AT: DateParts = DateParts {
    year: 2026,
    month: 11,
    day: 20,
    hour: 14,
    minute: 5,
    second: 9,
};

fn check(title: &str, expected: &str) {
    assert_eq!(
        file_name(title, &AT, "webm"),
        format!("{expected}.webm"),
        "{title:?}"
    );
}

#[test]
fn a_title_with_its_day_and_time() {
    check("Demo", "Demo 2026-11-20 14-05-09");
    check("第一次会议", "第一次会议 2026-11-20 14-05-09");
    check("Camera 2026-11-20", "Camera 2026-11-20");
    check("", "Callreel 2026-11-20 14-05-09");
}

#[test]
fn what_file_systems_forbid() {
    check(
        "a/b\\c:d*e?f\"g<h>i|j",
        "a-b-c-d-e-f-g-h-i-j 2026-11-20 14-05-09",
    );
    check("../../etc/passwd", "etc-passwd 2026-11-20 14-05-09");
    check(
        "line\r\n\tbreak\u{0}\u{7f}",
        "line break 2026-11-20 14-05-09",
    );
    check("ends. . 2026-11-20...", "ends. . 2026-11-20");
    check(".hidden", "hidden 2026-11-20 14-05-09");
    check("-rf", "rf 2026-11-20 14-05-09");
    check("~", "Callreel 2026-11-20 14-05-09");
}

#[test]
fn what_deceives_the_eye() {
    check("demo\u{202e}mbew.exe", "demombew.exe 2026-11-20 14-05-09");
    check(
        "a\u{200b}\u{feff}b\u{2067}c\u{2069}",
        "abc 2026-11-20 14-05-09",
    );
    check("\u{200f}", "Callreel 2026-11-20 14-05-09");
}

#[test]
fn what_windows_keeps_for_itself() {
    for word in ["con", "NUL", "aux.2026-11-20", "Com1", "LPT9.tar", "COM²"] {
        let name = file_name(word, &AT, "webm");
        assert!(name.starts_with('_'), "{name}");
    }
    check("console", "console 2026-11-20 14-05-09");
    check("com10", "com10 2026-11-20 14-05-09");
    check("é1", "é1 2026-11-20 14-05-09");
}

#[test]
fn writing_of_other_languages_stays() {
    check("שלום", "שלום 2026-11-20 14-05-09");
    check(
        "👩\u{200d}🚀 launch",
        "👩\u{200d}🚀 launch 2026-11-20 14-05-09",
    );
}

#[test]
fn a_long_title_is_cut_between_characters() {
    let name = file_name(&"会".repeat(100), &AT, "webm");
    assert!(
        name.len() <= FILE_NAME_BYTES && name.len() > FILE_NAME_BYTES - 3,
        "{}",
        name.len()
    );
    assert!(name.starts_with("会会") && name.ends_with("会 2026-11-20 14-05-09.webm"));
}

#[test]
fn an_extension_is_letters_and_digits() {
    assert!(file_name("x", &AT, "m4a").ends_with(".m4a"));
    assert!(file_name("x", &AT, "../sh").ends_with("09.sh"));
    assert!(file_name("x", &AT, "").ends_with("14-05-09"));
}

proptest! {
    #![proptest_config(crate::cases(5_000))]

    #[test]
    fn any_title_gives_a_good_name(title in any::<String>(), extension in "\\PC{0,12}", year in any::<u32>()) {
        let at = DateParts { year, ..AT };
        let name = file_name(&title, &at, &extension);
        prop_assert!(name.len() <= FILE_NAME_BYTES);
        let forbidden = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c) || ('\u{202a}'..='\u{202e}').contains(&c);
        prop_assert!(!name.contains(forbidden), "{:?}", name);
        prop_assert!(!name.starts_with(['.', ' ', '-', '~']), "{:?}", name);
        prop_assert!(!name.ends_with(['.', ' ']), "{:?}", name);
        prop_assert!(!name.contains("..") || title.contains(".."), "{:?}", name);
    }
}
