//! Which version a library file is.

use std::{fmt, fs::File, io::Read, path::Path};

/// A version such as 1.25.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuntimeVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl RuntimeVersion {
    pub(super) const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Reads the numbers at the beginning of a text; the third may be missing.
    fn parse(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let mut numbers = text
            .get(..end)?
            .split('.')
            .map_while(|part| part.parse().ok());
        Some(Self::new(
            numbers.next()?,
            numbers.next()?,
            numbers.next().unwrap_or(0),
        ))
    }

    /// The version in a file name: `libonnxruntime.so.1.25.1` or `libonnxruntime.1.25.1.dylib`.
    pub(super) fn in_file_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        Self::parse(name.get(name.find(|c: char| c.is_ascii_digit())?..)?)
    }
}

impl fmt::Display for RuntimeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version of a library file: the one in the names of its symbols (the linker script of
/// ONNX Runtime versions them `VERS_1.25.1`), else the one in its file name.
pub(super) fn of_library(path: &Path) -> Option<RuntimeVersion> {
    let in_symbols = File::open(path).ok().and_then(in_symbols);
    in_symbols.or_else(|| RuntimeVersion::in_file_name(path))
}

/// Longest version text that is looked for, so that one cut by the end of a chunk is found.
const MARK: &[u8] = b"VERS_";
const LONGEST: usize = 32;
const CHUNK: usize = 1 << 20;

/// Looks for the first symbol version. It stands near the beginning, before the code, so hardly
/// any of the file is read.
fn in_symbols(mut library: impl Read) -> Option<RuntimeVersion> {
    let mut window: Vec<u8> = Vec::new();
    loop {
        let read = (&mut library)
            .take(CHUNK as u64)
            .read_to_end(&mut window)
            .ok()?;
        let version = window
            .windows(MARK.len())
            .enumerate()
            .find_map(|(at, bytes)| {
                let is_whole = read == 0 || at + LONGEST <= window.len();
                (bytes == MARK && is_whole).then(|| version_at(&window, at + MARK.len()))?
            });
        if version.is_some() || read == 0 {
            return version;
        }
        window.drain(..window.len().saturating_sub(LONGEST));
    }
}

fn version_at(bytes: &[u8], start: usize) -> Option<RuntimeVersion> {
    let text = bytes.get(start..(start + LONGEST).min(bytes.len()))?;
    RuntimeVersion::parse(&String::from_utf8_lossy(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number_not_by_letter() {
        let version = |text| RuntimeVersion::parse(text).unwrap();
        assert!(version("1.9.0") < version("1.25.1"));
        assert_eq!(version("1.25"), RuntimeVersion::new(1, 25, 0));
        assert_eq!(version("1.25.1-dev").to_string(), "1.25.1");
        assert_eq!(RuntimeVersion::parse("1"), None);
        assert_eq!(RuntimeVersion::parse("HEAD"), None);
    }

    #[test]
    fn file_names_tell_versions() {
        let version = |name: &str| RuntimeVersion::in_file_name(Path::new(name));
        assert_eq!(
            version("a/libonnxruntime.so.1.25.1"),
            Some(RuntimeVersion::new(1, 25, 1))
        );
        assert_eq!(
            version("libonnxruntime.1.31.1.dylib"),
            Some(RuntimeVersion::new(1, 31, 1))
        );
        assert_eq!(version("/opt/ort-1.2/libonnxruntime.so"), None);
    }

    #[test]
    fn symbols_tell_the_version_wherever_it_stands() {
        for before in [0, 10, CHUNK - 3, CHUNK - 8, CHUNK, 2 * CHUNK - 20] {
            let mut library = vec![0u8; before];
            library.extend(b"VERS_1.25.1\0rest");
            library.extend(vec![0u8; 100]);
            assert_eq!(
                in_symbols(&library[..]),
                Some(RuntimeVersion::new(1, 25, 1)),
                "{before}"
            );
        }
        assert_eq!(
            in_symbols(&b"VERS_1.7.2"[..]),
            Some(RuntimeVersion::new(1, 7, 2))
        );
        assert_eq!(in_symbols(&b"no version here, only VERS_"[..]), None);
        assert_eq!(in_symbols(&[][..]), None);
    }
}
