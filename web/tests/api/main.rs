//! The real server over HTTP, with a SQLite file and a folder as its store.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

mod broken_store;
mod command_line;
mod download;
mod events;
#[path = "../gallery_job/mod.rs"]
mod gallery_job;
mod job_page;
mod limits;
mod memory;
mod operation;
mod program;
mod protection;
mod rebuild;
mod results;
mod results_corrections;
mod resumable;
mod slow_clients;
mod stop_and_delete;
mod support;
mod upload;
