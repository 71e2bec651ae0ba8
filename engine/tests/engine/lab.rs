//! The lab leads from nothing to a call, and from wherever somebody has strayed.

use callreel_engine::lab::{Progress, Side, Step};
use proptest::prelude::*;

use crate::cases;

#[test]
fn the_steps_come_in_their_order() {
    let mut progress = Progress::default();
    let mut way = Vec::new();
    while let Some(step) = progress.next() {
        way.push(step);
        progress.done(step);
        match step {
            Step::SetLocalOffer => progress.waiting[Side::A as usize] += 3,
            Step::SetLocalAnswer => progress.waiting[Side::B as usize] += 2,
            _ => {}
        }
    }
    assert_eq!(way, Step::ALL);
    assert!(progress.is_negotiated() && progress.waiting == [0, 0]);
}

#[test]
fn a_new_offer_needs_a_new_answer() {
    let mut progress = Progress::default();
    Step::ALL.into_iter().for_each(|step| progress.done(step));
    progress.done(Step::CreateOffer);
    assert!(
        !progress.can(Step::SetRemoteAnswer),
        "it is an answer to another offer"
    );
    assert_eq!(progress.next(), Some(Step::SetLocalOffer));
}

#[test]
fn nothing_waits_behind_a_step_but_the_beginning() {
    let mut progress = Progress::default();
    Step::ALL.into_iter().for_each(|step| progress.done(step));
    (progress.busy, progress.waiting) = (true, [1, 1]);
    let possible: Vec<Step> = Step::ALL
        .into_iter()
        .filter(|step| progress.can(*step))
        .collect();
    assert_eq!(possible, [Step::Create]);
}

proptest! {
    #![proptest_config(cases(1_000))]

    /// Whatever was pressed, in whatever order: what is next can be done, and leads to the end.
    #[test]
    fn no_order_of_steps_wedges_it(
        pressed in prop::collection::vec((0..Step::ALL.len(), any::<bool>(), 0_u32..3), 0..40),
    ) {
        let mut progress = Progress::default();
        for (at, is_refused, gathered) in pressed {
            let step = Step::ALL[at];
            if progress.can(step) && !is_refused {
                progress.done(step);
                if progress.is_created() {
                    progress.waiting[at % 2] += gathered;
                }
            }
            let next = progress.next();
            prop_assert!(next.is_none_or(|step| progress.can(step)));
        }
        for _ in 0..Step::ALL.len() {
            if let Some(step) = progress.next() {
                progress.done(step);
            }
        }
        prop_assert!(progress.is_negotiated() && progress.next().is_none());
    }
}
