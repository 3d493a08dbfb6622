//! The Settings sheet: what the results were made with, and how to read the tables. Facts that
//! differ from run to run, such as times and the device, stand in `run.json` alone.

use common::archive::{ArchiveNames, ChosenBy};
use rust_xlsxwriter::XlsxError;

use super::notes::NoteSheet;
use crate::{
    report::columns::{Cell, FailureRow, Heading, TableRow, detection_headings, image_headings},
    run_facts::{AnnotateChoice, RunFacts, RunOptions},
};

/// Writes the whole sheet.
pub(super) fn write(
    notes: &mut NoteSheet<'_>,
    facts: &RunFacts,
    is_corrected: bool,
) -> Result<(), XlsxError> {
    notes.align_values()?;
    notes.title("Settings")?;
    write_model(notes, facts)?;
    write_options(notes, &facts.options)?;
    notes.heading("Inputs")?;
    notes.header(&["name", "files"])?;
    for input in &facts.inputs {
        notes.line(&input.name, &[Cell::count(input.files)])?;
    }
    write_names(notes, &facts.names)?;
    write_reading(notes)?;
    if is_corrected {
        notes.sentence("What people said about the results stands in columns of its own, the last of Images and Detections, and in corrections.csv; no other column and no count is changed by it.")?;
    }
    write_columns(
        notes,
        "Columns of Images and images.csv",
        &image_headings(is_corrected),
    )?;
    write_columns(
        notes,
        "Columns of Detections and detections.csv",
        &detection_headings(is_corrected),
    )?;
    write_columns(notes, "Columns of Failures", &FailureRow::headings())
}

/// In which character sets names were read, where that had to be decided.
fn write_names(notes: &mut NoteSheet<'_>, names: &[ArchiveNames]) -> Result<(), XlsxError> {
    if names.is_empty() {
        return Ok(());
    }
    notes.heading("Names in zips that are not Unicode")?;
    notes.header(&["zip", "character set, and a name as it was read"])?;
    for ArchiveNames { input, names } in names {
        let chosen_by = match names.chosen_by {
            ChosenBy::Detected => "detected",
            ChosenBy::User => "chosen",
        };
        let read = format!("{} ({chosen_by}): {}", names.encoding, names.sample);
        notes.line(input, &[Cell::text(&read)])?;
    }
    notes.sentence("If a name is not as it should be, run the pictures again with the character set of your Windows: --names, or the upload's options.")
}

fn write_model(notes: &mut NoteSheet<'_>, facts: &RunFacts) -> Result<(), XlsxError> {
    let model = &facts.model;
    notes.heading("Versions")?;
    notes.line("Trapline", &[Cell::text(&facts.trapline_version)])?;
    notes.line("Model id", &[Cell::text(&model.id)])?;
    notes.line("Model name", &[Cell::text(&model.display_name)])?;
    notes.line(
        "Model version",
        &[Cell::maybe_text(model.version.as_deref())],
    )?;
    notes.line("Model SHA-256", &[Cell::text(&model.sha256)])?;
    notes.line("Model licence", &[Cell::text(&model.licence)])?;
    notes.line("Model notice", &[Cell::maybe_text(model.notice.as_deref())])?;
    notes.line(
        "Model image size (pixels)",
        &[Cell::count(model.image_size.into())],
    )?;
    notes.line(
        "Model's usual threshold",
        &[Cell::Number(model.typical_threshold.value())],
    )?;
    notes.line(
        "Model's cautious threshold",
        &[Cell::Number(model.conservative_threshold.value())],
    )
}

fn write_options(notes: &mut NoteSheet<'_>, options: &RunOptions) -> Result<(), XlsxError> {
    let blurred: Vec<&str> = options
        .blur
        .iter()
        .map(|category| category.plural())
        .collect();
    let blurred = if blurred.is_empty() {
        "nothing".to_owned()
    } else {
        blurred.join(", ")
    };
    let annotated = match options.annotate {
        AnnotateChoice::All => "all processed images",
        AnnotateChoice::Detections => "images with a detection at or above the threshold",
        AnnotateChoice::None => "no images",
    };
    let decoding = if options.full_decode {
        "in full"
    } else {
        "at a cheaper scale where the model allows"
    };
    notes.heading("Options")?;
    notes.line("Threshold", &[Cell::Number(options.threshold.value())])?;
    notes.line("Annotated copies of", &[Cell::text(annotated)])?;
    notes.line("Made unrecognisable in copies", &[Cell::text(&blurred)])?;
    notes.line(
        "Copies of the originals",
        &[Cell::yes_no(options.originals)],
    )?;
    notes.line(
        "GPS positions dropped from annotated copies",
        &[Cell::yes_no(options.strip_gps || options.round_positions)],
    )?;
    notes.line(
        "GPS positions rounded to a hundredth of a degree",
        &[Cell::yes_no(options.round_positions)],
    )?;
    let csv_text = if options.csv_plain {
        "as it is"
    } else {
        "with a ' before what spreadsheet programs would run as a formula"
    };
    notes.line("Text in CSV files", &[Cell::text(csv_text)])?;
    notes.line("Images decoded", &[Cell::text(decoding)])
}

fn write_reading(notes: &mut NoteSheet<'_>) -> Result<(), XlsxError> {
    notes.heading("How to read the tables")?;
    for sentence in [
        "Images has a row for every image, processed or failed; files that were skipped stand in Failures.",
        "Detections and all counts hold detections at or above the threshold; megadetector.json keeps all from 0.005 up.",
        "Confidences and boxes are cut, not rounded, to 3 and 4 decimals, as in megadetector.json.",
        "Boxes are shares of the upright image, measured from its top left corner.",
        "Times are those of the camera's own clock; none is guessed.",
        "Positions that the cameras wrote stand in Images and images.csv, whatever was dropped from copies.",
        "Excel opens at most 65,530 links on a sheet; paths of further annotated copies are plain text.",
        "Unless the option says that text in CSV files is as it is: text there that begins with = + - @, a tab or a line break, or with such behind one or more ', has a ' before it, so that no program runs it as a formula. Numbers with a sign have none.",
    ] {
        notes.sentence(sentence)?;
    }
    Ok(())
}

fn write_columns(
    notes: &mut NoteSheet<'_>,
    title: &str,
    headings: &[&Heading],
) -> Result<(), XlsxError> {
    notes.heading(title)?;
    notes.header(&["column", "meaning"])?;
    headings
        .iter()
        .try_for_each(|heading| notes.line(heading.name, &[Cell::text(heading.meaning)]))
}
