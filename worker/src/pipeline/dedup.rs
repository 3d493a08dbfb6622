//! Who detects which content: the first file with some bytes is looked at, later ones with the
//! same bytes only point to it.

use std::collections::{HashMap, hash_map::Entry};

/// A BLAKE3 hash, shortened to 16 bytes: 2⁶⁴ files would be needed for a likely collision.
type ShortHash = [u8; 16];

/// Which file claimed each content.
#[derive(Debug, Default)]
pub struct Dedup {
    by_content: HashMap<ShortHash, u32>,
}

impl Dedup {
    /// Claims a content for file number `index`. Gives the number of the file that claimed it
    /// before, if one did.
    pub fn claim(&mut self, hash: &blake3::Hash, index: usize) -> Option<usize> {
        let index = u32::try_from(index).ok()?;
        match self.by_content.entry(shorten(hash)) {
            Entry::Occupied(earlier) => Some(*earlier.get() as usize),
            Entry::Vacant(free) => {
                free.insert(index);
                None
            }
        }
    }
}

fn shorten(hash: &blake3::Hash) -> ShortHash {
    let mut short = ShortHash::default();
    for (to, from) in short.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_claim_counts() {
        let mut dedup = Dedup::default();
        let (a, b) = (blake3::hash(b"a"), blake3::hash(b"b"));
        assert_eq!(dedup.claim(&a, 7), None);
        assert_eq!(dedup.claim(&b, 8), None);
        assert_eq!(dedup.claim(&a, 9), Some(7));
        assert_eq!(dedup.claim(&a, 2), Some(7));
    }
}
