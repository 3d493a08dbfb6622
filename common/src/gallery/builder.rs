//! Making a gallery of records as they pass by.

use std::collections::HashMap;

use super::{Gallery, RecordPlace, Row};
use crate::{MediaRecord, Threshold, deployment::camera_folder};

/// Makes a [`Gallery`] of records as they pass by.
#[derive(Debug)]
pub struct GalleryBuilder {
    gallery: Gallery,
    numbers: HashMap<String, u32>,
}

impl GalleryBuilder {
    /// A builder for a job with this threshold.
    #[must_use]
    pub fn new(threshold: Threshold) -> Self {
        Self {
            gallery: Gallery::new(threshold),
            numbers: HashMap::new(),
        }
    }

    /// Adds the next record, which lies at `place` among the kept records.
    pub fn add(&mut self, record: &MediaRecord, place: RecordPlace) {
        let folder = camera_folder(&record.path);
        let camera = self.number_of(folder);
        let floor = self.gallery.floor();
        self.gallery
            .rows
            .push(Row::of(record, camera, floor, place));
    }

    /// The finished gallery.
    #[must_use]
    pub fn finish(self) -> Gallery {
        self.gallery
    }

    fn number_of(&mut self, folder: String) -> u32 {
        let cameras = &mut self.gallery.cameras;
        *self.numbers.entry(folder).or_insert_with_key(|folder| {
            cameras.push(folder.clone());
            // More cameras than 32 bits count would not fit into memory.
            u32::try_from(cameras.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BBox, Category, Confidence, Detection, Failure, FailureCode, MediaOutcome, MediaPath,
        SkipReason,
        gallery::{GalleryError, RowState},
        media::{CameraFacts, PicturePlace, ProcessedMedia},
    };

    fn record(path: &str, outcome: MediaOutcome) -> MediaRecord {
        MediaRecord {
            path: MediaPath::from_display_name(path),
            size_bytes: 7,
            content_hash: None,
            camera: CameraFacts::default(),
            outcome,
        }
    }

    fn found(category: Category, score: f32) -> Detection {
        Detection {
            category,
            confidence: Confidence::from_score(score).unwrap(),
            bbox: BBox::from_corners(0.1, 0.2, 0.4, 0.6).unwrap(),
            class: Some(3),
        }
    }

    fn gallery() -> Gallery {
        let media = ProcessedMedia {
            width: 4000,
            height: 3000,
            detections: vec![
                found(Category::Person, 0.9),
                found(Category::Animal, 0.3),
                found(Category::Animal, 0.049),
            ],
            decoded_share: Some(0.5),
            duplicate_of: None,
            annotated: None,
            original: None,
            picture: Some(PicturePlace {
                pack: 2,
                offset: 1 << 40,
                thumbnail_bytes: 9000,
                preview_bytes: 90_000,
            }),
        };
        let records = [
            record("ridge/DCIM/a.jpg", MediaOutcome::Processed(media)),
            record(
                "b.jpg",
                MediaOutcome::Failed(Failure::new(FailureCode::NoBytes, "none")),
            ),
            record("ridge/c.txt", MediaOutcome::Skipped(SkipReason::NotAnImage)),
        ];
        let mut builder = GalleryBuilder::new("0.2".parse().unwrap());
        for (offset, record) in (0..).zip(&records) {
            builder.add(record, RecordPlace { offset, bytes: 1 });
        }
        builder.finish()
    }

    #[test]
    fn every_file_has_a_row_and_rows_share_their_cameras() {
        let gallery = gallery();
        let cameras: Vec<&str> = gallery.rows.iter().map(|row| gallery.camera(row)).collect();
        assert_eq!(cameras, ["ridge", "", "ridge"]);
        assert_eq!(gallery.cameras.len(), 2);
        assert_eq!(
            gallery.rows[1].state,
            RowState::Failed(FailureCode::NoBytes)
        );
        assert!(!gallery.rows[2].is_processed());
    }

    #[test]
    fn a_row_keeps_what_is_at_or_above_the_floor_and_counts_it_at_a_threshold() {
        let row = &gallery().rows[0];
        let at = |text: &str| text.parse::<Threshold>().unwrap();
        assert_eq!(row.sightings.len(), 2);
        assert_eq!(row.sightings_at(at("0.3")).len(), 2);
        assert_eq!(row.sightings_at(at("0.301")).len(), 1);
        assert_eq!(row.category_at(at("0.3")), Some(Category::Animal));
        assert_eq!(row.category_at(at("0.301")), Some(Category::Person));
        assert_eq!(row.category_at(at("0.95")), None);
        assert_eq!(
            row.sightings[0].box_ten_thousandths(),
            [1000, 2000, 3000, 4000]
        );
    }

    #[test]
    fn a_threshold_below_the_usual_floor_lowers_it() {
        let floor = |text: &str| Gallery::new(text.parse().unwrap()).floor().value();
        assert_eq!(floor("0.2"), 0.05);
        assert_eq!(floor("0.01"), 0.01);
    }

    #[test]
    fn a_gallery_is_read_back_and_nothing_else_is() {
        let bytes = gallery().to_bytes().unwrap();
        assert_eq!(Gallery::from_bytes(&bytes).unwrap(), gallery());
        let mut newer = bytes.clone();
        newer[8] += 1;
        let torn = &bytes[..bytes.len() - 1];
        assert!(matches!(
            Gallery::from_bytes(&newer),
            Err(GalleryError::OtherFormat(2))
        ));
        assert!(matches!(
            Gallery::from_bytes(torn),
            Err(GalleryError::Damaged(_))
        ));
        assert!(matches!(
            Gallery::from_bytes(b"TRAPGLRY"),
            Err(GalleryError::NoGallery)
        ));
        assert!(matches!(
            Gallery::from_bytes(b"{}"),
            Err(GalleryError::NoGallery)
        ));
    }
}
