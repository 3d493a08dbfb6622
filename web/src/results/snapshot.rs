//! A job's results as they are at a moment.

use std::sync::Arc;

use common::{
    Threshold,
    correction::{Corrections, MediaCorrection},
};

use super::{Album, Query, filter::Filter};

/// The rows of a job and their corrections.
#[derive(Clone)]
pub(crate) struct ResultsSnapshot {
    pub(crate) album: Arc<Album>,
    pub(crate) corrections: Arc<Corrections>,
}

impl ResultsSnapshot {
    /// Whether a correction of a file counts.
    pub(crate) fn is_corrected(&self, number: u32) -> bool {
        self.corrections.about(number).is_some()
    }

    /// The correction of a file, if one counts.
    pub(crate) fn correction_of(&self, number: u32) -> Option<&MediaCorrection> {
        self.corrections.about(number)
    }

    /// The threshold that counts: the one that is asked for, if rows are complete at it.
    pub(crate) fn threshold(&self, query: &Query) -> Threshold {
        let asked = query.threshold.unwrap_or(self.album.gallery.threshold());
        asked.max(self.album.floor())
    }

    /// The numbers of the rows that are asked for, in their order.
    pub(crate) fn selected(&self, query: &Query) -> Vec<u32> {
        let threshold = self.threshold(query);
        let filter = Filter::new(self, &query.conditions);
        let mut numbers = self.album.numbers(query.sort);
        numbers.retain(|number| {
            self.album.row(*number).is_some_and(|row| {
                query.show.admits(row, threshold) && filter.admits(*number, row, threshold)
            })
        });
        numbers
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use common::{
        BBox, Category, Confidence, Detection, Failure, FailureCode, Label, MediaOutcome,
        MediaPath, MediaRecord, SkipReason,
        correction::{Correction, Verdict},
        gallery::{GalleryBuilder, RecordPlace},
        media::{CameraFacts, CaptureTime, ProcessedMedia},
    };
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::results::{query::Show, threshold_counts::ThresholdCounts};

    pub(crate) fn threshold(value: f64) -> Threshold {
        Threshold::new(value).unwrap()
    }

    fn detection(category: Category, score: f32) -> Detection {
        Detection {
            category,
            confidence: Confidence::from_score(score).unwrap(),
            bbox: BBox::from_corners(0.1, 0.1, 0.4, 0.5).unwrap(),
            class: None,
        }
    }

    fn record(path: &str, captured: Option<&str>, outcome: MediaOutcome) -> MediaRecord {
        let captured = captured.map(|local| CaptureTime {
            local: local.parse().unwrap(),
            offset_minutes: None,
        });
        MediaRecord {
            path: MediaPath::from_display_name(path),
            size_bytes: 1,
            content_hash: None,
            camera: CameraFacts {
                captured,
                ..CameraFacts::default()
            },
            outcome,
        }
    }

    /// A picture with these detections.
    pub(crate) fn picture(
        path: &str,
        captured: Option<&str>,
        found: &[(Category, f32)],
    ) -> MediaRecord {
        let mut detections: Vec<_> = found.iter().map(|(c, s)| detection(*c, *s)).collect();
        detections.sort_by(Detection::output_order);
        let media = ProcessedMedia {
            width: 640,
            height: 480,
            detections,
            decoded_share: None,
            duplicate_of: None,
            annotated: None,
            original: None,
            picture: None,
        };
        record(path, captured, MediaOutcome::Processed(media))
    }

    /// What can be seen of these records.
    pub(crate) fn snapshot_of(
        records: &[MediaRecord],
        given: &[(u32, Verdict)],
    ) -> ResultsSnapshot {
        let mut builder = GalleryBuilder::new(threshold(0.2));
        for record in records {
            builder.add(
                record,
                RecordPlace {
                    offset: 0,
                    bytes: 0,
                },
            );
        }
        let album = Album::new(builder.finish());
        let given = (1..)
            .zip(given)
            .map(|(number, (media, verdict))| Correction {
                number,
                at: Timestamp::UNIX_EPOCH,
                media: *media,
                path: MediaPath::from_display_name("a"),
                verdict: *verdict,
            });
        ResultsSnapshot {
            album: Arc::new(album),
            corrections: Arc::new(Corrections::of(given.collect())),
        }
    }

    fn day() -> ResultsSnapshot {
        let of = |path: &str, time: &str, found: &[(Category, f32)]| {
            picture(path, Some(&format!("2026-04-{time}")), found)
        };
        let mut truncated = picture("north/c.jpg", None, &[(Category::Animal, 0.5)]);
        if let MediaOutcome::Processed(media) = &mut truncated.outcome {
            media.decoded_share = Some(0.5);
        }
        snapshot_of(
            &[
                of(
                    "north/a.jpg",
                    "01T23:10:00",
                    &[(Category::Animal, 0.9), (Category::Person, 0.3)],
                ),
                of("north/b.jpg", "02T05:59:59", &[]),
                truncated,
                record(
                    "north/d.jpg",
                    None,
                    MediaOutcome::Failed(Failure::new(FailureCode::NoBytes, "")),
                ),
                of("south/a.jpg", "01T12:00:00", &[(Category::Vehicle, 0.18)]),
                record(
                    "south/b.mp4",
                    None,
                    MediaOutcome::Skipped(SkipReason::Video),
                ),
            ],
            &[(1, Verdict::Shows(Label::Animal))],
        )
    }

    #[test]
    fn every_filter_admits_what_it_says() {
        let day = day();
        for (address, expected) in [
            ("", vec![0, 1, 2, 3, 4, 5]),
            ("show=animal", vec![0, 2]),
            ("show=person", vec![0]),
            ("show=person&threshold=0.31", vec![]),
            ("show=vehicle", vec![]),
            ("show=vehicle&threshold=0.1", vec![4]),
            ("show=blank", vec![1, 4]),
            ("show=failed", vec![3]),
            ("show=skipped", vec![5]),
            ("camera=south", vec![4, 5]),
            ("camera=west", vec![]),
            ("from=2026-04-02", vec![1]),
            ("to=2026-04-01", vec![0, 4]),
            ("from_hour=22&to_hour=6", vec![0, 1]),
            ("least=0.4", vec![0, 2]),
            ("most=0.5", vec![2, 4]),
            ("near=yes", vec![4]),
            ("near=yes&threshold=0.85", vec![0]),
            ("truncated=yes", vec![2]),
            ("corrected=yes", vec![1]),
            ("sort=-path&camera=south", vec![5, 4]),
            ("sort=time&show=any", vec![4, 0, 1, 2, 3, 5]),
            ("sort=-time", vec![1, 0, 4, 2, 3, 5]),
            ("sort=-confidence", vec![0, 2, 4, 1, 3, 5]),
        ] {
            let selected = day.selected(&Query::parse(address).0);
            assert_eq!(selected, expected, "{address}");
        }
    }

    prop_compose! {
        fn any_picture()(
            found in prop::collection::vec((prop::sample::select(Category::ALL.to_vec()), 0.0_f32..=1.0), 0..4),
            camera in 0_u8..3,
        ) -> MediaRecord {
            picture(&format!("camera {camera}/a.jpg"), None, &found)
        }
    }

    proptest! {
        #[test]
        fn the_counts_are_right_at_every_threshold(
            records in prop::collection::vec(any_picture(), 0..20),
            thousandths in 50_u16..=1000,
            near: bool,
        ) {
            let snapshot = snapshot_of(&records, &[]);
            let mut query = Query {
                threshold: Some(Threshold::from_thousandths(thousandths)),
                ..Query::default()
            };
            query.conditions.near = near;
            let counts = ThresholdCounts::of(&snapshot, &query.conditions);
            for show in Show::ALL {
                let listed = snapshot.selected(&query.showing(show)).len() as u64;
                prop_assert_eq!(counts.at(show, snapshot.threshold(&query)), listed, "{:?}", show);
            }
        }
    }
}
