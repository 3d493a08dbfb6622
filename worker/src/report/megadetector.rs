//! The detections in MegaDetector's batch format, version 1.6, as Timelapse and others read it:
//! <https://lila.science/megadetector-output-format>.
//!
//! The layout follows the reference program: one space of indentation, ASCII only, images
//! sorted by path, detections by confidence. There is no completion time, because the same
//! input shall give the same bytes.

mod image;
mod info;
mod layout;
mod summary;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use common::Category;
use serde::Serialize;
use serde_json::Serializer;

use super::{
    Inputs, MEGADETECTOR_JSON, Made, Report, ReportError, ReportKind, Totals,
    record_row::RecordRow, staged_file::StagedFile,
};
use crate::run_facts::RunFacts;
use image::Image;
use info::Info;
use layout::Layout;

pub(super) const KIND: ReportKind = ReportKind {
    name: MEGADETECTOR_JSON,
    made: Made::Always,
    begin,
};

/// `megadetector.json` being written, image by image.
struct MegadetectorFile<'f> {
    out: StagedFile,
    species: &'f BTreeMap<u16, String>,
    has_images: bool,
}

/// Starts the file with everything that stands before the images.
fn begin<'a>(inputs: &Inputs<'a>) -> Result<Box<dyn Report + 'a>, ReportError> {
    let mut out = StagedFile::create(inputs.folder, MEGADETECTOR_JSON)?;
    write_head(&mut out, inputs.facts).map_err(ReportError::writing(MEGADETECTOR_JSON))?;
    Ok(Box::new(MegadetectorFile {
        out,
        species: &inputs.facts.model.species,
        has_images: false,
    }))
}

impl Report for MegadetectorFile<'_> {
    /// Writes one image. Skipped files are not images and stay out.
    fn add(&mut self, row: &RecordRow<'_>) -> Result<(), ReportError> {
        let Some(image) = Image::of(row.record, self.species) else {
            return Ok(());
        };
        let separator: &[u8] = if self.has_images { b",\n  " } else { b"\n  " };
        self.has_images = true;
        self.out
            .write_all(separator)
            .and_then(|()| write_value(&mut self.out, 2, &image))
            .map_err(ReportError::writing(MEGADETECTOR_JSON))
    }

    fn finish(mut self: Box<Self>, _: &Totals<'_>) -> Result<StagedFile, ReportError> {
        let end: &[u8] = if self.has_images {
            b"\n ]\n}\n"
        } else {
            b"]\n}\n"
        };
        self.out
            .write_all(end)
            .map_err(ReportError::writing(MEGADETECTOR_JSON))?;
        Ok(self.out)
    }
}

fn write_head(out: &mut impl Write, facts: &RunFacts) -> io::Result<()> {
    let categories: BTreeMap<_, _> = Category::ALL
        .map(|category| (category.megadetector_id(), category.name()))
        .into();
    out.write_all(b"{\n \"info\": ")?;
    write_value(out, 1, &Info::of(facts))?;
    out.write_all(b",\n \"detection_categories\": ")?;
    write_value(out, 1, &categories)?;
    if !facts.model.species.is_empty() {
        out.write_all(b",\n \"classification_categories\": ")?;
        write_value(out, 1, &facts.model.species)?;
    }
    out.write_all(b",\n \"images\": [")
}

/// Writes a value that stands at this depth of the file.
fn write_value(out: &mut impl Write, depth: usize, value: &impl Serialize) -> io::Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(out, Layout::at(depth)))
        .map_err(io::Error::from)
}
