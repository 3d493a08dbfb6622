//! The Summary sheet: counts that add up, the model, the time span, the cameras.

use common::{Category, time_span::TimeSpan};
use rust_xlsxwriter::XlsxError;

use super::notes::NoteSheet;
use crate::{
    report::{
        columns::{Cell, Label},
        survey::{CameraTally, Survey},
    },
    run_facts::{Counts, RunFacts},
};

/// Writes the whole sheet.
pub(super) fn write(
    notes: &mut NoteSheet<'_>,
    facts: &RunFacts,
    survey: &Survey,
) -> Result<(), XlsxError> {
    notes.title("Trapline results")?;
    if let Some(notice) = &facts.model.notice {
        notes.notice(notice)?;
    }
    write_files(notes, &survey.counts)?;
    write_labels(notes, survey)?;
    write_detections(notes, &survey.counts)?;
    write_sheets(notes, &survey.counts)?;
    write_reasons(notes, &survey.counts)?;
    write_model(notes, facts)?;
    write_times(notes, survey)?;
    write_cameras(notes, survey)
}

fn write_files(notes: &mut NoteSheet<'_>, counts: &Counts) -> Result<(), XlsxError> {
    notes.heading("Files in = processed + failed + skipped")?;
    notes.count("Images processed", counts.processed)?;
    notes.count("Images failed", counts.failed)?;
    notes.count("Files skipped (not images)", counts.skipped)?;
    notes.count("Files in", counts.files)
}

fn write_labels(notes: &mut NoteSheet<'_>, survey: &Survey) -> Result<(), XlsxError> {
    notes.heading(
        "Images by what they show (each image once: animal before person before vehicle)",
    )?;
    for label in Label::ALL {
        notes.label_line(label, &[Cell::count(survey.all.with(label))])?;
    }
    notes.count("Images", survey.all.images)?;
    notes.count(
        "of them exact duplicates of another image",
        survey.counts.duplicates,
    )?;
    notes.count(
        "of them truncated files, read as far as they go",
        survey.counts.truncated,
    )
}

fn write_detections(notes: &mut NoteSheet<'_>, counts: &Counts) -> Result<(), XlsxError> {
    notes.heading("Detections at or above the threshold (an image can show several categories)")?;
    notes.header(&["category", "images", "detections"])?;
    for category in Category::ALL {
        let images = counts.images_with.get(&category).copied().unwrap_or(0);
        let detections = counts.detections.get(&category).copied().unwrap_or(0);
        notes.label_line(
            Label::Category(category),
            &[Cell::count(images), Cell::count(detections)],
        )?;
    }
    Ok(())
}

fn write_sheets(notes: &mut NoteSheet<'_>, counts: &Counts) -> Result<(), XlsxError> {
    notes.heading("Rows of the sheets")?;
    notes.count(
        "Images: processed + failed",
        counts.processed + counts.failed,
    )?;
    notes.count(
        "Detections: all categories",
        counts.detections.values().sum(),
    )?;
    notes.count("Failures: failed + skipped", counts.failed + counts.skipped)
}

fn write_reasons(notes: &mut NoteSheet<'_>, counts: &Counts) -> Result<(), XlsxError> {
    if counts.failed + counts.skipped == 0 {
        return Ok(());
    }
    notes.heading("Why files were not processed")?;
    for (code, count) in &counts.failures {
        notes.line(
            code.code(),
            &[
                Cell::count(*count),
                Cell::text("failed"),
                Cell::text(code.advice()),
            ],
        )?;
    }
    for (reason, count) in &counts.skips {
        notes.line(
            reason.code(),
            &[
                Cell::count(*count),
                Cell::text("skipped"),
                Cell::text(reason.explanation()),
            ],
        )?;
    }
    Ok(())
}

fn write_model(notes: &mut NoteSheet<'_>, facts: &RunFacts) -> Result<(), XlsxError> {
    notes.heading("Model")?;
    notes.line(
        "Threshold",
        &[Cell::Number(facts.options.threshold.value())],
    )?;
    notes.line("Model", &[Cell::text(&facts.model.display_name)])?;
    notes.line("Model id", &[Cell::text(&facts.model.id)])?;
    notes.line(
        "Version",
        &[Cell::maybe_text(facts.model.version.as_deref())],
    )?;
    notes.line("Licence", &[Cell::text(&facts.model.licence)])
}

fn write_times(notes: &mut NoteSheet<'_>, survey: &Survey) -> Result<(), XlsxError> {
    notes.heading("Time span (the cameras' own clocks)")?;
    let [first, last] = span_cells(survey.all.span);
    notes.line("First capture", &[first])?;
    notes.line("Last capture", &[last])?;
    notes.count("Images without a time", survey.without_time)
}

fn write_cameras(notes: &mut NoteSheet<'_>, survey: &Survey) -> Result<(), XlsxError> {
    notes.heading("Cameras (folders), and how many of their images show what (each image once)")?;
    let mut names = vec!["camera_folder", "images", "first capture", "last capture"];
    names.extend(Label::ALL.map(Label::name));
    notes.header(&names)?;
    for (folder, tally) in &survey.cameras {
        let name = if folder.is_empty() {
            "(no folder)"
        } else {
            folder
        };
        write_tally(notes, name, tally)?;
    }
    if survey.further_cameras.images > 0 {
        let name = format!(
            "(folders past the first {}, together)",
            survey.cameras.len()
        );
        write_tally(notes, &name, &survey.further_cameras)?;
    }
    write_tally(notes, "All cameras", &survey.all)
}

fn write_tally(
    notes: &mut NoteSheet<'_>,
    name: &str,
    tally: &CameraTally,
) -> Result<(), XlsxError> {
    let [first, last] = span_cells(tally.span);
    let mut cells = vec![Cell::count(tally.images), first, last];
    cells.extend(Label::ALL.map(|label| Cell::count(tally.with(label))));
    notes.line(name, &cells)
}

fn span_cells(span: Option<TimeSpan>) -> [Cell<'static>; 2] {
    span.map_or([Cell::Blank, Cell::Blank], |span| {
        [Cell::Moment(span.first), Cell::Moment(span.last)]
    })
}
