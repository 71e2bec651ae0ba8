use callreel_engine::edge::{Edge, FASTER, Look, Pace};

/// A player on virtual time, of a take whose parts are all of one length.
struct Player {
    edge: Edge,
    now_ms: f64,
    /// What of the recording is shown.
    shown_ms: f64,
    is_paused: bool,
    is_starved: bool,
    rate: f64,
    starved: u32,
    rejoined: u32,
}

const STEP_MS: f64 = 250.0;

impl Player {
    fn behind(ms: f64) -> Self {
        Self {
            edge: Edge::default(),
            now_ms: 100_000.0,
            shown_ms: 100_000.0 - ms,
            is_paused: false,
            is_starved: false,
            rate: 1.0,
            starved: 0,
            rejoined: 0,
        }
    }

    fn lag_ms(&self) -> f64 {
        self.now_ms - self.shown_ms
    }

    /// Plays what comes in parts of this length.
    fn play(&mut self, for_ms: f64, part_ms: f64) {
        let end = self.now_ms + for_ms;
        while self.now_ms < end {
            self.now_ms += STEP_MS;
            let arrived = (self.now_ms / part_ms).floor() * part_ms;
            if !self.is_paused {
                // It goes on once it has a little again.
                self.is_starved = match self.is_starved {
                    true => arrived - self.shown_ms < 300.0,
                    false => self.shown_ms >= arrived,
                };
                if !self.is_starved {
                    self.shown_ms = (self.shown_ms + STEP_MS * self.rate).min(arrived);
                }
            }
            self.starved += u32::from(self.is_starved);
            let pace = self.edge.look(Look {
                now_ms: self.now_ms,
                ahead_ms: arrived - self.shown_ms,
                is_paused: self.is_paused,
                is_starved: self.is_starved,
            });
            self.rate = if pace == Pace::Faster { FASTER } else { 1.0 };
            if pace == Pace::Rejoin {
                self.rejoined += 1;
                self.shown_ms = arrived - part_ms;
            }
        }
    }
}

#[test]
fn what_was_lost_at_the_start_is_caught_up() {
    let mut player = Player::behind(6_000.0);
    player.play(60_000.0, 1_000.0);
    assert!(player.lag_ms() < 2_500.0, "{} ms", player.lag_ms());
    assert_eq!((player.starved, player.rejoined), (0, 0));
    assert_eq!(player.rate, 1.0);
}

#[test]
fn at_the_edge_nothing_changes() {
    let mut player = Player::behind(1_600.0);
    player.play(60_000.0, 1_000.0);
    assert_eq!(player.lag_ms(), 1_600.0);
    assert_eq!((player.starved, player.rejoined), (0, 0));
}

#[test]
fn far_behind_it_joins_again() {
    let mut player = Player::behind(30_000.0);
    player.play(60_000.0, 1_000.0);
    assert_eq!(player.rejoined, 1);
    assert!(player.lag_ms() < 2_500.0, "{} ms", player.lag_ms());
}

#[test]
fn whoever_plays_after_a_while_is_at_the_edge() {
    let mut player = Player::behind(1_500.0);
    player.is_paused = true;
    player.play(20_000.0, 1_000.0);
    assert_eq!(player.rejoined, 0);
    player.is_paused = false;
    player.play(STEP_MS, 1_000.0);
    assert_eq!(player.rejoined, 1);
    player.play(20_000.0, 1_000.0);
    assert_eq!(player.rejoined, 1);
    assert!(player.lag_ms() < 2_500.0, "{} ms", player.lag_ms());
}

#[test]
fn a_short_stop_is_caught_up() {
    let mut player = Player::behind(1_500.0);
    player.is_paused = true;
    player.play(1_500.0, 1_000.0);
    player.is_paused = false;
    player.play(30_000.0, 1_000.0);
    assert_eq!(player.rejoined, 0);
    assert!(player.lag_ms() < 2_500.0, "{} ms", player.lag_ms());
}

#[test]
fn long_parts_are_learnt() {
    // Firefox has a key frame, and so a part, every few seconds.
    let mut player = Player::behind(9_000.0);
    player.play(180_000.0, 6_000.0);
    player.starved = 0;
    player.play(180_000.0, 6_000.0);
    assert_eq!(player.starved, 0, "it stood still although it was known");
    assert!(player.lag_ms() < 10_000.0, "{} ms", player.lag_ms());
}

#[test]
fn a_network_that_was_away_is_caught_up() {
    let mut player = Player::behind(1_600.0);
    player.play(10_000.0, 1_000.0);
    // Five seconds nothing comes, then everything.
    player.shown_ms -= 5_000.0;
    player.play(60_000.0, 1_000.0);
    assert!(player.lag_ms() < 2_500.0, "{} ms", player.lag_ms());
}
