//! Single files in a bucket: each is read with one request, when its turn comes.

use std::io;

use common::store::StoredFile;

use super::{folder, read_error::ReadError};

/// Reads a file of at most `limit` bytes into `bytes`, which is empty. After an error `bytes` has
/// no content.
pub(super) fn read(file: &StoredFile, limit: u64, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
    let size = file.size_bytes();
    if size > limit {
        return Err(folder::too_large(size, limit).into());
    }
    fill(file, size, bytes)
}

/// Reads the first `count` bytes of a file, or all of a shorter one.
pub(super) fn read_head(
    file: &StoredFile,
    count: usize,
    bytes: &mut Vec<u8>,
) -> Result<(), ReadError> {
    fill(file, file.size_bytes().min(count as u64), bytes)
}

fn fill(file: &StoredFile, count: u64, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
    let count = usize::try_from(count).map_err(io::Error::other);
    let result = count.and_then(|count| match file.head().get(..count) {
        Some(head) => {
            bytes.extend_from_slice(head);
            Ok(())
        }
        None => {
            bytes.resize(count, 0);
            file.read_exact_at(bytes, 0)
        }
    });
    result.map_err(|error| {
        bytes.clear();
        ReadError::of_access("the file", error)
    })
}
