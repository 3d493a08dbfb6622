//! Mails as files, for a machine without a mail server.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{MailError, MailerError, Message, Obstacle};

/// A folder of `.eml` files (RFC 5322), which every mail program opens.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: &Path) -> Result<Self, MailerError> {
        std::fs::create_dir_all(path).map_err(|source| MailerError::Folder {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes the mail in place of an earlier one of the same job and kind.
    pub(super) async fn send(&self, message: &Message) -> Result<(), MailError> {
        let (folder, bytes) = (self.0.clone(), message.to_bytes());
        let name = message.name().to_owned();
        let path = folder.join(format!("{name}.eml"));
        let target = path.clone();
        let write = move || write(&folder, &name, &target, &bytes);
        let written = tokio::task::spawn_blocking(write).await;
        let written = written.map_err(|_| MailError::Temporary(Obstacle::Stopping))?;
        written.map_err(|source| MailError::Temporary(Obstacle::Folder { path, source }))
    }
}

/// Writes a mail of this name. What a kill leaves of it begins with the name, too, so that it goes
/// with its job.
fn write(folder: &Path, name: &str, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = tempfile::Builder::new();
    let mut file = unfinished.prefix(&format!("{name}.")).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
