use callreel_engine::clock::TakeClock;
use proptest::prelude::*;

#[test]
fn a_clock_that_was_not_started_stands_at_zero() {
    let mut clock = TakeClock::new();
    assert_eq!(clock.elapsed(5_000.0), 0.0);
    clock.pause(1.0);
    clock.resume(2.0);
    assert_eq!(clock.elapsed(5_000.0), 0.0);
    assert!(!clock.is_running());
}

#[test]
fn pauses_do_not_count() {
    let mut clock = TakeClock::new();
    clock.start(100.0);
    clock.pause(400.0);
    assert_eq!(clock.elapsed(900.0), 300.0);
    clock.resume(1_000.0);
    assert_eq!(clock.elapsed(1_200.0), 500.0);
    clock.stop(1_300.0);
    assert_eq!(clock.elapsed(9_999.0), 600.0);
}

#[test]
fn a_moment_inside_the_last_stretch_can_be_asked_for_after_it() {
    let mut clock = TakeClock::new();
    clock.start(0.0);
    clock.pause(500.0);
    assert_eq!(clock.elapsed(200.0), 200.0);
}

#[test]
fn asking_twice_changes_nothing() {
    let mut clock = TakeClock::new();
    clock.start(0.0);
    clock.resume(50.0);
    clock.pause(100.0);
    clock.pause(200.0);
    clock.resume(300.0);
    clock.resume(400.0);
    assert_eq!(clock.elapsed(500.0), 300.0);
}

#[test]
fn time_that_goes_back_does_not_count() {
    let mut clock = TakeClock::new();
    clock.start(100.0);
    assert_eq!(clock.elapsed(50.0), 0.0);
    clock.pause(40.0);
    clock.resume(30.0);
    assert_eq!(clock.elapsed(150.0), 50.0);
}

#[test]
fn a_new_start_begins_at_zero() {
    let mut clock = TakeClock::new();
    clock.start(0.0);
    clock.stop(700.0);
    clock.start(1_000.0);
    assert_eq!(clock.elapsed(1_200.0), 200.0);
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn a_clock_counts_what_ran(stretches in prop::collection::vec((0..10_000_u32, 0..10_000_u32), 1..20)) {
        let mut clock = TakeClock::new();
        let (mut now, mut ran) = (5.0, 0.0);
        clock.start(now);
        for (run, rest) in stretches {
            now += f64::from(run);
            ran += f64::from(run);
            clock.pause(now);
            prop_assert_eq!(clock.elapsed(now + f64::from(rest)), ran);
            now += f64::from(rest);
            clock.resume(now);
        }
    }
}
