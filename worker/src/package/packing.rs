//! Packing a package, or a shard, into a zip.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use common::MediaRecord;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::PackageError;

/// A zip that is being packed.
pub(crate) type Zip = ZipWriter<BufWriter<File>>;

/// Where the copies of a package are taken from.
pub(crate) trait CopiesToPack {
    /// Adds the copy at a path inside the package. It belongs to the record with this number, from
    /// 0; records come in their order.
    fn add(&mut self, zip: &mut Zip, record: usize, copy: &str) -> ZipResult<()>;
}

/// Copies that lie in the package's folder.
pub(crate) struct CopiesInFolder<'a>(pub(crate) &'a Path);

impl CopiesToPack for CopiesInFolder<'_> {
    fn add(&mut self, zip: &mut Zip, _: usize, copy: &str) -> ZipResult<()> {
        add_copy(zip, self.0, copy)
    }
}

/// The files that stand before the copies, by their names in a folder.
pub(crate) struct FirstFiles<'a, N> {
    pub(crate) folder: &'a Path,
    pub(crate) names: N,
}

/// Packs files and the copies that records name into a new zip, in that order.
///
/// Pictures are stored, since deflating JPEGs saves 1 % for a hundred times the work; the text
/// reports are deflated. Every entry carries the zip format's earliest date, so that the same
/// results give the same bytes.
pub(crate) fn pack<'a>(
    zip: &Path,
    first: FirstFiles<'_, impl Iterator<Item = &'a str>>,
    records: impl Iterator<Item = io::Result<MediaRecord>>,
    copies: &mut impl CopiesToPack,
) -> Result<(), PackageError> {
    let io_error = |source| PackageError::Io {
        path: zip.to_owned(),
        source,
    };
    let zip_error = |source| PackageError::Zip {
        path: zip.to_owned(),
        source,
    };
    let file = File::create(zip).map_err(io_error)?;
    let mut writer = ZipWriter::new(BufWriter::with_capacity(1 << 20, file));
    for name in first.names {
        add_first(&mut writer, first.folder, name).map_err(zip_error)?;
    }
    for (number, record) in records.enumerate() {
        let record = record.map_err(|source| PackageError::Io {
            path: first.folder.to_owned(),
            source,
        })?;
        for copy in record.copies() {
            copies.add(&mut writer, number, copy).map_err(zip_error)?;
        }
    }
    finish(writer).map_err(io_error)
}

/// Completes a zip, and waits until it is on the disk.
fn finish(zip: Zip) -> io::Result<()> {
    let file = zip.finish()?.into_inner();
    file.map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn add_first(zip: &mut Zip, folder: &Path, name: &str) -> ZipResult<()> {
    // A workbook is a zip itself.
    let is_packed = name.ends_with(".xlsx");
    let method = if is_packed {
        CompressionMethod::Stored
    } else {
        CompressionMethod::Deflated
    };
    add(zip, folder, name, method)
}

/// Adds a copy.
pub(crate) fn add_copy(zip: &mut Zip, folder: &Path, name: &str) -> ZipResult<()> {
    add(zip, folder, name, CompressionMethod::Stored)
}

fn add(zip: &mut Zip, folder: &Path, name: &str, method: CompressionMethod) -> ZipResult<()> {
    let mut content = File::open(folder.join(name))?;
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .large_file(content.metadata()?.len() >= u64::from(u32::MAX));
    zip.start_file(name, options)?;
    io::copy(&mut content, zip)?;
    Ok(())
}
