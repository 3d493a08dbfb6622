//! Telling whether a listing is the same as an earlier one.

use super::item::{InputItem, Location};

/// BLAKE3 over all paths, sizes and checksums, in hexadecimal.
pub(super) fn of(items: &[InputItem]) -> String {
    let mut hasher = blake3::Hasher::new();
    for item in items {
        let path = item.path.as_str().as_bytes();
        let crc32 = match item.location {
            Location::Entry { entry, .. } => entry.crc32,
            Location::File { .. } => 0,
        };
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path);
        hasher.update(&item.size_bytes.to_le_bytes());
        hasher.update(&crc32.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}
