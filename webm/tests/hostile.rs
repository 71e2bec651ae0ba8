//! What comes from outside may be anything: it never panics, and memory stays bounded.

mod support;

use callreel_webm::{Index, Part};
use proptest::prelude::*;
use support::survive::{survive, survive_parts};
use support::{SAMPLES, SWITCHES, ebml, parts, sample};

fn mutate(bytes: &mut [u8], changes: &[(f64, u8)]) {
    for &(place, value) in changes {
        let at = (bytes.len() as f64 * place) as usize;
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<(f64, u8)>> {
    // Most of what is worth changing stands in the head.
    let place = prop_oneof![0.0..0.03, 0.0..1.0];
    prop::collection::vec((place, any::<u8>()), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn changed_bytes(
        number in 0..SAMPLES.len(),
        changes in changes(),
        chunk in 1_usize..5000,
    ) {
        let mut file = sample(SAMPLES[number]);
        mutate(&mut file, &changes);
        survive(&file, chunk);
    }

    #[test]
    fn bytes_taken_out_or_put_in(
        number in 0..SAMPLES.len(),
        place in 0.0..1.0_f64,
        gone in 0_usize..300,
        new in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut file = sample(SAMPLES[number]);
        let at = (file.len() as f64 * place) as usize;
        let end = (at + gone).min(file.len());
        file.splice(at..end, new);
        survive(&file, 1000);
    }

    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survive(&bytes, 100);
        let behind = [ebml::beginning(), ebml::tracks(), bytes].concat();
        survive(&behind, 100);
    }

    #[test]
    fn parts_with_changed_bytes(
        number in 0..SWITCHES.len(),
        first_changes in prop::option::of(changes()),
        second_changes in changes(),
        at_ms in prop_oneof![0.0..4000.0, -1e300..1e300_f64],
        cut_ms in prop::option::of(0.0..2000.0_f64),
        chunk in 1_usize..5000,
    ) {
        let [mut first, mut second] = parts(SWITCHES[number]);
        mutate(&mut first, &first_changes.unwrap_or_default());
        mutate(&mut second, &second_changes);
        survive_parts(&[&first, &second], at_ms, cut_ms, chunk);
    }
}

#[test]
fn many_tiny_clusters_take_no_more_memory_than_a_few() {
    let entry = [(0xD7, 1), (0x83, 1)].map(|(id, value)| ebml::element(id, &[value]));
    let tracks = ebml::element(0x1654_AE6B, &ebml::element(0xAE, &entry.concat()));
    let mut index = Index::new();
    index
        .push(&[ebml::beginning(), tracks].concat())
        .expect("a good head");
    let mut time = 0_u64;
    for _ in 0..200_000 {
        time += 1000;
        let timestamp = ebml::element(0xE7, &time.to_be_bytes());
        let data = [timestamp, ebml::block(1, 0, true, 1)].concat();
        index
            .push(&ebml::open(0x1F43_B675, &data))
            .expect("a good cluster");
    }
    let finished = index.finish().expect("a good file");
    assert_eq!(finished.report.blocks, 200_000);
    assert!(finished.report.cues > 10_000 && finished.report.cues <= 32_768);
    let Part::Bytes(head) = &finished.layout.parts[0] else {
        panic!("a head");
    };
    assert!(head.len() < 1 << 20);
}

#[test]
fn a_file_in_a_thousand_pieces_is_given_up_in_time() {
    let mut file = [ebml::beginning(), ebml::tracks()].concat();
    for _ in 0..6000 {
        file.extend(ebml::open(0x1F43_B675, &ebml::cluster_data(0)));
        file.extend([0; 3]);
    }
    let mut index = Index::new();
    index.push(&file).expect("a good head");
    let finished = index.finish().expect("a good file");
    assert_eq!(finished.layout.parts.len(), 4097);
    assert_eq!(finished.report.damages, 4097);
    assert!(finished.report.dropped_bytes > file.len() as u64 / 4);
}
