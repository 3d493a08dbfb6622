//! How uploads lie on the disk: for each a file `ID` with its bytes, a file `ID.json` with its
//! sheet, and, while bytes come whose checksum is not known yet, a file `ID.unsure` with the number
//! of those before them.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt as _,
};

use crate::resumable::{ResumableError, UploadId, sheet::Sheet};

/// The folder of uploads.
#[derive(Clone, Debug)]
pub(in crate::resumable) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Opens the folder; a new one can be read by nobody else.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
        Ok(Self {
            folder: fs::canonicalize(folder)?,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file with the bytes of an upload.
    pub(super) fn bytes(&self, id: UploadId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn sheet(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    fn unsure(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}.unsure"))
    }

    /// All uploads that have a sheet.
    pub(super) fn uploads(&self) -> io::Result<Vec<UploadId>> {
        let id = |name: &str| name.strip_suffix(".json")?.parse().ok();
        self.ids(id)
    }

    /// The ids in the names of files.
    pub(super) fn ids(&self, id: impl Fn(&str) -> Option<UploadId>) -> io::Result<Vec<UploadId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            found.extend(name.to_str().and_then(&id));
        }
        Ok(found)
    }

    /// Begins an upload: when this is done, it is there also after a power cut.
    pub(super) async fn create(&self, id: UploadId, sheet: &Sheet) -> io::Result<()> {
        File::create_new(self.bytes(id)).await?;
        let text = serde_json::to_vec(sheet)?;
        self.put(&self.sheet(id), &text).await
    }

    /// The sheet of an upload.
    pub(super) fn load(&self, id: UploadId) -> Result<Option<Sheet>, ResumableError> {
        let Some(text) = found(fs::read(self.sheet(id)))? else {
            return Ok(None);
        };
        let sheet = serde_json::from_slice(&text).map_err(io::Error::from)?;
        Ok(Some(sheet))
    }

    /// Opens the file of bytes for more.
    pub(in crate::resumable) async fn append(&self, id: UploadId) -> io::Result<File> {
        OpenOptions::new().append(true).open(self.bytes(id)).await
    }

    /// How many bytes of an upload there are, once they are safe; `None` when it is not here.
    pub(super) async fn durable_bytes(&self, id: UploadId) -> io::Result<Option<u64>> {
        let Some(file) = found(self.append(id).await)? else {
            return Ok(None);
        };
        if let Some(text) = found(tokio::fs::read_to_string(self.unsure(id)).await)? {
            // The process ended before it knew whether the bytes behind these are right.
            let sure = text.trim().parse().map_err(io::Error::other)?;
            self.cut(id, &file, sure).await?;
        }
        file.sync_data().await?;
        Ok(Some(file.metadata().await?.len()))
    }

    /// How many bytes of an upload have come; none when it is not here.
    pub(super) fn arrived(&self, id: UploadId) -> io::Result<u64> {
        let metadata = found(fs::metadata(self.bytes(id)))?;
        Ok(metadata.map_or(0, |metadata| metadata.len()))
    }

    /// Notes that what comes from now on may have to be thrown away.
    pub(in crate::resumable) async fn be_unsure(&self, id: UploadId, sure: u64) -> io::Result<()> {
        self.put(&self.unsure(id), sure.to_string().as_bytes())
            .await
    }

    /// Notes that all bytes that are there are right.
    pub(in crate::resumable) async fn be_sure(&self, id: UploadId) -> io::Result<()> {
        if found(tokio::fs::remove_file(self.unsure(id)).await)?.is_some() {
            // Else a power cut could bring the note back, and bytes that were acknowledged go.
            File::open(&self.folder).await?.sync_all().await?;
        }
        Ok(())
    }

    /// Throws away what is behind the first bytes.
    pub(in crate::resumable) async fn cut(
        &self,
        id: UploadId,
        file: &File,
        sure: u64,
    ) -> io::Result<()> {
        // Never longer: what is not there did not come.
        if file.metadata().await?.len() > sure {
            file.set_len(sure).await?;
        }
        file.sync_data().await?;
        self.be_sure(id).await
    }

    /// When bytes of an upload last came; `None` when it is not here.
    pub(super) fn touched(&self, id: UploadId) -> io::Result<Option<SystemTime>> {
        let Some(metadata) = found(fs::metadata(self.bytes(id)))? else {
            return Ok(None);
        };
        metadata.modified().map(Some)
    }

    /// When the sheet of an upload was written.
    pub(super) fn begun(&self, id: UploadId) -> io::Result<Option<SystemTime>> {
        let Some(metadata) = found(fs::metadata(self.sheet(id)))? else {
            return Ok(None);
        };
        metadata.modified().map(Some)
    }

    /// Removes an upload; the sheet goes last, so that what a crash leaves is found again.
    pub(super) async fn remove(&self, id: UploadId) -> io::Result<()> {
        remove(&self.bytes(id)).await?;
        remove(&self.unsure(id)).await?;
        remove(&self.bytes(id).with_extension("partial")).await?;
        remove(&self.sheet(id)).await
    }

    /// Writes a small file as a whole or not at all, to stay.
    async fn put(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        let partial = path.with_extension("partial");
        let mut file = File::create(&partial).await?;
        file.write_all(text).await?;
        file.sync_all().await?;
        tokio::fs::rename(&partial, path).await?;
        File::open(&self.folder).await?.sync_all().await
    }
}

/// What was asked for, or that it is not there.
fn found<T>(asked: io::Result<T>) -> io::Result<Option<T>> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

async fn remove(path: &Path) -> io::Result<()> {
    found(tokio::fs::remove_file(path).await).map(drop)
}
