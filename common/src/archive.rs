//! Reading zip archives that strangers made.
//!
//! The central directory alone says what is in an archive. It is read record by record, so that
//! namesakes, folders, links and encrypted entries are all seen, and checked as a whole when
//! the archive is opened. What a local header says is compared, never believed.

mod archive_bytes;
mod corrections;
mod directory;
mod entry;
mod entry_error;
mod error;
mod extent;
mod inflate;
mod legacy_names;
mod limits;
mod local_header;
mod locate;
mod lost_wraps;
mod method;
mod name_encoding;
mod names;
mod narrow_end;
mod overlap;
mod packed_data;
mod read;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sparse_sample;
mod split;
mod survey;
mod unpack;
mod wrapped;

use std::{io, path::Path, sync::Arc};

pub use entry::{ArchiveEntry, EntryKind, EntryLocation};
pub use entry_error::EntryError;
pub use error::ArchiveError;
pub use legacy_names::{ArchiveNames, ChosenBy, LegacyNames};
pub use limits::ArchiveLimits;
pub use name_encoding::{NameEncoding, UnknownNameEncoding};
pub use split::SplitKind;

use archive_bytes::ArchiveBytes;
use corrections::Corrections;
use names::NameEncodings;

use crate::random_access::{LocalFile, RandomAccess};

/// An open zip archive. Entries can be read from many threads at once.
pub struct Archive {
    directory: rawzip::ZipArchive<ArchiveBytes>,
    limits: ArchiveLimits,
    entry_count: u64,
    name_encodings: NameEncodings,
    corrections: Corrections,
}

impl Archive {
    /// Opens an archive on this machine, as [`Self::open_in`] does.
    ///
    /// # Errors
    /// As for [`Self::open_in`].
    pub fn open(
        path: &Path,
        limits: ArchiveLimits,
        names: Option<NameEncoding>,
    ) -> Result<Self, ArchiveError> {
        Self::open_in(Arc::new(LocalFile::open(path)?), limits, names)
    }

    /// Opens an archive and checks it as a whole: its end, the number of entries, that the
    /// directory is complete, and that no two entries share bytes. Needs memory for the sizes
    /// of the entries only when they are out of order. Names that do not say that they are Unicode
    /// are in the character set `names`, or in the one that fits them best.
    ///
    /// # Errors
    /// When it is not a zip, is damaged as a whole, or breaks a limit;
    /// [`ArchiveError::Access`] when its bytes cannot be had, which says nothing about it.
    pub fn open_in(
        file: Arc<dyn RandomAccess>,
        limits: ArchiveLimits,
        names: Option<NameEncoding>,
    ) -> Result<Self, ArchiveError> {
        let bytes = ArchiveBytes::new(file);
        let opened = Self::find_directory(bytes.clone(), limits, names);
        bytes.end_opening()?;
        opened
    }

    fn find_directory(
        bytes: ArchiveBytes,
        limits: ArchiveLimits,
        names: Option<NameEncoding>,
    ) -> Result<Self, ArchiveError> {
        let directory = locate::locate(bytes)?;
        let survey = survey::survey(&directory, &limits, names)?;
        Ok(Self {
            directory,
            limits,
            entry_count: survey.entry_count,
            name_encodings: survey.name_encodings,
            corrections: survey.corrections,
        })
    }

    /// How many entries the archive has, folders and links included.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.entry_count
    }

    /// In which character set names were read; `None` where all of them are Unicode.
    #[must_use]
    pub fn legacy_names(&self) -> Option<LegacyNames> {
        self.name_encodings.legacy_names()
    }

    /// Shows every entry, in the order of the central directory, without keeping any.
    ///
    /// # Errors
    /// When the directory can no longer be read.
    pub fn visit_entries(&self, mut visit: impl FnMut(ArchiveEntry)) -> Result<(), ArchiveError> {
        let Self {
            directory,
            limits,
            name_encodings,
            ..
        } = self;
        corrections::for_each_placed(directory, limits, &self.corrections, |record, extent| {
            visit(ArchiveEntry::from_record(record, extent, name_encodings));
            Ok(())
        })?;
        Ok(())
    }

    /// Every entry, in the order of the central directory. Several can have the same path.
    ///
    /// # Errors
    /// When the directory can no longer be read.
    pub fn entries(&self) -> Result<Vec<ArchiveEntry>, ArchiveError> {
        let mut entries = Vec::with_capacity(usize::try_from(self.entry_count).unwrap_or_default());
        self.visit_entries(|entry| entries.push(entry))?;
        Ok(entries)
    }

    /// Looks whether the archive as a whole can still be read, after an entry could not.
    ///
    /// # Errors
    /// When the archive is lost.
    pub fn check_readable(&self) -> io::Result<()> {
        self.directory.get_ref().file().check_readable()
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, time::Instant};

    use super::{
        sample::{Faulty, Sample, SampleEntry, open, paths, read},
        *,
    };

    fn kinds(archive: &Archive) -> Vec<EntryKind> {
        archive
            .entries()
            .unwrap()
            .iter()
            .map(|entry| entry.location.kind)
            .collect()
    }

    #[test]
    fn every_entry_is_listed_with_its_kind_namesakes_included() {
        let sample = Sample::new([
            SampleEntry::stored("cam/", b"").with(|e| e.unix_mode = 0o040_755),
            SampleEntry::stored("cam/a.jpg", b"first"),
            SampleEntry::deflated("cam/a.jpg", b"second"),
            SampleEntry::stored("cam/link.jpg", b"/etc/passwd").with(|e| e.unix_mode = 0o120_777),
            SampleEntry::stored("cam/null", b"").with(|e| e.unix_mode = 0o020_666),
            SampleEntry::stored("cam/locked.jpg", b"?").with(|e| e.flags = 1),
            SampleEntry::stored("win\\", b"").with(|e| e.unix_mode = 0),
        ]);
        let archive = sample.open().unwrap();
        assert_eq!(
            paths(&archive),
            [
                "cam",
                "cam/a.jpg",
                "cam/a.jpg",
                "cam/link.jpg",
                "cam/null",
                "cam/locked.jpg",
                "win"
            ]
        );
        use EntryKind::{Directory, File, Special};
        assert_eq!(
            kinds(&archive),
            [Directory, File, File, Special, Special, File, Directory]
        );
        let entries = archive.entries().unwrap();
        assert!(entries[5].location.is_encrypted && !entries[4].location.is_encrypted);
        assert_eq!(read(&archive, &entries[1]).unwrap(), b"first");
        assert_eq!(read(&archive, &entries[2]).unwrap(), b"second");
    }

    #[test]
    fn archives_of_the_zip_crate_are_read() {
        use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.add_directory("dcim", stored).unwrap();
        writer.start_file("dcim/a.jpg", stored).unwrap();
        writer.write_all(b"stored").unwrap();
        writer
            .start_file("dcim/ü.jpg", deflated.large_file(true))
            .unwrap();
        writer.write_all(&b"deflated ".repeat(100_000)).unwrap();
        writer.add_symlink("dcim/link", "a.jpg", stored).unwrap();
        let archive = open(writer.finish().unwrap().get_ref()).unwrap();
        let entries = archive.entries().unwrap();
        assert_eq!(
            paths(&archive),
            ["dcim", "dcim/a.jpg", "dcim/ü.jpg", "dcim/link"]
        );
        assert_eq!(entries[3].location.kind, EntryKind::Special);
        assert_eq!(read(&archive, &entries[1]).unwrap(), b"stored");
        assert_eq!(
            read(&archive, &entries[2]).unwrap(),
            b"deflated ".repeat(100_000)
        );
    }

    #[test]
    fn names_that_lead_outside_or_are_not_utf8_are_safe_and_readable() {
        let unicode = |name: &[u8], unicode: &str, for_name: &[u8]| {
            let mut extra = b"\x75\x70".to_vec();
            extra.extend((unicode.len() as u16 + 5).to_le_bytes());
            extra.push(1);
            extra.extend(crc32fast::hash(for_name).to_le_bytes());
            extra.extend(unicode.as_bytes());
            SampleEntry::stored(name, b"").with(|e| e.extra = extra)
        };
        let sample = Sample::new([
            SampleEntry::stored("../../etc/x", b""),
            SampleEntry::stored("DCIM\\100\\a.jpg", b""),
            SampleEntry::stored("/abs\0.jpg", b""),
            SampleEntry::stored("utf8/ü.jpg", b""),
            SampleEntry::stored("flag/ü.jpg", b"").with(|e| e.flags = 1 << 11),
            SampleEntry::stored(b"\x83J\x83\x81\x83\x89/\x95\x5c.jpg", b""),
            unicode(b"q?.jpg", "q字.jpg", b"q?.jpg"),
            unicode(b"renamed.jpg", "stale.jpg", b"other.jpg"),
        ]);
        assert_eq!(
            paths(&sample.open().unwrap()),
            [
                "etc/x",
                "DCIM/100/a.jpg",
                "abs_.jpg",
                "utf8/ü.jpg",
                "flag/ü.jpg",
                "カメラ/表.jpg",
                "q字.jpg",
                "renamed.jpg",
            ]
        );
    }

    #[test]
    fn many_threads_read_at_once() {
        let data = |n: usize| format!("{n} ").repeat(1000 * (n + 1)).into_bytes();
        let sample = Sample::new((0..16).map(|n| SampleEntry::deflated(n.to_string(), &data(n))));
        let archive = sample.open().unwrap();
        let entries = archive.entries().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut bytes = Vec::new();
                    for (n, entry) in entries.iter().enumerate() {
                        archive.read(entry, &mut bytes).unwrap();
                        assert_eq!(bytes, data(n));
                    }
                });
            }
        });
    }

    /// All entries with their contents.
    fn everything(file: Arc<dyn RandomAccess>) -> Result<Vec<(String, Vec<u8>)>, io::Error> {
        let access = |error| match error {
            ArchiveError::Access(error) => error,
            other => panic!("{other:?}"),
        };
        let archive = Archive::open_in(file, ArchiveLimits::default(), None).map_err(access)?;
        let mut all = Vec::new();
        for entry in archive.entries().map_err(access)? {
            let mut bytes = Vec::new();
            match archive.read(&entry, &mut bytes) {
                Ok(()) => all.push((entry.path.to_string(), bytes)),
                Err(EntryError::Access(error)) => return Err(error),
                Err(other) => panic!("{other:?}"),
            }
        }
        Ok(all)
    }

    #[test]
    fn bytes_that_cannot_be_had_are_never_taken_for_damage() {
        let sample = Sample::new([
            SampleEntry::stored("a.jpg", &[1; 5000]),
            SampleEntry::deflated("b.jpg", &[2; 5000]),
        ]);
        let with = |change: &dyn Fn(&mut Sample)| {
            let mut sample = sample.clone();
            change(&mut sample);
            sample.bytes()
        };
        for bytes in [
            sample.bytes(),
            with(&|sample| sample.is_zip64 = true),
            with(&|sample| sample.front = vec![b'!'; 70_000]),
            with(&|sample| sample.comment = [&b"PK\x05\x06"[..], &[b'!'; 40_000]].concat()),
            with(&|sample| {
                sample.is_zip64 = true;
                sample.front = vec![b'!'; 70_000];
                sample.comment = vec![b'!'; 65_000];
            }),
        ] {
            let undisturbed = everything(Arc::new(Faulty::new(&bytes, 0, 0))).unwrap();
            assert_eq!(undisturbed.len(), 2);
            for good in 0.. {
                if let Ok(all) = everything(Arc::new(Faulty::new(&bytes, good, 1))) {
                    assert_eq!(all, undisturbed);
                }
                if let Ok(all) = everything(Arc::new(Faulty::new(&bytes, good, usize::MAX))) {
                    assert_eq!(all, undisturbed);
                    break;
                }
            }
        }
    }

    #[test]
    fn a_hundred_thousand_entries_take_little_memory_and_time() {
        let count = 100_000;
        let names = (0..count).map(|n| format!("cam{:02}/DCIM/100RECNX/IMG_{n:06}.JPG", n / 1000));
        let sample = Sample {
            is_zip64: true,
            ..Sample::new(names.map(|name| SampleEntry::stored(name, b"x")))
        };
        let bytes = sample.bytes();
        let start = Instant::now();
        let archive = open(&bytes).unwrap();
        let entries = archive.entries().unwrap();
        let seconds = start.elapsed().as_secs_f64();
        assert_eq!(
            (entries.len(), archive.entry_count()),
            (count, count as u64)
        );
        assert!(seconds < 5.0, "{seconds} s");
        assert_eq!(size_of::<ArchiveEntry>(), 48);
        eprintln!("opened and listed in {seconds:.3} s");
    }
}
