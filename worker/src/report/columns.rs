//! The columns of the result tables, defined once: CSV files and sheets are written from the
//! same list and cannot drift apart.

mod corrected;
mod corrections;
mod detections;
mod failures;
mod images;

use std::borrow::Cow;

use common::{Category, media::CameraFacts};
use jiff::{Timestamp, civil::DateTime};

pub(crate) use corrected::{CorrectedDetectionRow, CorrectedImageRow};
pub(crate) use corrections::CorrectionRow;
pub(crate) use detections::DetectionRow;
pub(crate) use failures::FailureRow;
pub(crate) use images::ImageRow;

/// The value of one cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing is known.
    Blank,
    /// Text that came from outside, free of characters that XML forbids.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A date and time on a camera's clock.
    Moment(DateTime),
    /// What is on an image.
    Label(Label),
    /// A path inside the package that a reader may open.
    Link(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// Text, or blank if there is none.
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Blank
        } else {
            Self::Text(without_forbidden(text))
        }
    }

    /// Text that was put together for this cell and may be missing.
    pub(crate) fn made_text(text: Option<String>) -> Self {
        text.map_or(Self::Blank, |text| {
            Self::Text(Cow::Owned(without_forbidden(&text).into_owned()))
        })
    }

    /// Text that may be missing.
    pub(crate) fn maybe_text(text: Option<&'a str>) -> Self {
        text.map_or(Self::Blank, Self::text)
    }

    /// When a picture was taken, if its camera wrote it.
    pub(crate) fn moment_of(camera: &CameraFacts) -> Self {
        let captured = camera.captured.as_ref();
        captured.map_or(Self::Blank, |time| Self::Moment(time.local))
    }

    /// A moment on the clocks of computers, in UTC, that may be missing.
    pub(crate) fn maybe_instant(moment: Option<Timestamp>) -> Self {
        moment.map_or(Self::Blank, |moment| {
            Self::Text(Cow::Owned(moment.to_string()))
        })
    }

    /// A path inside the package that may be missing.
    pub(crate) fn maybe_link(path: Option<&'a str>) -> Self {
        path.map_or(Self::Blank, |path| Self::Link(without_forbidden(path)))
    }

    /// A number that may be missing; what is not finite counts as missing.
    pub(crate) fn number(value: Option<f64>) -> Self {
        value
            .filter(|v| v.is_finite())
            .map_or(Self::Blank, Self::Number)
    }

    /// A count or a size.
    pub(crate) fn count(value: u64) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// `yes` or `no`.
    pub(crate) fn yes_no(value: bool) -> Self {
        Self::Text(Cow::Borrowed(if value { "yes" } else { "no" }))
    }
}

/// Replaces the characters that XML 1.0 §2.2 forbids, so that a sheet can hold the same text as
/// a CSV file.
fn without_forbidden(text: &str) -> Cow<'_, str> {
    let is_forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        Cow::Owned(text.replace(is_forbidden, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The one word for an image: what it shows at the threshold, or that it could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Label {
    /// It shows this, and perhaps more: animals come before people, people before vehicles.
    Category(Category),
    /// It shows nothing at or above the threshold.
    Blank,
    /// It could not be read.
    Failed,
}

impl Label {
    /// Every label, in the order of the Summary.
    pub(crate) const ALL: [Self; 5] = [
        Self::Category(Category::Animal),
        Self::Category(Category::Person),
        Self::Category(Category::Vehicle),
        Self::Blank,
        Self::Failed,
    ];

    /// The word in the tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Category(category) => category.name(),
            Self::Blank => "blank",
            Self::Failed => "failed",
        }
    }
}

impl From<common::Label> for Label {
    fn from(label: common::Label) -> Self {
        match label {
            common::Label::Animal => Self::Category(Category::Animal),
            common::Label::Person => Self::Category(Category::Person),
            common::Label::Vehicle => Self::Category(Category::Vehicle),
            common::Label::Blank => Self::Blank,
        }
    }
}

/// How a column looks in a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Text or whole numbers, as they are.
    Plain,
    /// A number with this many decimals.
    Decimals(u8),
    /// Date and time.
    Moment,
}

/// What a column is called and means.
#[derive(Debug)]
pub(crate) struct Heading {
    /// The name in the first row; with a unit where it has one.
    pub(crate) name: &'static str,
    /// How to read it, as a sentence.
    pub(crate) meaning: &'static str,
    /// Width in a sheet, in characters.
    pub(crate) width: u8,
    /// How it looks in a sheet.
    pub(crate) style: Style,
}

/// A column: its heading and how a row fills it. `F` is a function from a row to its [`Cell`].
#[derive(Debug)]
struct Column<F> {
    heading: Heading,
    cell: F,
}

/// A row of one of the tables.
pub(crate) trait TableRow {
    /// The table's columns.
    fn headings() -> Vec<&'static Heading>;
    /// The row's values, one for each heading.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// The columns of Images, with those for corrections if there are any.
pub(crate) fn image_headings(is_corrected: bool) -> Vec<&'static Heading> {
    if is_corrected {
        CorrectedImageRow::headings()
    } else {
        ImageRow::headings()
    }
}

/// The columns of Detections, with those for corrections if there are any.
pub(crate) fn detection_headings(is_corrected: bool) -> Vec<&'static Heading> {
    if is_corrected {
        CorrectedDetectionRow::headings()
    } else {
        DetectionRow::headings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names_are_unique_and_explained() {
        for headings in [
            image_headings(false),
            image_headings(true),
            detection_headings(false),
            detection_headings(true),
            CorrectionRow::headings(),
            FailureRow::headings(),
        ] {
            for (position, heading) in headings.iter().enumerate() {
                assert!(
                    !headings[..position].iter().any(|h| h.name == heading.name),
                    "{heading:?}"
                );
                assert!(heading.meaning.ends_with('.'), "{heading:?}");
                assert!(heading.width >= 8, "{heading:?}");
            }
        }
    }

    #[test]
    fn characters_that_xml_forbids_are_replaced_and_others_kept() {
        assert_eq!(
            Cell::text("a\u{1}b\u{ffff}"),
            Cell::Text("a\u{fffd}b\u{fffd}".into())
        );
        assert_eq!(Cell::text("tab\tline\n"), Cell::Text("tab\tline\n".into()));
        assert_eq!(Cell::text(""), Cell::Blank);
    }

    #[test]
    fn a_number_that_is_none_stays_blank() {
        assert_eq!(Cell::number(Some(f64::NAN)), Cell::Blank);
        assert_eq!(Cell::number(Some(f64::INFINITY)), Cell::Blank);
        assert_eq!(Cell::number(Some(-1.5)), Cell::Number(-1.5));
    }
}
