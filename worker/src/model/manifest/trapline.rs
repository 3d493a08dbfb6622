//! The table `[trapline]`: what the zoo's layout cannot say. A key that is not known here is an
//! error, because it can only be a slip.

use std::collections::BTreeMap;

use common::Threshold;
use serde::Deserialize;

use super::source::Source;
use crate::model::{
    digest::Sha256,
    labels::{LabelError, LabelMeaning},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TraplineTable {
    pub(super) purpose: Option<String>,
    pub(super) notice: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) licence_url: Option<String>,
    pub(super) typical_threshold: Option<Threshold>,
    pub(super) conservative_threshold: Option<Threshold>,
    pub(super) accepted_sha256: Vec<Sha256>,
    pub(super) input: InputTable,
    pub(super) output: OutputTable,
    pub(super) categories: CategoriesTable,
    pub(super) source: Vec<Source>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct InputTable {
    pub(super) placement: Option<PlacementName>,
    pub(super) canvas: Option<CanvasName>,
    pub(super) stride: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PlacementName {
    Centred,
    TopLeft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CanvasName {
    Fixed,
    Rectangle,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OutputTable {
    pub(super) layout: Option<LayoutName>,
    pub(super) columns: Option<Vec<ColumnName>>,
    pub(super) unit: Option<UnitName>,
    pub(super) nms: Option<NmsName>,
    pub(super) whole_pixels: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LayoutName {
    Yolov5,
    Yolov8,
    YoloxRaw,
    Rows,
    RtdetrTriple,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ColumnName {
    X1,
    Y1,
    X2,
    Y2,
    CentreX,
    CentreY,
    Width,
    Height,
    Score,
    Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UnitName {
    CanvasPixels,
    Normalized,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NmsName {
    PerClass,
    AllClasses,
    None,
}

/// Labels by what they mean.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CategoriesTable {
    animal: Vec<String>,
    person: Vec<String>,
    vehicle: Vec<String>,
    species: Vec<String>,
    ignored: Vec<String>,
}

impl CategoriesTable {
    /// The stated meaning of each label.
    pub(super) fn into_meanings(self) -> Result<BTreeMap<String, LabelMeaning>, LabelError> {
        let lists = [
            (self.animal, LabelMeaning::Animal),
            (self.person, LabelMeaning::Person),
            (self.vehicle, LabelMeaning::Vehicle),
            (self.species, LabelMeaning::Species),
            (self.ignored, LabelMeaning::Ignored),
        ];
        let mut meanings = BTreeMap::new();
        for (labels, meaning) in lists {
            for label in labels {
                if meanings.insert(label.clone(), meaning).is_some() {
                    return Err(LabelError::StatedTwice(label));
                }
            }
        }
        Ok(meanings)
    }
}
