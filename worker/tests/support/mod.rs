//! What several integration tests share.

#![allow(dead_code, reason = "each test crate uses a part of it")]

pub(crate) mod megadetector_rules;
pub(crate) mod python;
pub(crate) mod records;
