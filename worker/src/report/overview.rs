//! `report.html`: the summary, the plots and some pictures in one file that opens anywhere and
//! needs no network.

mod samples;

use std::{io::Write as _, path::Path};

use askama::Template;
use common::{
    Category, Counts, Label, MediaOutcome, MediaRecord,
    correction::MediaCorrection,
    figures::Figures,
    gallery::{RecordPlace, Row},
    plots::Plot,
};
use indicatif::HumanCount;

use super::{REPORT_HTML, ReportError, copy_source::CopySource, staged_file::StagedFile};
use crate::run_facts::RunFacts;
use samples::{Sample, Samples};

/// The report while the records pass by.
pub(crate) struct Overview {
    figures: Figures,
    samples: Samples,
    record: usize,
    corrected: u64,
}

/// The page.
#[derive(Template)]
#[template(path = "report/report.html")]
struct Page<'a> {
    facts: &'a RunFacts,
    counts: &'a Counts,
    inputs: String,
    span: Option<String>,
    plots: Vec<Plot>,
    samples: Vec<Sample>,
    /// Images that people said something about; the numbers stay the model's.
    corrected: u64,
}

impl Overview {
    /// An empty report.
    pub(crate) fn new(facts: &RunFacts) -> Self {
        let threshold = facts.options.threshold;
        Self {
            figures: Figures::new(threshold),
            samples: Samples::new(threshold),
            record: 0,
            corrected: 0,
        }
    }

    /// Takes the next record in, which is of this camera and about which this was said.
    pub(crate) fn add(
        &mut self,
        record: &MediaRecord,
        camera: &str,
        said: Option<&MediaCorrection>,
    ) {
        let threshold = self.figures.threshold();
        let row = Row::of(record, 0, threshold, RecordPlace::default());
        self.figures.add(camera, &row, None);
        self.corrected += u64::from(said.is_some());
        // What people disagree with is no example.
        let model = Label::from(row.category_at(threshold));
        let is_agreed = said.is_none_or(|said| said.label_at(&row, threshold) == model);
        if let MediaOutcome::Processed(media) = &record.outcome
            && is_agreed
        {
            self.samples.consider(self.record, record, media, camera);
        }
        self.record += 1;
    }

    /// Writes the file.
    pub(crate) fn finish(
        self,
        facts: &RunFacts,
        copies: &dyn CopySource,
        folder: &Path,
    ) -> Result<StagedFile, ReportError> {
        let page = Page {
            facts,
            counts: &facts.counts,
            inputs: names_of(facts),
            span: span(&self.figures),
            plots: Plot::all(&self.figures),
            samples: self.samples.load(copies),
            corrected: self.corrected,
        };
        let mut file = StagedFile::create(folder, REPORT_HTML)?;
        let written = page
            .render()
            .map_err(std::io::Error::other)
            .and_then(|html| file.write_all(html.as_bytes()));
        written.map_err(ReportError::writing(REPORT_HTML))?;
        Ok(file)
    }
}

impl Page<'_> {
    /// A number as people read it: 12,345.
    fn number(count: &u64) -> String {
        HumanCount(*count).to_string()
    }

    /// Images with a category.
    fn images_with(&self, category: &Category) -> String {
        let images = self.counts.images_with.get(category);
        Self::number(images.unwrap_or(&0))
    }

    /// A number as a share of the images that were looked at.
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    fn share(&self, count: &u64) -> String {
        let of = self.counts.processed.max(1) as f64;
        format!("{:.1} %", *count as f64 * 100.0 / of)
    }

    fn share_with(&self, category: &Category) -> String {
        self.share(self.counts.images_with.get(category).unwrap_or(&0))
    }
}

/// The names of the inputs, the first few of them.
fn names_of(facts: &RunFacts) -> String {
    const MOST: usize = 5;
    let names = facts.inputs.iter().map(|input| input.name.as_str());
    let mut text = names.take(MOST).collect::<Vec<_>>().join(", ");
    if let Some(more) = facts
        .inputs
        .len()
        .checked_sub(MOST)
        .filter(|more| *more > 0)
    {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// From the first to the last day.
fn span(figures: &Figures) -> Option<String> {
    let (first, _) = figures.days.first_key_value()?;
    let (last, _) = figures.days.last_key_value()?;
    Some(if first == last {
        first.to_string()
    } else {
        format!("{first} to {last}")
    })
}
