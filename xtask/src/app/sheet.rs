//! The sheet of a room in somebody else's page: the app's own sheets, for a shadow root instead of a
//! document, and for the size of an element instead of the window's.

use crate::run::Result;

/// Tokens that the embedding page may set, by its own names.
const TOKENS: [(&str, &str); 9] = [
    ("--accent", "--callreel-accent"),
    ("--accent-ink", "--callreel-accent-text"),
    ("--rec", "--callreel-record"),
    ("--surface", "--callreel-surface"),
    ("--ink", "--callreel-text"),
    ("--ink2", "--callreel-quiet"),
    ("--line", "--callreel-line"),
    ("--stage", "--callreel-stage"),
    ("--font", "--callreel-font"),
];

/// What is said otherwise in a shadow root.
const INSTEAD: [(&str, &str); 12] = [
    // The element's own attribute says which theme it has.
    (":root {\n  color-scheme: light dark;", ".frame {"),
    (":root {", ".frame {"),
    (":root[data-theme=\"light\"] { color-scheme: light; }\n", ""),
    (":root[data-theme=\"dark\"] { color-scheme: dark; }\n", ""),
    ("html { -webkit-text-size-adjust: 100%; }\n", ""),
    // Whatever the page's own elements inherit.
    (
        "body { ",
        ".frame { all: initial; color-scheme: inherit; -webkit-text-size-adjust: 100%; ",
    ),
    (" min-height: 100svh; }", " }"),
    // The app's header is not there.
    ("100svh - 56px", "100cqh"),
    ("dvh", "cqh"),
    ("vmin", "cqmin"),
    ("vh", "cqh"),
    ("vw", "cqw"),
];

/// Puts the app's sheets and the element's own into one.
pub fn sheet(base: &str, room: &str, own: &str) -> Result<String> {
    let mut app = [without(base, "/* Header */", "/* Buttons */")?, room.into()].concat();
    for (token, theirs) in TOKENS {
        let start = format!("\n  {token}: ");
        let (before, after) = app.split_once(&start).ok_or(format!("no {token}"))?;
        let (value, after) = after
            .split_once(";\n")
            .ok_or(format!("no end of {token}"))?;
        app = format!("{before}{start}var({theirs}, {value});\n{after}");
    }
    for (said, instead) in INSTEAD {
        if !app.contains(said) {
            return Err(format!("the app's sheets don't say {said:?} any more"));
        }
        app = app.replace(said, instead);
    }
    for size in ["width", "height"] {
        for bound in ["max", "min"] {
            let (window, element) = (
                format!("@media ({bound}-{size}"),
                format!("@container callreel ({bound}-{size}"),
            );
            app = app.replace(&window, &element);
        }
    }
    Ok(short(&[&app, own].concat()))
}

fn without(css: &str, start: &str, end: &str) -> Result<String> {
    let cut = css.split_once(start).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some([before, after].concat())
    });
    cut.ok_or(format!("no {start} before {end}"))
}

/// Without comments and line ends.
fn short(css: &str) -> String {
    let mut text = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::root;

    #[test]
    fn the_sheet_speaks_of_the_element_alone() {
        let read = |file: &str| std::fs::read_to_string(root().join(file)).expect("it is there");
        let [base, room, own] = ["styles/base.css", "styles/room.css", "embed/room.css"].map(read);
        let sheet = sheet(&base, &room, &own).expect("it can be made");
        for foreign in [
            ":root",
            "body {",
            "html {",
            "vh",
            "vw",
            "scq",
            "@media (max-",
            "/*",
            "url(",
        ] {
            assert!(!sheet.contains(foreign), "{foreign} in {sheet}");
        }
        assert!(sheet.contains("--accent: var(--callreel-accent, light-dark("));
        assert!(sheet.contains("@container callreel (max-width: 700px)"));
    }

    #[test]
    fn what_is_missing_is_told() {
        assert!(sheet("", "", "").is_err());
        assert_eq!(short("a { b: c }\n/* d */\n  e { }\n"), "a { b: c }e { }");
    }
}
