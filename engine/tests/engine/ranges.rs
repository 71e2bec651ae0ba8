use callreel_engine::constraints::{Bound, BoundError};
use proptest::prelude::*;

#[test]
fn limits_that_contradict_each_other_cannot_be_made() {
    let make = Bound::<u32>::range;
    assert_eq!(make(Some(2), None, Some(1)), Err(BoundError::MinAboveMax));
    assert_eq!(make(Some(2), Some(1), None), Err(BoundError::IdealBelowMin));
    assert_eq!(make(None, Some(2), Some(1)), Err(BoundError::IdealAboveMax));
    let make = Bound::<f64>::range;
    assert_eq!(make(Some(f64::NAN), None, None), Err(BoundError::NotFinite));
    assert_eq!(
        make(None, None, Some(f64::INFINITY)),
        Err(BoundError::NotFinite)
    );
    assert_eq!(make(None, Some(-1.0), None), Err(BoundError::Negative));
}

#[test]
fn limits_that_say_less_are_what_they_say() {
    assert_eq!(Bound::<u32>::range(None, None, None), Ok(Bound::None));
    assert_eq!(Bound::range(None, Some(30_u32), None), Ok(Bound::Ideal(30)));
}

#[test]
fn the_wish_of_limits_is_their_ideal_else_the_most() {
    let wish = |min, ideal, max| Bound::range(min, ideal, max).expect("they agree").wish();
    assert_eq!(wish(Some(1_u32), Some(2), Some(3)), Some(2));
    assert_eq!(wish(Some(1), None, Some(3)), Some(3));
    assert_eq!(wish(Some(1), None, None), Some(1));
    assert_eq!(Bound::<u32>::None.wish(), None);
}

proptest! {
    #![proptest_config(crate::cases(2_000))]

    #[test]
    fn limits_are_made_if_and_only_if_they_agree(
        min in prop::option::of(0..20_u32),
        ideal in prop::option::of(0..20_u32),
        max in prop::option::of(0..20_u32),
    ) {
        let given: Vec<u32> = [min, ideal, max].into_iter().flatten().collect();
        let made = Bound::range(min, ideal, max);
        prop_assert_eq!(made.is_ok(), given.is_sorted());
        if let Ok(Bound::Range(range)) = made {
            prop_assert_eq!((range.min(), range.ideal(), range.max()), (min, ideal, max));
        }
    }
}
