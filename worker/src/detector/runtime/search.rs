//! Where the ONNX Runtime library is.

use std::path::{Path, PathBuf};

use super::{RuntimeError, RuntimeVersion};

/// The folder below a base folder that holds the library.
const FOLDER: &str = "onnxruntime";

/// Finds the library file as an absolute path: the loader tries a relative one against the
/// executable's folder and the system's search path, not against the current folder.
pub(super) fn find_library(
    explicit: Option<&Path>,
    bases: &[PathBuf],
) -> Result<PathBuf, RuntimeError> {
    if let Some(path) = explicit {
        let missing = || RuntimeError::Missing {
            path: path.to_owned(),
        };
        return if path.is_file() {
            path.canonicalize().map_err(|_| missing())
        } else {
            Err(missing())
        };
    }
    let folders: Vec<PathBuf> = bases.iter().map(|base| base.join(FOLDER)).collect();
    let found = folders
        .iter()
        .find_map(|folder| newest_library(folder)?.canonicalize().ok());
    found.ok_or(RuntimeError::NotFound { searched: folders })
}

/// The `libonnxruntime.so*` of the highest version in a folder. Its companions
/// (`libonnxruntime_providers_*.so`) do not match.
fn newest_library(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let libraries = entries
        .map(|entry| entry.path())
        .filter(|path| is_library(path));
    libraries.max_by_key(|path| (RuntimeVersion::in_file_name(path), path.clone()))
}

fn is_library(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_named_so = match name.strip_prefix("libonnxruntime.") {
        Some(rest) => rest == "so" || rest.starts_with("so.") || rest.ends_with("dylib"),
        None => name == "onnxruntime.dll",
    };
    is_named_so && path.is_file()
}

/// A list of folders for a message.
pub(super) fn display_folders(folders: &[PathBuf]) -> String {
    let names: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    if names.is_empty() {
        "any known folder".to_owned()
    } else {
        names.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_newest_library_of_the_first_folder_that_has_one_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let (blank, first, second) = (
            root.path().join("a"),
            root.path().join("b"),
            root.path().join("c"),
        );
        for base in [&first, &second] {
            fs::create_dir_all(base.join(FOLDER)).unwrap();
        }
        let put = |base: &Path, name: &str| fs::write(base.join(FOLDER).join(name), "").unwrap();
        put(&first, "libonnxruntime.so.1.9.0");
        put(&first, "libonnxruntime.so.1.25.1");
        put(&first, "libonnxruntime_providers_shared.so");
        put(&first, "README");
        put(&second, "libonnxruntime.so.1.31.1");
        let found = find_library(None, &[blank, first.clone(), second]).unwrap();
        let expected = first.join(FOLDER).join("libonnxruntime.so.1.25.1");
        assert_eq!(found, expected.canonicalize().unwrap());
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        let root = tempfile::tempdir().unwrap();
        let base = root.path().join("var");
        let message = find_library(None, std::slice::from_ref(&base))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains(&*base.join(FOLDER).to_string_lossy()),
            "{message}"
        );
        assert!(message.contains("make setup"), "{message}");
        let file = root.path().join("lib.so");
        let message = find_library(Some(&file), &[]).unwrap_err().to_string();
        assert_eq!(
            message,
            format!("the ONNX Runtime library {} does not exist", file.display())
        );
    }
}
