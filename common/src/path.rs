//! The path of a file inside an upload: for reading by people and for naming outputs, never for
//! reaching outside a folder.

use serde::{Deserialize, Serialize};

/// A relative path with `/` between its parts. It has at least one part; no part is blank,
/// `.`, `..`, or holds a control character, so joining it to a folder stays inside the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaPath(String);

impl MediaPath {
    /// Makes a safe path of any name: backslashes become `/`, drive letters, leading slashes,
    /// `.` and `..` are dropped, control characters become `_`.
    #[must_use]
    pub fn from_display_name(name: &str) -> Self {
        let unified = name.replace('\\', "/");
        let parts: Vec<String> = unified
            .split('/')
            .filter(|part| !matches!(*part, "" | "." | ".."))
            .map(|part| {
                part.chars()
                    .map(|c| if c.is_control() { '_' } else { c })
                    .collect()
            })
            .collect();
        if parts.is_empty() {
            Self("_".to_owned())
        } else {
            Self(parts.join("/"))
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What follows the last dot of the file name, if anything does.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let (stem, extension) = self.file_name().rsplit_once('.')?;
        (!stem.is_empty() && !extension.is_empty()).then_some(extension)
    }

    /// The folders above the file, outermost first.
    pub fn parent_components(&self) -> impl Iterator<Item = &str> {
        self.0
            .rsplit_once('/')
            .map(|(parent, _)| parent)
            .into_iter()
            .flat_map(|p| p.split('/'))
    }
}

impl std::fmt::Display for MediaPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
