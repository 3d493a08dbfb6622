//! Unpacks a model's zip: the folder with the manifest and all below it, and nothing anywhere
//! else.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use zip::{ZipArchive, result::ZipError};

/// Most entries of a model's zip.
const MOST_ENTRIES: usize = 1000;
/// Most unpacked bytes of a model's zip; the largest detectors of the zoo have 0.6 GB.
const MOST_BYTES: u64 = 8 << 30;

/// Why a zip is not a model.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is not a zip, or damaged.
    #[error("the zip cannot be read")]
    Zip(#[from] ZipError),
    /// An entry that would leave the model's folder, or is a link.
    #[error("the zip is refused: its entry '{0}' leaves the model's folder")]
    UnsafeEntry(String),
    /// No manifest in it.
    #[error("the zip holds no manifest.toml")]
    NoManifest,
    /// It is far too large for a model.
    #[error("the zip is refused: it has more than {MOST_ENTRIES} entries or {MOST_BYTES} bytes")]
    TooLarge,
    /// An entry is damaged, or cannot be written.
    #[error("unpacking '{entry}' failed")]
    Entry {
        /// The entry.
        entry: String,
        /// What is wrong.
        source: io::Error,
    },
}

/// Unpacks the zip at `archive` into `folder`: what lies beside its manifest, whatever the
/// folder around it is called.
pub(super) fn unpack(archive: &Path, folder: &Path) -> Result<(), UnpackError> {
    let file = File::open(archive).map_err(ZipError::from)?;
    let mut zip = ZipArchive::new(file)?;
    if zip.len() > MOST_ENTRIES {
        return Err(UnpackError::TooLarge);
    }
    let paths = entry_paths(&mut zip)?;
    let manifests = paths
        .iter()
        .flatten()
        .filter(|path| path.ends_with("manifest.toml"));
    let root = manifests
        .min_by_key(|path| path.components().count())
        .and_then(|path| path.parent())
        .ok_or(UnpackError::NoManifest)?;
    let mut bytes_left = MOST_BYTES;
    for (index, path) in paths.iter().enumerate() {
        let Some(inside) = path.as_ref().and_then(|path| path.strip_prefix(root).ok()) else {
            continue;
        };
        let mut entry = zip.by_index(index)?;
        let failed = |source| UnpackError::Entry {
            entry: inside.display().to_string(),
            source,
        };
        bytes_left -= write(&mut entry, &folder.join(inside), bytes_left).map_err(failed)?;
        if bytes_left == 0 {
            return Err(UnpackError::TooLarge);
        }
    }
    Ok(())
}

/// The path of each entry; `None` for folders. One bad entry condemns the whole zip.
fn entry_paths(zip: &mut ZipArchive<File>) -> Result<Vec<Option<PathBuf>>, UnpackError> {
    let mut paths = Vec::with_capacity(zip.len());
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        let climbs = name.split(['/', '\\']).any(|part| part == "..");
        let path = entry
            .enclosed_name()
            .filter(|_| !climbs && !entry.is_symlink());
        let path = path.ok_or(UnpackError::UnsafeEntry(name))?;
        paths.push((!entry.is_dir()).then_some(path));
    }
    Ok(paths)
}

/// Writes an entry and returns its size, which is `most` if there is more.
fn write(entry: &mut impl Read, path: &Path, most: u64) -> io::Result<u64> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    io::copy(&mut entry.take(most), &mut File::create(path)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zip_of(folder: &Path, entries: &[(&str, &str)]) -> PathBuf {
        let path = folder.join("model.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    #[test]
    fn only_the_folder_of_the_manifest_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let entries = [
            ("__MACOSX/ID/._manifest.toml", "junk"),
            ("ID/manifest.toml", "m"),
            ("ID/model.onnx", "weights"),
            ("ID/docs/LICENSE.md", "terms"),
        ];
        let zip = zip_of(folder.path(), &entries);
        let target = folder.path().join("target");
        unpack(&zip, &target).unwrap();
        assert_eq!(
            std::fs::read_to_string(target.join("model.onnx")).unwrap(),
            "weights"
        );
        assert_eq!(
            std::fs::read_to_string(target.join("docs/LICENSE.md")).unwrap(),
            "terms"
        );
        assert_eq!(std::fs::read_dir(&target).unwrap().count(), 3);
    }

    #[test]
    fn a_flat_zip_is_a_model_too() {
        let folder = tempfile::tempdir().unwrap();
        let zip = zip_of(
            folder.path(),
            &[("model.onnx", "w"), ("manifest.toml", "m")],
        );
        let target = folder.path().join("target");
        unpack(&zip, &target).unwrap();
        assert!(target.join("model.onnx").is_file());
    }

    #[test]
    fn an_entry_that_climbs_out_condemns_the_zip() {
        for name in ["../evil", "ID/../../evil", "ID\\..\\..\\evil"] {
            let folder = tempfile::tempdir().unwrap();
            let zip = zip_of(folder.path(), &[("ID/manifest.toml", "m"), (name, "x")]);
            let target = folder.path().join("inner/target");
            let error = unpack(&zip, &target).unwrap_err();
            assert!(
                matches!(error, UnpackError::UnsafeEntry(_)),
                "{name}: {error}"
            );
            assert!(!target.exists(), "{name}: something was written");
        }
    }

    #[test]
    fn a_link_condemns_the_zip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        zip.start_file("ID/manifest.toml", SimpleFileOptions::default())
            .unwrap();
        zip.add_symlink("ID/model.onnx", "/etc/passwd", SimpleFileOptions::default())
            .unwrap();
        zip.finish().unwrap();
        let error = unpack(&path, &folder.path().join("target")).unwrap_err();
        assert!(matches!(error, UnpackError::UnsafeEntry(_)), "{error}");
    }

    #[test]
    fn what_is_no_model_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let zip = zip_of(folder.path(), &[("readme.md", "x")]);
        assert!(matches!(
            unpack(&zip, &target),
            Err(UnpackError::NoManifest)
        ));
        std::fs::write(&zip, "no zip at all").unwrap();
        assert!(matches!(unpack(&zip, &target), Err(UnpackError::Zip(_))));
    }
}
