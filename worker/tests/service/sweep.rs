//! `trapline-worker sweep`, as cron calls it once a day.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use common::{
    job::{JobId, JobRecord, MailKind, Outcome},
    store::JobFolder,
};
use jiff::{Timestamp, ToSpan as _};
use walkdir::WalkDir;

use crate::{
    backend::{mail_server::MailServer, place::Place},
    card::odd_card,
    deployment::Deployment,
    support::contents,
    web_front::WebFront,
};

const DAY: i64 = 24;

/// What lies in the store of this test, with a retention of 14 days.
struct Swept {
    fresh: JobId,
    /// One that was done not quite two days before its end.
    near: JobId,
    /// One that cannot be used, as old.
    near_rejected: JobId,
    expired: JobId,
    /// One of long ago that no worker has looked at.
    unfinished: JobId,
}

impl Swept {
    /// Everything that a sweep has to tell apart. No worker is left.
    async fn prepare(service: &mut Deployment) -> Self {
        let card = odd_card(&service.bench, 5);
        let text = service.bench.zip("text.zip", &[("notes.txt", b"hello")]);
        let worker = service.start_worker();
        let swept = Self {
            fresh: service.submit(&[&card]).await,
            near: service.submit(&[&card]).await,
            near_rejected: service.submit(&[&text]).await,
            expired: service.submit(&[&card]).await,
            unfinished: JobId::random().unwrap(),
        };
        for job in [swept.fresh, swept.near, swept.expired] {
            service.done(job).await;
        }
        let end = service.end_of(swept.near_rejected).await;
        assert!(matches!(end.outcome, Outcome::Rejected(_)));
        service.quiet().await;
        service.stop(worker);
        ended_before(service, swept.near, 12 * DAY + 1).await;
        ended_before(service, swept.near_rejected, 12 * DAY + 1).await;
        ended_before(service, swept.expired, 14 * DAY + 1).await;
        // Something is left to do for it.
        let record = JobRecord::of_mail(swept.expired, MailKind::Done, 5);
        let records = service.jobs.records.store();
        assert!(records.create(&record).await.unwrap());
        service.submit_as(swept.unfinished, &[&card]).await;
        touched_before(&folder_of(service, swept.unfinished), 100 * DAY);
        swept
    }
}

/// Sets the time of a job's end back.
async fn ended_before(service: &Deployment, job: JobId, hours: i64) {
    let store = &service.jobs.store;
    let mut end = store.end_file(job).await.unwrap().unwrap();
    end.ended = Timestamp::now() - hours.hours();
    let key = JobFolder::of(job).end_file();
    store.put_json(&key, &end).await.unwrap();
}

fn folder_of(service: &Deployment, job: JobId) -> PathBuf {
    let key = JobFolder::of(job);
    service.jobs.store.local_path(key.root()).unwrap()
}

/// Sets the time of a folder with all that is in it back.
fn touched_before(folder: &Path, hours: i64) {
    let moment = SystemTime::now() - Duration::from_secs(3600 * hours.unsigned_abs());
    for entry in WalkDir::new(folder) {
        let file = fs::File::open(entry.unwrap().path()).unwrap();
        file.set_modified(moment).unwrap();
    }
}

/// Makes a folder with a file in it, last touched some hours ago.
fn left_behind(folder: PathBuf, file: &str, hours: i64) -> PathBuf {
    let file = folder.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, b"half").unwrap();
    touched_before(&folder, hours);
    folder
}

/// Folders that nobody needs any more, and others that somebody may be at.
fn leave_behind(service: &Deployment) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let upload = |file, hours| {
        let folder = folder_of(service, JobId::random().unwrap());
        left_behind(folder, file, hours)
    };
    let scratch = |name: &str, hours| {
        let folder = service.bench.path("store/scratch").join(name);
        left_behind(folder, "package/annotated/a.jpg", hours)
    };
    (
        vec![
            upload("upload/00000", 25),
            upload("upload/00000#1", 25),
            scratch("a-host-12-1790000000000", 25),
        ],
        vec![
            upload("upload/00000#1", 23),
            scratch("a-host-13-1790000000000", 23),
        ],
    )
}

/// Everything in the store, and the jobs with a record.
async fn everything(service: &Deployment) -> (BTreeMap<String, Vec<u8>>, Vec<JobId>) {
    let files = contents(&service.bench.path("store"));
    let jobs = service.jobs.records.store().jobs().await.unwrap();
    (files.into_iter().collect(), jobs)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_removes_what_has_had_its_time_and_warns_once_before() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let server = MailServer::start("plain");
    service.send_mails_to(&server);
    service.set("RETENTION_DAYS", "14");
    let jobs = Swept::prepare(&mut service).await;
    let (old, young) = leave_behind(&service);
    let web = WebFront::start(&service);
    let status = |job: JobId| web.ask(&[], &format!("/jobs/{job}/status")).status;

    let before = everything(&service).await;
    let said = service.run(&["sweep", "--dry-run"]);
    assert_eq!(
        said.trim_end(),
        "1 jobs would be deleted, 1 warned, 2 unfinished uploads and 1 folders of dead workers \
         would be removed"
    );
    assert!(
        before == everything(&service).await,
        "a dry run changes something"
    );

    let said = service.run(&["sweep"]);
    assert_eq!(
        said.trim_end(),
        "1 jobs deleted, 1 warned, 2 unfinished uploads and 1 folders of dead workers removed"
    );
    assert_eq!(service.run(&["sweep"]), "", "once is enough");
    assert!(old.iter().all(|folder| !folder.exists()), "{old:?}");
    assert!(young.iter().all(|folder| folder.exists()), "{young:?}");
    assert!(!folder_of(&service, jobs.expired).exists());
    let mut with_record = service.jobs.records.store().jobs().await.unwrap();
    with_record.sort();
    let mut expected = [jobs.near, jobs.unfinished];
    expected.sort();
    assert_eq!(with_record, expected);
    assert_eq!(status(jobs.expired), 410);
    let package = format!("/jobs/{}/results.zip", jobs.expired);
    assert_eq!(web.ask(&[], &package).status, 410);
    for kept in [jobs.fresh, jobs.near, jobs.near_rejected, jobs.unfinished] {
        assert_eq!(status(kept), 200);
    }

    service.start_worker();
    service.mailed(jobs.near, MailKind::Expiring).await;
    service.done(jobs.unfinished).await;
    service.quiet().await;
    assert_eq!(service.run(&["sweep"]), "", "it was warned already");
    service.quiet().await;
    let mails = server.close();
    let warnings: Vec<_> = mails
        .iter()
        .filter(|m| m.id.contains("-expiring."))
        .collect();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(warnings[0].is(jobs.near, MailKind::Expiring));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_job_hides_no_others_and_can_be_deleted() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    service.set("RETENTION_DAYS", "14");
    let card = odd_card(&service.bench, 5);
    let (sound, damaged) = (
        service.submit(&[&card]).await,
        service.submit(&[&card]).await,
    );
    fs::write(folder_of(&service, damaged).join("job.json"), b"{").unwrap();
    let listed = service.run(&["jobs", "list"]);
    assert!(listed.contains(&sound.tag()), "{listed}");
    for arguments in [&["jobs", "list", "--dead"][..], &["jobs", "list", "--json"]] {
        let listed = service.run(arguments);
        let mut lines = listed.lines();
        let line = lines.find(|line| line.contains(&damaged.tag())).unwrap();
        assert!(
            line.contains("damaged") && line.contains("job.json"),
            "{line}"
        );
    }
    let shown = service.run(&["jobs", "show", &damaged.tag()]);
    assert!(
        shown.contains("damaged") && shown.contains("plan"),
        "{shown}"
    );
    service.run(&["jobs", "delete", &damaged.tag()]);
    assert!(!folder_of(&service, damaged).exists());
    assert!(folder_of(&service, sound).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_end_cannot_be_read_is_deleted_when_its_time_is_over() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    service.set("RETENTION_DAYS", "14");
    let card = odd_card(&service.bench, 5);
    let job = service.submit(&[&card]).await;
    let folder = folder_of(&service, job);
    fs::write(folder.join("end.json"), b"{").unwrap();
    for (days, is_kept) in [(13, true), (15, false)] {
        touched_before(&folder, days * DAY);
        service.run(&["sweep"]);
        assert_eq!(folder.exists(), is_kept, "after {days} days");
    }
}
