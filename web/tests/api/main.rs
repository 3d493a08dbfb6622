//! The real server over HTTP, with a SQLite file and a folder as its store.

mod download;
mod events;
mod job_page;
mod limits;
mod memory;
mod operation;
mod protection;
mod stop_and_delete;
mod support;
mod upload;
