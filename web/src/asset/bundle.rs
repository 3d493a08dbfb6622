//! Scripts and styles that belong together. Scripts import each other by relative addresses, so one
//! hash stands for all of them, in the path before their names.

use std::sync::LazyLock;

/// A file of a bundle.
pub(crate) struct Part {
    /// Its name, after the hash.
    pub(crate) name: &'static str,
    /// Its content.
    pub(crate) text: &'static str,
}

impl Part {
    /// Its media type.
    pub(crate) fn media_type(&self) -> &'static str {
        if self.name.ends_with(".css") {
            "text/css; charset=utf-8"
        } else {
            "text/javascript; charset=utf-8"
        }
    }
}

/// Scripts and styles that belong together.
pub(crate) struct Bundle {
    /// The folder that they are in, below `/static/`.
    pub(crate) folder: &'static str,
    /// All of them.
    pub(crate) parts: &'static [Part],
    /// The hash of all of them.
    pub(crate) version: LazyLock<String>,
}

impl Bundle {
    /// The address of a part. Browsers may keep it for good.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("/static/{}/{}/{name}", self.folder, *self.version)
    }

    /// Finds a part by its name.
    pub(crate) fn part(&self, name: &str) -> Option<&'static Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Whether a hash is that of the present parts.
    pub(crate) fn is_present(&self, version: &str) -> bool {
        version == *self.version
    }
}

/// The first digits of a hash of all parts, names and contents.
pub(super) fn version_of(parts: &[Part]) -> String {
    let mut hash = blake3::Hasher::new();
    for part in parts {
        hash.update(part.name.as_bytes());
        hash.update(part.text.as_bytes());
    }
    let hash = hash.finalize().to_hex();
    hash.get(..10).unwrap_or_default().to_owned()
}
