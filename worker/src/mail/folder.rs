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
        let path = folder.join(format!("{}.eml", message.name()));
        let target = path.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &target, &bytes)).await;
        let written = written.map_err(|_| MailError::Temporary(Obstacle::Stopping))?;
        written.map_err(|source| MailError::Temporary(Obstacle::Folder { path, source }))
    }
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
