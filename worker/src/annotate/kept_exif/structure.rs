//! A TIFF structure that is changed in place (TIFF 6.0, section 2): nothing ever moves but the
//! twelve-byte entries inside their own directory.

use std::ops::Range;

/// Byte order, the number 42, and the place of the first directory.
pub(super) const HEADER_BYTES: usize = 8;

const ENTRY_BYTES: usize = 12;
/// Directories in a chain: real files have two.
const MOST_DIRECTORIES: usize = 16;

const TYPE_SHORT: u16 = 3;
const TYPE_LONG: u16 = 4;
const TYPE_IFD: u16 = 13;

/// The bytes of a structure.
pub(super) struct TiffStructure {
    bytes: Vec<u8>,
    little_endian: bool,
}

/// A directory as it stands in the bytes.
pub(super) struct Directory {
    /// Where it begins.
    pub at: usize,
    /// Its entries in order.
    pub entries: Vec<Entry>,
}

/// One entry of a directory.
pub(super) struct Entry {
    /// Where it begins.
    pub at: usize,
    /// What it is about.
    pub tag: u16,
    /// TIFF type of its value.
    pub kind: u16,
    /// Where its value lies, in the entry itself or elsewhere; `None` when the type is unknown
    /// or the value is not inside the structure.
    pub value: Option<Range<usize>>,
}

impl Directory {
    /// The first entry of a tag.
    pub(super) fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// Where the pointer to the next directory stands.
    fn next_at(&self) -> usize {
        self.at + 2 + self.entries.len() * ENTRY_BYTES
    }

    /// The bytes it takes: its own, with the pointer to the next directory, and its values.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let values = self.entries.iter().filter_map(|entry| entry.value.clone());
        std::iter::once(self.at..self.next_at() + 4).chain(values)
    }
}

impl TiffStructure {
    /// Takes the bytes of a structure; `None` without a TIFF header.
    pub(super) fn parse(bytes: Vec<u8>) -> Option<Self> {
        let little_endian = match bytes.get(..4)? {
            b"II\x2a\0" => true,
            b"MM\0\x2a" => false,
            _ => return None,
        };
        Some(Self {
            bytes,
            little_endian,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Where the first directory is.
    pub(super) fn first(&self) -> Option<usize> {
        self.offset(4)
    }

    /// The directory at a place; `None` when it is not inside the structure as a whole.
    pub(super) fn directory(&self, at: usize) -> Option<Directory> {
        if at < HEADER_BYTES {
            return None;
        }
        let count = usize::from(self.u16(at)?);
        let entries = (0..count).map(|index| self.entry(at + 2 + index * ENTRY_BYTES));
        Some(Directory {
            at,
            entries: entries.collect::<Option<_>>()?,
        })
    }

    /// The directories behind the first one, each once.
    pub(super) fn later_directories(&self, first: &Directory) -> Vec<Directory> {
        let mut later: Vec<Directory> = Vec::new();
        let mut next_at = first.next_at();
        while later.len() < MOST_DIRECTORIES
            && let Some(directory) = self.offset(next_at).and_then(|at| self.directory(at))
            && directory.at != first.at
            && later.iter().all(|known| known.at != directory.at)
        {
            next_at = directory.next_at();
            later.push(directory);
        }
        later
    }

    /// Where the directory is that an entry points at, if it is really there.
    pub(super) fn child(&self, directory_at: usize, tag: u16) -> Option<usize> {
        let directory = self.directory(directory_at)?;
        let entry = directory.entry(tag)?;
        let at = *self.numbers(entry).first()?;
        self.directory(at).map(|child| child.at)
    }

    /// The bytes of an entry's value; none when it is not inside the structure.
    pub(super) fn value(&self, entry: &Entry) -> &[u8] {
        let range = entry.value.clone();
        range
            .and_then(|range| self.bytes.get(range))
            .unwrap_or_default()
    }

    /// The values of an entry of unsigned integers of two or four bytes.
    pub(super) fn numbers(&self, entry: &Entry) -> Vec<usize> {
        let Some(value) = entry.value.clone() else {
            return Vec::new();
        };
        match entry.kind {
            TYPE_SHORT => value
                .step_by(2)
                .filter_map(|at| self.u16(at))
                .map(usize::from)
                .collect(),
            TYPE_LONG | TYPE_IFD => value.step_by(4).filter_map(|at| self.offset(at)).collect(),
            _ => Vec::new(),
        }
    }

    /// Takes entries out of a directory and closes the gaps. The pointer to the next directory
    /// is zero then: only the first directory has one, and it is cleared anyway. Where it stood
    /// stays as it is, since some cameras leave it out of the inner directories and begin their
    /// values there.
    pub(super) fn retain(
        &mut self,
        directory_at: usize,
        is_kept: impl Fn(&Entry) -> bool,
    ) -> Option<()> {
        let directory = self.directory(directory_at)?;
        let kept: Vec<&Entry> = directory
            .entries
            .iter()
            .filter(|entry| is_kept(entry))
            .collect();
        if kept.len() == directory.entries.len() {
            return Some(());
        }
        let mut entries = Vec::with_capacity(directory.next_at() - directory.at);
        for entry in &kept {
            entries.extend_from_slice(self.bytes.get(entry.at..entry.at + ENTRY_BYTES)?);
        }
        let count = u16::try_from(kept.len()).ok()?;
        entries.resize(directory.entries.len() * ENTRY_BYTES, 0);
        self.bytes
            .get_mut(directory.at + 2..directory.next_at())?
            .copy_from_slice(&entries);
        self.put_u16(directory.at, count)
    }

    /// Sets every entry of a tag in a directory to one number of two bytes. Adds none.
    pub(super) fn set_short(&mut self, directory_at: usize, tag: u16, value: u16) -> Option<()> {
        self.set(directory_at, tag, TYPE_SHORT, |structure, at| {
            structure.put_u16(at, value)?;
            structure.put_u16(at + 2, 0)
        })
    }

    /// Sets every entry of a tag in a directory to one number of four bytes. Adds none.
    pub(super) fn set_long(&mut self, directory_at: usize, tag: u16, value: u32) -> Option<()> {
        self.set(directory_at, tag, TYPE_LONG, |structure, at| {
            structure.put_u32(at, value)
        })
    }

    fn set(
        &mut self,
        directory_at: usize,
        tag: u16,
        kind: u16,
        put_value: impl Fn(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        for entry in self
            .directory(directory_at)?
            .entries
            .iter()
            .filter(|entry| entry.tag == tag)
        {
            self.put_u16(entry.at + 2, kind)?;
            self.put_u32(entry.at + 4, 1)?;
            put_value(self, entry.at + 8)?;
        }
        Some(())
    }

    /// Makes a directory the last one of its chain.
    pub(super) fn clear_next(&mut self, directory_at: usize) -> Option<()> {
        let next_at = self.directory(directory_at)?.next_at();
        // A structure that ends before the pointer has no next directory anyway.
        let _ = self.put_u32(next_at, 0);
        Some(())
    }

    /// Zeroes the marked bytes, and cuts off those at the end. `erased` has one mark a byte.
    pub(super) fn erase(mut self, erased: &[bool]) -> Vec<u8> {
        for (byte, _) in self
            .bytes
            .iter_mut()
            .zip(erased)
            .filter(|(_, erased)| **erased)
        {
            *byte = 0;
        }
        let end = erased
            .iter()
            .rposition(|erased| !erased)
            .map_or(0, |last| last + 1);
        self.bytes.truncate(end);
        self.bytes
    }

    fn entry(&self, at: usize) -> Option<Entry> {
        self.bytes.get(at..at.checked_add(ENTRY_BYTES)?)?;
        let kind = self.u16(at + 2)?;
        Some(Entry {
            at,
            tag: self.u16(at)?,
            kind,
            value: self.value_range(at, kind),
        })
    }

    fn value_range(&self, entry_at: usize, kind: u16) -> Option<Range<usize>> {
        let length = unit_bytes(kind)?.checked_mul(self.offset(entry_at + 4)?)?;
        let start = if length <= 4 {
            entry_at + 8
        } else {
            self.offset(entry_at + 8)?
        };
        let range = start..start.checked_add(length)?;
        (range.end <= self.bytes.len()).then_some(range)
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        let number = if self.little_endian {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        };
        usize::try_from(number).ok()
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little_endian {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    }

    fn put_u16(&mut self, at: usize, value: u16) -> Option<()> {
        let bytes = if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        };
        *self.bytes.get_mut(at..)?.first_chunk_mut()? = bytes;
        Some(())
    }

    fn put_u32(&mut self, at: usize, value: u32) -> Option<()> {
        let bytes = if self.little_endian {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        };
        *self.bytes.get_mut(at..)?.first_chunk_mut()? = bytes;
        Some(())
    }
}

/// Bytes of one value of a TIFF type; 13 points at a directory, 129 is EXIF 3.0's UTF-8.
fn unit_bytes(kind: u16) -> Option<usize> {
    match kind {
        1 | 2 | 6 | 7 | 129 => Some(1),
        3 | 8 => Some(2),
        4 | 9 | 11 | 13 => Some(4),
        5 | 10 | 12 => Some(8),
        _ => None,
    }
}
