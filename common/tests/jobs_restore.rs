//! Whatever is lost of records and wake-ups comes back from the folders of the jobs.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
mod support;

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use common::{
    Counts, Threshold,
    job::{
        DoneFacts, EndFile, JobId, JobRecord, Lane, MailKind, Outcome, PlanFile, RebuildFailure,
        Refusal, Rejection, RejectionCode, ShardFacts, ShardSpan, Task,
    },
    jobs::{JobState, Jobs, RebuildState},
    store::{JobFolder, Store, StoreUrl},
};
use support::{
    job::{file, id, processed},
    place::Place,
};
use tempfile::TempDir;

/// A service whose records can be lost.
struct Service {
    place: Place,
    folder: TempDir,
    jobs: Jobs,
}

impl Service {
    async fn at(place: Place) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Self::open(&place, &folder).await;
        Self {
            place,
            folder,
            jobs,
        }
    }

    async fn open(place: &Place, folder: &TempDir) -> Jobs {
        let store = Store::open(&StoreUrl::folder(folder.path().to_owned())).unwrap();
        let (records, queue) = place.open().await;
        Jobs {
            store,
            records,
            queue,
            mail_folder: None,
        }
    }

    /// As after FLUSHALL, or with the SQLite file deleted: nothing but the folders is left.
    async fn lose_records(&mut self) {
        self.place.lose_everything().await;
        self.jobs = Self::open(&self.place, &self.folder).await;
        assert_eq!(self.jobs.records.store().jobs().await.unwrap(), []);
    }

    async fn submitted(&self) -> JobId {
        let job = id();
        self.jobs.submit(&file(job)).await.unwrap();
        job
    }

    /// What is open after a loss, and that workers were woken for it.
    async fn restored(&mut self, job: JobId) -> Option<JobRecord> {
        self.lose_records().await;
        let is_restored = self.jobs.restore_all().await.unwrap();
        assert_eq!(self.jobs.restore_all().await.unwrap(), 0, "once is enough");
        let loaded = self.jobs.records.store().load(job).await.unwrap();
        assert_eq!(loaded.is_some(), is_restored == 1);
        let record = loaded.map(|loaded| loaded.record);
        let open = record.iter().flat_map(JobRecord::tasks).count() as u64;
        let mut woken = 0;
        for lane in Lane::ALL {
            woken += self.jobs.queue.depth(lane).await.unwrap();
        }
        assert_eq!(woken, open);
        record
    }

    async fn put_plan(&self, job: JobId, shards: u64) {
        let plan = PlanFile {
            model: "tiny".parse().unwrap(),
            model_sha256: "0".repeat(64),
            threshold: threshold(),
            files: shards * 10,
            images: shards * 10,
            fingerprint: "f".to_owned(),
            names: Vec::new(),
            shards: (0..shards)
                .map(|n| ShardSpan {
                    first: n * 10,
                    end: n * 10 + 10,
                })
                .collect(),
        };
        let key = JobFolder::of(job).plan_file();
        self.jobs.store.put_json(&key, &plan).await.unwrap();
    }

    async fn put_shard(&self, job: JobId, number: u32) {
        let facts = ShardFacts {
            counts: processed(10),
            started: "2026-03-04T05:06:07Z".parse().unwrap(),
            finished: "2026-03-04T05:06:09Z".parse().unwrap(),
            device: "cpu".to_owned(),
            onnxruntime_version: "1".to_owned(),
            threads: 1,
            stage_seconds: BTreeMap::new(),
            cpu_seconds: 1.0,
            peak_memory_bytes: 1,
        };
        let folder = JobFolder::of(job);
        let store = &self.jobs.store;
        store
            .put(&folder.shard(number), Bytes::new())
            .await
            .unwrap();
        store
            .put_json(&folder.shard_facts(number), &facts)
            .await
            .unwrap();
    }

    async fn end(&self, job: JobId, outcome: Outcome) {
        let end = EndFile {
            ended: jiff::Timestamp::now(),
            outcome,
        };
        let key = JobFolder::of(job).end_file();
        assert!(self.jobs.store.create_json(&key, &end).await.unwrap());
    }

    /// A job that is over and has no record any more.
    async fn finished(&self) -> JobId {
        let job = self.submitted().await;
        self.end(job, done()).await;
        self.note_mail(job, MailKind::Done).await;
        self.jobs.records.store().remove(job).await.unwrap();
        job
    }

    async fn rebuild_state(&self, job: JobId) -> RebuildState {
        self.jobs.rebuild_state(job).await.unwrap()
    }

    async fn note_mail(&self, job: JobId, kind: MailKind) {
        let key = JobFolder::of(job).mail(kind);
        self.jobs
            .store
            .put(&key, Bytes::from_static(b"{}"))
            .await
            .unwrap();
    }
}

fn threshold() -> Threshold {
    Threshold::new(0.2).unwrap()
}

fn done() -> Outcome {
    Outcome::Done(DoneFacts {
        counts: processed(30),
        package_bytes: 1,
        package_blake3: "b".repeat(64),
        model: "Tiny".to_owned(),
        threshold: threshold(),
        is_rebuilt: false,
        corrected: 0,
    })
}

fn rejected() -> Outcome {
    Outcome::Rejected(Rejection {
        code: RejectionCode::NoImages,
        detail: "there is no image in it".to_owned(),
    })
}

fn open_tasks(record: Option<&JobRecord>) -> Vec<Task> {
    record
        .into_iter()
        .flat_map(JobRecord::tasks)
        .map(|(task, _)| task)
        .collect()
}

of_both_back_ends! {
    place => super::Service::at(place).await;
    an_accepted_job_is_planned_again
    an_accepted_job_is_not_greeted_twice
    a_planned_job_goes_on_with_the_shards_that_are_not_finished
    a_job_with_all_shards_is_assembled
    a_shard_without_its_facts_is_not_finished
    a_job_that_is_over_only_sends_its_mail
    a_job_whose_mail_was_sent_stays_over
    a_package_that_is_to_be_made_again_is_not_forgotten
    a_wish_is_taken_up_although_its_job_was_known_to_be_over
    a_wish_waits_beside_a_mail_that_is_on_its_way
    a_wish_can_be_followed_until_it_is_fulfilled_or_cannot_be
    a_job_that_is_restored_by_many_at_once_is_restored_once
    what_is_no_job_is_not_made_one
    one_unreadable_job_does_not_keep_the_others
    one_unreadable_plan_does_not_keep_the_others
    a_job_on_its_way_is_left_alone
    a_lost_wake_up_is_repeated
}

async fn an_accepted_job_is_planned_again(mut service: Service) {
    let job = service.submitted().await;
    let record = service.restored(job).await.unwrap();
    let accepted = file(job).accepted.as_millisecond();
    assert_eq!(i64::try_from(record.accepted_ms).unwrap(), accepted);
    let tasks = [Task::Plan, Task::Mail(MailKind::Accepted)];
    assert_eq!(open_tasks(Some(&record)), tasks);
    let view = service.jobs.look(job).await.unwrap().unwrap();
    assert!(matches!(view.state, JobState::Open(_)));
}

async fn an_accepted_job_is_not_greeted_twice(mut service: Service) {
    let job = service.submitted().await;
    service.note_mail(job, MailKind::Accepted).await;
    let record = service.restored(job).await;
    assert_eq!(open_tasks(record.as_ref()), [Task::Plan]);
}

async fn a_planned_job_goes_on_with_the_shards_that_are_not_finished(mut service: Service) {
    let job = service.submitted().await;
    service.note_mail(job, MailKind::Accepted).await;
    service.put_plan(job, 5).await;
    for number in [0, 2, 3] {
        service.put_shard(job, number).await;
    }
    let record = service.restored(job).await.unwrap();
    assert_eq!(
        open_tasks(Some(&record)),
        [Task::Detect(1), Task::Detect(4)]
    );
    assert_eq!(record.counts(), processed(30));
    assert_eq!(record.work().unwrap().images, 50);
}

async fn a_job_with_all_shards_is_assembled(mut service: Service) {
    let job = service.submitted().await;
    service.note_mail(job, MailKind::Accepted).await;
    service.put_plan(job, 3).await;
    for number in 0..3 {
        service.put_shard(job, number).await;
    }
    // It was being assembled when the record was lost.
    let package = JobFolder::of(job).package();
    service
        .jobs
        .store
        .put(&package, Bytes::new())
        .await
        .unwrap();
    let record = service.restored(job).await;
    assert_eq!(open_tasks(record.as_ref()), [Task::Assemble]);
}

async fn a_shard_without_its_facts_is_not_finished(mut service: Service) {
    let job = service.submitted().await;
    service.note_mail(job, MailKind::Accepted).await;
    service.put_plan(job, 1).await;
    let shard = JobFolder::of(job).shard(0);
    service.jobs.store.put(&shard, Bytes::new()).await.unwrap();
    let record = service.restored(job).await.unwrap();
    assert_eq!(open_tasks(Some(&record)), [Task::Detect(0)]);
    assert_eq!(record.counts(), Counts::default());
}

async fn a_job_that_is_over_only_sends_its_mail(mut service: Service) {
    for (outcome, mail) in [
        (done(), Some(MailKind::Done)),
        (rejected(), Some(MailKind::Failed)),
        (Outcome::Cancelled, None),
    ] {
        let job = service.submitted().await;
        service.put_plan(job, 2).await;
        service.end(job, outcome).await;
        let record = service.restored(job).await;
        let expected: Vec<Task> = mail.into_iter().map(Task::Mail).collect();
        assert_eq!(open_tasks(record.as_ref()), expected);
        service.jobs.delete(job).await.unwrap();
    }
}

async fn a_job_whose_mail_was_sent_stays_over(mut service: Service) {
    for (outcome, mail) in [(done(), MailKind::Done), (rejected(), MailKind::Failed)] {
        let job = service.submitted().await;
        service.end(job, outcome).await;
        service.note_mail(job, mail).await;
        assert_eq!(service.restored(job).await, None);
        let view = service.jobs.look(job).await.unwrap().unwrap();
        assert!(matches!(view.state, JobState::Ended(_)));
    }
}

async fn a_package_that_is_to_be_made_again_is_not_forgotten(mut service: Service) {
    let job = service.finished().await;
    assert!(service.jobs.rebuild(job, threshold()).await.unwrap());
    let other = Threshold::new(0.9).unwrap();
    assert!(!service.jobs.rebuild(job, other).await.unwrap());
    let record = service.restored(job).await;
    assert_eq!(open_tasks(record.as_ref()), [Task::Rebuild]);
    let wish = service.jobs.store.rebuild_file(job).await.unwrap();
    assert_eq!(wish.unwrap().threshold, threshold());
}

async fn a_wish_is_taken_up_although_its_job_was_known_to_be_over(mut service: Service) {
    let [seen, unseen] = [service.finished().await, service.finished().await];
    let mut over = HashSet::new();
    service.jobs.restore_all_but(&mut over).await.unwrap();
    assert_eq!(over, [seen, unseen].into());
    // One has a record when jobs are looked through, the other loses it before.
    service.jobs.rebuild(seen, threshold()).await.unwrap();
    service.jobs.restore_all_but(&mut over).await.unwrap();
    assert_eq!(over, [unseen].into());
    service.jobs.rebuild(unseen, threshold()).await.unwrap();
    service.lose_records().await;
    let restored = service.jobs.restore_all_but(&mut over).await.unwrap();
    assert_eq!(restored, 1);
    service.jobs.recall_rebuilds(&mut over).await.unwrap();
    let restored = service.jobs.restore_all_but(&mut over).await.unwrap();
    assert_eq!(restored, 1);
}

async fn a_wish_waits_beside_a_mail_that_is_on_its_way(service: Service) {
    let job = service.finished().await;
    assert!(
        service
            .jobs
            .send_mail(job, MailKind::Expiring)
            .await
            .unwrap()
    );
    assert!(service.jobs.rebuild(job, threshold()).await.unwrap());
    let record = service.jobs.records.store().load(job).await.unwrap();
    assert_eq!(
        open_tasks(record.map(|loaded| loaded.record).as_ref()),
        [Task::Rebuild, Task::Mail(MailKind::Expiring)]
    );
}

async fn a_wish_can_be_followed_until_it_is_fulfilled_or_cannot_be(mut service: Service) {
    let job = service.finished().await;
    assert_eq!(service.rebuild_state(job).await, RebuildState::None);
    service.jobs.rebuild(job, threshold()).await.unwrap();
    service.lose_records().await;
    // Looking at it is enough to bring it back.
    for images in [None, Some(0)] {
        let RebuildState::Open {
            wish,
            images: found,
            is_stuck,
        } = service.rebuild_state(job).await
        else {
            panic!("it is not there yet");
        };
        assert_eq!(
            (wish.threshold, found, is_stuck),
            (threshold(), images, false)
        );
    }
    let records = service.jobs.records.clone();
    let claimed = records.change(job, |record, now_ms| {
        let claim = record.claim(Task::Rebuild, "w", 60_000, now_ms)?;
        record.renew(&claim, processed(7), 60_000, now_ms).unwrap();
        Ok::<_, Refusal>(claim)
    });
    let claim = claimed.await.unwrap().value;
    let state = service.rebuild_state(job).await;
    assert!(matches!(
        state,
        RebuildState::Open {
            images: Some(7),
            ..
        }
    ));

    let (store, folder) = (service.jobs.store.clone(), JobFolder::of(job));
    let failure = RebuildFailure {
        wish: store.rebuild_file(job).await.unwrap().unwrap(),
        failed: jiff::Timestamp::now(),
        reason: "the uploads are gone".to_owned(),
    };
    store
        .put_json(&folder.rebuild_failure(), &failure)
        .await
        .unwrap();
    store.remove(&folder.rebuild_file()).await.unwrap();
    let closed = records.change(job, |record, _| record.rebuilt(&claim));
    assert!(closed.await.unwrap().record.is_over());
    assert_eq!(
        service.rebuild_state(job).await,
        RebuildState::Failed(failure)
    );
    service.jobs.rebuild(job, threshold()).await.unwrap();
    assert!(matches!(
        service.rebuild_state(job).await,
        RebuildState::Open { .. }
    ));
}

async fn a_job_that_is_restored_by_many_at_once_is_restored_once(mut service: Service) {
    let job = service.submitted().await;
    service.lose_records().await;
    let restorers = (0..8).map(|_| {
        let jobs = service.jobs.clone();
        tokio::spawn(async move { jobs.restore(job).await.unwrap() })
    });
    let mut restored = 0;
    for restorer in restorers.collect::<Vec<_>>() {
        restored += u32::from(restorer.await.unwrap());
    }
    assert_eq!(restored, 1);
    // Planning, and the mail.
    assert_eq!(service.jobs.queue.depth(Lane::Control).await.unwrap(), 2);
}

async fn what_is_no_job_is_not_made_one(mut service: Service) {
    let (deleted, cancelled) = (service.submitted().await, service.submitted().await);
    service.jobs.delete(deleted).await.unwrap();
    assert!(service.jobs.cancel(cancelled).await.unwrap());
    assert!(!service.jobs.cancel(cancelled).await.unwrap());
    // An upload that broke off.
    let upload = JobFolder::of(id()).upload(0);
    service.jobs.store.put(&upload, Bytes::new()).await.unwrap();
    service.lose_records().await;
    assert_eq!(service.jobs.restore_all().await.unwrap(), 0);
    assert!(service.jobs.look(deleted).await.unwrap().is_none());
}

async fn one_unreadable_job_does_not_keep_the_others(service: Service) {
    let key = |job| JobFolder::of(job).job_file();
    others_are_restored(service, key).await;
}

async fn one_unreadable_plan_does_not_keep_the_others(service: Service) {
    let key = |job| JobFolder::of(job).plan_file();
    others_are_restored(service, key).await;
}

async fn others_are_restored(
    mut service: Service,
    damaged: impl Fn(JobId) -> object_store::path::Path,
) {
    let mut jobs = Vec::new();
    for _ in 0..5 {
        jobs.push(service.submitted().await);
    }
    let damaged = damaged(jobs[2]);
    let garbage = Bytes::from_static(b"\0\0\0");
    service.jobs.store.put(&damaged, garbage).await.unwrap();
    service.lose_records().await;
    assert_eq!(service.jobs.restore_all().await.unwrap(), 4);
    jobs.remove(2);
    jobs.sort();
    let mut restored = service.jobs.records.store().jobs().await.unwrap();
    restored.sort();
    assert_eq!(restored, jobs);
}

async fn a_job_on_its_way_is_left_alone(service: Service) {
    let job = service.submitted().await;
    let claim = |record: &mut JobRecord, now_ms| record.claim(Task::Plan, "w", 60_000, now_ms);
    service.jobs.records.change(job, claim).await.unwrap();
    let before = service.jobs.records.store().load(job).await.unwrap();
    assert_eq!(service.jobs.restore_all().await.unwrap(), 0);
    assert!(!service.jobs.restore(job).await.unwrap());
    let after = service.jobs.records.store().load(job).await.unwrap();
    assert_eq!(
        before.map(|loaded| loaded.revision),
        after.map(|loaded| loaded.revision)
    );
}

async fn a_lost_wake_up_is_repeated(service: Service) {
    let job = id();
    let key = JobFolder::of(job).job_file();
    service.jobs.store.put_json(&key, &file(job)).await.unwrap();
    // The record is there; the process died before it woke anybody.
    let record = JobRecord::accepted(job, 5);
    assert!(service.jobs.records.store().create(&record).await.unwrap());
    assert_eq!(service.jobs.wake_due().await.unwrap(), 2);
    assert_eq!(service.jobs.queue.depth(Lane::Control).await.unwrap(), 2);
    assert_eq!(service.jobs.wake_due().await.unwrap(), 0, "not so soon");
}
