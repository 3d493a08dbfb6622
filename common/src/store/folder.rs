//! What lies where in a job's folder.

use std::ops::Range;

use object_store::path::Path as Key;

use super::JOBS;
use crate::job::{DoneFacts, JobId, MailKind};

/// The folder of a job. Names from users are never part of a name in it.
#[derive(Clone, Debug)]
pub struct JobFolder {
    root: Key,
}

impl JobFolder {
    /// The folder of a job.
    #[must_use]
    pub fn of(job: JobId) -> Self {
        Self {
            root: Key::from_iter([JOBS.to_owned(), job.to_string()]),
        }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Key {
        &self.root
    }

    fn file(&self, name: &str) -> Key {
        self.root.clone().join(name)
    }

    /// What was asked for. It is written last of the upload: without it there is no job.
    #[must_use]
    pub fn job_file(&self) -> Key {
        self.file("job.json")
    }

    /// How the work is cut.
    #[must_use]
    pub fn plan_file(&self) -> Key {
        self.file("plan.json")
    }

    /// What reports say about model and uploads; the worker that plans writes it for the one that
    /// assembles.
    #[must_use]
    pub fn facts_file(&self) -> Key {
        self.file("facts.json")
    }

    /// What came of it.
    #[must_use]
    pub fn end_file(&self) -> Key {
        self.file("end.json")
    }

    /// The package as it is first made.
    #[must_use]
    pub fn package(&self) -> Key {
        self.file("results.zip")
    }

    /// The package of a job that is done. One that was made again lies beside the one before it
    /// until `end.json` says so, and is named by its hash.
    #[must_use]
    pub fn package_of(&self, facts: &DoneFacts) -> Key {
        if facts.is_rebuilt {
            self.file(&format!("results-{}.zip", facts.package_blake3))
        } else {
            self.package()
        }
    }

    /// Whether a file of the folder is a package.
    #[must_use]
    pub fn is_package(&self, key: &Key) -> bool {
        let mut parts = key.prefix_match(&self.root).into_iter().flatten();
        let name = parts.next().filter(|_| parts.next().is_none());
        name.is_some_and(|name| {
            let name = name.as_ref();
            name.starts_with("results") && name.ends_with(".zip")
        })
    }

    /// The folder of uploaded files.
    #[must_use]
    pub fn uploads(&self) -> Key {
        self.file("upload")
    }

    /// The uploaded file with this number, from 0.
    #[must_use]
    pub fn upload(&self, number: usize) -> Key {
        self.uploads().join(format!("{number:05}"))
    }

    /// The resumable uploads that the job was made of, while the web front end may still have files
    /// of them.
    #[must_use]
    pub fn delivered(&self) -> Key {
        self.file("delivered.json")
    }

    /// The folder of finished shards.
    #[must_use]
    pub fn shards(&self) -> Key {
        self.file("shards")
    }

    /// Records and copies of a shard.
    #[must_use]
    pub fn shard(&self, number: u32) -> Key {
        self.shards().join(format!("{number:06}.zip"))
    }

    /// What a shard adds up to. It is written last: without it the shard is not finished.
    #[must_use]
    pub fn shard_facts(&self, number: u32) -> Key {
        self.shards().join(format!("{number:06}.json"))
    }

    /// The folder of what is finished of shards that are not.
    #[must_use]
    pub fn all_saved(&self) -> Key {
        self.file("saved")
    }

    /// The folder of what is finished of a shard that is not.
    #[must_use]
    pub fn saved(&self, shard: u32) -> Key {
        self.all_saved().join(format!("{shard:06}"))
    }

    /// What is finished of a shard that is not: a part with the files `[first, end)` of the shard.
    #[must_use]
    pub fn saved_part(&self, shard: u32, files: &Range<usize>) -> Key {
        let name = format!("{:09}-{:09}.zip", files.start, files.end);
        self.saved(shard).join(name)
    }

    /// The files of a part, as its name says; `None` when it has none.
    #[must_use]
    pub fn files_of_part(key: &Key) -> Option<Range<usize>> {
        let (first, end) = key.filename()?.strip_suffix(".zip")?.split_once('-')?;
        let files = first.parse().ok()?..end.parse().ok()?;
        (!files.is_empty()).then_some(files)
    }

    /// At which files of a shard the program ended.
    #[must_use]
    pub fn crash_note(&self, number: u32) -> Key {
        self.shards().join(format!("{number:06}.care.json"))
    }

    /// Previews and thumbnails of a shard's images.
    #[must_use]
    pub fn pictures(&self, shard: u32) -> Key {
        self.file("gallery").join(format!("{shard:06}.jpgs"))
    }

    /// The records of all files, one JSON object a line, kept for the results page and for making
    /// the package again.
    #[must_use]
    pub fn kept_records(&self) -> Key {
        self.file("gallery").join("records.jsonl")
    }

    /// The rows of the results page.
    #[must_use]
    pub fn gallery_file(&self) -> Key {
        self.file("gallery").join("rows.bin")
    }

    /// The folder of what people said about the results.
    #[must_use]
    pub fn corrections(&self) -> Key {
        self.file("corrections")
    }

    /// What somebody said about the results, numbered from 1.
    #[must_use]
    pub fn correction(&self, number: u32) -> Key {
        self.corrections().join(format!("{number:06}.json"))
    }

    /// The package is to be made again, and is not yet.
    #[must_use]
    pub fn rebuild_file(&self) -> Key {
        self.file("rebuild.json")
    }

    /// Why the package was not made again.
    #[must_use]
    pub fn rebuild_failure(&self) -> Key {
        self.file("rebuild-failed.json")
    }

    /// The number in the name of a shard's facts.
    #[must_use]
    pub fn shard_number(key: &Key) -> Option<u32> {
        key.filename()?.strip_suffix(".json")?.parse().ok()
    }

    /// The folder of notes about mails.
    #[must_use]
    pub fn mails(&self) -> Key {
        self.file("mails")
    }

    /// Says that a mail was sent.
    #[must_use]
    pub fn mail(&self, kind: MailKind) -> Key {
        self.mails().join(format!("{}.json", kind.name()))
    }
}
