use std::borrow::Cow;

use crate::{error::Code, text};

/// Characters of a name at most, of a room or of a person.
const MAX_NAME: usize = 100;

/// A room's name. It is an address, so nothing is made of it that it is not.
///
/// # Errors
///
/// [`Code::RoomName`].
pub fn room(name: &str) -> Result<&str, Code> {
    let name = name.trim();
    let is_visible = |c: char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let is_name = (1..=MAX_NAME).contains(&name.chars().take(MAX_NAME + 1).count());
    match is_name && name.chars().all(is_visible) {
        true => Ok(name),
        false => Err(Code::RoomName),
    }
}

/// A person's name, of one line; perhaps empty.
///
/// # Errors
///
/// [`Code::PersonName`].
pub fn person(name: &str) -> Result<String, Code> {
    match name.chars().nth(MAX_NAME) {
        None => Ok(text::one_line(name)),
        Some(_) => Err(Code::PersonName),
    }
}

/// The same for what the host says, which is made to fit rather than refused.
pub fn fitting(name: &str) -> String {
    let end = name.char_indices().nth(MAX_NAME);
    let name = end.map_or(Cow::Borrowed(name), |(end, _)| name[..end].into());
    text::one_line(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_called_what_people_can_read() {
        let longest = "ä".repeat(MAX_NAME);
        for name in ["kitchen", "厨房 2", "../etc", "<b>", &longest] {
            assert_eq!(room(name), Ok(name));
        }
        assert_eq!(room(" kitchen\n"), Ok("kitchen"));
        for name in [
            "",
            " ",
            "a\0b",
            "a\nb",
            "a\u{2028}b",
            "a\u{85}b",
            &"ä".repeat(101),
        ] {
            assert_eq!(room(name), Err(Code::RoomName), "{name:?}");
        }
    }

    #[test]
    fn people_are_called_what_they_like() {
        assert_eq!(person("  Ann\n").as_deref(), Ok("Ann"));
        assert_eq!(person("").as_deref(), Ok(""));
        assert_eq!(person(&"ä".repeat(100)), Ok("ä".repeat(100)));
        assert_eq!(person(&"ä".repeat(101)), Err(Code::PersonName));
        assert_eq!(fitting(&"ä".repeat(101)), "ä".repeat(100));
        assert_eq!(fitting("Bob"), "Bob");
    }
}
