//! A model, and pictures of which it is known what the model finds on them.

use std::{collections::HashSet, fs, path::PathBuf};

use serde_json::Value;

use crate::{
    batch::{self, Shape},
    settings::Settings,
    trial::{Machine, Trial},
};

/// A model with pictures for it.
pub(crate) struct Workload {
    /// The model's id.
    pub(crate) model: String,
    /// The folder of models that it is in.
    pub(crate) models: PathBuf,
    /// Side of its canvas in pixels.
    pub(crate) canvas: u32,
    /// The pictures' size.
    pub(crate) shape: Shape,
    /// Pictures with something at or above the model's threshold.
    pub(crate) hits: Vec<Vec<u8>>,
    /// Pictures with nothing.
    pub(crate) blanks: Vec<Vec<u8>>,
}

impl Workload {
    /// Makes the pictures and lets the model sort them.
    pub(crate) fn make(
        settings: &Settings,
        machine: &Machine,
        (model, models, canvas): (String, PathBuf, u32),
        shape: Shape,
    ) -> anyhow::Result<Self> {
        let pictures = batch::pictures(&settings.home.join("sample.zip"), shape)?;
        let mut workload = Self {
            model,
            models,
            canvas,
            shape,
            hits: Vec::new(),
            blanks: Vec::new(),
        };
        let found = workload.found_in(machine, &pictures)?;
        for (number, picture) in pictures.into_iter().enumerate() {
            if found.contains(&batch::name(number)) {
                workload.hits.push(picture);
            } else {
                workload.blanks.push(picture);
            }
        }
        let (hits, blanks) = (workload.hits.len(), workload.blanks.len());
        anyhow::ensure!(
            hits > 0 && blanks > 0,
            "{}: {hits} hits and {blanks} blanks make no batch",
            workload.model
        );
        Ok(workload)
    }

    /// Names of the pictures with a detection at or above the threshold.
    fn found_in(&self, machine: &Machine, pictures: &[Vec<u8>]) -> anyhow::Result<HashSet<String>> {
        let zip = machine.scratch.join("probe.zip");
        batch::write(&zip, pictures.iter().map(Vec::as_slice))?;
        let out = machine.process(&Trial {
            workload: self,
            batch: &zip,
            annotate: "none",
            threads: 1,
        })?;
        let read = |name: &str| -> anyhow::Result<Value> {
            Ok(serde_json::from_slice(&fs::read(out.join(name))?)?)
        };
        let (run, results) = (read("run.json")?, read("megadetector.json")?);
        fs::remove_dir_all(&out)?;
        let threshold = run["options"]["threshold"].as_f64().unwrap_or(f64::NAN);
        let is_hit = |image: &&Value| {
            let detections = image["detections"].as_array();
            detections
                .into_iter()
                .flatten()
                .any(|found| found["conf"].as_f64().is_some_and(|conf| conf >= threshold))
        };
        let images = results["images"].as_array();
        Ok(images
            .into_iter()
            .flatten()
            .filter(is_hit)
            .filter_map(|image| image["file"].as_str().map(str::to_owned))
            .collect())
    }

    /// Bytes for each pixel of the pictures, on average.
    pub(crate) fn bytes_per_pixel(&self) -> f64 {
        let pictures = || self.hits.iter().chain(&self.blanks);
        let bytes: usize = pictures().map(Vec::len).sum();
        let pixels = f64::from(self.shape.width) * f64::from(self.shape.height);
        bytes as f64 / pictures().count() as f64 / pixels
    }

    /// What it is, for the head of a table.
    pub(crate) fn title(&self) -> String {
        let Shape { width, height, .. } = self.shape;
        let megapixels = f64::from(width) * f64::from(height) / 1e6;
        format!(
            "{} at {}, pictures of {megapixels:.0} megapixels, {:.2} bytes a pixel",
            self.model,
            self.canvas,
            self.bytes_per_pixel()
        )
    }
}
