//! SHA-256 of files: how a model proves to be the one its manifest speaks of.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256 as Hasher};

/// A SHA-256, printed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

/// A text that is not a SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a SHA-256 (64 hexadecimal digits)")]
pub struct InvalidSha256(pub String);

impl Sha256 {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Hasher::digest(bytes).into())
    }

    /// The hash and size in bytes of a file, read in pieces.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_file(path: &Path) -> io::Result<(Self, u64)> {
        let mut file = File::open(path)?;
        let mut hasher = Hasher::new();
        let mut piece = vec![0; 1 << 18];
        let mut size_bytes = 0;
        loop {
            let count = file.read(&mut piece)?;
            let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else {
                return Ok((Self(hasher.finalize().into()), size_bytes));
            };
            hasher.update(read);
            size_bytes += read.len() as u64;
        }
    }

    /// Reads 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidSha256> {
        let invalid = || InvalidSha256(text.to_owned());
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * index..2 * index + 2).ok_or_else(invalid)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_hash_of_abc_is_the_one_in_fips_180() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256::of(b"abc").to_string(), expected);
        assert_eq!(
            Sha256::parse(&expected.to_uppercase()).unwrap(),
            Sha256::of(b"abc")
        );
    }

    #[test]
    fn a_file_has_the_hash_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes = vec![7; (1 << 18) + 5];
        std::fs::write(&path, &bytes).unwrap();
        let (hash, size_bytes) = Sha256::of_file(&path).unwrap();
        assert_eq!((hash, size_bytes), (Sha256::of(&bytes), bytes.len() as u64));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            String::new(),
            "ab".repeat(31),
            "zz".repeat(32),
            "ä".repeat(32),
        ] {
            assert!(Sha256::parse(&text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn hashes_survive_printing(bytes in any::<[u8; 32]>()) {
            let hash = Sha256(bytes);
            prop_assert_eq!(Sha256::parse(&hash.to_string()).unwrap(), hash);
        }
    }
}
