//! The engine from its command line to its package: the real program on pictures that are drawn
//! here, with models so small that their answers are known on paper (`tests/fixtures/README.md`).

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod card_dumps;
mod corrected_reports;
mod exit_codes;
mod hostile;
mod machine_faults;
mod memory;
mod names;
mod overview;
mod positions;
mod process;
mod reports;
mod resume;
#[path = "../support/mod.rs"]
mod support;
mod tables;
#[path = "../support/tiff_builder.rs"]
mod tiff_builder;
mod zips;
