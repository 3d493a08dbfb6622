//! The folder of everything that has no place of its own.

use std::{
    env::{current_dir, current_exe},
    path::{Path, PathBuf, absolute},
};

use crate::env::{self, EnvError};

/// Where the program is installed by default.
const INSTALLED: &str = "/var/lib/trapline";

/// The folder that `TRAPLINE_HOME` names; by default `var` in the current folder. What the service
/// keeps is there: queue, store, mails.
///
/// What only is read, models and ONNX Runtime, may lie elsewhere as long as nobody says where the
/// home is: a program that was just built finds what its source tree has, wherever it is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
    others: Vec<PathBuf>,
}

impl Home {
    /// Reads `TRAPLINE_HOME`.
    ///
    /// # Errors
    /// When it counts from the current folder, and there is none.
    pub fn from_env() -> Result<Self, EnvError> {
        if let Some(set) = env::maybe_path("TRAPLINE_HOME") {
            return Ok(Self {
                folder: absolute(set).map_err(EnvError::CurrentFolder)?,
                others: Vec::new(),
            });
        }
        let current = current_dir().map_err(EnvError::CurrentFolder)?;
        Ok(Self::by_default(&current, current_exe().ok().as_deref()))
    }

    fn by_default(current: &Path, program: Option<&Path>) -> Self {
        // target/release/trapline-worker lies three levels below the source tree.
        let source_tree = program.and_then(|program| program.ancestors().nth(3));
        let source_tree = source_tree.map(|root| root.join("var"));
        Self {
            folder: current.join("var"),
            others: source_tree.into_iter().chain([INSTALLED.into()]).collect(),
        }
    }

    /// The folder, as an absolute path. It need not exist.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folders that have `onnxruntime/` or `models/` in them, best first; the home alone if none
    /// has, or if it was set.
    #[must_use]
    pub fn with_models(&self) -> Vec<PathBuf> {
        let all = || [&self.folder].into_iter().chain(&self.others);
        let holds_some = |folder: &&PathBuf| {
            ["onnxruntime", "models"]
                .iter()
                .any(|part| folder.join(part).is_dir())
        };
        let found: Vec<PathBuf> = all().filter(holds_some).cloned().collect();
        if found.is_empty() {
            vec![self.folder.clone()]
        } else {
            found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_home_is_the_only_one() {
        let home = Home {
            folder: "/somewhere".into(),
            others: Vec::new(),
        };
        assert_eq!(home.with_models(), [PathBuf::from("/somewhere")]);
    }

    #[test]
    fn the_models_of_the_source_tree_are_found_and_the_home_stays_here() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("var/models")).unwrap();
        let program = root.path().join("target/release/trapline-worker");
        let elsewhere = tempfile::tempdir().unwrap();
        let home = Home::by_default(elsewhere.path(), Some(&program));
        assert_eq!(home.with_models().first(), Some(&root.path().join("var")));
        assert_eq!(home.folder(), elsewhere.path().join("var"));
    }

    #[test]
    fn the_models_here_come_first() {
        let here = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(here.path().join("var/onnxruntime")).unwrap();
        let home = Home::by_default(here.path(), None);
        assert_eq!(home.with_models().first(), Some(&here.path().join("var")));
    }
}
