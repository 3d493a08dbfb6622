//! What the first line of a journal says.

use serde::{Deserialize, Serialize};

use crate::run_facts::RunOptions;

/// What a journal is about. Records may only be taken over by a run whose header differs in the
/// version of the program alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalHeader {
    /// Version of what stands in this file, and of how it came about.
    pub format: u32,
    /// Version of the program that began it. Another one goes on with it all the same.
    pub trapline_version: String,
    /// SHA-256 of the model.
    pub model_sha256: String,
    /// What the run was asked to do.
    pub options: RunOptions,
    /// Fingerprint of the listed input files.
    pub input_fingerprint: String,
}

impl JournalHeader {
    /// The current format. It is raised when records are written in another way, and when files are
    /// looked at or copies drawn so differently that a package must not have some of each.
    pub const FORMAT: u32 = 2;

    /// What differs between two headers, in words, for people who try to resume.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        if self.format != other.format {
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

#[cfg(test)]
impl JournalHeader {
    /// One that tests change.
    pub(super) fn sample() -> Self {
        use crate::run_facts::AnnotateChoice;

        Self {
            format: Self::FORMAT,
            trapline_version: "1".to_owned(),
            model_sha256: "abc".to_owned(),
            options: RunOptions {
                threshold: "0.2".parse().unwrap(),
                blur: Vec::new(),
                annotate: AnnotateChoice::None,
                originals: false,
                strip_gps: false,
                round_positions: false,
                csv_plain: false,
                names: None,
                full_decode: false,
            },
            input_fingerprint: "in".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_goes_on_where_the_format_is_the_same() {
        let mut newer = JournalHeader::sample();
        newer.trapline_version = "2".to_owned();
        assert_eq!(JournalHeader::sample().difference(&newer), None);
        newer.format += 1;
        assert_eq!(
            JournalHeader::sample().difference(&newer),
            Some("the version of the program")
        );
        let mut other = JournalHeader::sample();
        other.model_sha256 = "def".to_owned();
        assert_eq!(
            JournalHeader::sample().difference(&other),
            Some("the model")
        );
    }
}
