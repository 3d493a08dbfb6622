//! What Trapline's processes must agree on: which files an upload holds, what was found in
//! each of them, and why a file could not be read.
//!
//! A [job] is kept in two places: what lasts lies in its folder in the [store], what moves is
//! in the [records]; the [queue] only wakes workers, which then look into the record.
//!
//! This crate knows neither HTTP nor inference. Its types are parsed once, where outside data
//! enters, and stay valid from there on.

pub mod archive;
pub mod blank_check;
pub mod category;
pub mod config;
pub mod correction;
pub mod counts;
pub mod deployment;
pub mod detection;
pub mod email;
pub mod env;
pub mod failure;
pub mod figures;
pub mod file_signature;
pub mod formula_guard;
pub mod gallery;
pub mod hiding;
pub mod home;
pub mod job;
pub mod jobs;
pub mod known_settings;
pub mod label;
mod left_behind;
pub mod mailbox;
pub mod media;
pub mod media_kind;
pub mod model_id;
pub mod name_time;
pub mod path;
pub mod plots;
pub mod position;
pub mod queue;
pub mod random_access;
pub mod records;
pub mod sequence;
pub mod store;
pub mod telemetry;
pub mod time_span;

pub use category::Category;
pub use counts::Counts;
pub use detection::{BBox, Confidence, Detection, Threshold};
pub use email::EmailAddress;
pub use failure::{Failure, FailureCode, SkipReason};
pub use label::Label;
pub use mailbox::Mailbox;
pub use media::{MediaOutcome, MediaRecord};
pub use model_id::ModelId;
pub use path::MediaPath;
