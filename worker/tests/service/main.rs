//! The service with its real programs: workers as processes, records in SQLite or in a Redis
//! server of the test's own.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
#[path = "../../../common/tests/support/mod.rs"]
mod backend;
mod buckets;
mod card;
mod crash_isolation;
mod deadly_picture;
mod deletions;
mod deployment;
mod drills;
mod fairness;
mod full_disk;
mod gallery;
mod hung_redis;
mod kills;
mod logs;
mod losses;
mod rebuild;
mod refusals;
mod same_bytes;
mod stops;
#[path = "../support/mod.rs"]
mod support;
mod sweep;
mod systemd;
#[path = "../support/tiff_builder.rs"]
mod tiff_builder;
mod upload_to_mail;
mod web_front;
