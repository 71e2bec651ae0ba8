use crate::device_choice::{camera, device};
use callreel_engine::devices::{Changes, DeviceKind, diff};

#[test]
fn what_came_and_what_went() {
    let old = [camera("a", "A"), camera("b", "B")];
    let new = [camera("b", "B"), camera("c", "C")];
    assert_eq!(
        diff(&old, &new),
        Changes {
            added: vec![camera("c", "C")],
            removed: vec![camera("a", "A")]
        }
    );
}

#[test]
fn a_label_or_place_that_changes_is_the_same_device() {
    let old = [camera("default", "Default - A"), camera("a", "A")];
    let new = [camera("a", "A"), camera("default", "Default - B")];
    assert_eq!(diff(&old, &new), Changes::default());
}

#[test]
fn one_id_can_stand_for_two_kinds() {
    let microphone = device(DeviceKind::Microphone, "default", "In");
    let speaker = device(DeviceKind::Speaker, "default", "Out");
    let changes = diff(
        std::slice::from_ref(&microphone),
        &[microphone.clone(), speaker.clone()],
    );
    assert_eq!(
        changes,
        Changes {
            added: vec![speaker],
            removed: vec![]
        }
    );
}

#[test]
fn a_permission_is_no_change() {
    let hidden = [camera("", "")];
    let shown = [camera("a", "A"), camera("b", "B")];
    assert_eq!(diff(&hidden, &shown), Changes::default());
    assert_eq!(diff(&shown, &hidden), Changes::default());
}

#[test]
fn the_first_and_the_last_of_a_kind() {
    let list = [camera("a", "A")];
    assert_eq!(diff(&[], &list).added, list);
    assert_eq!(diff(&list, &[]).removed, list);
}
