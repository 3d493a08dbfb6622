//! A gallery as bytes: a mark, the number of the format, and the rows by `postcard`.
//!
//! The file lives as long as its job, some weeks, and is read by the program that wrote it or a
//! newer one. A newer one that means something else by it says so by another number.

use super::Gallery;

/// The first bytes of every gallery.
const MARK: &[u8; 8] = b"TRAPGLRY";
/// The format that this program writes and reads. Counts up with every change of what a row
/// holds, the order of the names of failures and skips included.
const FORMAT: u8 = 1;

/// Why bytes are no gallery.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// They do not begin like one.
    #[error("this is no gallery")]
    NoGallery,
    /// Another version of the program wrote them.
    #[error("the gallery has format {0}, this program reads format {FORMAT}")]
    OtherFormat(u8),
    /// They are damaged.
    #[error("the gallery is damaged")]
    Damaged(#[from] postcard::Error),
}

impl Gallery {
    /// The gallery as bytes, about 100 for each row with one detection.
    ///
    /// # Errors
    /// Never in practice: when a row holds what the format cannot express.
    pub fn to_bytes(&self) -> Result<Vec<u8>, GalleryError> {
        let mut bytes = MARK.to_vec();
        bytes.push(FORMAT);
        Ok(postcard::to_extend(self, bytes)?)
    }

    /// Reads a gallery.
    ///
    /// # Errors
    /// When the bytes are none, another format, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GalleryError> {
        let rest = bytes.strip_prefix(MARK).ok_or(GalleryError::NoGallery)?;
        match rest.split_first() {
            Some((&FORMAT, rows)) => Ok(postcard::from_bytes(rows)?),
            Some((&other, _)) => Err(GalleryError::OtherFormat(other)),
            None => Err(GalleryError::NoGallery),
        }
    }
}
