//! What cameras write into their files.

use common::media::CameraFacts;

use crate::media::orientation::Orientation;

/// What was read from a file's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaMetadata {
    /// What goes into the record.
    pub camera: CameraFacts,
    /// How to make the pixels upright.
    pub orientation: Orientation,
    /// The raw TIFF structure (without the `Exif\0\0` marker), to be kept in annotated copies.
    pub tiff: Option<Vec<u8>>,
}

/// Reads the metadata of an image file of any supported format. Damaged or missing metadata
/// gives what could be read, never an error: a picture without metadata is still a picture.
#[must_use]
pub fn read(_bytes: &[u8]) -> MediaMetadata {
    todo!()
}
