//! Models: what they are (manifest), where they are (catalogue), how they get here (fetch).

pub mod catalogue;
pub mod contract;
pub mod digest;
pub mod fetch;
pub mod labels;
pub mod manifest;

pub use catalogue::{Catalogue, InstalledModel, ModelError};
pub use common::ModelId;
