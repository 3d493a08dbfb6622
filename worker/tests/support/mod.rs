//! What several integration tests share.

pub mod megadetector_rules;
pub mod python;
pub mod records;
