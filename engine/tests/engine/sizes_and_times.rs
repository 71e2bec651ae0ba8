use callreel_engine::names::{DateParts, SizeUnit, clock_text, human_size};

#[test]
fn sizes_for_people() {
    let text = |bytes| human_size(bytes).text().replace('\u{a0}', " ");
    for (bytes, expected) in [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (1_234, "1.2 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (12_345_678, "12.3 MB"),
        (4_294_967_296, "4.3 GB"),
        (2_500_000_000_000, "2.5 TB"),
        (9_007_199_254_740_991, "9007 TB"),
    ] {
        assert_eq!(text(bytes), expected);
    }
    assert_eq!(human_size(1_500).unit, SizeUnit::Kb);
    assert_eq!(human_size(1_500).value, 1.5);
}

#[test]
fn times_for_people() {
    for (ms, expected) in [
        (0.0, "00:00"),
        (999.9, "00:00"),
        (59_999.0, "00:59"),
        (60_000.0, "01:00"),
        (3_599_999.0, "59:59"),
        (3_600_000.0, "1:00:00"),
        (360_061_000.0, "100:01:01"),
        (-5.0, "00:00"),
        (f64::NAN, "00:00"),
    ] {
        assert_eq!(clock_text(ms), expected, "{ms}");
    }
}

#[test]
fn days_and_times_that_sort() {
    let at = DateParts {
        year: 2026,
        month: 3,
        day: 9,
        hour: 7,
        minute: 5,
        second: 0,
    };
    assert_eq!(
        (at.day_text().as_str(), at.time_text().as_str()),
        ("2026-03-09", "07-05-00")
    );
}
