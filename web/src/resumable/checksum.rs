//! What the bytes of a request must add up to: `Upload-Checksum`.

use std::str::FromStr;

use data_encoding::BASE64;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// The names of what can be computed here. `sha1` is the one that every server must know.
pub(crate) const ALGORITHMS: &str = "sha1,sha256";

/// What the bytes of a request must add up to, and what those that have come add up to so far.
#[derive(Clone)]
pub(crate) struct Checksum {
    sum: Sum,
    expected: Vec<u8>,
}

#[derive(Clone)]
enum Sum {
    Sha1(Sha1),
    Sha256(Sha256),
}

/// A text that is no checksum, or of a kind that is not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no checksum of a known kind")]
pub(crate) struct InvalidChecksum;

impl Checksum {
    /// Adds bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        match &mut self.sum {
            Sum::Sha1(sum) => sum.update(bytes),
            Sum::Sha256(sum) => sum.update(bytes),
        }
    }

    /// Whether the bytes are those that were meant.
    pub(crate) fn matches(self) -> bool {
        match self.sum {
            Sum::Sha1(sum) => sum.finalize()[..] == self.expected,
            Sum::Sha256(sum) => sum.finalize()[..] == self.expected,
        }
    }
}

impl FromStr for Checksum {
    type Err = InvalidChecksum;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, expected) = text.trim().split_once(' ').ok_or(InvalidChecksum)?;
        let sum = match kind.to_ascii_lowercase().as_str() {
            "sha1" => Sum::Sha1(Sha1::new()),
            "sha256" => Sum::Sha256(Sha256::new()),
            _ => return Err(InvalidChecksum),
        };
        let expected = BASE64.decode(expected.trim().as_bytes());
        let expected = expected.map_err(|_| InvalidChecksum)?;
        Ok(Self { sum, expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(text: &str, parts: &[&[u8]]) -> bool {
        let mut checksum: Checksum = text.parse().unwrap();
        for part in parts {
            checksum.add(part);
        }
        checksum.matches()
    }

    #[test]
    fn bytes_add_up_however_they_come() {
        // From the protocol's own text, and of "abc" from FIPS 180.
        let hello = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
        assert!(is_right(hello, &[b"hello ", b"world"]));
        assert!(is_right(hello, &[b"hello world"]));
        assert!(!is_right(hello, &[b"hello World"]));
        let abc = "sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        assert!(is_right(abc, &[b"a", b"bc"]));
        assert!(!is_right("sha1 AAAA", &[b"abc"]));
    }

    #[test]
    fn other_kinds_are_not_known() {
        for text in ["", "sha1", "md5 AAAA", "sha1 ###", "crc32 AAAA"] {
            assert_eq!(
                text.parse::<Checksum>().err(),
                Some(InvalidChecksum),
                "{text}"
            );
        }
    }
}
