//! One file of a run.

use std::path::{Path, PathBuf};

use common::{MediaPath, SkipReason, archive::EntryLocation, media_kind::MediaKind};

use super::source::{Place, Source};

/// One file of a run: what it is called, what it promises to be, and where to find it. It takes
/// 64 bytes and its path.
#[derive(Clone, Debug)]
pub struct InputItem {
    /// The path it has in all results; no other file has the same.
    pub path: MediaPath,
    /// Its unpacked size in bytes, as the archive or the disk says.
    pub size_bytes: u64,
    /// What it promises to be. Folders of archives and links are to be skipped.
    pub kind: MediaKind,
    pub(super) location: Location,
}

/// Where a file is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Location {
    /// In an archive.
    Entry {
        /// The number of the input.
        source: u32,
        entry: EntryLocation,
    },
    /// On the disk.
    File {
        /// The number of the input.
        source: u32,
        /// Which of the odd names it has below its folder, if its path does not say.
        odd_name: Option<u32>,
    },
}

impl Location {
    /// The number of the input.
    pub(super) fn source(&self) -> usize {
        let (Self::Entry { source, .. } | Self::File { source, .. }) = *self;
        source as usize
    }
}

impl InputItem {
    /// Whether it is an entry for a folder, which archives have.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == MediaKind::Skip(SkipReason::Directory)
    }

    /// The name of a file below the folder that it was found in.
    pub(super) fn name_on_disk(&self, source: &Source, odd_names: &[PathBuf]) -> Option<PathBuf> {
        let Location::File { odd_name, .. } = self.location else {
            return None;
        };
        match odd_name {
            _ if !matches!(source.place, Place::Folder { .. }) => None,
            Some(index) => odd_names.get(index as usize).cloned(),
            None => source
                .relative_path(&self.path)
                .map(|name| Path::new(name).to_owned()),
        }
    }
}
