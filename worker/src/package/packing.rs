//! Packing a package into a zip.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

use super::PackageError;

type Zip = ZipWriter<BufWriter<File>>;

/// Packs reports and copies, relative paths below `folder`, into a new zip in that order.
///
/// Pictures are stored, since deflating JPEGs saves 1 % for a hundred times the work; the text
/// reports are deflated. Every entry carries the zip format's earliest date, so that the same
/// results give the same bytes.
pub(super) fn pack(
    folder: &Path,
    zip: &Path,
    reports: &[&str],
    copies: impl Iterator<Item = io::Result<String>>,
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
    for report in reports {
        add_report(&mut writer, folder, report).map_err(zip_error)?;
    }
    for copy in copies {
        let copy = copy.map_err(|source| PackageError::Io {
            path: folder.to_owned(),
            source,
        })?;
        add_copy(&mut writer, folder, &copy).map_err(zip_error)?;
    }
    finish(writer).map_err(io_error)
}

/// Completes a zip, and waits until it is on the disk.
pub(crate) fn finish(zip: Zip) -> io::Result<()> {
    let file = zip.finish()?.into_inner();
    file.map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Adds a report.
pub(crate) fn add_report(zip: &mut Zip, folder: &Path, name: &str) -> ZipResult<()> {
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
