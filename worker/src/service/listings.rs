//! The listings of jobs that this worker is at. Listing a large archive takes seconds, and its
//! shards come one after the other; so the newest few are kept.

use std::sync::Arc;

use common::{
    archive::{ArchiveLimits, NameEncoding},
    job::{JobFile, JobId},
    store::{JobFolder, Store},
};
use tokio::sync::Mutex;

use super::{environment::Environment, error::TaskError};
use crate::input::{InputError, InputListing, NamedInput, Origin};

/// Listings that are kept: jobs take turns, shard by shard.
const KEPT: usize = 4;

/// The newest listings.
#[derive(Default)]
pub struct Listings(Mutex<Vec<(JobId, Arc<JobListing>)>>);

/// What was uploaded, listed.
pub(super) struct JobListing {
    pub(super) file: JobFile,
    pub(super) files: InputListing,
}

impl Listings {
    /// The listing of a job's uploads.
    pub(super) async fn of(
        &self,
        env: &Environment,
        job: JobId,
    ) -> Result<Arc<JobListing>, TaskError> {
        let mut kept = self.0.lock().await;
        if let Some(found) = kept.iter().position(|(id, _)| *id == job) {
            let found = kept.remove(found);
            let listing = Arc::clone(&found.1);
            kept.push(found);
            return Ok(listing);
        }
        let listing = Arc::new(list(&env.jobs.store, job).await?);
        kept.push((job, Arc::clone(&listing)));
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        Ok(listing)
    }

    /// Forgets a job that is over, or whose listing may be at fault.
    pub(super) async fn forget(&self, job: JobId) {
        self.0.lock().await.retain(|(id, _)| *id != job);
    }
}

/// Lists a job's uploads.
pub(super) async fn list(store: &Store, job: JobId) -> Result<JobListing, TaskError> {
    let file = store.job_file(job).await?;
    let file = file.ok_or(TaskError::Unfounded)?;
    let names = file.uploads.iter().map(|upload| upload.name.clone());
    let inputs: Vec<NamedInput> = origins(store, &file)
        .await?
        .into_iter()
        .zip(names)
        .map(|(origin, name)| NamedInput { origin, name })
        .collect();
    let names = file.options.names;
    let planned = store.plan_file(job).await?.map(|plan| plan.fingerprint);
    let listed = tokio::task::spawn_blocking(move || open(&inputs, names, planned.as_deref()));
    let files = listed
        .await
        .map_err(|error| TaskError::Fault(error.into()))??;
    Ok(JobListing { file, files })
}

/// Lists uploads as they were planned. Another version of the program may have read the names in
/// zips in another character set than this one would; what is done of a job goes by its plan.
fn open(
    inputs: &[NamedInput],
    names: Option<NameEncoding>,
    planned: Option<&str>,
) -> Result<InputListing, InputError> {
    let list = |names| InputListing::open_named(inputs, &[], ArchiveLimits::default(), names);
    let listing = list(names)?;
    let is_as_planned = planned.is_none_or(|planned| planned == listing.fingerprint());
    if is_as_planned || names.is_some() || listing.legacy_names().is_empty() {
        return Ok(listing);
    }
    for encoding in NameEncoding::all() {
        let other = list(Some(encoding))?;
        if planned == Some(other.fingerprint().as_str()) {
            return Ok(other);
        }
    }
    Ok(listing)
}

/// Where the uploads are. Those in a bucket are read there: of each, the listing needs the first
/// bytes and, if it is an archive, its directory.
async fn origins(store: &Store, file: &JobFile) -> Result<Vec<Origin>, TaskError> {
    let folder = JobFolder::of(file.id);
    let keys = (0..file.uploads.len()).map(|number| folder.upload(number));
    if store.local_root().is_some() {
        let paths = keys.filter_map(|key| store.local_path(&key));
        return Ok(paths.map(Origin::Disk).collect());
    }
    let found = store.stored_files(keys.collect()).await?;
    Ok(found.into_iter().map(Origin::Bucket).collect())
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write as _};

    use tempfile::TempDir;
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// A zip with a name in code page 852, and that name in the page of another version.
    fn zip_from_windows(folder: &TempDir) -> NamedInput {
        let path = folder.path().join("card.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        let name = "Kamera/Bia#owie#a/1.jpg";
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"picture").unwrap();
        zip.finish().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            if bytes[at..].starts_with(b"#owie#a") {
                bytes[at] = 0x88;
                bytes[at + 5] = 0xbe;
            }
        }
        std::fs::write(&path, bytes).unwrap();
        NamedInput {
            origin: Origin::Disk(path),
            name: "card.zip".to_owned(),
        }
    }

    #[test]
    fn a_job_goes_on_with_the_names_that_were_planned() {
        let folder = TempDir::new().unwrap();
        let inputs = [zip_from_windows(&folder)];
        let name = |listing: &InputListing| listing.items()[0].path.to_string();
        let now = open(&inputs, None, None).unwrap();
        assert_eq!(name(&now), "Kamera/Białowieża/1.jpg");
        let cp437 = "cp437".parse().unwrap();
        let before = open(&inputs, Some(cp437), None).unwrap();
        assert_eq!(name(&before), "Kamera/Biaêowie╛a/1.jpg");
        let planned = before.fingerprint();
        let goes_on = open(&inputs, None, Some(&planned)).unwrap();
        assert_eq!(name(&goes_on), name(&before));
        let other = open(&inputs, None, Some("another upload")).unwrap();
        assert_eq!(name(&other), name(&now));
    }
}
