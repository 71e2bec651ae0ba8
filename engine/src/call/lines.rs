//! What is written to one person, until it has come: a connection that is lost takes along what was
//! on its way, and before there is one nothing can be sent.
//!
//! A side that has given the other up counts anew, and the other may remember how much came before.
//! So lines are told with the link that they belong to: one's key for the other person, which is
//! greater each time they meet anew.

use std::collections::VecDeque;

use super::{Key, talk::Talk};

/// So many lines are kept to be said again.
const KEPT: usize = 200;

/// The lines to one person, and how many came from them.
#[derive(Debug)]
pub struct Lines {
    link: Key,
    /// What has not come yet, as far as is known.
    kept: VecDeque<(u32, String)>,
    last: u32,
    /// Of which of the other side's links lines came, and the number of the last.
    heard: (Key, u32),
    /// The other side has said what it heard over this connection, or it is the first.
    flows: bool,
}

impl Lines {
    /// To the person of this key.
    #[must_use]
    pub fn new(link: Key) -> Self {
        Self {
            link,
            kept: VecDeque::new(),
            last: 0,
            heard: (0, 0),
            flows: false,
        }
    }

    /// Something is to be said: its number, and how; `None` where it waits for a connection.
    pub fn say(&mut self, text: &str) -> (u32, Option<Talk>) {
        self.last += 1;
        self.kept.push_back((self.last, text.to_owned()));
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
        let talk = Talk::Chat(self.link, self.last, text.to_owned());
        (self.last, self.flows.then_some(talk))
    }

    /// There is another connection: what has come over the one before is not known.
    pub fn lost(&mut self) {
        self.flows = false;
    }

    /// A connection, the first or not, can carry lines: what is to be said over it now.
    pub fn opened(&mut self, is_first: bool) -> Vec<Talk> {
        let mut talk = vec![self.confirmation()];
        if is_first {
            talk.extend(self.flow());
        }
        talk
    }

    /// The other side has heard the lines of that link up to this number: the number of the last
    /// line that has come, and what is to be said again.
    pub fn handle_heard(&mut self, link: Key, number: u32) -> (u32, Vec<Talk>) {
        // Who remembers another link has heard nothing of this one.
        let number = if link == self.link { number } else { 0 };
        self.kept.retain(|(line, _)| *line > number);
        (number, self.flow())
    }

    fn flow(&mut self) -> Vec<Talk> {
        if std::mem::replace(&mut self.flows, true) {
            return Vec::new();
        }
        let missing = self.kept.iter();
        missing
            .map(|(line, text)| Talk::Chat(self.link, *line, text.clone()))
            .collect()
    }

    /// A line came: what is said to confirm it, or nothing where it had come before.
    pub fn handle_line(&mut self, link: Key, number: u32) -> Option<Talk> {
        if (link, number) <= self.heard {
            return None;
        }
        self.heard = (link, number);
        Some(self.confirmation())
    }

    fn confirmation(&self) -> Talk {
        let (link, number) = self.heard;
        Talk::Heard(link, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32) -> Talk {
        Talk::Chat(1, number, number.to_string())
    }

    #[test]
    fn what_is_said_before_there_is_a_connection_is_said_over_it() {
        let mut lines = Lines::new(1);
        assert_eq!(lines.say("1"), (1, None));
        assert_eq!(lines.opened(true), [Talk::Heard(0, 0), line(1)]);
        assert_eq!(lines.say("2"), (2, Some(line(2))));
        let heard = lines.handle_heard(0, 0);
        assert_eq!(heard, (0, Vec::new()), "they are on their way already");
    }

    #[test]
    fn what_got_lost_with_a_connection_is_said_again_and_nothing_else() {
        let mut lines = Lines::new(1);
        lines.opened(true);
        for text in ["1", "2", "3"] {
            lines.say(text);
        }
        assert_eq!(lines.handle_line(5, 7), Some(Talk::Heard(5, 7)));
        lines.lost();
        assert_eq!(lines.say("4"), (4, None), "nobody knows what has come");
        assert_eq!(lines.opened(false), [Talk::Heard(5, 7)]);
        assert_eq!(lines.handle_heard(1, 2), (2, vec![line(3), line(4)]));
        assert_eq!(lines.say("5"), (5, Some(line(5))));
    }

    #[test]
    fn what_has_come_is_known() {
        let mut lines = Lines::new(1);
        lines.opened(true);
        for text in ["1", "2", "3"] {
            lines.say(text);
        }
        assert_eq!(lines.handle_heard(1, 2), (2, Vec::new()));
        lines.lost();
        assert_eq!(lines.handle_heard(0, 0), (0, vec![line(3)]));
    }

    #[test]
    fn what_comes_twice_is_one_line() {
        let mut lines = Lines::new(1);
        assert!(lines.handle_line(4, 1).is_some());
        assert_eq!(lines.handle_line(4, 1), None);
        assert_eq!(lines.handle_line(3, 9), None, "of a link that is given up");
        assert_eq!(lines.handle_line(5, 1), Some(Talk::Heard(5, 1)));
    }

    /// One side has given the other up, and both meet again: whatever was said before, nothing that
    /// is said to the new one is lost, and nothing comes twice.
    #[test]
    fn who_meets_anew_hears_all_of_it() {
        for (before, after) in [(0, 1), (1, 2), (2, 1), (3, 3), (2, 5)] {
            let mut theirs = Lines::new(7);
            let mut old = Lines::new(1);
            old.opened(true);
            for number in 1..=before {
                let (_, said) = old.say(&number.to_string());
                assert!(
                    matches!(said, Some(Talk::Chat(1, n, _)) if theirs.handle_line(1, n).is_some())
                );
            }
            theirs.lost();
            let mut new = Lines::new(2);
            for number in 1..=after {
                new.say(&number.to_string());
            }
            let [Talk::Heard(link, number)] = theirs.opened(false)[..] else {
                panic!("it tells what it has heard");
            };
            new.opened(false);
            let (come, said) = new.handle_heard(link, number);
            assert_eq!(come, 0);
            let heard = said.iter().filter(|talk| match talk {
                Talk::Chat(link, number, _) => theirs.handle_line(*link, *number).is_some(),
                _ => false,
            });
            assert_eq!(heard.count(), after, "after {before} before");
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lines = Lines::new(1);
        for number in 1..1_000 {
            lines.say(&number.to_string());
        }
        let said = lines.opened(true);
        assert_eq!(said.len(), 1 + KEPT);
        assert_eq!(said.last(), Some(&line(999)));
    }
}
