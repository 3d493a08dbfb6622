//! A file in a bucket, read where it is.

use std::{io, ops::Range, sync::Arc};

use object_store::path::Path as Key;

use super::{
    Store, StoreError, StoredFile,
    block_cache::{BLOCK_BYTES, BlockCache},
    error,
};
use crate::random_access::{LocalFile, RandomAccess};

/// What is read at a time by those who read much: each holds it in memory.
const CHUNK_BYTES: u64 = 8 << 20;
/// From so many bytes on, what is asked for is read straight to where it is wanted: it is a
/// picture, and nobody else will ask for it.
const DIRECT_BYTES: usize = 1 << 20;

/// A file in a bucket as [`RandomAccess`]. Small pieces come from blocks that all readers of the
/// store share; large ones are read as they are asked for, with one request each.
struct BlockReader {
    file: StoredFile,
    number: u64,
    blocks: Arc<BlockCache>,
}

impl Store {
    /// A file of the store, to be read where it is.
    ///
    /// # Errors
    /// When it is not there, or the store fails.
    pub async fn reader(&self, key: &Key) -> Result<Arc<dyn RandomAccess>, StoreError> {
        let Some(path) = self.local_path(key) else {
            return Ok(self.stored_file(key).await?.reader());
        };
        let file = LocalFile::open(&path).map_err(|source| StoreError::Read {
            name: error::last_part(key),
            source,
        })?;
        Ok(Arc::new(file))
    }
}

impl StoredFile {
    /// The file, to be read in pieces of any size.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn RandomAccess> {
        Arc::new(BlockReader::new(self.clone()))
    }
}

impl BlockReader {
    fn new(file: StoredFile) -> Self {
        let blocks = Arc::clone(file.blocks());
        Self {
            number: blocks.new_file(),
            file,
            blocks,
        }
    }

    fn read_blocks(&self, blocks: Range<u64>) -> io::Result<Vec<u8>> {
        let start = blocks.start * BLOCK_BYTES;
        let end = self.file.size_bytes().min(blocks.end * BLOCK_BYTES);
        let length = usize::try_from(end.saturating_sub(start));
        let mut bytes = vec![0; length.map_err(io::Error::other)?];
        self.file.read_exact_at(&mut bytes, start)?;
        Ok(bytes)
    }
}

impl RandomAccess for BlockReader {
    fn size_bytes(&self) -> u64 {
        self.file.size_bytes()
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = self.file.size_bytes().saturating_sub(offset);
        let wanted = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let bytes = bytes.get_mut(..wanted).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(0);
        }
        let (number, within) = (offset / BLOCK_BYTES, (offset % BLOCK_BYTES) as usize);
        let block = match self.blocks.find(self.number, number) {
            Some(block) => block,
            None if wanted >= DIRECT_BYTES => {
                self.file.read_exact_at(bytes, offset)?;
                return Ok(wanted);
            }
            None => {
                let end = self.file.size_bytes().div_ceil(BLOCK_BYTES);
                let read = |blocks| self.read_blocks(blocks);
                self.blocks.get(self.number, number, end, read)?
            }
        };
        let found = block.get(within..).unwrap_or_default();
        let count = found.len().min(wanted);
        if let (Some(target), Some(found)) = (bytes.get_mut(..count), found.get(..count)) {
            target.copy_from_slice(found);
        }
        Ok(count)
    }

    fn chunk_bytes(&self) -> u64 {
        CHUNK_BYTES
    }

    fn check_readable(&self) -> io::Result<()> {
        self.file.check_unchanged()
    }
}

impl Drop for BlockReader {
    fn drop(&mut self) {
        self.blocks.forget(self.number);
    }
}
