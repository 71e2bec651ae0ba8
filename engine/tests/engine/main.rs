//! The engine's behaviours, one file each, on virtual time. One binary, because linking one is
//! faster than linking twenty.

mod audio_comparison;
mod bit_rates;
mod candidates;
mod clock;
mod constraint_json;
mod descriptions;
mod device_changes;
mod device_choice;
mod edge;
mod failures;
mod file_names;
mod format_choice;
mod lab;
mod nearest;
mod presets;
mod ranges;
mod records;
mod settings;
mod silence;
mod sizes_and_times;
mod storage;
mod take;
mod upload;
mod video_comparison;

/// A property test of so many cases. A failing case is printed in full and belongs into a test of
/// its own, so no file of seeds is kept.
fn cases(count: u32) -> proptest::test_runner::Config {
    let mut config = proptest::test_runner::Config::with_cases(count);
    config.failure_persistence = None;
    config
}
