//! Everything that happens to a batch of camera-trap pictures: reading, detecting, drawing,
//! reporting. [`job`] is the main flow.

pub mod annotate;
pub mod cli;
pub mod config;
pub mod detector;
pub mod input;
pub mod job;
pub mod journal;
pub mod letterbox;
pub mod mail;
pub mod media;
pub mod model;
pub mod nms;
pub mod package;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod resources;
pub mod run_facts;
