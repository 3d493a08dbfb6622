//! Mirrors: folders or web addresses that hold models for machines without internet.

use std::path::{Path, PathBuf};

use crate::model::{
    ModelId,
    manifest::{
        Manifest, Source,
        source::{PackageFile, url_file_name},
    },
};

/// A place of the user's own with model files in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// A folder.
    Folder(PathBuf),
    /// The address of a folder, without a slash at its end.
    Url(String),
}

impl Mirror {
    /// Reads `TRAPLINE_MODEL_MIRROR`: an `http:` or `https:` address, or else a folder. `None`
    /// for a blank text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.starts_with("http://") || text.starts_with("https://") {
            return Some(Self::Url(text.trim_end_matches('/').to_owned()));
        }
        (!text.is_empty()).then(|| Self::Folder(text.into()))
    }

    /// The folder `shared/models` beside the working folder, and beside the project that the
    /// running program was built in, where they exist.
    #[must_use]
    pub fn siblings() -> Vec<Self> {
        let program = std::env::current_exe().ok();
        let project = program.as_deref().and_then(|program| {
            program
                .ancestors()
                .find(|folder| folder.ends_with("target"))?
                .parent()
        });
        let working = std::env::current_dir().ok();
        siblings_of([working.as_deref(), project])
    }
}

fn siblings_of(roots: [Option<&Path>; 2]) -> Vec<Mirror> {
    let mut found = Vec::new();
    for root in roots.into_iter().flatten() {
        let folder = root.parent().map(|parent| parent.join("shared/models"));
        let mirror = folder.filter(|folder| folder.is_dir()).map(Mirror::Folder);
        found.extend(mirror.filter(|mirror| !found.contains(mirror)));
    }
    found
}

impl std::fmt::Display for Mirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "mirror {}", folder.display()),
            Self::Url(url) => write!(f, "mirror {url}"),
        }
    }
}

/// What a file of a mirror is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Artifact {
    /// An ONNX file.
    Onnx,
    /// A zip in the zoo's layout.
    Zip,
}

/// The names that a mirror may have the model under, and what such a file is.
pub(super) fn file_names(manifest: &Manifest) -> Vec<(String, Artifact)> {
    let id: &ModelId = &manifest.id;
    let mut names = Vec::new();
    for source in &manifest.sources {
        let artifact = match source {
            Source::Onnx { .. } => Artifact::Onnx,
            Source::Zip { .. } => Artifact::Zip,
            Source::NpmCenternet { .. } => continue,
        };
        let name = source.url().and_then(url_file_name);
        names.extend(name.map(|name| (name.to_owned(), artifact)));
    }
    let usual = [
        (format!("{id}.onnx"), Artifact::Onnx),
        (format!("{id}/model.onnx"), Artifact::Onnx),
        (format!("{id}.zip"), Artifact::Zip),
        (format!("camera_trap__detector__{id}.zip"), Artifact::Zip),
    ];
    for name in usual {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The two files that a mirror may have instead of the npm package.
pub(super) fn centernet_files(manifest: &Manifest) -> Option<[&PackageFile; 2]> {
    manifest.sources.iter().find_map(|source| match source {
        Source::NpmCenternet { graph, weights, .. } => Some([graph, weights]),
        Source::Onnx { .. } | Source::Zip { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalogue::shipped;

    fn names_of(id: &str) -> Vec<String> {
        let manifest = Manifest::parse(shipped::find(id).unwrap().manifest, id, None).unwrap();
        file_names(&manifest)
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn a_mirror_is_an_address_or_a_folder() {
        let url = Mirror::Url("https://host/models".to_owned());
        assert_eq!(Mirror::parse("https://host/models/"), Some(url));
        assert_eq!(
            Mirror::parse("/srv/models"),
            Some(Mirror::Folder("/srv/models".into()))
        );
        assert_eq!(Mirror::parse("  "), None);
    }

    #[test]
    fn the_official_name_is_looked_for_first() {
        assert_eq!(
            names_of("yolox-nano"),
            [
                "yolox_nano.onnx",
                "yolox-nano.onnx",
                "yolox-nano/model.onnx",
                "yolox-nano.zip",
                "camera_trap__detector__yolox-nano.zip",
            ]
        );
    }

    #[test]
    fn no_name_is_looked_for_twice() {
        let names = names_of("MDV5a");
        assert_eq!(names.first().unwrap(), "camera_trap__detector__MDV5a.zip");
        assert_eq!(names.len(), 4);
    }

    #[test]
    fn a_sibling_folder_is_found_beside_a_root() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        assert_eq!(siblings_of([Some(&project), None]), []);
        let models = folder.path().join("shared/models");
        std::fs::create_dir_all(&models).unwrap();
        let roots = [Some(project.as_path()), Some(project.as_path())];
        assert_eq!(siblings_of(roots), [Mirror::Folder(models)]);
    }
}
