//! The web front end: takes uploads, shows how jobs come along, hands out results.
//!
//! It writes what was uploaded into the [store](common::store), makes a [job](common::job) of it,
//! and from then on only looks. The work is the workers'; this crate knows nothing about models.

mod app;
mod arrived;
mod asset;
pub mod cli;
mod client;
mod config;
mod deadline;
mod error;
mod handlers;
mod metrics;
mod middleware;
mod own_hosts;
mod pace;
mod problem;
mod quota;
mod readiness;
mod results;
mod resumable;
mod routes;
pub mod self_check;
mod space;
mod stage;
mod state;
mod status;
pub mod stop_signal;
mod submission;
pub mod systemd;
mod units;
mod upload;
mod upload_gc;
mod views;
mod watchdog;
mod workload;
mod wrong_ids;

pub use app::{Application, StartError};
pub use config::{InvalidProxies, MetricsAddress, TrustedProxies, WebConfig};
pub use stage::Stage;
pub use status::JobStatus;
