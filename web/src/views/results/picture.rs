//! A picture with its boxes, as large or small as it is shown.

use common::{
    Category, Label, Threshold,
    correction::MediaCorrection,
    gallery::{Row, RowState, Sighting},
};

use crate::units;

/// The longest side of a thumbnail, pixels.
const THUMBNAIL: u32 = 400;
/// The longest side of a preview, pixels.
const PREVIEW: u32 = 1280;

/// A small copy of a picture and the boxes on it. Boxes are in pixels of the picture as it was
/// uploaded, which browsers scale with it.
pub(crate) struct Picture {
    pub(crate) href: String,
    /// What it shows, for those who do not see it.
    pub(crate) alt: String,
    /// Pixels of the copy.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pixels of the picture.
    pub(crate) source_width: u32,
    pub(crate) source_height: u32,
    pub(crate) boxes: Vec<Outline>,
    /// Whether it is fetched at once, and not only when it comes into sight.
    pub(crate) is_eager: bool,
}

/// A box on a picture.
pub(crate) struct Outline {
    /// Its number among the detections of the picture.
    pub(crate) number: u16,
    pub(crate) category: Category,
    /// How sure the model is, in thousandths.
    pub(crate) thousandths: u16,
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Whether it counts at the threshold.
    pub(crate) counts: bool,
    /// Whether somebody said that it is wrong.
    pub(crate) is_wrong: bool,
}

impl Picture {
    /// The thumbnail of a row; `None` when it has none.
    pub(crate) fn thumbnail(job: &str, number: u32, seen: &Seen<'_>) -> Option<Self> {
        Self::of(
            format!("{job}/pictures/{number}/thumbnail"),
            seen,
            THUMBNAIL,
        )
    }

    /// The preview of a row; `None` when it has none.
    pub(crate) fn preview(job: &str, number: u32, seen: &Seen<'_>) -> Option<Self> {
        Self::of(format!("{job}/pictures/{number}/preview"), seen, PREVIEW)
    }

    fn of(href: String, seen: &Seen<'_>, longest: u32) -> Option<Self> {
        let RowState::Processed { width, height, .. } = seen.row.state else {
            return None;
        };
        seen.row.picture?;
        let (shown_width, shown_height) = fitted(width, height, longest);
        let boxes = (0..).zip(&seen.row.sightings);
        Some(Self {
            href,
            alt: seen.alt(),
            width: shown_width,
            height: shown_height,
            source_width: width,
            source_height: height,
            is_eager: longest == PREVIEW,
            boxes: boxes
                .map(|(number, found)| seen.drawn(number, found, (width, height)))
                .collect(),
        })
    }
}

/// A row as it is seen at a threshold, with what people said about it.
pub(crate) struct Seen<'a> {
    pub(crate) row: &'a Row,
    /// The folder of its camera.
    pub(crate) camera: &'a str,
    pub(crate) threshold: Threshold,
    pub(crate) correction: Option<&'a MediaCorrection>,
}

impl Seen<'_> {
    fn drawn(&self, number: u16, found: &Sighting, (width, height): (u32, u32)) -> Outline {
        let [x, y, box_width, box_height] = found.box_ten_thousandths();
        let scaled = |part: u16, whole: u32| {
            u32::try_from(u64::from(part) * u64::from(whole) / 10_000).unwrap_or(whole)
        };
        Outline {
            number,
            category: found.category,
            thousandths: found.confidence().thousandths(),
            x: scaled(x, width),
            y: scaled(y, height),
            width: scaled(box_width, width),
            height: scaled(box_height, height),
            counts: self.threshold.admits(found.confidence()),
            is_wrong: self
                .correction
                .is_some_and(|correction| correction.wrong.contains(&number)),
        }
    }

    /// What is known of the picture, in words.
    pub(crate) fn alt(&self) -> String {
        let mut alt = self.row.path.file_name().to_owned();
        if !self.camera.is_empty() {
            alt += &format!(" of {}", self.camera);
        }
        if let Some(captured) = self.captured() {
            alt += &format!(", {captured}");
        }
        format!("{alt}: {}", self.shown())
    }

    /// What the model sees at the threshold: "2 animals, 1 person"; "blank".
    pub(crate) fn shown(&self) -> String {
        let counted = self.row.sightings_at(self.threshold);
        let of = |category: Category| {
            let found = counted.iter().filter(|found| found.category == category);
            let count = found.count() as u64;
            let text = units::count_of(count, category.name(), category.plural());
            (count > 0).then_some(text)
        };
        let parts: Vec<String> = Category::ALL.into_iter().filter_map(of).collect();
        match &self.row.state {
            RowState::Failed(_) => "could not be read".to_owned(),
            RowState::Skipped(_) => "not a picture".to_owned(),
            RowState::Processed { .. } if parts.is_empty() => "blank".to_owned(),
            RowState::Processed { .. } => parts.join(", "),
        }
    }

    /// What people say about it: "confirmed", or "corrected" and what they see.
    pub(crate) fn corrected(&self) -> Option<String> {
        let correction = self.correction?;
        let model = Label::from(self.row.category_at(self.threshold));
        let label = correction.label_at(self.row, self.threshold);
        if label == model && correction.wrong.is_empty() {
            return Some("confirmed".to_owned());
        }
        Some(format!("corrected: {}", label.name()))
    }

    /// When it was taken, as the camera wrote it.
    pub(crate) fn captured(&self) -> Option<String> {
        let captured = self.row.captured?;
        Some(captured.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
}

fn fitted(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height).max(1);
    if side <= longest {
        return (width, height);
    }
    let scaled = |length: u32| {
        let exact = u64::from(length) * u64::from(longest);
        let rounded = (exact + u64::from(side) / 2) / u64::from(side);
        u32::try_from(rounded).unwrap_or(longest).max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use common::Category::{Animal, Person};

    use super::*;
    use crate::results::snapshot::tests::{picture, snapshot_of, threshold};

    #[test]
    fn a_picture_says_what_is_known_of_it() {
        let record = picture(
            "ridge/DCIM/a.jpg",
            Some("2026-04-01T20:13:05"),
            &[(Animal, 0.9), (Animal, 0.6), (Person, 0.3)],
        );
        let snapshot = snapshot_of(&[record], &[]);
        let alt = |at: f64| {
            let row = snapshot.album.row(0).unwrap();
            let camera = snapshot.album.gallery.camera(row);
            Seen {
                row,
                camera,
                threshold: threshold(at),
                correction: None,
            }
            .alt()
        };
        let start = "a.jpg of ridge, 2026-04-01 20:13:05: ";
        assert_eq!(alt(0.2), format!("{start}2 animals, 1 person"));
        assert_eq!(alt(0.7), format!("{start}1 animal"));
        assert_eq!(alt(0.95), format!("{start}blank"));
    }

    #[test]
    fn small_pictures_are_never_enlarged_and_large_ones_fit() {
        assert_eq!(fitted(320, 240, 400), (320, 240));
        assert_eq!(fitted(4000, 3000, 400), (400, 300));
        assert_eq!(fitted(3000, 4000, 1280), (960, 1280));
        assert_eq!(fitted(100_000, 1, 400), (400, 1));
    }
}
