//! Each answer of the server has one of ours.

use super::world::{Network, World, answer, refusal};
use callreel_engine::upload::{Answer, Input, Request, Stop, Trouble, UploadState};

/// A take half way to the server, with this answer to its next piece.
fn met(mood: Answer) -> World {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    world.deliver();
    assert!(matches!(
        world.asked,
        Some(Request::Patch { from: 1.., .. })
    ));
    world.server.moods.push(mood);
    world.deliver();
    world.check();
    world
}

fn arrives(mut world: World) -> World {
    world.run();
    world.check();
    assert_eq!(world.state(), UploadState::Complete);
    assert_eq!(world.recording().map(|it| &it.bytes), Some(&world.vault));
    world
}

#[test]
fn a_finished_take_says_its_length_at_the_start_and_a_live_one_at_the_end() {
    let finished = arrives(World::with_take(300_000));
    assert_eq!(
        finished.history[0],
        Request::Create {
            length: Some(300_000)
        }
    );

    let mut live = World::new();
    live.record(100_000);
    assert_eq!(live.history, [], "nothing is closed yet");
    live.record(100_000);
    assert_eq!(live.history, [Request::Create { length: None }]);
    live.run();
    assert_eq!(live.state(), UploadState::UpToDate);
    assert_eq!(live.machine.sent(), 100_000);
    live.finish();
    let live = arrives(live);
    let last = live
        .history
        .iter()
        .rev()
        .find(|it| matches!(it, Request::Patch { .. }));
    let length = Some(200_000);
    let rest = Request::Patch {
        from: 100_000,
        to: 200_000,
        length,
    };
    assert_eq!(last, Some(&rest));
}

#[test]
fn a_take_of_which_all_is_sent_still_says_its_length() {
    let mut world = World::new();
    world.record(1_000);
    world.record(0);
    world.run();
    assert_eq!(world.machine.sent(), 1_000);
    world.finish();
    let world = arrives(world);
    let length = Some(1_000);
    let empty = Request::Patch {
        from: 1_000,
        to: 1_000,
        length,
    };
    assert!(world.history.contains(&empty), "{:?}", world.history);
}

#[test]
fn what_passes_is_waited_for() {
    let cases = [
        (answer(500), Trouble::Server),
        (refusal(503, "shutting_down"), Trouble::Busy),
        (refusal(429, "too_many_requests"), Trouble::Busy),
        (refusal(507, "disk_full"), Trouble::DiskFull),
        (refusal(413, "owner_full"), Trouble::OwnerFull),
        (refusal(400, "malformed"), Trouble::Network),
        (answer(204), Trouble::Network),
    ];
    for (mood, trouble) in cases {
        let world = met(mood.clone());
        assert_eq!(world.state(), UploadState::Waiting(trouble), "{mood:?}");
        let world = arrives(world);
        assert!(
            world.history.contains(&Request::Head),
            "{mood:?}: it is asked how far it is"
        );
    }
}

#[test]
fn what_does_not_pass_waits_for_the_person() {
    let cases = [
        (refusal(401, "key_needed"), Stop::Key),
        (refusal(403, "uploads_off"), Stop::NotAllowed),
        (refusal(413, "recording_too_large"), Stop::TooLarge),
        (refusal(410, "deleted"), Stop::Deleted),
        (refusal(412, "tus_version"), Stop::NotUnderstood),
        (answer(405), Stop::NotUnderstood),
    ];
    for (mood, stop) in cases {
        let mut world = met(mood.clone());
        assert_eq!(world.state(), UploadState::Stopped(stop), "{mood:?}");
        world.run();
        assert_eq!(
            world.state(),
            UploadState::Stopped(stop),
            "{mood:?}: nothing is tried"
        );
        world.input(Input::ResumeAsked);
        arrives(world);
    }
}

#[test]
fn the_server_is_waited_for_as_long_as_it_asks() {
    let world = met(Answer {
        retry_after_ms: Some(90_000.0),
        ..refusal(503, "shutting_down")
    });
    let due = world.machine.poll_timeout().expect("it waits");
    assert!((90_000.0..=120_000.0).contains(&(due - world.now)));
    let mut world = world;
    world.input(Input::Online);
    assert_eq!(
        world.state(),
        UploadState::Waiting(Trouble::Busy),
        "the network is not the matter"
    );
}

#[test]
fn a_network_that_is_back_is_used_at_once() {
    let mut world = World::with_take(1_000_000);
    world.network = Network::Down;
    for _ in 0..10 {
        world.deliver();
        world.pass(f64::INFINITY);
    }
    world.deliver();
    assert_eq!(world.state(), UploadState::Waiting(Trouble::Network));
    world.network = Network::Up;
    world.input(Input::Online);
    assert!(world.asked.is_some());
    // Until an answer comes, nobody knows better.
    assert_eq!(world.state(), UploadState::Waiting(Trouble::Network));
    world.deliver();
    assert_eq!(world.state(), UploadState::Sending);
    arrives(world);
}

#[test]
fn a_request_that_hangs_is_given_up() {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    let Some(Request::Patch { to, .. }) = world.asked else {
        panic!("{:?}", world.asked);
    };
    world.network = Network::Deaf;
    world.pass(f64::INFINITY);
    assert_eq!((world.now, world.asked.as_ref()), (60_020.0, None));
    world.network = Network::Up;
    let world = arrives(world);
    assert!(world.history.contains(&Request::Head));
    let again = |it: &&Request| matches!(it, Request::Patch { from: 0, .. });
    let firsts = world.history.iter().filter(again).count();
    assert_eq!(firsts, 1, "all {to} bytes had arrived");
}

#[test]
fn an_address_that_was_lost_on_the_way_is_asked_for_again() {
    let mut world = World::with_take(100_000);
    world.network = Network::Deaf;
    world.deliver();
    assert_eq!(world.server.recordings.len(), 1);
    world.network = Network::Up;
    let world = arrives(world);
    assert_eq!(world.server.recordings.len(), 1, "it is the same recording");
}

#[test]
fn a_recording_that_is_gone_begins_anew() {
    let mut world = met(answer(500));
    world.server.recordings.clear();
    let world = arrives(world);
    assert_eq!(world.kept.attempt, 1);

    // Finished as it was, because nothing came for too long.
    let mut world = met(answer(500));
    for recording in world.server.recordings.values_mut() {
        recording.complete = true;
        recording.length = Some(recording.bytes.len() as u64);
    }
    let world = arrives(world);
    assert_eq!(world.server.recordings.len(), 2);
}

#[test]
fn a_recording_that_somebody_deleted_is_not_brought_back_unasked() {
    let mut world = met(answer(500));
    for recording in world.server.recordings.values_mut() {
        recording.deleted = true;
    }
    world.run();
    assert_eq!(world.state(), UploadState::Stopped(Stop::Deleted));
    assert!(
        world.history.ends_with(&[Request::Head, Request::Look]),
        "{:?}",
        world.history
    );
    world.input(Input::ResumeAsked);
    let world = arrives(world);
    assert_eq!(world.server.recordings.len(), 2);
}

#[test]
fn a_server_that_forgets_everything_is_given_up() {
    let mut world = World::with_take(1_000);
    for _ in 0..100 {
        world.deliver();
        world.server.recordings.clear();
        if world.asked.is_none() {
            world.pass(f64::INFINITY);
        }
    }
    assert_eq!(world.state(), UploadState::Stopped(Stop::NotUnderstood));
    assert!(world.history.len() < 15, "{:?}", world.history);
}

#[test]
fn a_proxy_that_takes_small_pieces_gets_small_pieces() {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    let piece = |world: &World| match world.asked {
        Some(Request::Patch { from, to, .. }) => to - from,
        _ => panic!("{:?}", world.asked),
    };
    let first = piece(&world);
    world.server.moods.push(answer(413));
    world.deliver();
    world.deliver();
    assert!(piece(&world) < first);
    arrives(world);
}

#[test]
fn pausing_gives_up_what_is_on_its_way_and_lasts_over_a_reload() {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    world.network = Network::Deaf;
    world.input(Input::PauseAsked);
    assert_eq!(
        (world.state(), world.asked.as_ref()),
        (UploadState::Paused, None)
    );
    world.network = Network::Up;
    world.reload();
    world.run();
    assert_eq!(world.state(), UploadState::Paused);
    world.input(Input::ResumeAsked);
    let world = arrives(world);
    assert_eq!(world.server.recordings.len(), 1);
}

#[test]
fn standing_back_asks_for_nothing_and_is_over_with_a_reload() {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    world.input(Input::StandBack(true));
    world.run();
    assert_eq!(
        (world.state(), world.asked.as_ref()),
        (UploadState::Paused, None)
    );
    assert!(!world.kept.paused, "the person did not want it to wait");
    let mut other = world.clone();
    other.input(Input::StandBack(false));
    arrives(other);
    world.reload();
    arrives(world);
}

#[test]
fn a_new_title_is_remembered_until_the_server_has_heard_it() {
    let mut world = World::with_take(1_000_000);
    world.deliver();
    world.input(Input::Renamed);
    world.reload();
    assert!(world.kept.renamed);
    let world = arrives(world);
    assert!(!world.kept.renamed);
}

#[test]
fn a_reload_goes_on_into_the_same_recording() {
    let mut world = World::new();
    world.record(500_000);
    world.record(500_000);
    world.deliver();
    world.deliver();
    world.reload();
    let world = arrives(world);
    assert_eq!(world.server.recordings.len(), 1);
    assert_eq!(world.kept.attempt, 0);
}

#[test]
fn an_upload_that_expired_is_begun_anew() {
    // Half way; and before its address arrived.
    let mut halfway = met(refusal(410, "upload_expired"));
    let mut nameless = World::with_take(300_000);
    nameless.network = Network::Deaf;
    nameless.deliver();
    nameless.network = Network::Up;
    for world in [&mut halfway, &mut nameless] {
        assert!(!world.server.recordings.is_empty());
        for recording in world.server.recordings.values_mut() {
            (recording.expired, recording.complete) = (true, true);
        }
        world.run();
        world.check();
        assert_eq!(world.state(), UploadState::Complete);
        assert_eq!(world.recording().map(|it| &it.bytes), Some(&world.vault));
        assert_eq!(world.server.recordings.len(), 2);
    }
}
