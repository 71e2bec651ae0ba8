use callreel_engine::constraints::{Bound, Facing};
use callreel_engine::devices::{
    Choice, ChoiceNote, Device, DeviceKind, Flip, Remembered, choose, flip, numbered,
};

pub fn device(kind: DeviceKind, id: &str, label: &str) -> Device {
    Device {
        id: id.to_owned(),
        group_id: String::new(),
        kind,
        label: label.to_owned(),
        ordinal: 0,
    }
}

pub fn camera(id: &str, label: &str) -> Device {
    device(DeviceKind::Camera, id, label)
}

fn remembered(id: &str, label: &str) -> Remembered {
    Remembered {
        id: id.to_owned(),
        label: label.to_owned(),
        ideal: false,
    }
}

fn chosen(choice: &Choice) -> Option<&str> {
    choice.device.as_ref().map(|device| device.id.as_str())
}

#[test]
fn without_memory_the_first_of_the_kind() {
    let list = [
        device(DeviceKind::Microphone, "m", "Mic"),
        camera("a", "A"),
        camera("b", "B"),
    ];
    assert_eq!(chosen(&choose(DeviceKind::Camera, None, &list)), Some("a"));
    assert_eq!(
        chosen(&choose(DeviceKind::Microphone, None, &list)),
        Some("m")
    );
    assert_eq!(choose(DeviceKind::Speaker, None, &list), Choice::default());
}

#[test]
fn the_remembered_one_by_id() {
    let list = [camera("a", "Same"), camera("b", "Same")];
    let choice = choose(DeviceKind::Camera, Some(&remembered("b", "Same")), &list);
    assert_eq!((chosen(&choice), &choice.note), (Some("b"), &None));
}

#[test]
fn the_remembered_one_by_label_when_ids_were_salted_anew() {
    let list = [camera("new-a", "A"), camera("new-b", "B")];
    let choice = choose(DeviceKind::Camera, Some(&remembered("old-b", "B")), &list);
    assert_eq!((chosen(&choice), &choice.note), (Some("new-b"), &None));
}

#[test]
fn a_remembered_one_that_is_gone_is_told() {
    let list = [camera("a", "A")];
    let choice = choose(DeviceKind::Camera, Some(&remembered("b", "B")), &list);
    assert_eq!(chosen(&choice), Some("a"));
    assert_eq!(
        choice.note,
        Some(ChoiceNote::RememberedGone {
            label: "B".to_owned()
        })
    );
    let choice = choose(DeviceKind::Camera, Some(&remembered("b", "B")), &[]);
    assert_eq!(chosen(&choice), None);
    assert!(choice.note.is_some());
}

#[test]
fn the_same_id_of_another_kind_is_another_device() {
    let list = [
        device(DeviceKind::Speaker, "default", "Out"),
        device(DeviceKind::Microphone, "default", "In"),
    ];
    let choice = choose(
        DeviceKind::Microphone,
        Some(&remembered("default", "")),
        &list,
    );
    assert_eq!(
        choice.device.map(|device| device.label),
        Some("In".to_owned())
    );
}

#[test]
fn before_permission_nothing_is_gone() {
    let list = [camera("", "")];
    let memory = remembered("b", "B");
    let choice = choose(DeviceKind::Camera, Some(&memory), &list);
    assert_eq!(choice.note, None);
    assert_eq!(choice.bound(Some(&memory)), Bound::Ideal("b".to_owned()));
    assert_eq!(choice.bound(None), Bound::None);
}

#[test]
fn a_device_that_is_there_is_asked_for_exactly() {
    let list = [camera("a", "A")];
    let choice = choose(DeviceKind::Camera, None, &list);
    assert_eq!(choice.bound(None), Bound::Exact("a".to_owned()));
}

#[test]
fn memory_of_nothing_is_no_memory() {
    let list = [camera("a", "")];
    let choice = choose(DeviceKind::Camera, Some(&Remembered::default()), &list);
    assert_eq!((chosen(&choice), &choice.note), (Some("a"), &None));
}

#[test]
fn devices_are_numbered_by_kind() {
    let list = numbered(vec![
        camera("", ""),
        device(DeviceKind::Microphone, "", ""),
        camera("", ""),
        device(DeviceKind::Microphone, "", ""),
    ]);
    let ordinals: Vec<u32> = list.iter().map(|device| device.ordinal).collect();
    assert_eq!(ordinals, [1, 1, 2, 2]);
}

#[test]
fn one_camera_has_nowhere_to_flip() {
    let list = [camera("a", "A"), device(DeviceKind::Microphone, "m", "M")];
    assert_eq!(flip(Some(Facing::User), "a", &list), None);
}

#[test]
fn a_phone_turns_around() {
    let list = [camera("front", ""), camera("wide", ""), camera("tele", "")];
    assert_eq!(
        flip(Some(Facing::User), "front", &list),
        Some(Flip::Facing(Facing::Environment))
    );
    assert_eq!(
        flip(Some(Facing::Environment), "tele", &list),
        Some(Flip::Facing(Facing::User))
    );
}

#[test]
fn without_directions_the_next_camera() {
    let list = [
        camera("a", "A"),
        device(DeviceKind::Speaker, "s", "S"),
        camera("b", "B"),
    ];
    let to = |current| match flip(None, current, &list) {
        Some(Flip::Camera(device)) => device.id,
        other => panic!("{other:?}"),
    };
    assert_eq!(to("a"), "b");
    assert_eq!(to("b"), "a");
    assert_eq!(to("gone"), "a");
}

#[test]
fn another_will_do_where_the_person_says_so() {
    let list = [camera("a", "A"), camera("b", "B")];
    let wanted = Remembered {
        ideal: true,
        ..remembered("b", "B")
    };
    let choice = choose(DeviceKind::Camera, Some(&wanted), &list);
    assert_eq!(choice.bound(Some(&wanted)), Bound::Ideal("b".to_owned()));
}
