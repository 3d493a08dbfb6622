//! What people say about results: this image shows something else, that box is wrong.
//!
//! Corrections stand beside what the model said and never replace it. They are kept as a list in
//! the order in which they were made; taking one back is another entry of the list, so nothing is
//! ever lost. What counts is read off the whole list: [`Corrections`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Category, Label, MediaPath, Threshold,
    gallery::{Row, Sighting},
};

/// One thing that somebody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Its place in the list, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The file, as the number of its row and of its record.
    pub media: u32,
    /// The same file by its path, for people.
    pub path: MediaPath,
    /// What was said.
    pub verdict: Verdict,
}

/// What can be said about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The image shows this. The same as the model's label confirms it.
    Shows(Label),
    /// The detection with this number, from 0 in the record's order, is wrong.
    WrongDetection(u16),
    /// What was said under this number is taken back.
    Undo(u32),
}

/// What counts of everything that was said about a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    list: Vec<Correction>,
    undone: BTreeSet<u32>,
    by_media: BTreeMap<u32, MediaCorrection>,
}

/// What counts of what was said about one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaCorrection {
    /// What the image shows, if that was said.
    pub label: Option<Label>,
    /// Numbers of the detections that are wrong.
    pub wrong: BTreeSet<u16>,
    /// When the last of it was said.
    pub at: Option<Timestamp>,
}

impl Corrections {
    /// What counts of a list in its order.
    #[must_use]
    pub fn of(list: Vec<Correction>) -> Self {
        let mut corrections = Self::default();
        corrections.extend(list);
        corrections
    }

    /// Adds what was said later.
    pub fn extend(&mut self, later: Vec<Correction>) {
        for entry in &later {
            if let Verdict::Undo(number) = entry.verdict {
                self.undone.insert(number);
            }
        }
        self.list.extend(later);
        self.by_media.clear();
        for entry in &self.list {
            if self.undone.contains(&entry.number) || matches!(entry.verdict, Verdict::Undo(_)) {
                continue;
            }
            let media = self.by_media.entry(entry.media).or_default();
            media.at = Some(entry.at);
            match entry.verdict {
                Verdict::Shows(label) => media.label = Some(label),
                Verdict::WrongDetection(number) => {
                    media.wrong.insert(number);
                }
                Verdict::Undo(_) => {}
            }
        }
    }

    /// The whole list, with what was taken back.
    #[must_use]
    pub fn list(&self) -> &[Correction] {
        &self.list
    }

    /// The number that the next entry gets.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.list
            .last()
            .map_or(1, |last| last.number.saturating_add(1))
    }

    /// The number of the last entry; 0 when there is none.
    #[must_use]
    pub fn last_number(&self) -> u32 {
        self.list.last().map_or(0, |last| last.number)
    }

    /// What counted when a number was the last.
    #[must_use]
    pub fn until(&self, number: u32) -> Self {
        let list = self.list.iter().filter(|entry| entry.number <= number);
        Self::of(list.cloned().collect())
    }

    /// Whether an entry was taken back.
    #[must_use]
    pub fn is_undone(&self, number: u32) -> bool {
        self.undone.contains(&number)
    }

    /// Whether nothing that was said counts.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.by_media.is_empty()
    }

    /// What counts about a file.
    #[must_use]
    pub fn about(&self, media: u32) -> Option<&MediaCorrection> {
        self.by_media.get(&media)
    }

    /// The files that something counts about, in their order.
    pub fn all(&self) -> impl Iterator<Item = (u32, &MediaCorrection)> {
        self.by_media.iter().map(|(media, said)| (*media, said))
    }
}

impl MediaCorrection {
    /// The image's label at a threshold: what was said, or what the detections that are not wrong
    /// add up to.
    #[must_use]
    pub fn label_at(&self, row: &Row, threshold: Threshold) -> Label {
        let counting = row.sightings_at(threshold).iter();
        self.label_of(counting.map(|found| found.category))
    }

    /// The same for the categories of the detections that count at a threshold, in their order.
    #[must_use]
    pub fn label_of(&self, counting: impl IntoIterator<Item = Category>) -> Label {
        self.label
            .unwrap_or_else(|| Category::leading(self.right(counting)).into())
    }

    /// The detections that count at a threshold and are not wrong.
    pub fn right_sightings<'a>(
        &'a self,
        row: &'a Row,
        threshold: Threshold,
    ) -> impl Iterator<Item = &'a Sighting> {
        self.right(row.sightings_at(threshold))
    }

    /// Those that are not wrong of the detections that count at a threshold, in their order.
    pub fn right<D>(&self, counting: impl IntoIterator<Item = D>) -> impl Iterator<Item = D> {
        let numbered = (0..).zip(counting);
        numbered.filter_map(|(number, found)| (!self.wrong.contains(&number)).then_some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: u32, media: u32, verdict: Verdict) -> Correction {
        Correction {
            number,
            at: Timestamp::from_second(i64::from(number)).unwrap(),
            media,
            path: MediaPath::from_display_name("a.jpg"),
            verdict,
        }
    }

    #[test]
    fn the_last_label_counts_and_taking_it_back_brings_the_one_before() {
        let mut all = Corrections::of(vec![
            said(1, 7, Verdict::Shows(Label::Animal)),
            said(2, 7, Verdict::Shows(Label::Blank)),
        ]);
        assert_eq!(all.about(7).unwrap().label, Some(Label::Blank));
        all.extend(vec![said(3, 7, Verdict::Undo(2))]);
        assert_eq!(all.about(7).unwrap().label, Some(Label::Animal));
        assert_eq!(all.about(7).unwrap().at, Timestamp::from_second(1).ok());
        all.extend(vec![said(4, 7, Verdict::Undo(1))]);
        assert!(all.is_blank() && all.about(7).is_none());
        assert_eq!((all.list().len(), all.next_number()), (4, 5));
        assert_eq!((all.last_number(), all.until(0).last_number()), (4, 0));
        let then = all.until(2);
        assert_eq!(then.about(7).unwrap().label, Some(Label::Blank));
    }

    #[test]
    fn wrong_detections_of_a_file_add_up() {
        let all = Corrections::of(vec![
            said(1, 0, Verdict::WrongDetection(0)),
            said(2, 0, Verdict::WrongDetection(2)),
            said(3, 0, Verdict::Undo(1)),
        ]);
        assert_eq!(all.about(0).unwrap().wrong, [2].into());
        assert_eq!(all.all().count(), 1);
        assert!(all.is_undone(1) && !all.is_undone(2));
    }

    #[test]
    fn a_verdict_is_read_back() {
        for verdict in [
            Verdict::Shows(Label::Blank),
            Verdict::WrongDetection(3),
            Verdict::Undo(9),
        ] {
            let text = serde_json::to_string(&said(1, 2, verdict)).unwrap();
            assert_eq!(
                serde_json::from_str::<Correction>(&text).unwrap().verdict,
                verdict
            );
        }
    }
}
