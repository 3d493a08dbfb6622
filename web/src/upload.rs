//! An upload by form: a multipart stream goes straight into the store, whatever its size.
//!
//! Fields may come in any order: files are written as they come, and are removed again if the
//! rest of the form turns out to be wrong or never arrives.

mod error;
mod fields;
mod half_upload;
mod receiver;
mod unknown_field;

pub(crate) use error::UploadError;
pub(crate) use fields::{Choices, FieldFault, Fields};
pub(crate) use half_upload::HalfUpload;
pub(crate) use receiver::{FormUploads, Receiver, drain};
pub(crate) use unknown_field::UnknownField;
