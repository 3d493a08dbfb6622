//! The first directory of a TIFF file, which tells camera RAW files from pictures: both begin
//! alike.
//!
//! RAW files put a small preview into the first directory and the sensor's data elsewhere, so
//! reading them as TIFF would give a thumbnail in place of the picture.

const NEW_SUBFILE_TYPE: u16 = 0x00FE;
const PHOTOMETRIC: u16 = 0x0106;
const SUB_IFDS: u16 = 0x014A;
const DNG_VERSION: u16 = 0xC612;

/// Colour filter array (TIFF/EP) and linear RAW (DNG specification).
const SENSOR_PHOTOMETRICS: [u32; 2] = [32_803, 34_892];

/// Whether a file that begins like a TIFF is a camera RAW file (DNG, NEF, ARW, PEF, CR2, …),
/// judged by its first directory.
pub(super) fn is_camera_raw(tiff: &[u8]) -> bool {
    tiff.get(8..10) == Some(b"CR")
        || FirstDirectory::read(tiff).is_some_and(|first| first.is_of_a_raw_file())
}

/// What the first directory of a TIFF file says about other pictures in it.
#[derive(Default)]
pub struct FirstDirectory {
    has_next: bool,
    is_preview: bool,
    has_sub_directories: bool,
    has_dng_version: bool,
    holds_sensor_data: bool,
}

impl FirstDirectory {
    /// Whether there are further pictures: another directory, or directories below this one.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.has_next || self.has_sub_directories
    }

    fn is_of_a_raw_file(&self) -> bool {
        self.has_dng_version
            || self.holds_sensor_data
            || (self.is_preview && self.has_sub_directories)
    }

    /// Reads the first directory of a classic TIFF (TIFF 6.0, section 2): a count, then entries
    /// of 12 bytes (tag, type, count, value). `None` if it is not there.
    #[must_use]
    pub fn read(tiff: &[u8]) -> Option<Self> {
        let is_little_endian = tiff.starts_with(b"II*\0");
        if !is_little_endian && !tiff.starts_with(b"MM\0*") {
            return None;
        }
        let short = |at: usize| {
            let bytes: [u8; 2] = tiff.get(at..)?.first_chunk().copied()?;
            Some(if is_little_endian {
                u16::from_le_bytes(bytes)
            } else {
                u16::from_be_bytes(bytes)
            })
        };
        let long = |at: usize| {
            let bytes: [u8; 4] = tiff.get(at..)?.first_chunk().copied()?;
            Some(if is_little_endian {
                u32::from_le_bytes(bytes)
            } else {
                u32::from_be_bytes(bytes)
            })
        };
        let start = usize::try_from(long(4)?).ok()?;
        let mut found = Self::default();
        let count = usize::from(short(start)?);
        for entry in 0..count {
            let at = start.checked_add(2 + entry * 12)?;
            // A short value stands left-aligned in the four bytes of the value.
            let value = if short(at + 2)? == 3 {
                u32::from(short(at + 8)?)
            } else {
                long(at + 8)?
            };
            match short(at)? {
                NEW_SUBFILE_TYPE => found.is_preview = value & 1 == 1,
                SUB_IFDS => found.has_sub_directories = true,
                DNG_VERSION => found.has_dng_version = true,
                PHOTOMETRIC => found.holds_sensor_data = SENSOR_PHOTOMETRICS.contains(&value),
                _ => {}
            }
        }
        // Where only the head of a file is here, this may be missing.
        found.has_next = start.checked_add(2 + count * 12).and_then(long) != Some(0);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF with one directory; each entry is (tag, type, value).
    fn tiff(entries: &[(u16, u16, u32)]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        for (tag, kind, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(1u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn raw_files_are_known_by_their_first_directory() {
        assert!(is_camera_raw(&tiff(&[
            (NEW_SUBFILE_TYPE, 4, 1),
            (SUB_IFDS, 4, 500)
        ])));
        assert!(is_camera_raw(&tiff(&[(DNG_VERSION, 1, 0x0104)])));
        assert!(is_camera_raw(&tiff(&[(PHOTOMETRIC, 3, 32_803)])));
        assert!(is_camera_raw(b"II*\0\x10\0\0\0CR\x02\0"));
    }

    #[test]
    fn pictures_are_not_raw_files() {
        assert!(!is_camera_raw(&tiff(&[
            (NEW_SUBFILE_TYPE, 4, 0),
            (PHOTOMETRIC, 3, 2)
        ])));
        assert!(!is_camera_raw(&tiff(&[(SUB_IFDS, 4, 500)])));
        assert!(!is_camera_raw(b"II*\0\xFF\xFF\xFF\xFF"));
        assert!(!is_camera_raw(b"MM\0*"));
    }
}
