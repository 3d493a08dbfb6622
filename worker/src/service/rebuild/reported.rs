//! Pictures on which people saw somebody who is to be hidden, where the model saw nobody.

use std::{collections::HashSet, io};

use common::{
    Category, Label, MediaOutcome, MediaRecord,
    correction::{Corrections, MediaCorrection},
};

use super::kept_records::KeptRecords;
use crate::annotate::{self, AnnotateRule};

/// Such pictures, by the hashes of their content. Nobody said where somebody is, so no copy of them
/// may leave.
#[derive(Debug, Default)]
pub(super) struct Reported(HashSet<String>);

impl Reported {
    /// Those of a job of which people said this.
    pub(super) fn of(
        corrections: &Corrections,
        kept: &KeptRecords,
        rule: &AnnotateRule,
    ) -> io::Result<Self> {
        let is_about = |said: &MediaCorrection| hidden_label(said, rule).is_some();
        if !corrections.all().any(|(_, said)| is_about(said)) {
            return Ok(Self::default());
        }
        let mut hashes = HashSet::new();
        for (number, record) in (0..).zip(kept.read()) {
            let record = record?;
            let said = corrections.about(number);
            if said.is_some_and(|said| is_reported(&record, said, rule)) {
                hashes.extend(record.content_hash);
            }
        }
        Ok(Self(hashes))
    }

    /// Whether a record is about such a picture.
    pub(super) fn has(&self, record: &MediaRecord) -> bool {
        let hash = record.content_hash.as_ref();
        hash.is_some_and(|hash| self.0.contains(hash))
    }

    #[cfg(test)]
    pub(super) fn with(hash: &str) -> Self {
        Self([hash.to_owned()].into())
    }
}

fn is_reported(record: &MediaRecord, said: &MediaCorrection, rule: &AnnotateRule) -> bool {
    let MediaOutcome::Processed(media) = &record.outcome else {
        return false;
    };
    let Some(category) = hidden_label(said, rule) else {
        return false;
    };
    let mut hidden = annotate::hidden(&media.detections, rule);
    !hidden.any(|found| found.category == category)
}

/// What people saw, if it is to be hidden.
fn hidden_label(said: &MediaCorrection, rule: &AnnotateRule) -> Option<Category> {
    let category = match said.label? {
        Label::Animal => Category::Animal,
        Label::Person => Category::Person,
        Label::Vehicle => Category::Vehicle,
        Label::Blank => return None,
    };
    rule.blurred.contains(&category).then_some(category)
}
