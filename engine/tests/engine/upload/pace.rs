//! How much is sent at a time.

use super::world::World;
use callreel_engine::upload::{Input, Request};

/// The sizes of the pieces that a network of so many bytes a second is given.
fn pieces(bytes_per_second: f64) -> Vec<u64> {
    let mut world = World::with_take(40_000_000);
    let mut sizes = Vec::new();
    while world.asked.is_some() && sizes.len() < 40 {
        if let Some(Request::Patch { from, to, .. }) = world.asked {
            sizes.push(to - from);
            world.now += (to - from) as f64 / bytes_per_second * 1_000.0;
        }
        world.deliver();
    }
    let speed = world
        .machine
        .bytes_per_second()
        .expect("something was sent");
    assert!((speed / bytes_per_second - 1.0).abs() < 0.3, "{speed}");
    sizes
}

#[test]
fn a_fast_network_is_given_large_pieces_and_a_slow_one_small_ones() {
    assert_eq!(pieces(20e6).iter().max(), Some(&(4 << 20)));
    let slow = pieces(20e3);
    assert_eq!(slow.last(), Some(&(64 << 10)), "{slow:?}");
}

#[test]
fn what_is_left_is_known_once_the_take_is_over() {
    let mut world = World::new();
    world.record(1_000_000);
    world.record(1_000_000);
    world.deliver();
    world.now += 980.0;
    world.deliver();
    assert_eq!(world.machine.left_ms(), None);
    world.finish();
    let left = world.machine.left_ms().expect("it is known");
    let expected = (2_000_000 - world.machine.sent()) as f64 / (262_144.0 / 1_000.0);
    assert!(
        (left - expected).abs() < 1.0,
        "{left} instead of {expected}"
    );
    world.input(Input::PauseAsked);
    assert!(world.machine.left_ms().is_some());
}
