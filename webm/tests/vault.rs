//! A take's file is good whenever the power goes.

mod support;

use callreel_webm::Index;
use proptest::prelude::*;
use support::{SAMPLES, SWITCHES, Vault, assemble, index, parts, sample, seekable};

/// What a fresh index makes of a file.
fn recovered(file: &[u8]) -> Option<Vec<u8>> {
    let mut file = file.to_vec();
    let finished = index(&mut file).finish().ok()?;
    support::apply(&mut file, &finished.patches);
    Some(assemble(&file, &finished.layout))
}

#[test]
fn the_first_recorder_s_bytes_are_the_take_but_for_sizes() {
    for name in SAMPLES {
        let original = sample(name);
        let mut vault = Vault::default();
        for chunk in original.chunks(777) {
            vault.push(chunk);
        }
        let mut patched = original.clone();
        index(&mut patched);
        assert!(vault.file == patched, "{name}");
        assert!(vault.seekable().0 == seekable(&original).0, "{name}");
    }
}

#[test]
fn nothing_that_could_be_decoded_is_held_back() {
    for name in SAMPLES {
        let original = sample(name);
        let mut vault = Vault::default();
        for (at, byte) in original.iter().enumerate() {
            vault.push(std::slice::from_ref(byte));
            let begun = vault.writer.index().tracks().len();
            let held = at + 1 - vault.file.len();
            assert!(begun == 0 || held < 64, "{name}: {held} bytes at {at}");
        }
    }
}

#[test]
fn closed_bytes_never_change_again() {
    for name in SAMPLES {
        let original = sample(name);
        let mut vault = Vault::default();
        let mut sent = Vec::new();
        for chunk in original.chunks(500) {
            vault.push(chunk);
            let closed = vault.writer.index().closed() as usize;
            assert!(closed <= vault.file.len(), "{name}");
            sent.extend_from_slice(&vault.file[sent.len()..closed]);
            assert!(sent == vault.file[..sent.len()], "{name}");
        }
        let finished = vault.writer.finish().expect("a good take");
        support::apply(&mut vault.file, &finished.patches);
        assert!(sent == vault.file[..sent.len()], "{name}");
        assert!(sent.len() > original.len() / 4, "{name}");
    }
}

#[test]
fn patches_may_be_applied_late_or_twice_or_be_lost() {
    for name in SAMPLES {
        let original = sample(name);
        let mut index = Index::new();
        let patches = index.push(&original).expect("a good file");
        let (whole, _) = seekable(&original);
        for keep in 0..=patches.len() {
            let mut file = original.clone();
            support::apply(&mut file, &patches[..keep]);
            support::apply(&mut file, &patches[..keep / 2]);
            assert!(
                recovered(&file).as_ref() == Some(&whole),
                "{name} with {keep} patches"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// What was sent stays true when another recorder takes over, and is cut short.
    #[test]
    fn closed_bytes_never_change_again_in_a_take_of_two_parts(
        number in 0..SWITCHES.len(),
        chunk in 1_usize..4000,
        switched in 0.2..1.0_f64,
        cut in prop::option::of(0.0..4000.0_f64),
    ) {
        let [first, second] = parts(SWITCHES[number]);
        let mut vault = Vault::default();
        let mut sent = Vec::new();
        let send = |vault: &Vault, sent: &mut Vec<u8>| {
            let closed = vault.writer.index().closed() as usize;
            if closed > sent.len() {
                sent.extend_from_slice(&vault.file[sent.len()..closed]);
            }
        };
        let end = (first.len() as f64 * switched) as usize;
        for chunk in first[..end].chunks(chunk) {
            vault.push(chunk);
            send(&vault, &mut sent);
        }
        if let Some(at_ms) = cut {
            vault.writer.cut(at_ms);
        }
        for chunk in first[end..].chunks(chunk) {
            vault.push(chunk);
            send(&vault, &mut sent);
        }
        vault.next_part(cut.unwrap_or(2000.0));
        send(&vault, &mut sent);
        for chunk in second.chunks(chunk) {
            vault.push(chunk);
            send(&vault, &mut sent);
            prop_assert!(vault.file.starts_with(&sent));
        }
        let finished = vault.writer.finish().expect("a good take");
        support::apply(&mut vault.file, &finished.patches);
        prop_assert!(vault.file.starts_with(&sent));
        prop_assert!(sent.len() > vault.file.len() / 4);
    }

    /// Killed at any moment, also in the middle of a write: the same as if the recorder had
    /// stopped there.
    #[test]
    fn a_killed_take_is_a_cut_recording(
        sample_number in 0..SAMPLES.len(),
        chunk in 1_usize..4000,
        killed in 0.0..1.0_f64,
        unwritten in 0_usize..4000,
    ) {
        let original = sample(SAMPLES[sample_number]);
        let mut vault = Vault::default();
        let end = (original.len() as f64 * killed) as usize;
        let mut before = 0;
        for chunk in original[..end].chunks(chunk) {
            before = vault.file.len();
            vault.push(chunk);
        }
        vault.file.truncate(before.max(vault.file.len().saturating_sub(unwritten)));
        let cut = &original[..vault.file.len()];
        prop_assert!(recovered(&vault.file) == recovered(cut));
    }

    #[test]
    fn a_take_killed_in_its_second_part_is_good(
        killed in 0.0..1.0_f64,
        chunk in 1_usize..4000,
        at_ms in 0.0..5000.0_f64,
    ) {
        let [first, second] = parts("chromium-vp8-switch");
        let mut vault = Vault::default();
        vault.push(&first);
        vault.next_part(at_ms);
        let end = (second.len() as f64 * killed) as usize;
        for chunk in second[..end].chunks(chunk) {
            vault.push(chunk);
        }
        let recovered = recovered(&vault.file);
        prop_assert!(recovered == Some(vault.seekable().0));
    }
}
