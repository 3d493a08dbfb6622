//! Putting files on the disk itself, where a power cut cannot reach them.

use std::{
    fs::File,
    io::{self, ErrorKind},
};

/// Waits until a file's content is on the disk. Some file systems cannot say when it is; a run
/// there is better than none.
///
/// # Errors
/// When the disk refuses the content.
pub(crate) fn store(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}
