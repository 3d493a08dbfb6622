//! Why a package could not be begun or finished.

use std::{
    io,
    path::{Component, PathBuf},
};

use super::{ANNOTATED, ORIGINALS, ORIGINALS_RENAMED, RENAMED};

/// Why a package could not be begun or finished.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Something is there already.
    #[error("{0} exists already, and nothing is overwritten: choose another --out")]
    Exists(PathBuf),
    /// An interrupted run is there, and nobody asked to resume it.
    #[error("{0} holds an interrupted run: add --resume to go on with it, or choose another --out")]
    Unfinished(PathBuf),
    /// There is nothing to resume, because the package is whole.
    #[error("{0} is finished already: nothing is left to go on with")]
    Finished(PathBuf),
    /// The disk refused.
    #[error("{path} could not be written")]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// The zip could not be written.
    #[error("the package {path} could not be written")]
    Zip {
        /// The zip.
        path: PathBuf,
        /// What the zip writer said.
        #[source]
        source: zip::result::ZipError,
    },
}

impl PackageError {
    /// The same without the names of pictures, which people gave them and which are not for the
    /// log of a service: of a copy, no more is told than the folder of all copies.
    #[must_use]
    pub fn without_names(self) -> Self {
        let Self::Io { path, source } = self else {
            return self;
        };
        let is_copies = |part: &Component<'_>| {
            let name = part.as_os_str();
            [ANNOTATED, RENAMED, ORIGINALS, ORIGINALS_RENAMED].contains(&&*name.to_string_lossy())
        };
        let depth = path.components().position(|part| is_copies(&part));
        let shown = depth.map_or(usize::MAX, |depth| depth + 1);
        Self::Io {
            path: path.components().take(shown).collect(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_can_do_without_the_names_of_pictures() {
        let error = |path: &str| PackageError::Io {
            path: path.into(),
            source: io::ErrorKind::StorageFull.into(),
        };
        for (path, shown) in [
            ("/s/w/annotated/ridge/IMG_1.JPG", "/s/w/annotated could"),
            ("/s/w/originals-renamed/1", "/s/w/originals-renamed could"),
            (
                "/s/w/.trapline/journal.jsonl",
                "/s/w/.trapline/journal.jsonl could",
            ),
        ] {
            let said = error(path).without_names().to_string();
            assert!(said.starts_with(shown), "{said}");
        }
    }
}
