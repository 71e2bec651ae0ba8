//! It does not matter in which pieces a file comes, or whether its frames are passed over.

mod support;

use callreel_webm::{Finished, Index, Patch};
use proptest::prelude::*;
use support::{SAMPLES, sample};

/// Everything an index tells of a file.
fn facts(index: &Index, mut patches: Vec<Patch>) -> (String, Vec<Patch>, u64, u64) {
    let finished = index.finish();
    patches.sort_by_key(|patch| patch.offset);
    let told = match finished {
        Ok(Finished {
            layout,
            report,
            patches,
        }) => format!("{layout:?} {report:?} {patches:?}"),
        Err(error) => error.code().to_owned(),
    };
    (told, patches, index.position(), index.closed())
}

fn at_once(file: &[u8]) -> (String, Vec<Patch>, u64, u64) {
    let mut index = Index::new();
    let patches = index.push(file).expect("a good file");
    facts(&index, patches)
}

/// Feeds pieces of the given lengths, again and again.
fn in_pieces(file: &[u8], lengths: &[usize]) -> (String, Vec<Patch>, u64, u64) {
    let mut index = Index::new();
    let mut patches = Vec::new();
    let mut rest = file;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        patches.extend(index.push(piece).expect("a good file"));
        rest = behind;
    }
    facts(&index, patches)
}

/// Passes over all it may, and reads `window` bytes at once otherwise.
fn passing_over(file: &[u8], window: usize) -> (String, Vec<Patch>, u64, u64) {
    let mut index = Index::new();
    let mut patches = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let skippable = usize::try_from(index.skippable()).unwrap_or(usize::MAX);
        let skip = skippable.min(file.len() - at);
        index.skip(skip as u64);
        at += skip;
        let end = (at + window).min(file.len());
        patches.extend(index.push(&file[at..end]).expect("a good file"));
        at = end;
        assert_eq!(index.position(), at as u64);
    }
    facts(&index, patches)
}

#[test]
fn byte_by_byte_is_as_good_as_at_once() {
    for name in SAMPLES {
        let file = sample(name);
        assert_eq!(in_pieces(&file, &[1]), at_once(&file), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_pieces_give_the_same_index(
        sample_number in 0..SAMPLES.len(),
        lengths in prop::collection::vec(1_usize..3000, 1..40),
        cut in 0.0..1.0_f64,
    ) {
        let file = sample(SAMPLES[sample_number]);
        let file = &file[..(file.len() as f64 * cut) as usize];
        prop_assert_eq!(in_pieces(file, &lengths), at_once(file));
    }

    #[test]
    fn passing_over_frames_gives_the_same_index(
        sample_number in 0..SAMPLES.len(),
        window in 1_usize..600,
        cut in 0.0..1.0_f64,
    ) {
        let file = sample(SAMPLES[sample_number]);
        let file = &file[..(file.len() as f64 * cut) as usize];
        prop_assert_eq!(passing_over(file, window), at_once(file));
    }
}
