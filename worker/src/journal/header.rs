//! What the first line of a journal says.

use serde::{Deserialize, Serialize};

use crate::run_facts::RunOptions;

/// What a journal is about. Records may only be taken over by a run with an equal header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalHeader {
    /// Version of this file's layout.
    pub format: u32,
    /// Version of the program, since another one may see or draw things differently.
    pub trapline_version: String,
    /// SHA-256 of the model.
    pub model_sha256: String,
    /// What the run was asked to do.
    pub options: RunOptions,
    /// Fingerprint of the listed input files.
    pub input_fingerprint: String,
}

impl JournalHeader {
    /// The current layout.
    pub const FORMAT: u32 = 2;

    /// What differs between two headers, in words, for people who try to resume.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        if self.format != other.format || self.trapline_version != other.trapline_version {
            Some("the version of the program")
        } else if self.options.names != other.options.names {
            Some("the character set of names (--names)")
        } else if self.input_fingerprint != other.input_fingerprint {
            Some("the input files")
        } else if self.model_sha256 != other.model_sha256 {
            Some("the model")
        } else if self.options != other.options {
            Some(
                "the options (threshold, blur, annotate, originals, strip-gps, round-positions or decode)",
            )
        } else {
            None
        }
    }
}
