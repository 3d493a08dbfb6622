//! Collecting the files of all inputs and giving each its own path.

use std::path::PathBuf;

use common::{
    MediaPath, SkipReason,
    archive::{Archive, ArchiveEntry, ArchiveLimits, EntryKind},
    media_kind::MediaKind,
    path::renames_of_clashes,
};

use super::{
    error::InputError,
    folder::{self, FoundFile},
    found_archives::FoundArchive,
    item::{InputItem, Location},
    source::{Place, Source},
};

/// The files found so far.
pub(super) struct Lister {
    pub(super) items: Vec<InputItem>,
    /// Names on disk, below their folder, that differ from the paths they are shown under.
    pub(super) odd_names: Vec<PathBuf>,
    /// Zips in folders, which are yet to be opened.
    pub(super) archives: Vec<FoundArchive>,
    excluded: Vec<PathBuf>,
}

impl Lister {
    pub(super) fn new(excluded: Vec<PathBuf>) -> Self {
        Self {
            items: Vec::new(),
            odd_names: Vec::new(),
            archives: Vec::new(),
            excluded,
        }
    }

    /// Adds the files of the input with this number and returns how many there are.
    pub(super) fn list(&mut self, number: u32, source: &Source) -> Result<u64, InputError> {
        let listed_before = self.items.len();
        match &source.place {
            Place::Archive(archive) => self.list_archive(number, source, archive)?,
            Place::Folder { root, .. } => {
                let excluded = std::mem::take(&mut self.excluded);
                folder::walk(root, &excluded, |found| {
                    self.add_found(number, source, &found)
                })?;
                self.excluded = excluded;
            }
            Place::File { size_bytes, .. } => self.add_single(number, source, *size_bytes),
            Place::Object(object) => self.add_single(number, source, object.size_bytes()),
            Place::Refused { size_bytes, .. } => self.add_refused(number, source, *size_bytes),
        }
        Ok((self.items.len() - listed_before) as u64)
    }

    /// Checks what was found so far against the limits of a job.
    pub(super) fn check(&self, limits: &ArchiveLimits) -> Result<(), InputError> {
        let files = self.items.len() as u64;
        if files > limits.job_files {
            let limit = limits.job_files;
            return Err(InputError::TooManyFiles { files, limit });
        }
        let read = self
            .items
            .iter()
            .filter(|item| item.kind.is_taken_for_image());
        let bytes = read.fold(0_u64, |sum, item| sum.saturating_add(item.size_bytes));
        if bytes > limits.job_bytes {
            let limit = limits.job_bytes;
            return Err(InputError::TooManyBytes { bytes, limit });
        }
        Ok(())
    }

    fn list_archive(
        &mut self,
        number: u32,
        source: &Source,
        archive: &Archive,
    ) -> Result<(), InputError> {
        let listed = archive.visit_entries(|entry| {
            self.items.push(InputItem {
                kind: kind_of(&entry),
                path: source.shown_path(entry.path),
                size_bytes: entry.size_bytes,
                location: Location::Entry {
                    source: number,
                    entry: entry.location,
                },
            });
        });
        listed.map_err(|error| InputError::Archive {
            path: source.path.clone(),
            source: error,
        })
    }

    fn add_single(&mut self, number: u32, source: &Source, size_bytes: u64) {
        let path = MediaPath::from_display_name(&source.name);
        self.items.push(InputItem {
            kind: MediaKind::of(&path),
            path,
            size_bytes,
            location: Location::File {
                source: number,
                odd_name: None,
            },
        });
    }

    /// Adds an archive of a folder that cannot be used. What is wrong with it is told when it is
    /// its turn to be read.
    fn add_refused(&mut self, number: u32, source: &Source, size_bytes: u64) {
        let Some(path) = source.prefix.clone() else {
            return;
        };
        self.items.push(InputItem {
            path,
            size_bytes,
            kind: MediaKind::Unknown,
            location: Location::File {
                source: number,
                odd_name: None,
            },
        });
    }

    fn add_found(&mut self, number: u32, source: &Source, found: &FoundFile<'_>) {
        let path = MediaPath::from_display_name(&found.relative.to_string_lossy());
        let kind = if found.is_regular {
            MediaKind::of(&path)
        } else {
            MediaKind::Skip(SkipReason::NotARegularFile)
        };
        let may_be_opened = kind == MediaKind::Skip(SkipReason::NestedArchive) && is_zip(&path);
        if may_be_opened {
            self.archives.push(FoundArchive {
                source: number,
                relative: found.relative.to_owned(),
                size_bytes: found.size_bytes,
            });
            return;
        }
        self.add_file(number, source, found, kind);
    }

    /// Adds a file of a folder.
    pub(super) fn add_file(
        &mut self,
        number: u32,
        source: &Source,
        found: &FoundFile<'_>,
        kind: MediaKind,
    ) {
        let path = MediaPath::from_display_name(&found.relative.to_string_lossy());
        let path = source.shown_path(path);
        let is_odd = source.relative_path(&path) != found.relative.to_str();
        let odd_name = is_odd.then(|| self.remember(found.relative.to_owned()));
        let location = Location::File {
            source: number,
            odd_name,
        };
        self.items.push(InputItem {
            path,
            size_bytes: found.size_bytes,
            kind,
            location,
        });
    }

    /// Sorts the files by path and tells namesakes apart.
    pub(super) fn bring_into_order(&mut self, sources: &[Source]) {
        // Stable, so that namesakes keep the order of their inputs. Files come before folders,
        // which have no use for a name.
        self.items
            .sort_by(|a, b| (&a.path, a.is_folder()).cmp(&(&b.path, b.is_folder())));
        let renames = renames_of_clashes(&self.items, |item| &item.path, InputItem::is_folder);
        if renames.is_empty() {
            return;
        }
        for (index, path) in renames {
            self.rename(index, path, sources);
        }
        self.items.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    }

    fn rename(&mut self, index: usize, path: MediaPath, sources: &[Source]) {
        let Some(item) = self.items.get(index) else {
            return;
        };
        let source = sources.get(item.location.source());
        let name = source.and_then(|source| item.name_on_disk(source, &self.odd_names));
        let new_odd_name = name.map(|name| self.remember(name));
        if let Some(item) = self.items.get_mut(index) {
            item.path = path;
            if let Location::File { odd_name, .. } = &mut item.location {
                *odd_name = new_odd_name;
            }
        }
    }

    fn remember(&mut self, name: PathBuf) -> u32 {
        let index = u32::try_from(self.odd_names.len()).unwrap_or(u32::MAX);
        self.odd_names.push(name);
        index
    }
}

fn is_zip(path: &MediaPath) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

fn kind_of(entry: &ArchiveEntry) -> MediaKind {
    match entry.location.kind {
        EntryKind::File => MediaKind::of(&entry.path),
        EntryKind::Directory => MediaKind::Skip(SkipReason::Directory),
        EntryKind::Special => MediaKind::Skip(SkipReason::NotARegularFile),
    }
}
