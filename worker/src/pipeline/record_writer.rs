//! Puts records into path order and writes them to the journal.

use std::collections::BTreeMap;

use common::{
    MediaOutcome, MediaPath, MediaRecord, SkipReason,
    media::{CameraFacts, OriginalCopy},
    media_kind::MediaKind,
};

use crate::{
    annotate::gallery_pictures::GalleryPictures,
    input::InputListing,
    journal::Journal,
    pipeline::{
        PipelineError,
        copies::{CopyPaths, copies_of},
        inspect::{Finding, Inspected, PipelineContext},
    },
};

/// Why a file is to be skipped, where its listing says so: by its name and its first bytes.
pub(super) fn skip_reason(listing: &InputListing, index: usize) -> Option<SkipReason> {
    match listing.items().get(index)?.kind {
        MediaKind::Skip(reason) => Some(reason),
        _ => None,
    }
}

/// Holds findings back until it is their turn. Tickets bound how many can wait here.
pub struct RecordWriter<'a> {
    journal: &'a mut Journal,
    context: &'a PipelineContext<'a>,
    waiting: BTreeMap<usize, Finding>,
    next: usize,
    /// Copies that records name which are not on the disk yet.
    unstored: Vec<String>,
}

impl<'a> RecordWriter<'a> {
    /// A writer whose next record is number `next`.
    #[must_use]
    pub fn new(journal: &'a mut Journal, context: &'a PipelineContext<'a>, next: usize) -> Self {
        Self {
            journal,
            context,
            waiting: BTreeMap::new(),
            next,
            unstored: Vec::new(),
        }
    }

    /// Takes a finding, whenever it comes.
    pub fn accept(&mut self, inspected: Inspected) {
        self.waiting.insert(inspected.index, inspected.finding);
    }

    /// Writes the next record, if it is known by now.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_next(&mut self) -> Result<Option<MediaRecord>, PipelineError> {
        let record = match self.waiting.get_mut(&self.next) {
            None => return Ok(None),
            Some(Finding::Record(record, pictures)) => {
                let (record, pictures) = (MediaRecord::clone(record), pictures.take());
                self.with_pictures(record, pictures)?
            }
            Some(&mut Finding::Duplicate { of }) => {
                let holder = self.holder(of);
                if holder < self.next {
                    let first = self.journal.read(holder - self.context.span.start)?;
                    first.duplicate_at(self.path_of(self.next)?)
                } else if let Some(record) = self.overtake(holder)? {
                    record
                } else {
                    return Ok(None);
                }
            }
        };
        self.append(&record)?;
        self.waiting.remove(&self.next);
        self.next += 1;
        Ok(Some(record))
    }

    /// Writes the next record if its file is to be skipped, which needs no look at it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_skipped(&mut self) -> Result<Option<MediaRecord>, PipelineError> {
        let listing = self.context.listing;
        if self.next >= self.context.span.end {
            return Ok(None);
        }
        let (Some(item), Some(reason)) = (
            listing.items().get(self.next),
            skip_reason(listing, self.next),
        ) else {
            return Ok(None);
        };
        let record = MediaRecord {
            path: item.path.clone(),
            size_bytes: item.size_bytes,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Skipped(reason),
        };
        self.append(&record)?;
        self.next += 1;
        Ok(Some(record))
    }

    fn append(&mut self, record: &MediaRecord) -> Result<(), PipelineError> {
        self.journal.append(record)?;
        self.unstored
            .extend(copies_of(record).into_iter().flatten().map(str::to_owned));
        if self.journal.is_flush_due() {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes the pictures of a record into their pack.
    fn with_pictures(
        &self,
        mut record: MediaRecord,
        pictures: Option<GalleryPictures>,
    ) -> Result<MediaRecord, PipelineError> {
        if let (Some(pack), Some(pictures)) = (self.context.pictures, pictures)
            && let MediaOutcome::Processed(media) = &mut record.outcome
        {
            media.picture = Some(pack.add(&pictures)?);
        }
        Ok(record)
    }

    /// The file whose record holds for all with the content of file number `of`: that file
    /// itself, or the one that overtook it.
    fn holder(&self, of: usize) -> usize {
        match self.waiting.get(&of) {
            Some(&Finding::Duplicate { of: overtaker }) => overtaker,
            _ => of,
        }
    }

    /// A later file claimed this one's content first. Once that file's record is here, this one
    /// takes it over, and the later one becomes the copy, as if they had come in path order.
    fn overtake(&mut self, later: usize) -> Result<Option<MediaRecord>, PipelineError> {
        let Some(Finding::Record(record, pictures)) = self.waiting.get_mut(&later) else {
            return Ok(None);
        };
        let (mut record, pictures) = (MediaRecord::clone(record), pictures.take());
        record.path = self.path_of(self.next)?;
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            let paths = CopyPaths::of(self.context.listing);
            if let Some(copy) = &mut media.annotated {
                let own = paths.annotated(&record.path);
                self.context.package.rename(copy, &own)?;
                *copy = own;
            }
            if let Some(OriginalCopy::At(copy)) = &mut media.original {
                let own = paths.original(&record.path);
                self.context.package.rename(copy, &own)?;
                *copy = own;
            }
        }
        self.waiting
            .insert(later, Finding::Duplicate { of: self.next });
        self.with_pictures(record, pictures).map(Some)
    }

    fn path_of(&self, index: usize) -> Result<MediaPath, PipelineError> {
        let item = self.context.listing.items().get(index);
        item.map(|item| item.path.clone())
            .ok_or(PipelineError::NotListed { number: index })
    }

    /// Puts everything written on the disk: the copies first, so that no line of the journal ever
    /// names one that is not there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<(), PipelineError> {
        self.unstored.sort_unstable();
        // Duplicates name the copies of the first.
        self.unstored.dedup();
        for copy in self.unstored.drain(..) {
            self.context.package.store(&copy)?;
        }
        Ok(self.journal.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use common::{
        archive::ArchiveLimits,
        media::{CameraFacts, ProcessedMedia},
    };
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::{
        input::InputListing,
        journal::JournalHeader,
        media::decode::DecodeLimits,
        model::contract::{ChannelOrder, Fit, InputRule, Interpolation, Normalization},
        package::Package,
        pipeline::{decode_memory::DecodeMemory, picture_pack::PicturePack, stage::StageClock},
        run_facts::{AnnotateChoice, RunOptions},
    };

    const FILES: usize = 5;

    fn options() -> RunOptions {
        RunOptions {
            threshold: "0.2".parse().unwrap(),
            blur: Vec::new(),
            annotate: AnnotateChoice::All,
            originals: false,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
            full_decode: false,
        }
    }

    fn input_rule() -> InputRule {
        InputRule {
            width: 64,
            height: 64,
            fit: Fit::Stretch,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::Unit,
            pad_value: 0.0,
            interpolation: Interpolation::Bilinear,
        }
    }

    /// Files with the same bytes, of which number `claimant` is looked at, are handed to the
    /// writer in the order of `arrivals`. Gives the records it writes, and the copies left. The
    /// pack of pictures must hold those of the one that was looked at, once.
    fn write_copies(claimant: usize, arrivals: &[usize]) -> (Vec<MediaRecord>, Vec<String>) {
        let folder = TempDir::new().unwrap();
        let card = folder.path().join("card");
        std::fs::create_dir(&card).unwrap();
        for number in 0..FILES {
            std::fs::write(card.join(format!("{number}.jpg")), b"the same bytes").unwrap();
        }
        let listing = InputListing::open(&[card], &[], ArchiveLimits::default(), None).unwrap();
        let package = Package::begin(&folder.path().join("out"), false).unwrap();
        let (options, input_rule, clock) = (options(), input_rule(), StageClock::default());
        let header = JournalHeader {
            format: JournalHeader::FORMAT,
            trapline_version: String::new(),
            model_sha256: String::new(),
            options: options.clone(),
            input_fingerprint: listing.fingerprint(),
        };
        let mut journal = Journal::create(&package.journal(), &header).unwrap();
        let pack_path = folder.path().join("pack");
        let pack = PicturePack::create(&pack_path, 0).unwrap();
        let context = PipelineContext {
            listing: &listing,
            span: 0..FILES,
            package: &package,
            pictures: Some(&pack),
            options: &options,
            input_rule: &input_rule,
            limits: DecodeLimits::default(),
            memory: &DecodeMemory::new(0),
            clock: &clock,
        };
        let looked_at = &listing.items()[claimant].path;
        let pictures = GalleryPictures {
            preview: b"a preview".to_vec(),
            thumbnail: b"a thumbnail".to_vec(),
        };
        let copy = CopyPaths::of(&listing).annotated(looked_at);
        package.write(&copy, b"a copy").unwrap();

        let mut writer = RecordWriter::new(&mut journal, &context, 0);
        let mut written = Vec::new();
        for &index in arrivals {
            let finding = if index == claimant {
                let record = Box::new(processed(looked_at, &copy));
                Finding::Record(record, Some(pictures.clone()))
            } else {
                Finding::Duplicate { of: claimant }
            };
            writer.accept(Inspected { index, finding });
            while let Some(record) = writer.write_next().unwrap() {
                written.push(record);
            }
        }
        pack.finish().unwrap();
        assert_eq!(std::fs::read(&pack_path).unwrap(), b"a thumbnaila preview");
        let annotated = folder.path().join("out/annotated");
        let copies = std::fs::read_dir(annotated)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        (written, copies)
    }

    fn processed(path: &MediaPath, copy: &str) -> MediaRecord {
        MediaRecord {
            path: path.clone(),
            size_bytes: 14,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Processed(ProcessedMedia {
                width: 1,
                height: 1,
                detections: Vec::new(),
                decoded_share: None,
                duplicate_of: None,
                annotated: Some(copy.to_owned()),
                original: None,
                picture: None,
            }),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whoever_looked_first_the_first_path_is_the_original(
            claimant in 0..FILES,
            arrivals in Just((0..FILES).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let (written, copies) = write_copies(claimant, &arrivals);
            prop_assert_eq!(copies, ["0.jpg"]);
            prop_assert_eq!(written.len(), FILES);
            for (number, record) in written.iter().enumerate() {
                prop_assert_eq!(record.path.as_str(), format!("{number}.jpg"));
                let MediaOutcome::Processed(media) = &record.outcome else {
                    return Err(TestCaseError::fail("not processed"));
                };
                let original = media.duplicate_of.as_ref().map(MediaPath::as_str);
                prop_assert_eq!(original, (number > 0).then_some("0.jpg"));
                prop_assert_eq!(media.annotated.as_deref(), Some("annotated/0.jpg"));
                prop_assert_eq!(media.picture.map(|place| place.preview()), Some(11..20));
            }
        }
    }
}
