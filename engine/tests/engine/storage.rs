use callreel_engine::storage::{Estimate, Room, RoomState};

const GB: u64 = 1_000_000_000;

#[test]
fn what_is_left_in_bytes_and_time() {
    let estimate = Estimate {
        quota: 10 * GB,
        usage: 9 * GB,
    };
    assert_eq!(
        estimate.room(8_000_000),
        Room {
            bytes_left: GB,
            ms_left: Some(1_000_000)
        },
        "a thousand million bytes at a million bytes a second"
    );
    assert_eq!(
        estimate.room(0),
        Room {
            bytes_left: GB,
            ms_left: None
        }
    );
}

#[test]
fn more_used_than_allowed_is_nothing_left() {
    let room = Estimate { quota: 5, usage: 9 }.room(1_000);
    assert_eq!(
        room,
        Room {
            bytes_left: 0,
            ms_left: Some(0)
        }
    );
    assert_eq!(room.state(), RoomState::Full);
}

#[test]
fn absurd_numbers_do_no_harm() {
    let room = Estimate {
        quota: u64::MAX,
        usage: 0,
    }
    .room(1);
    assert_eq!(room.bytes_left, u64::MAX);
    assert_eq!(room.state(), RoomState::Plenty);
}

#[test]
fn a_small_rest_is_low_and_a_tiny_one_full() {
    let state = |bytes_left, ms_left| {
        Room {
            bytes_left,
            ms_left,
        }
        .state()
    };
    assert_eq!(state(10 * GB, None), RoomState::Plenty);
    assert_eq!(state(10 * GB, Some(3_600_000)), RoomState::Plenty);
    assert_eq!(state(GB, Some(599_999)), RoomState::Low, "fast recording");
    assert_eq!(
        state(GB / 10, Some(3_600_000)),
        RoomState::Low,
        "slow recording"
    );
    assert_eq!(state(GB / 10, Some(9_999)), RoomState::Full);
    assert_eq!(state(15_999_999, None), RoomState::Full);
}

#[test]
fn only_a_small_quota_is_called_small() {
    assert!(
        Estimate {
            quota: GB,
            usage: 0
        }
        .is_small()
    );
    assert!(
        !Estimate {
            quota: 60 * GB,
            usage: 59 * GB
        }
        .is_small()
    );
}
