//! `report.html`: the summary, the plots and some pictures in one file that opens anywhere and
//! needs no network.

mod samples;

use std::io::Write as _;

use askama::Template;
use common::{
    Category, Counts, Label, MediaOutcome,
    figures::Figures,
    gallery::{RecordPlace, Row},
    plots::Plot,
};
use indicatif::HumanCount;

use super::{
    Inputs, Made, REPORT_HTML, Report, ReportError, ReportKind, Totals, record_row::RecordRow,
    staged_file::StagedFile,
};
use crate::run_facts::RunFacts;
use samples::{Sample, Samples};

pub(super) const KIND: ReportKind = ReportKind {
    name: REPORT_HTML,
    made: Made::Always,
    begin,
};

/// The report while the records pass by.
struct Overview {
    figures: Figures,
    samples: Samples,
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

fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let threshold = inputs.facts.options.threshold;
    Ok(Box::new(Overview {
        figures: Figures::new(threshold),
        samples: Samples::new(threshold),
        corrected: 0,
    }))
}

impl Report for Overview {
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError> {
        let threshold = self.figures.threshold();
        let facts = Row::of(row.record, 0, threshold, RecordPlace::default());
        self.figures.add(row.camera_folder, &facts, None);
        self.corrected += u64::from(row.correction.is_some());
        // What people disagree with is no example.
        let model = Label::from(facts.category_at(threshold));
        let is_agreed = row
            .correction
            .is_none_or(|correction| correction.label_at(&facts, threshold) == model);
        if let MediaOutcome::Processed(media) = &row.record.outcome
            && is_agreed
        {
            self.samples
                .consider(row.number, row.record, media, row.camera_folder);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, totals: &Totals<'_>) -> Result<StagedFile, ReportError> {
        let Inputs { folder, facts, .. } = totals.inputs;
        let page = Page {
            facts,
            counts: &facts.counts,
            inputs: names_of(facts),
            span: span(&self.figures),
            plots: Plot::all(&self.figures),
            samples: self.samples.load(totals.copies),
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
