//! Undoing what becomes of offsets and sizes in archives above 4 GiB made without zip64.
//!
//! The Archive Utility of macOS writes such archives: every offset and size keeps only its lower
//! 32 bits. It writes the entries in the order of the directory and without gaps, which gives the
//! upper bits back. Each entry begins behind the one before, so an offset that falls means 4 GiB
//! more; what then still lacks in front of the directory was lost in the size of an entry that is
//! itself larger than 4 GiB, and the local headers tell which.

use rawzip::{ZipArchive, ZipFileHeaderRecord};

use super::{
    archive_bytes::ArchiveBytes,
    corrections::{Corrections, Step},
    directory::for_each_record,
    error::ArchiveError,
    extent::{EntryExtent, WRAP},
    limits::ArchiveLimits,
    lost_wraps::LostWraps,
    narrow_end::NarrowEnd,
};

/// Finds out what the directory of an archive states wrongly; nothing in most.
pub(super) fn find_corrections(
    directory: &ZipArchive<ArchiveBytes>,
    limits: &ArchiveLimits,
) -> Result<Corrections, ArchiveError> {
    let Some(end) = NarrowEnd::of(directory)? else {
        return Ok(Corrections::default());
    };
    let mut surplus = None;
    let mut chain = Chain::new(directory.directory_offset());
    for_each_record(directory, limits, |record| {
        let surplus = match surplus {
            Some(surplus) => surplus,
            None => *surplus.insert(end.surplus(directory.get_ref(), record)?),
        };
        chain.add(record, surplus);
        Ok(())
    })?;
    let Some(surplus) = surplus.filter(|&surplus| surplus > 0) else {
        return Ok(Corrections::default());
    };
    let Some(gap) = directory.directory_offset().checked_sub(chain.end) else {
        return Ok(Corrections::default());
    };
    let mut found = Corrections {
        surplus,
        steps: chain.steps,
        large: Vec::new(),
        is_wrapped: true,
    };
    if gap >= WRAP {
        LostWraps::new(directory, limits, &found)?.find(gap / WRAP, &mut found)?;
    }
    Ok(found)
}

/// Lays entries one behind the other, each as early as its offset allows.
struct Chain {
    /// Where the last of them must have ended.
    limit: u64,
    /// One past the last byte that the entries so far take at least.
    end: u64,
    added: u64,
    records: u64,
    steps: Vec<Step>,
}

impl Chain {
    fn new(limit: u64) -> Self {
        Self {
            limit,
            end: 0,
            added: 0,
            records: 0,
            steps: Vec::new(),
        }
    }

    fn add(&mut self, record: &ZipFileHeaderRecord<'_>, surplus: u64) {
        // Entries that do not fit are not in order, and nothing more can be said.
        if self.end > self.limit {
            return;
        }
        let stated = EntryExtent::stated(record);
        let offset = stated.header_offset.saturating_sub(surplus);
        let candidate = offset.saturating_add(self.added);
        if candidate < self.end {
            let wraps = (self.end - candidate).div_ceil(WRAP);
            self.added = self.added.saturating_add(wraps.saturating_mul(WRAP));
            self.steps.push(Step {
                record: self.records,
                bytes: self.added,
            });
        }
        let placed = EntryExtent {
            header_offset: offset.saturating_add(self.added),
            ..stated
        };
        self.end = placed.range().1;
        self.records += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, atomic::Ordering};

    use super::*;
    use crate::archive::{
        Archive, ArchiveLimits,
        sample::{SampleEntry, paths, read},
        sparse_sample::SparseSample,
    };

    const GIB: u64 = 1 << 30;

    /// The sizes of the videos, after reading every picture.
    fn video_sizes(archive: &Archive) -> Vec<u64> {
        let mut sizes = Vec::new();
        for entry in archive.entries().unwrap() {
            if entry.path.as_str().ends_with(".avi") {
                sizes.push(entry.size_bytes);
            } else {
                let content = read(archive, &entry).unwrap();
                assert_eq!(content, entry.path.as_str().as_bytes());
            }
        }
        sizes
    }

    /// An archive with pictures around videos of these sizes, and three between each two.
    fn with_videos(sizes: &[u64]) -> SparseSample {
        let mut sample = SparseSample::default();
        add_with_videos(&mut sample, sizes);
        sample
    }

    fn add_with_videos(sample: &mut SparseSample, sizes: &[u64]) {
        sample.add_picture("first.jpg");
        for (number, &size) in sizes.iter().enumerate() {
            sample.add_video(&format!("{number}.avi"), size);
            for picture in 0..3 {
                sample.add_picture(&format!("{number}-{picture}.jpg"));
            }
        }
    }

    #[test]
    fn offsets_that_fell_are_raised_as_often_as_needed() {
        for videos in [3, 10, 40] {
            let sizes = vec![3 * GIB / 2; videos];
            let archive = with_videos(&sizes).open().unwrap();
            assert_eq!(video_sizes(&archive), sizes);
            assert_eq!(paths(&archive).len(), 1 + 4 * videos);
        }
    }

    #[test]
    fn a_video_above_four_gibibytes_has_its_own_size_again() {
        for sizes in [
            &[9 * GIB / 2][..],
            &[GIB, 9 * GIB, GIB, 3 * GIB],
            &[4 * GIB],
            &[4 * GIB - 1, 4 * GIB + 1],
            &[5 * GIB, 5 * GIB, 21 * GIB],
            &[3 * GIB, 3 * GIB, 6 * GIB, 3 * GIB],
        ] {
            let archive = with_videos(sizes).open().unwrap();
            assert_eq!(video_sizes(&archive), sizes);
        }
    }

    #[test]
    fn a_video_above_four_gibibytes_can_stand_first_or_last() {
        let mut sample = SparseSample::default();
        sample.add_video("0.avi", 5 * GIB);
        sample.add_picture("a.jpg");
        sample.add_video("1.avi", 10 * GIB);
        let sizes = video_sizes(&sample.open().unwrap());
        assert_eq!(sizes, [5 * GIB, 10 * GIB]);
    }

    #[test]
    fn archives_that_end_around_four_gibibytes_are_read() {
        let (directory, before) = {
            let sample = with_videos(&[0]);
            let whole = sample.clone().finish().len;
            (whole - sample.bytes.len, sample.bytes.len)
        };
        for boundary in [before, before + directory] {
            for bytes in (-2..=2).chain([-22, -21, 30]) {
                let size = (4 * GIB - boundary).checked_add_signed(bytes).unwrap();
                let archive = with_videos(&[size]).open().unwrap();
                assert_eq!(video_sizes(&archive), [size], "{bytes}");
            }
        }
    }

    #[test]
    fn entries_that_begin_around_four_gibibytes_are_read() {
        let mut sample = SparseSample::default();
        sample.add_picture("first.jpg");
        let before = sample.bytes.len + 30 + 5;
        for bytes in -2..=2 {
            let size = (4 * GIB - before).checked_add_signed(bytes).unwrap();
            let archive = with_videos(&[size, 10]).open().unwrap();
            assert_eq!(video_sizes(&archive), [size, 10], "{bytes}");
        }
    }

    #[test]
    fn the_number_of_entries_may_have_overflowed_too() {
        for entries in [65_536, 70_000] {
            let mut sample = with_videos(&[5 * GIB]);
            for number in 5..entries {
                let name = format!("{number}.jpg");
                sample.add(&SampleEntry::stored(&name, name.as_bytes()), 0);
            }
            let bytes = Arc::new(sample.finish());
            let archive = Archive::open_in(bytes.clone(), ArchiveLimits::default(), None).unwrap();
            let looks = bytes.reads.load(Ordering::Relaxed);
            assert_eq!(archive.entry_count(), entries);
            assert!(looks < 500, "{looks} reads for {entries} entries");
            let entries = archive.entries().unwrap();
            let last = entries.last().unwrap();
            assert_eq!(read(&archive, last).unwrap(), last.path.as_str().as_bytes());
        }
    }

    #[test]
    fn packed_videos_above_four_gibibytes_are_passed() {
        let mut sample = SparseSample::default();
        let packed = SampleEntry::deflated("0.avi", b"0").with(|e| e.flags = 8);
        sample.add(&packed, 5 * GIB);
        sample.add_picture("a.jpg");
        let sizes = video_sizes(&sample.open().unwrap());
        assert_eq!(sizes.len(), 1);
        assert!(sizes[0] / GIB == 5, "{sizes:?}");
    }

    #[test]
    fn bytes_in_front_are_told_from_lost_ones() {
        for front in [700, GIB + 1, 5 * GIB + 700] {
            let mut sample = SparseSample::behind(front);
            add_with_videos(&mut sample, &[GIB]);
            assert_eq!(video_sizes(&sample.open().unwrap()), [GIB], "{front}");
        }
        for front in [700, GIB + 1] {
            let sizes = [3 * GIB, 3 * GIB, 5 * GIB];
            let mut sample = SparseSample::behind(front);
            add_with_videos(&mut sample, &sizes);
            assert_eq!(video_sizes(&sample.open().unwrap()), sizes, "{front}");
        }
    }

    #[test]
    fn damaged_headers_cost_their_own_entries_alone() {
        let sizes = [GIB, 5 * GIB, 6 * GIB, GIB];
        let sample = with_videos(&sizes);
        let sound = sample.clone().open().unwrap();
        let entries = sound.entries().unwrap();
        for damaged in &entries {
            let mut bytes = sample.clone().finish();
            bytes.spoil(damaged.location.header_offset);
            let archive =
                Archive::open_in(Arc::new(bytes), ArchiveLimits::default(), None).unwrap();
            for (entry, sound) in archive.entries().unwrap().iter().zip(&entries) {
                assert_eq!(entry.location.header_offset, sound.location.header_offset);
                let is_picture = entry.path.as_str().ends_with(".jpg");
                if is_picture && entry.path != damaged.path {
                    read(&archive, entry).unwrap();
                }
            }
        }
    }

    #[test]
    fn entries_that_share_bytes_beyond_four_gibibytes_stay_refused() {
        let mut sample = with_videos(&[5 * GIB]);
        for name in ["a.jpg", "b.jpg", "c.jpg"] {
            let again = SampleEntry::deflated(name, b"again").with(|e| e.offset = Some(0));
            sample.add(&again, 0);
        }
        let refused = sample.open().err().unwrap();
        assert!(
            matches!(refused, ArchiveError::EntriesOverlap { .. }),
            "{refused:?}"
        );
    }

    #[test]
    fn no_two_entries_are_ever_laid_over_one_another() {
        let mut sample = SparseSample::default();
        sample.add_picture("a.jpg");
        for (number, offset) in [5_u64, 900, 3, 70, 4_000_000_000, 2]
            .into_iter()
            .enumerate()
        {
            let lost = SampleEntry::stored(number.to_string(), &[1; 100]);
            sample.add(&lost.with(|e| e.offset = Some(offset)), 11 * GIB);
        }
        let archive = sample.open().unwrap();
        let mut end = 0;
        for entry in archive.entries().unwrap() {
            assert!(entry.location.header_offset >= end);
            end = entry.location.header_offset + 30 + entry.location.compressed_bytes;
        }
        assert!(end <= archive.directory.directory_offset());
    }
}
