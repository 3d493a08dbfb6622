//! Uploads in parts, by the rules of tus 1.0.0.

mod creation;
mod delivery;
mod keeping;
mod limits;
mod other_client;
mod parts;
pub(crate) mod tus;
