use callreel_engine::formats::{VIDEO_RATES, video_bits_per_second};
use proptest::prelude::*;

#[test]
fn the_usual_sizes() {
    assert_eq!(video_bits_per_second(640, 480, 30.0), 1_200_000);
    assert_eq!(video_bits_per_second(1280, 720, 30.0), 2_500_000);
    assert_eq!(video_bits_per_second(1280, 720, 60.0), 4_000_000);
    assert_eq!(
        video_bits_per_second(1080, 1920, 30.000_030_517_578_125),
        5_000_000
    );
    assert_eq!(
        video_bits_per_second(7680, 4320, 30.0),
        18_000_000,
        "the table ends at 4K"
    );
    assert_eq!(video_bits_per_second(0, 0, f64::NAN), 500_000);
    assert_eq!(video_bits_per_second(u32::MAX, u32::MAX, 30.0), 18_000_000);
}

#[test]
fn the_table_rises() {
    assert!(
        VIDEO_RATES
            .windows(2)
            .all(|pair| pair[0].pixels < pair[1].pixels
                && pair[0].bits_per_second < pair[1].bits_per_second)
    );
    assert!(
        VIDEO_RATES
            .iter()
            .all(|row| row.bits_per_second < row.bits_per_second_fast)
    );
}

proptest! {
    #![proptest_config(crate::cases(500))]

    #[test]
    fn a_larger_or_faster_picture_never_gets_less(
        width in 1..5_000_u32, height in 1..5_000_u32, more in 0..1_000_u32, rate in 1.0..120.0_f64,
    ) {
        let here = video_bits_per_second(width, height, rate);
        prop_assert!(video_bits_per_second(width + more, height, rate) >= here);
        prop_assert!(video_bits_per_second(width, height, rate * 2.0) >= here);
    }
}
