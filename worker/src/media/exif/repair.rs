//! Structures that are sound but use types that the reader does not know.

/// An IFD, as TIFF's technical note 1 has it: a pointer to a directory.
const TYPE_IFD: u16 = 13;
const TYPE_ASCII: u16 = 2;
const TYPE_LONG: u16 = 4;
const TYPE_SLONG: u16 = 9;
/// EXIF 3.0's text.
const TYPE_UTF8: u16 = 129;

const EXIF_POINTER: u16 = 0x8769;
const GPS_POINTER: u16 = 0x8825;
const INTEROP_POINTER: u16 = 0xa005;

const ENTRY_BYTES: usize = 12;
/// The first directory and those of EXIF, GPS and interoperability, with room for doubles.
const MOST_DIRECTORIES: usize = 8;

/// Gives pointers to directories the type that every reader takes, and EXIF 3.0's texts that of
/// text. Nothing else is changed, and nothing moves.
pub(super) fn repaired(tiff: Vec<u8>) -> Vec<u8> {
    let little_endian = tiff.starts_with(b"II");
    let mut structure = Structure {
        bytes: tiff,
        little_endian,
    };
    let mut left: Vec<u32> = structure.u32(4).into_iter().collect();
    let mut seen: Vec<u32> = Vec::new();
    while let Some(at) = left.pop() {
        if !seen.contains(&at) && seen.len() < MOST_DIRECTORIES {
            seen.push(at);
            left.extend(structure.repair_directory(at));
        }
    }
    structure.bytes
}

struct Structure {
    bytes: Vec<u8>,
    little_endian: bool,
}

impl Structure {
    /// Repairs the entries of a directory; gives the directories that it points at.
    fn repair_directory(&mut self, at: u32) -> Vec<u32> {
        let Ok(at) = usize::try_from(at) else {
            return Vec::new();
        };
        let mut children = Vec::new();
        for index in 0..self.u16(at).map_or(0, usize::from) {
            let Some((entry, tag, kind)) = self.entry(at, index) else {
                break;
            };
            let is_pointer = matches!(tag, EXIF_POINTER | GPS_POINTER | INTEROP_POINTER);
            if is_pointer && matches!(kind, TYPE_IFD | TYPE_SLONG) {
                self.set_kind(entry, TYPE_LONG);
            } else if kind == TYPE_UTF8 {
                self.set_kind(entry, TYPE_ASCII);
            }
            if is_pointer && children.len() < 3 {
                children.extend(self.u32(entry + 8));
            }
        }
        children
    }

    /// Where an entry begins, its tag and its type.
    fn entry(&self, directory_at: usize, index: usize) -> Option<(usize, u16, u16)> {
        let at = directory_at.checked_add(2 + index * ENTRY_BYTES)?;
        self.bytes.get(at..at.checked_add(ENTRY_BYTES)?)?;
        Some((at, self.u16(at)?, self.u16(at + 2)?))
    }

    fn set_kind(&mut self, entry_at: usize, kind: u16) {
        let bytes = if self.little_endian {
            kind.to_le_bytes()
        } else {
            kind.to_be_bytes()
        };
        if let Some(place) = self.bytes.get_mut(entry_at + 2..entry_at + 4) {
            place.copy_from_slice(&bytes);
        }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::media::exif::tiff_builder::every_tag;

    /// A structure in which all entries of a type have another one.
    fn with_kind(mut tiff: Vec<u8>, tag: u16, kind: u16) -> Vec<u8> {
        let order = |number: u16| {
            if tiff.starts_with(b"II") {
                number.to_le_bytes()
            } else {
                number.to_be_bytes()
            }
        };
        let (tag, kind) = (order(tag), order(kind));
        let at = tiff.windows(2).position(|pair| pair == tag).unwrap();
        tiff[at + 2..at + 4].copy_from_slice(&kind);
        tiff
    }

    #[test]
    fn pointers_and_texts_of_unknown_types_get_known_ones() {
        for little_endian in [false, true] {
            let sound = every_tag(little_endian).build();
            assert_eq!(repaired(sound.clone()), sound);
            for (tag, kind) in [
                (EXIF_POINTER, TYPE_IFD),
                (GPS_POINTER, TYPE_IFD),
                (EXIF_POINTER, TYPE_SLONG),
                (0x9003, TYPE_UTF8),
                (0x010f, TYPE_UTF8),
            ] {
                assert_eq!(
                    repaired(with_kind(sound.clone(), tag, kind)),
                    sound,
                    "{tag:x}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_directory_is_left_alone() {
        for bytes in [
            &b""[..],
            b"II*\0",
            b"II*\0\xff\xff\xff\xff",
            b"MM\0*\0\0\0\x08\xff\xff",
        ] {
            assert_eq!(repaired(bytes.to_vec()), bytes);
        }
    }

    #[test]
    fn directories_that_point_at_each_other_end() {
        let mut tiff = b"II*\0\x08\0\0\0".to_vec();
        tiff.extend(u16::MAX.to_le_bytes());
        for index in 0..5000u32 {
            tiff.extend([0x69, 0x87, 13, 0, 1, 0, 0, 0]);
            tiff.extend((8 + index * 2).to_le_bytes());
        }
        let start = Instant::now();
        let _ = repaired(tiff);
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}
