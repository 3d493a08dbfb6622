//! One image file: its pixels and what its camera wrote.

pub mod decode;
pub mod exif;
pub mod frame;
pub mod orientation;
pub(crate) mod place_in_text;
pub mod shrink;
