//! Puts records into path order and writes them to the journal.

use std::collections::BTreeMap;

use common::{MediaOutcome, MediaPath, MediaRecord, media::OriginalCopy};

use crate::{
    journal::Journal,
    package::{ANNOTATED, ORIGINALS},
    pipeline::{
        PipelineError,
        copies::CopyPaths,
        inspect::{Finding, Inspected, PipelineContext},
    },
};

/// Holds findings back until it is their turn. Tickets bound how many can wait here.
pub struct RecordWriter<'a> {
    journal: &'a mut Journal,
    context: &'a PipelineContext<'a>,
    waiting: BTreeMap<usize, Finding>,
    next: usize,
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
        let record = match self.waiting.get(&self.next) {
            None => return Ok(None),
            Some(&Finding::Duplicate { of }) => match self.first_of(of) {
                first if first < self.next => {
                    let first = self.journal.read(first)?;
                    self.copy_of(&first)
                }
                later => match self.overtake(later)? {
                    Some(record) => record,
                    None => return Ok(None),
                },
            },
            Some(Finding::Record(record)) => {
                let record = MediaRecord::clone(record);
                self.publish_copies(self.next, &record)?;
                record
            }
        };
        self.journal.append(&record)?;
        self.waiting.remove(&self.next);
        self.next += 1;
        Ok(Some(record))
    }

    /// The file that stands for a content that file number `claimed` was the first to claim:
    /// that file itself, or the one that overtook it since.
    fn first_of(&self, claimed: usize) -> usize {
        match self.waiting.get(&claimed) {
            Some(&Finding::Duplicate { of }) => of,
            _ => claimed,
        }
    }

    /// A later file claimed this one's content first. Once that file's record is here, this one
    /// takes it over, and the later one becomes the copy, as if they had come in path order.
    fn overtake(&mut self, later: usize) -> Result<Option<MediaRecord>, PipelineError> {
        let Some(Finding::Record(record)) = self.waiting.get(&later) else {
            return Ok(None);
        };
        let mut record = MediaRecord::clone(record);
        record.path = self.path_of(self.next)?;
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            let paths = CopyPaths::of(self.context.listing);
            if let Some(copy) = &mut media.annotated {
                *copy = paths.annotated(&record.path);
            }
            if let Some(OriginalCopy::At(copy)) = &mut media.original {
                *copy = paths.original(&record.path);
            }
        }
        self.publish_copies(later, &record)?;
        self.waiting
            .insert(later, Finding::Duplicate { of: self.next });
        Ok(Some(record))
    }

    /// Moves the copies that were staged for file number `staged` to where `record` says.
    fn publish_copies(&self, staged: usize, record: &MediaRecord) -> Result<(), PipelineError> {
        let MediaOutcome::Processed(media) = &record.outcome else {
            return Ok(());
        };
        let package = self.context.package;
        if let Some(place) = &media.annotated {
            package.publish(staged, ANNOTATED, place)?;
        }
        if let Some(OriginalCopy::At(place)) = &media.original {
            package.publish(staged, ORIGINALS, place)?;
        }
        Ok(())
    }

    /// The record of a file with the same bytes as `first`: the same findings under its own path.
    /// It shares the copies of the first.
    fn copy_of(&self, first: &MediaRecord) -> MediaRecord {
        let mut record = first.clone();
        if let Ok(path) = self.path_of(self.next) {
            record.path = path;
        }
        if let MediaOutcome::Processed(media) = &mut record.outcome {
            media.duplicate_of.get_or_insert_with(|| first.path.clone());
        }
        record
    }

    fn path_of(&self, index: usize) -> Result<MediaPath, PipelineError> {
        let item = self.context.listing.items().get(index);
        item.map(|item| item.path.clone())
            .ok_or(PipelineError::WorkerLost)
    }

    /// Hands everything written to the kernel.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&mut self) -> Result<(), PipelineError> {
        Ok(self.journal.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use common::{
        archive::ArchiveLimits,
        media::{CameraFacts, ProcessedMedia},
    };
    use proptest::prelude::*;

    use super::*;
    use crate::{
        input::InputListing,
        journal::JournalHeader,
        media::decode::DecodeLimits,
        model::contract::{ChannelOrder, Fit, InputRule, Interpolation, Normalization},
        package::Package,
        pipeline::{claims::Claims, stage::StageClock},
        run_facts::{AnnotateChoice, RunOptions},
    };

    fn options() -> RunOptions {
        RunOptions {
            threshold: "0.2".parse().unwrap(),
            blur: Vec::new(),
            annotate: AnnotateChoice::All,
            originals: true,
            strip_gps: false,
            full_decode: false,
        }
    }

    fn input_rule() -> InputRule {
        InputRule {
            width: 8,
            height: 8,
            fit: Fit::Stretch,
            channels: ChannelOrder::Rgb,
            normalization: Normalization::None,
            pad_value: 114.0,
            interpolation: Interpolation::Cv2Bilinear,
        }
    }

    /// What an inspector finds in file number `index`, with its copies staged.
    fn inspected(
        context: &PipelineContext<'_>,
        claims: &mut Claims,
        (index, content): (usize, u8),
    ) -> Inspected {
        let hash = blake3::hash(&[content]);
        if let Some(of) = claims.claim(&hash, index) {
            let finding = Finding::Duplicate { of };
            return Inspected { index, finding };
        }
        let path = context.listing.items()[index].path.clone();
        context.package.stage(index, ANNOTATED, &[content]).unwrap();
        context.package.stage(index, ORIGINALS, &[content]).unwrap();
        let paths = CopyPaths::of(context.listing);
        let media = ProcessedMedia {
            width: 1,
            height: 1,
            detections: Vec::new(),
            decoded_share: None,
            duplicate_of: None,
            annotated: Some(paths.annotated(&path)),
            original: Some(OriginalCopy::At(paths.original(&path))),
        };
        let record = MediaRecord {
            path,
            size_bytes: 1,
            content_hash: Some(hash.to_hex().to_string()),
            camera: CameraFacts::default(),
            outcome: MediaOutcome::Processed(media),
        };
        let finding = Finding::Record(Box::new(record));
        Inspected { index, finding }
    }

    /// Writes the records of files with these contents, whose contents were claimed and whose
    /// findings came in the given orders. Gives `path duplicate-of` of each record, and the
    /// copies in the package with what is in them.
    fn written(
        contents: &[u8],
        claimed: &[usize],
        came: &[usize],
    ) -> (Vec<String>, BTreeSet<(String, Vec<u8>)>) {
        let folder = tempfile::tempdir().unwrap();
        let (input, out) = (folder.path().join("in"), folder.path().join("out"));
        fs::create_dir(&input).unwrap();
        for index in 0..contents.len() {
            fs::write(input.join(format!("{index}.jpg")), "x").unwrap();
        }
        let listing = InputListing::open(&[input], &[], ArchiveLimits::default()).unwrap();
        let package = Package::begin(&out, false).unwrap();
        let (options, input_rule, clock) = (options(), input_rule(), StageClock::default());
        let context = PipelineContext {
            listing: &listing,
            package: &package,
            options: &options,
            input_rule: &input_rule,
            limits: DecodeLimits::default(),
            clock: &clock,
        };
        let header = JournalHeader {
            format: JournalHeader::FORMAT,
            trapline_version: String::new(),
            model_sha256: String::new(),
            options: options.clone(),
            input_fingerprint: String::new(),
        };
        let mut journal = Journal::create(&package.journal(), &header).unwrap();
        let mut claims = Claims::default();
        let mut findings: Vec<Option<Inspected>> = contents.iter().map(|_| None).collect();
        for &index in claimed {
            let file = (index, contents[index]);
            findings[index] = Some(inspected(&context, &mut claims, file));
        }
        let mut writer = RecordWriter::new(&mut journal, &context, 0);
        let mut records = Vec::new();
        for &index in came {
            writer.accept(findings[index].take().unwrap());
            while let Some(record) = writer.write_next().unwrap() {
                let MediaOutcome::Processed(media) = &record.outcome else {
                    unreachable!()
                };
                let first = media.duplicate_of.as_ref().map_or("-", MediaPath::as_str);
                records.push(format!("{} {first}", record.path));
            }
        }
        (records, copies(&out))
    }

    fn copies(out: &Path) -> BTreeSet<(String, Vec<u8>)> {
        let files = [ANNOTATED, ORIGINALS]
            .into_iter()
            .flat_map(|kind| fs::read_dir(out.join(kind)).into_iter().flatten());
        files
            .map(|file| {
                let path = file.unwrap().path();
                let name = path.strip_prefix(out).unwrap().display().to_string();
                (name, fs::read(&path).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_content_claimed_by_the_last_of_three_goes_to_the_first() {
        let (records, copies) = written(&[7, 7, 7, 8], &[2, 0, 3, 1], &[3, 2, 1, 0]);
        assert_eq!(
            records,
            ["0.jpg -", "1.jpg 0.jpg", "2.jpg 0.jpg", "3.jpg -"]
        );
        let names: Vec<&str> = copies.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "annotated/0.jpg",
                "annotated/3.jpg",
                "originals/0.jpg",
                "originals/3.jpg"
            ]
        );
    }

    fn any_run() -> impl Strategy<Value = (Vec<u8>, Vec<usize>, Vec<usize>)> {
        prop::collection::vec(0..3_u8, 1..9).prop_flat_map(|contents| {
            let order: Vec<usize> = (0..contents.len()).collect();
            let orders = (
                Just(order.clone()).prop_shuffle(),
                Just(order).prop_shuffle(),
            );
            (Just(contents), orders).prop_map(|(contents, (one, two))| (contents, one, two))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_comes_when_the_package_is_the_same((contents, claimed, came) in any_run()) {
            let in_order: Vec<usize> = (0..contents.len()).collect();
            let expected = written(&contents, &in_order, &in_order);
            prop_assert_eq!(expected.0.len(), contents.len());
            prop_assert_eq!(written(&contents, &claimed, &came), expected);
        }
    }
}
