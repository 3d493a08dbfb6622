//! A deleted job leaves nothing behind, whoever is at it meanwhile.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
mod support;

use std::{convert::Infallible, fs, path::PathBuf};

use common::{
    Label, MediaPath,
    correction::Verdict,
    job::{Claim, JobId, Lane, MailKind, Task},
    jobs::Jobs,
    store::{CorrectionError, JobFolder, Store, StoreUrl},
};
use support::{
    job::{file, id},
    place::Place,
};
use tempfile::TempDir;

/// Longer than a test takes.
const LEASE_MS: u64 = 600_000;

struct Service {
    _place: Place,
    folder: TempDir,
    jobs: Jobs,
}

of_both_back_ends! {
    place => super::Service::at(place).await;
    a_job_that_nobody_is_at_is_gone_at_once
    the_last_who_is_at_a_job_erases_it
    who_died_is_not_waited_for_beyond_the_lease
    what_is_said_of_a_deleted_job_is_not_kept
    a_job_that_comes_back_to_life_is_deleted_again
}

impl Service {
    async fn at(place: Place) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreUrl::folder(folder.path().join("store"))).unwrap();
        let (records, queue) = place.open().await;
        let mail_folder = folder.path().join("mail");
        fs::create_dir(&mail_folder).unwrap();
        Self {
            _place: place,
            jobs: Jobs {
                store,
                records,
                queue,
                mail_folder: Some(mail_folder),
            },
            folder,
        }
    }

    /// A job with a mail that lies as a file.
    async fn submitted(&self) -> JobId {
        let job = id();
        self.jobs.submit(&file(job)).await.unwrap();
        let name = MailKind::Accepted.name_of_mail(job);
        fs::write(self.mails().join(format!("{name}.eml")), "mail").unwrap();
        fs::write(self.mails().join(format!("{name}.half")), "ma").unwrap();
        job
    }

    fn mails(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    async fn claim(&self, job: JobId, task: Task, lease_ms: u64) -> Claim {
        let claimed = self.jobs.records.change(job, |record, now_ms| {
            record.claim(task, "w", lease_ms, now_ms)
        });
        claimed.await.unwrap().value
    }

    /// A worker that does not know yet writes into the folder.
    async fn write(&self, job: JobId) {
        let key = JobFolder::of(job).shard(0);
        self.jobs.store.put(&key, "shard".into()).await.unwrap();
    }

    async fn has_record(&self, job: JobId) -> bool {
        let records = self.jobs.records.store();
        records.load(job).await.unwrap().is_some()
    }

    /// Asserts that nothing of any job is left but for records.
    fn is_empty_but_for_records(&self) {
        let entries = walkdir(self.folder.path());
        assert_eq!(entries, Vec::<PathBuf>::new());
    }

    async fn is_empty(&self) {
        self.is_empty_but_for_records();
        assert_eq!(self.jobs.records.store().jobs().await.unwrap(), []);
        for lane in Lane::ALL {
            assert_eq!(self.jobs.queue.depth(lane).await.unwrap(), 0);
        }
    }
}

/// All files below a folder, and folders of jobs.
fn walkdir(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_job = folder.ends_with("jobs");
        if path.is_dir() && !is_job {
            found.extend(walkdir(&path));
        } else {
            found.push(path);
        }
    }
    found
}

async fn a_job_that_nobody_is_at_is_gone_at_once(service: Service) {
    let (job, other) = (service.submitted().await, service.submitted().await);
    service.jobs.delete(job).await.unwrap();
    assert!(!service.has_record(job).await && service.has_record(other).await);
    assert!(service.jobs.store.is_job(other).await.unwrap());
    assert_eq!(fs::read_dir(service.mails()).unwrap().count(), 2);
    service.jobs.delete(other).await.unwrap();
    service.jobs.delete(other).await.unwrap();
    service.is_empty().await;
}

async fn the_last_who_is_at_a_job_erases_it(service: Service) {
    let job = service.submitted().await;
    let plan = service.claim(job, Task::Plan, LEASE_MS).await;
    let mail = Task::Mail(MailKind::Accepted);
    let mail = service.claim(job, mail, LEASE_MS).await;
    service.jobs.delete(job).await.unwrap();
    service.is_empty_but_for_records();
    service.write(job).await;
    assert!(service.jobs.undo_if_gone(job).await.unwrap());
    service.jobs.leave(&plan).await.unwrap();
    service.is_empty_but_for_records();
    assert!(service.has_record(job).await, "somebody is still at it");
    service.jobs.wake_all().await.unwrap();
    assert!(service.has_record(job).await);
    service.write(job).await;
    service.jobs.leave(&mail).await.unwrap();
    service.is_empty().await;
}

async fn who_died_is_not_waited_for_beyond_the_lease(service: Service) {
    let job = service.submitted().await;
    service.claim(job, Task::Plan, 300).await;
    service.jobs.delete(job).await.unwrap();
    service.write(job).await;
    support::until("the end of the lease", async || {
        service.jobs.wake_all().await.unwrap();
        !service.has_record(job).await
    })
    .await;
    service.is_empty().await;
}

async fn what_is_said_of_a_deleted_job_is_not_kept(service: Service) {
    let job = service.submitted().await;
    let mut heard = service.jobs.store.corrections(job).await.unwrap();
    service.jobs.delete(job).await.unwrap();
    let path = MediaPath::from_display_name("a.jpg");
    let said =
        service
            .jobs
            .store
            .correct(job, &mut heard, (0, &path), Verdict::Shows(Label::Blank));
    assert!(matches!(said.await, Err(CorrectionError::NoJob)));
    service
        .jobs
        .rebuild(job, "0.5".parse().unwrap())
        .await
        .unwrap();
    service.is_empty().await;
}

/// Whoever looked at the folder a moment before the deletion may make a record after it.
async fn a_job_that_comes_back_to_life_is_deleted_again(service: Service) {
    let job = service.submitted().await;
    let loaded = service.jobs.records.store().load(job).await.unwrap();
    service.jobs.delete(job).await.unwrap();
    let record = loaded.unwrap().record;
    assert!(service.jobs.records.store().create(&record).await.unwrap());
    let plan = service.claim(job, Task::Plan, LEASE_MS).await;
    // As a worker does that finds no job.json.
    service.jobs.delete(job).await.unwrap();
    service.jobs.leave(&plan).await.unwrap();
    service.is_empty().await;
    let changed = service
        .jobs
        .change_and_wake(job, |_, _| Ok::<_, Infallible>(()));
    assert!(changed.await.is_err());
}
