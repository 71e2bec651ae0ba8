//! What is written to one person, until it has come: a connection that is lost takes along what was
//! on its way, and before there is one nothing can be sent.

use std::collections::VecDeque;

use super::talk::Talk;

/// So many lines are kept to be said again.
const KEPT: usize = 200;

/// The lines to one person, and how many came from them.
#[derive(Debug, Default)]
pub struct Lines {
    kept: VecDeque<(u32, String)>,
    last: u32,
    heard: u32,
    /// The other side has said what it heard over this connection, or it is the first.
    flows: bool,
}

impl Lines {
    /// Something is to be said; `None` where it waits for a connection.
    pub fn say(&mut self, text: &str) -> Option<Talk> {
        self.last += 1;
        self.kept.push_back((self.last, text.to_owned()));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        self.flows.then(|| Talk::Chat(self.last, text.to_owned()))
    }

    /// There is another connection: what has come over the one before is not known.
    pub fn lost(&mut self) {
        self.flows = false;
    }

    /// A connection, the first or not, can carry lines: what is to be said over it now.
    pub fn opened(&mut self, is_first: bool) -> Vec<Talk> {
        let mut talk = vec![Talk::Heard(self.heard)];
        if is_first {
            talk.extend(self.handle_heard(0));
        }
        talk
    }

    /// The other side has heard so many lines: what is to be said again.
    pub fn handle_heard(&mut self, number: u32) -> Vec<Talk> {
        if std::mem::replace(&mut self.flows, true) {
            return Vec::new();
        }
        // Who remembers more than was said remembers somebody who was here before.
        let number = if number > self.last { 0 } else { number };
        let missing = self.kept.iter().filter(|(line, _)| *line > number);
        missing
            .map(|(line, text)| Talk::Chat(*line, text.clone()))
            .collect()
    }

    /// A line came.
    pub fn handle_line(&mut self, number: u32) {
        if number > 0 {
            self.heard = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> Talk {
        Talk::Chat(number, number.to_string())
    }

    #[test]
    fn what_is_said_before_there_is_a_connection_is_said_over_it() {
        let mut lines = Lines::default();
        assert_eq!(lines.say("1"), None);
        assert_eq!(lines.opened(true), [Talk::Heard(0), line(1)]);
        assert_eq!(lines.say("2"), Some(line(2)));
        assert_eq!(lines.handle_heard(0), [], "it is on its way already");
    }

    #[test]
    fn what_got_lost_with_a_connection_is_said_again_and_nothing_else() {
        let mut lines = Lines::default();
        lines.opened(true);
        for text in ["1", "2", "3"] {
            lines.say(text);
        }
        lines.handle_line(7);
        lines.lost();
        assert_eq!(lines.say("4"), None, "nobody knows what has come");
        assert_eq!(lines.opened(false), [Talk::Heard(7)]);
        assert_eq!(lines.handle_heard(2), [line(3), line(4)]);
        assert_eq!(lines.say("5"), Some(line(5)));
    }

    #[test]
    fn who_remembers_somebody_else_hears_everything() {
        let mut lines = Lines::default();
        lines.say("1");
        assert_eq!(lines.handle_heard(9), [line(1)]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lines = Lines::default();
        for number in 1..1_000 {
            lines.say(&number.to_string());
        }
        let said = lines.opened(true);
        assert_eq!(said.len(), 1 + KEPT);
        assert_eq!(said.last(), Some(&line(999)));
    }
}
