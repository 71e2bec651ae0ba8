//! The callreel binary.

fn main() {}
