//! The pictures of the gallery of one run, one behind the other in a file.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    ops::Range,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use common::media::PicturePlace;

use crate::{annotate::gallery_pictures::GalleryPictures, package::PackageError};

/// A file of pictures that grows. In the order of the records, so that the same results give the
/// same bytes.
pub struct PicturePack {
    number: u32,
    path: PathBuf,
    file: Mutex<Open>,
}

struct Open {
    writer: BufWriter<File>,
    end: u64,
}

impl PicturePack {
    /// Begins pack number `number` in a new file.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(path: &Path, number: u32) -> Result<Self, PackageError> {
        let file = File::create(path).map_err(|source| PackageError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            number,
            path: path.to_owned(),
            file: Mutex::new(Open {
                writer: BufWriter::with_capacity(1 << 20, file),
                end: 0,
            }),
        })
    }

    /// Adds the pictures of an image, and says where they are.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&self, pictures: &GalleryPictures) -> Result<PicturePlace, PackageError> {
        self.write(|open| {
            let GalleryPictures { preview, thumbnail } = pictures;
            open.writer.write_all(thumbnail)?;
            open.writer.write_all(preview)?;
            let length = |jpeg: &[u8]| u32::try_from(jpeg.len()).map_err(io::Error::other);
            let place = PicturePlace {
                pack: self.number,
                offset: open.end,
                thumbnail_bytes: length(thumbnail)?,
                preview_bytes: length(preview)?,
            };
            open.end += u64::from(place.thumbnail_bytes) + u64::from(place.preview_bytes);
            Ok(place)
        })
    }

    /// Reads the pictures at a place back.
    ///
    /// # Errors
    /// When the disk refuses, or nothing was added there.
    pub fn read(&self, place: PicturePlace) -> Result<GalleryPictures, PackageError> {
        self.write(|open| {
            open.writer.flush()?;
            let file = File::open(&self.path)?;
            let read = |part: Range<u64>| {
                let length = usize::try_from(part.end - part.start).map_err(io::Error::other)?;
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, part.start)?;
                io::Result::Ok(bytes)
            };
            Ok(GalleryPictures {
                thumbnail: read(place.thumbnail())?,
                preview: read(place.preview())?,
            })
        })
    }

    /// Writes what is still in memory.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(&self) -> Result<(), PackageError> {
        self.write(|open| open.writer.flush())
    }

    fn write<T>(&self, work: impl FnOnce(&mut Open) -> io::Result<T>) -> Result<T, PackageError> {
        let mut open = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut open).map_err(|source| PackageError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_lie_where_they_are_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pack");
        let pack = PicturePack::create(&path, 7).unwrap();
        let pictures = |number: u8| GalleryPictures {
            preview: vec![number; 5 + usize::from(number)],
            thumbnail: vec![100 + number; 3],
        };
        let places: Vec<_> = (0..4).map(|n| pack.add(&pictures(n)).unwrap()).collect();
        for (number, place) in (0..4).zip(&places) {
            assert_eq!(pack.read(*place).unwrap(), pictures(number));
        }
        pack.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for (number, place) in (0..4).zip(places) {
            assert_eq!(place.pack, 7);
            let at = usize::try_from(place.offset).unwrap();
            let middle = at + place.thumbnail_bytes as usize;
            let end = middle + place.preview_bytes as usize;
            assert_eq!(bytes[at..middle], pictures(number).thumbnail);
            assert_eq!(bytes[middle..end], pictures(number).preview);
        }
    }
}
