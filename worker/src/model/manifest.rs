//! A model's manifest: the layout of the public SPARROW-Engine zoo, so that its detectors drop
//! in unchanged, with Trapline's additions in a table of their own. `docs/MODELS.md` lists
//! every key. Parsed and checked once; what comes out is only valid.

mod error;
mod input;
mod output;
pub mod source;
mod tables;
mod trapline;
mod weights;

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use common::Threshold;

pub use self::{error::ManifestError, source::Source, weights::Weights};
use self::{
    error::Origin,
    tables::{ModelTable, PostprocessingTable, PreprocessingTable, ProvenanceTable, Tables},
    trapline::TraplineTable,
};
use crate::model::{
    ModelId,
    contract::{Contract, InputRule, OutputRule},
    labels::{LabelFormat, LabelMeaning, class_meanings},
};

/// A checked manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The model's id.
    pub id: ModelId,
    /// The name for people.
    pub display_name: String,
    /// The model's version.
    pub version: Option<String>,
    /// What the model is, in its maker's words.
    pub description: Option<String>,
    /// What it is good for, in one line.
    pub purpose: Option<String>,
    /// What to know before trusting it.
    pub notice: Option<String>,
    /// Under which terms it may be used.
    pub licence: Licence,
    /// The file with the weights.
    pub weights: Weights,
    /// How pixels become the input tensor.
    pub input: InputRule,
    /// How output tensors become boxes.
    pub output: OutputRule,
    /// The labels file, below the model's folder.
    pub labels_file: String,
    /// How the labels file is written.
    pub label_format: LabelFormat,
    /// Threshold at which the model is usually used.
    pub typical_threshold: Threshold,
    /// Threshold that misses little.
    pub conservative_threshold: Threshold,
    /// Where the model can be had, best first.
    pub sources: Vec<Source>,
    species_direct: bool,
    stated_meanings: BTreeMap<String, LabelMeaning>,
    origin: String,
}

/// Under which terms a model may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// SPDX id, or the manifest's own words.
    pub name: String,
    /// Where it can be read.
    pub url: Option<String>,
}

impl Manifest {
    /// Reads a manifest. `origin` (its path) is what errors call it. `additions` is another
    /// manifest of the same model whose `[trapline]` table is used if this one has none: the
    /// zoo's own manifests know neither licence nor usual thresholds.
    ///
    /// # Errors
    /// When it is not TOML, lacks a required key, holds a value out of range, or describes a
    /// model that Trapline cannot run.
    pub fn parse(text: &str, origin: &str, additions: Option<&str>) -> Result<Self, ManifestError> {
        let at = Origin(origin);
        let mut tables = read_tables(text, at)?;
        if tables.trapline.is_none()
            && let Some(additions) = additions
        {
            tables.trapline = read_tables(additions, at)?.trapline;
            drop_letterbox_of_stretch(&mut tables);
        }
        let ours = tables.trapline.take().unwrap_or_default();
        check_use(&tables, at)?;
        let id = read_id(&tables.model, at)?;
        let precision = tables.inference.precision.as_deref();
        let (typical_threshold, conservative_threshold) =
            read_thresholds(&tables.postprocessing, &ours, at)?;
        check_sources(&ours.source, at)?;
        Ok(Self {
            weights: Weights::read(&tables.model, precision, &ours.accepted_sha256, at)?,
            input: input::read(&tables.preprocessing, &ours.input, at)?,
            output: output::read(&tables.postprocessing, &ours.output, at)?,
            labels_file: file_name(tables.labels.file.as_deref(), "[labels] file", at)?,
            label_format: tables.labels.format,
            licence: read_licence(&ours, tables.provenance),
            display_name: tables.model.display_name.unwrap_or_else(|| id.to_string()),
            id,
            version: tables.model.version,
            description: tables.model.description,
            purpose: ours.purpose,
            notice: ours.notice,
            typical_threshold,
            conservative_threshold,
            sources: ours.source,
            species_direct: tables.model.species_direct,
            stated_meanings: ours
                .categories
                .into_meanings()
                .map_err(|error| at.labels(error))?,
            origin: origin.to_owned(),
        })
    }

    /// The contract of the model with these labels.
    ///
    /// # Errors
    /// When it is not known what a label means.
    pub fn contract(&self, labels: &[String]) -> Result<Contract, ManifestError> {
        let classes = class_meanings(labels, self.species_direct, &self.stated_meanings)
            .map_err(|error| Origin(&self.origin).labels(error))?;
        Ok(Contract {
            input: self.input.clone(),
            output: self.output.clone(),
            classes,
        })
    }
}

fn read_tables(text: &str, origin: Origin<'_>) -> Result<Tables, ManifestError> {
    toml::from_str(text).map_err(|error| ManifestError::Syntax {
        origin: origin.0.to_owned(),
        source: Box::new(error),
    })
}

/// Additions speak of the letterbox that Trapline's own manifest describes; a manifest that came
/// with the weights and stretches instead knows its weights better.
fn drop_letterbox_of_stretch(tables: &mut Tables) {
    if tables.preprocessing.method.as_deref() != Some("letterbox")
        && let Some(ours) = &mut tables.trapline
    {
        ours.input = Default::default();
    }
}

fn read_id(model: &ModelTable, origin: Origin<'_>) -> Result<ModelId, ManifestError> {
    const KEY: &str = "[model] id";
    let id = model.id.as_deref().ok_or_else(|| origin.missing(KEY))?;
    ModelId::parse(id).map_err(|error| {
        origin.bad(
            KEY,
            error.0,
            "up to 100 letters, digits, '.', '_' and '-', no dot in front",
        )
    })
}

/// Refuses models that are not run the way Trapline runs them: one whole picture at a time,
/// boxes out.
fn check_use(tables: &Tables, origin: Origin<'_>) -> Result<(), ManifestError> {
    if let Some(strategy) = tables
        .inference
        .strategy
        .as_deref()
        .filter(|s| *s != "single")
    {
        let reason = "Trapline shows the model the whole picture at once ('single')";
        return Err(origin.unsupported("[inference] strategy", strategy, reason));
    }
    if tables.model.subtype.as_deref() == Some("overhead") {
        let reason = "it finds points in pictures from above, and Trapline reports boxes";
        return Err(origin.unsupported("[model] subtype", "overhead", reason));
    }
    Ok(())
}

/// A relative path that stays below the model's folder.
fn file_name(
    name: Option<&str>,
    key: &'static str,
    origin: Origin<'_>,
) -> Result<String, ManifestError> {
    let name = name.ok_or_else(|| origin.missing(key))?;
    let plain = |part| matches!(part, Component::Normal(_));
    // Backslashes and drive letters would mean something else on another system.
    let portable = !name.is_empty() && !name.contains(['\\', ':', '\0']);
    if !portable || !Path::new(name).components().all(plain) {
        return Err(origin.unsafe_file(key, name));
    }
    Ok(name.to_owned())
}

/// The thresholds that the manifest states; else the zoo's confidence threshold; else the ones
/// MegaDetector uses for a detector it does not know, 0.2 and 0.1.
fn read_thresholds(
    table: &PostprocessingTable,
    ours: &TraplineTable,
    origin: Origin<'_>,
) -> Result<(Threshold, Threshold), ManifestError> {
    const KEY: &str = "[postprocessing] confidence_threshold";
    let read =
        |value: f64| Threshold::new(value).map_err(|error| origin.bad(KEY, error.0, "0 to 1"));
    let zoo = table.confidence_threshold.map(read).transpose()?;
    let typical = match ours.typical_threshold.or(zoo) {
        Some(typical) => typical,
        None => read(0.2)?,
    };
    let conservative = match ours.conservative_threshold {
        Some(conservative) => conservative,
        None => read(0.1)?.min(typical),
    };
    if conservative > typical {
        let expected = "no higher than the typical threshold";
        let key = "[trapline] conservative_threshold";
        return Err(origin.bad(key, conservative.value(), expected));
    }
    Ok((typical, conservative))
}

fn read_licence(ours: &TraplineTable, provenance: ProvenanceTable) -> Licence {
    let stated = ours.licence.clone().or(match provenance.license {
        Some(toml::Value::String(name)) => Some(name),
        _ => None,
    });
    let name = stated
        .unwrap_or_else(|| "not stated; see the licence file in the model's folder".to_owned());
    Licence {
        name,
        url: ours.licence_url.clone(),
    }
}

fn check_sources(sources: &[Source], origin: Origin<'_>) -> Result<(), ManifestError> {
    let web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    match sources.iter().filter_map(Source::url).find(|url| !web(url)) {
        Some(url) => Err(origin.bad("[[trapline.source]] url", url, "an http or https address")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
