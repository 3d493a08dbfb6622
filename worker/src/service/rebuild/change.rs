//! What is different between two packages of a job, file by file.

use common::{
    MediaOutcome, MediaRecord, Threshold,
    media::{OriginalCopy, ProcessedMedia, WithheldReason},
};

use super::reported::Reported;
use crate::{
    annotate::{self, AnnotateRule},
    pipeline::copying,
    run_facts::{AnnotateChoice, RunOptions},
};

/// From the package that is there to the one that is made.
pub(super) struct Change {
    pub(super) old: AnnotateRule,
    pub(super) new: AnnotateRule,
    annotate: AnnotateChoice,
    originals: bool,
    /// Pictures without copies in the package that is there, and in the new one.
    reported: [Reported; 2],
}

/// Where a copy of the new package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// There is none, or the record says why there is none.
    Nowhere,
    /// From the package that is there.
    OldPackage,
    /// From the uploaded picture.
    Upload,
}

impl Change {
    /// From a package that was made with these options to one at another threshold.
    pub(super) fn of(options: &RunOptions, threshold: Threshold) -> Self {
        let old = copying::annotate_rule(options);
        Self {
            new: AnnotateRule {
                threshold,
                ..old.clone()
            },
            old,
            annotate: options.annotate,
            originals: options.originals,
            reported: Default::default(),
        }
    }

    /// Of pictures that were reported there are no copies: in the package that is there, in the new
    /// one.
    pub(super) fn without_copies_of(self, reported: [Reported; 2]) -> Self {
        Self { reported, ..self }
    }

    /// Where the annotated copy and that of the original come from.
    pub(super) fn sources(&self, record: &MediaRecord, media: &ProcessedMedia) -> [Source; 2] {
        let [before, now] = self.reported.each_ref().map(|those| those.has(record));
        if now {
            return [Source::Nowhere; 2];
        }
        [self.annotated(media), self.original(media)].map(|source| match source {
            Source::OldPackage if before => Source::Upload,
            source => source,
        })
    }

    /// Whether the uploaded picture of a record is needed.
    pub(super) fn needs_upload(&self, record: &MediaRecord) -> bool {
        let MediaOutcome::Processed(media) = &record.outcome else {
            return false;
        };
        media.duplicate_of.is_none() && self.sources(record, media).contains(&Source::Upload)
    }

    /// Where the annotated copy comes from.
    fn annotated(&self, media: &ProcessedMedia) -> Source {
        let is_wanted =
            |rule: &AnnotateRule| copying::wants_annotated(media, self.annotate, rule.threshold);
        if !is_wanted(&self.new) {
            Source::Nowhere
        } else if is_wanted(&self.old) && media.annotated.is_some() && self.looks_same(media) {
            Source::OldPackage
        } else {
            Source::Upload
        }
    }

    /// Where the copy of the original comes from. `media` says what became of it when the job was
    /// done, which may be another package than the one that is there.
    fn original(&self, media: &ProcessedMedia) -> Source {
        let hides = |rule: &AnnotateRule| annotate::blurs(&media.detections, rule);
        if !self.originals || hides(&self.new) {
            return Source::Nowhere;
        }
        match media.original {
            Some(OriginalCopy::At(_)) if !hides(&self.old) => Source::OldPackage,
            Some(OriginalCopy::Withheld(reason)) if reason != WithheldReason::ShowsBlurred => {
                Source::Nowhere
            }
            _ => Source::Upload,
        }
    }

    /// Whether the new package has no copies of a record because people saw somebody.
    pub(super) fn is_reported(&self, record: &MediaRecord) -> bool {
        let [_, now] = &self.reported;
        now.has(record)
    }

    /// What the new record says of an original that is not copied.
    pub(super) fn without_original(
        &self,
        media: &ProcessedMedia,
        is_reported: bool,
    ) -> Option<OriginalCopy> {
        if self.originals && (is_reported || annotate::blurs(&media.detections, &self.new)) {
            return Some(OriginalCopy::Withheld(WithheldReason::ShowsBlurred));
        }
        media.original.clone()
    }

    /// Whether the same is drawn and hidden. What a lower threshold admits comes on top of what a
    /// higher one does, so that counting is enough.
    fn looks_same(&self, media: &ProcessedMedia) -> bool {
        let seen = |rule: &AnnotateRule| {
            let drawn = media.detections_at(rule.threshold).count();
            (drawn, annotate::hidden(&media.detections, rule).count())
        };
        seen(&self.old) == seen(&self.new)
    }
}

#[cfg(test)]
mod tests {
    use common::{BBox, Category, Confidence, Detection};
    use proptest::prelude::*;

    use super::*;

    fn media(found: &[(Category, f32)]) -> ProcessedMedia {
        let mut detections: Vec<Detection> = found
            .iter()
            .map(|(category, score)| Detection {
                category: *category,
                confidence: Confidence::from_score(score + 1e-6).unwrap(),
                bbox: BBox::from_corners(0.1, 0.1, 0.5, 0.5).unwrap(),
                class: None,
            })
            .collect();
        detections.sort_by(Detection::output_order);
        ProcessedMedia {
            width: 100,
            height: 100,
            detections,
            decoded_share: None,
            duplicate_of: None,
            annotated: Some("annotated/a.jpg".to_owned()),
            original: Some(OriginalCopy::At("originals/a.jpg".to_owned())),
            picture: None,
        }
    }

    fn change(from: f64, to: f64) -> Change {
        let options = RunOptions {
            threshold: Threshold::new(from).unwrap(),
            blur: vec![Category::Person],
            annotate: AnnotateChoice::Detections,
            originals: true,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
            full_decode: false,
        };
        Change::of(&options, Threshold::new(to).unwrap())
    }

    #[test]
    fn a_copy_is_drawn_again_only_where_its_boxes_change() {
        let animals = media(&[(Category::Animal, 0.9), (Category::Animal, 0.4)]);
        for (from, to, source) in [
            (0.5, 0.6, Source::OldPackage),
            (0.5, 0.3, Source::Upload),
            (0.3, 0.5, Source::Upload),
            (0.5, 0.95, Source::Nowhere),
            (0.95, 0.5, Source::Upload),
        ] {
            assert_eq!(change(from, to).annotated(&animals), source, "{from} {to}");
            assert_eq!(change(from, to).original(&animals), Source::OldPackage);
        }
    }

    #[test]
    fn somebody_who_is_hidden_only_below_the_usual_floor_changes_copies_and_originals() {
        let doubtful = media(&[(Category::Animal, 0.9), (Category::Person, 0.05)]);
        let (down, up) = (change(0.2, 0.05), change(0.05, 0.2));
        assert_eq!(down.annotated(&doubtful), Source::Upload);
        assert_eq!(down.original(&doubtful), Source::Nowhere);
        let withheld = OriginalCopy::Withheld(WithheldReason::ShowsBlurred);
        assert_eq!(
            down.without_original(&doubtful, false),
            Some(withheld.clone())
        );
        assert_eq!(up.original(&doubtful), Source::Upload);
        let was_withheld = ProcessedMedia {
            original: Some(withheld),
            ..doubtful
        };
        assert_eq!(up.original(&was_withheld), Source::Upload);
        assert_eq!(change(0.2, 0.3).original(&was_withheld), Source::Upload);
    }

    #[test]
    fn an_original_that_is_damaged_stays_withheld() {
        let damaged = ProcessedMedia {
            original: Some(OriginalCopy::Withheld(WithheldReason::Damaged)),
            ..media(&[(Category::Animal, 0.9)])
        };
        let change = change(0.2, 0.5);
        assert_eq!(change.original(&damaged), Source::Nowhere);
        assert_eq!(change.without_original(&damaged, false), damaged.original);
    }

    #[test]
    fn a_picture_on_which_people_saw_somebody_has_no_copies_until_they_take_it_back() {
        let media = media(&[(Category::Animal, 0.9)]);
        let record = MediaRecord {
            path: common::MediaPath::from_display_name("a.jpg"),
            size_bytes: 1,
            content_hash: Some("abc".to_owned()),
            camera: Default::default(),
            outcome: MediaOutcome::Processed(media.clone()),
        };
        let same = || change(0.5, 0.5);
        assert_eq!(same().sources(&record, &media), [Source::OldPackage; 2]);
        let now = same().without_copies_of([Reported::default(), Reported::with("abc")]);
        assert_eq!(now.sources(&record, &media), [Source::Nowhere; 2]);
        assert!(now.is_reported(&record) && !now.needs_upload(&record));
        let withheld = OriginalCopy::Withheld(WithheldReason::ShowsBlurred);
        assert_eq!(now.without_original(&media, true), Some(withheld));
        let taken_back = same().without_copies_of([Reported::with("abc"), Reported::default()]);
        assert_eq!(taken_back.sources(&record, &media), [Source::Upload; 2]);
        let other = same().without_copies_of([Reported::with("x"), Reported::with("y")]);
        assert_eq!(other.sources(&record, &media), [Source::OldPackage; 2]);
    }

    proptest! {
        #[test]
        fn the_same_threshold_needs_no_upload(
            scores in prop::collection::vec((0_usize..3, 0.0_f32..=1.0), 0..6), threshold in 0.0..=1.0,
        ) {
            let found: Vec<_> = scores.iter().map(|(c, score)| (Category::ALL[*c], *score)).collect();
            let mut media = media(&found);
            let change = change(threshold, threshold);
            // As the first pass leaves it.
            if annotate::blurs(&media.detections, &change.new) {
                media.original = Some(OriginalCopy::Withheld(WithheldReason::ShowsBlurred));
            }
            if media.category_at(change.new.threshold).is_none() {
                media.annotated = None;
            }
            prop_assert_ne!(change.annotated(&media), Source::Upload);
            prop_assert_ne!(change.original(&media), Source::Upload);
        }
    }
}
