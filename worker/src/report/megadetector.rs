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
    path::Path,
};

use common::{Category, MediaRecord};
use serde::Serialize;
use serde_json::Serializer;

use super::{MEGADETECTOR_JSON, ReportError, staged_file::StagedFile};
use crate::run_facts::RunFacts;
use image::Image;
use info::Info;
use layout::Layout;

/// `megadetector.json` being written, image by image.
pub(crate) struct MegadetectorFile<'f> {
    out: StagedFile,
    species: &'f BTreeMap<u16, String>,
    has_images: bool,
}

impl<'f> MegadetectorFile<'f> {
    /// Starts the file with everything that stands before the images.
    pub(crate) fn create(folder: &Path, facts: &'f RunFacts) -> Result<Self, ReportError> {
        let mut out = StagedFile::create(folder, MEGADETECTOR_JSON)?;
        write_head(&mut out, facts).map_err(ReportError::writing(MEGADETECTOR_JSON))?;
        Ok(Self {
            out,
            species: &facts.model.species,
            has_images: false,
        })
    }

    /// Writes one image. Skipped files are not images and stay out.
    pub(crate) fn add(&mut self, record: &MediaRecord) -> Result<(), ReportError> {
        let Some(image) = Image::of(record, self.species) else {
            return Ok(());
        };
        let separator: &[u8] = if self.has_images { b",\n  " } else { b"\n  " };
        self.has_images = true;
        self.out
            .write_all(separator)
            .and_then(|()| write_value(&mut self.out, 2, &image))
            .map_err(ReportError::writing(MEGADETECTOR_JSON))
    }

    /// Gives the complete file back, to be published.
    pub(crate) fn finish(mut self) -> Result<StagedFile, ReportError> {
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
