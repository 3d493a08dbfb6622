//! What can be wrong with a manifest. Every text names the file and the key.

use crate::model::labels::LabelError;

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not TOML, or a value has the wrong type; the source names the line and key.
    #[error("{origin} cannot be read as a manifest")]
    Syntax {
        /// The manifest's path.
        origin: String,
        /// What the TOML reader says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A required key is not there.
    #[error("{origin} lacks the required key {key}")]
    MissingKey {
        /// The manifest's path.
        origin: String,
        /// Table and key.
        key: &'static str,
    },
    /// A value makes no sense.
    #[error("{origin}: {key} is '{value}', but must be {expected}")]
    BadValue {
        /// The manifest's path.
        origin: String,
        /// Table and key.
        key: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// The manifest is right, but Trapline cannot run such a model.
    #[error("{origin}: {key} = '{value}' is not supported: {reason}")]
    Unsupported {
        /// The manifest's path.
        origin: String,
        /// Table and key.
        key: &'static str,
        /// What stands there.
        value: String,
        /// Why not.
        reason: &'static str,
    },
    /// A file name that would leave the model's folder.
    #[error("{origin}: {key} = '{value}' must name a file inside the model's folder")]
    UnsafeFile {
        /// The manifest's path.
        origin: String,
        /// Table and key.
        key: &'static str,
        /// What stands there.
        value: String,
    },
    /// The labels do not fit.
    #[error("{origin}: {reason}")]
    Labels {
        /// The manifest's path.
        origin: String,
        /// What is wrong with them.
        reason: LabelError,
    },
}

/// Where a manifest comes from; makes errors that say so.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a>(pub(super) &'a str);

impl Origin<'_> {
    pub(super) fn missing(self, key: &'static str) -> ManifestError {
        ManifestError::MissingKey {
            origin: self.0.to_owned(),
            key,
        }
    }

    pub(super) fn bad(
        self,
        key: &'static str,
        value: impl ToString,
        expected: &'static str,
    ) -> ManifestError {
        ManifestError::BadValue {
            origin: self.0.to_owned(),
            key,
            value: value.to_string(),
            expected,
        }
    }

    pub(super) fn unsupported(
        self,
        key: &'static str,
        value: impl ToString,
        reason: &'static str,
    ) -> ManifestError {
        ManifestError::Unsupported {
            origin: self.0.to_owned(),
            key,
            value: value.to_string(),
            reason,
        }
    }

    pub(super) fn unsafe_file(self, key: &'static str, value: &str) -> ManifestError {
        ManifestError::UnsafeFile {
            origin: self.0.to_owned(),
            key,
            value: value.to_owned(),
        }
    }

    pub(super) fn labels(self, reason: LabelError) -> ManifestError {
        ManifestError::Labels {
            origin: self.0.to_owned(),
            reason,
        }
    }
}
