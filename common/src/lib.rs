//! What Trapline's processes must agree on: which files an upload holds, what was found in
//! each of them, and why a file could not be read.
//!
//! This crate knows neither HTTP nor inference. Its types are parsed once, where outside data
//! enters, and stay valid from there on.

pub mod archive;
pub mod category;
pub mod deployment;
pub mod detection;
pub mod failure;
pub mod media;
pub mod media_kind;
pub mod path;

pub use category::Category;
pub use detection::{BBox, Confidence, Detection, Threshold};
pub use failure::{Failure, FailureCode, SkipReason};
pub use media::{MediaOutcome, MediaRecord};
pub use path::MediaPath;
