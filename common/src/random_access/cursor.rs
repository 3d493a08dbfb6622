//! Reading one after the other what can be read at any place.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use super::RandomAccess;

/// A place in bytes that can be read anywhere, for readers that want [`Read`] and [`Seek`].
pub struct Cursor {
    source: Arc<dyn RandomAccess>,
    position: u64,
}

impl Cursor {
    /// The first place.
    #[must_use]
    pub fn new(source: Arc<dyn RandomAccess>) -> Self {
        Self {
            source,
            position: 0,
        }
    }
}

impl Read for Cursor {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(bytes, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(offset) => (offset, 0),
            SeekFrom::End(by) => (self.source.size_bytes(), by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let position = from.checked_add_signed(by);
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tempfile::NamedTempFile;

    use super::{super::LocalFile, *};

    #[test]
    fn a_cursor_reads_on_from_wherever_it_was_put() {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(b"0123456789").unwrap();
        let mut cursor = Cursor::new(Arc::new(LocalFile::open(file.path()).unwrap()));
        let mut rest = |to| {
            let position = cursor.seek(to)?;
            let mut text = String::new();
            cursor.read_to_string(&mut text)?;
            cursor.seek(SeekFrom::Start(position))?;
            Ok::<_, io::Error>(text)
        };
        assert_eq!(rest(SeekFrom::Start(7)).unwrap(), "789");
        assert_eq!(rest(SeekFrom::Current(-2)).unwrap(), "56789");
        assert_eq!(rest(SeekFrom::End(-1)).unwrap(), "9");
        assert_eq!(rest(SeekFrom::Start(99)).unwrap(), "");
        assert!(rest(SeekFrom::End(-11)).is_err());
    }
}
