//! A room's name: in the address, and a new one that nobody guesses.

use callreel_browser::page;

/// Letters that are not taken for each other, and make no words.
const LETTERS: &[u8; 16] = b"bcdfghjkmnpqrtvw";

/// A name of 16 random letters, 64 bits: `bcdf-ghjk-mnpq-rtvw`.
pub fn propose() -> String {
    let digits = page::random_id().unwrap_or_default();
    let letters = digits.bytes().take(16).map(|digit| {
        let value = char::from(digit).to_digit(16).unwrap_or(0);
        char::from(LETTERS[value as usize])
    });
    let mut name = String::new();
    for (at, letter) in letters.enumerate() {
        if at > 0 && at % 4 == 0 {
            name.push('-');
        }
        name.push(letter);
    }
    name
}

/// The name at the end of the path of `/room/{name}`.
pub fn of_address(path: &str) -> Option<String> {
    let (_, name) = path.rsplit_once("/room/")?;
    let name = page::decode(name.trim_end_matches('/'));
    (!name.is_empty() && name != "index.html").then_some(name)
}

/// The path of a room.
pub fn to_path(name: &str) -> String {
    ["/room/", &page::encode(name)].concat()
}
