//! Models: what they are (manifest), where they are (catalogue), how they get here (fetch).

pub mod contract;
pub mod convert;
pub mod catalogue;
pub mod fetch;
pub mod labels;
pub mod manifest;
