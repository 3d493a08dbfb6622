//! What is to be said about names that were not in Unicode.

use serde::{Deserialize, Serialize};

use super::NameEncoding;
use crate::path::MediaPath;

/// Longest sample, in characters.
const SAMPLE_CHARACTERS: usize = 120;

/// In which character set the names of an archive were read that are not UTF-8, and how such a
/// name reads then: whoever knows the folder sees at once whether it was the right one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegacyNames {
    /// The character set.
    pub encoding: NameEncoding,
    /// Who chose it.
    pub chosen_by: ChosenBy,
    /// The first of these names.
    pub sample: String,
}

/// The same, of one input of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveNames {
    /// The archive's own name.
    pub input: String,
    /// How its names were read.
    #[serde(flatten)]
    pub names: LegacyNames,
}

/// Who chose a character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChosenBy {
    /// This program, by how likely the names are.
    Detected,
    /// Who gave the archive.
    User,
}

impl LegacyNames {
    pub(super) fn new(encoding: NameEncoding, is_chosen: bool, sample: &MediaPath) -> Self {
        Self {
            encoding,
            chosen_by: if is_chosen {
                ChosenBy::User
            } else {
                ChosenBy::Detected
            },
            sample: sample.as_str().chars().take(SAMPLE_CHARACTERS).collect(),
        }
    }
}
