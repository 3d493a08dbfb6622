//! Everything that happens to a batch of camera-trap pictures: reading, detecting, drawing,
//! reporting.

pub mod annotate;
pub mod cli;
pub mod detector;
pub mod input;
pub mod letterbox;
pub mod media;
pub mod model;
pub mod nms;
pub mod report;
pub mod run_facts;
