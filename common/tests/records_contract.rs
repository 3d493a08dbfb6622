//! What every back end of the records promises, asked of SQLite and of a real Redis server.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
mod support;

use std::{collections::HashSet, convert::Infallible, sync::Arc, time::Duration};

use common::{
    job::{Fenced, JobId, JobRecord, MailKind, Refusal, Task},
    records::{ChangeError, RecordStore, Records, RecordsError},
};
use support::{
    job::{id, processed},
    place::Place,
    soon, until,
};
use tokio::sync::Barrier;

of_both_back_ends! {
    place => &place;
    a_record_is_made_once_and_read_back
    a_swap_needs_the_state_that_was_loaded
    a_revision_never_comes_back
    a_record_made_again_is_not_the_one_that_was_loaded
    one_of_those_who_swap_at_once_wins
    jobs_are_listed_by_age
    a_note_disappears_by_itself
    notes_are_found_by_the_exact_beginning_of_their_keys
    one_holds_a_role_at_a_time
    the_time_is_that_of_the_back_end
    changes_at_once_are_all_made
    what_a_refused_change_did_is_kept
    a_record_that_is_over_is_removed
    a_record_can_be_made_again_after_everything_was_lost
}

async fn now_ms(store: &dyn RecordStore) -> u64 {
    store.now_ms().await.unwrap()
}

async fn a_record_is_made_once_and_read_back(place: &Place) {
    let (one, other) = (place.connect().await, place.connect().await);
    let record = JobRecord::accepted(id(), now_ms(&*one).await);
    assert!(one.load(record.job).await.unwrap().is_none());
    assert!(one.create(&record).await.unwrap());
    assert!(
        !other
            .create(&JobRecord::accepted(record.job, 1))
            .await
            .unwrap()
    );
    let loaded = other.load(record.job).await.unwrap().unwrap();
    assert_eq!(loaded.record, record);
    assert!(loaded.now_ms >= record.accepted_ms);
    assert_eq!(other.jobs().await.unwrap(), [record.job]);

    other.remove(record.job).await.unwrap();
    other.remove(record.job).await.unwrap();
    assert!(one.load(record.job).await.unwrap().is_none());
    assert_eq!(one.jobs().await.unwrap(), []);
}

async fn a_swap_needs_the_state_that_was_loaded(place: &Place) {
    let (one, other) = (place.connect().await, place.connect().await);
    let old = JobRecord::accepted(id(), 5);
    let new = JobRecord::of_mail(old.job, MailKind::Done, 5);
    one.create(&old).await.unwrap();
    let before = one.load(old.job).await.unwrap().unwrap();
    assert!(
        other
            .swap(old.job, before.revision, Some(&new))
            .await
            .unwrap()
    );
    assert!(
        !one.swap(old.job, before.revision, Some(&old))
            .await
            .unwrap()
    );
    assert!(!one.swap(old.job, before.revision, None).await.unwrap());
    let after = one.load(old.job).await.unwrap().unwrap();
    assert_eq!(after.record, new);
    assert!(other.swap(old.job, after.revision, None).await.unwrap());
    assert!(
        !other
            .swap(old.job, after.revision, Some(&new))
            .await
            .unwrap()
    );
    assert!(one.load(old.job).await.unwrap().is_none());
    assert_eq!(one.jobs().await.unwrap(), []);
}

async fn a_revision_never_comes_back(place: &Place) {
    let store = place.connect().await;
    let record = JobRecord::accepted(id(), 5);
    let mut seen = HashSet::new();
    for _ in 0..40 {
        store.create(&record).await.unwrap();
        for _ in 0..5 {
            let revision = store.load(record.job).await.unwrap().unwrap().revision;
            assert!(seen.insert(revision), "{revision} twice");
            assert!(
                store
                    .swap(record.job, revision, Some(&record))
                    .await
                    .unwrap()
            );
        }
        store.remove(record.job).await.unwrap();
    }
}

async fn a_record_made_again_is_not_the_one_that_was_loaded(place: &Place) {
    let store = place.connect().await;
    let record = JobRecord::accepted(id(), 5);
    for _ in 0..100 {
        store.create(&record).await.unwrap();
        let loaded = store.load(record.job).await.unwrap().unwrap();
        store.remove(record.job).await.unwrap();
        store.create(&record).await.unwrap();
        assert!(!store.swap(record.job, loaded.revision, None).await.unwrap());
        store.remove(record.job).await.unwrap();
    }
}

async fn one_of_those_who_swap_at_once_wins(place: &Place) {
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(place.connect().await);
    }
    let record = JobRecord::accepted(id(), 5);
    connections[0].create(&record).await.unwrap();
    for _ in 0..50 {
        let barrier = Arc::new(Barrier::new(8));
        let swaps = (0..8).map(|n| {
            let (store, barrier) = (Arc::clone(&connections[n % 4]), Arc::clone(&barrier));
            let record = record.clone();
            tokio::spawn(async move {
                let loaded = store.load(record.job).await.unwrap().unwrap();
                barrier.wait().await;
                store
                    .swap(record.job, loaded.revision, Some(&record))
                    .await
                    .unwrap()
            })
        });
        let mut won = 0;
        for swap in swaps.collect::<Vec<_>>() {
            won += u32::from(swap.await.unwrap());
        }
        assert_eq!(won, 1);
    }
}

async fn jobs_are_listed_by_age(place: &Place) {
    let store = place.connect().await;
    let mut jobs: Vec<(u64, JobId)> = (0..12).map(|n| (1_900_000_000_000 + n / 2, id())).collect();
    for (accepted_ms, job) in jobs.iter().rev() {
        let record = JobRecord::accepted(*job, *accepted_ms);
        store.create(&record).await.unwrap();
    }
    jobs.sort_by_key(|(accepted_ms, job)| (*accepted_ms, job.to_string()));
    let jobs: Vec<JobId> = jobs.into_iter().map(|(_, job)| job).collect();
    assert_eq!(store.jobs().await.unwrap(), jobs);
}

async fn a_note_disappears_by_itself(place: &Place) {
    let (one, other) = (place.connect().await, place.connect().await);
    let (short, long) = (Duration::from_millis(400), Duration::from_secs(3600));
    let left_ms = now_ms(&*one).await;
    one.leave_note("w:a", "1", short).await.unwrap();
    one.leave_note("w:b", "1", short).await.unwrap();
    one.leave_note("w:b", "2", long).await.unwrap();
    let b = ("w:b".to_owned(), "2".to_owned());
    until("the note's end", async || {
        other.notes("w:").await.unwrap() == std::slice::from_ref(&b)
    })
    .await;
    assert!(now_ms(&*one).await >= left_ms + 400, "too early");
    one.remove_note("w:b").await.unwrap();
    one.remove_note("w:b").await.unwrap();
    assert_eq!(other.notes("").await.unwrap(), []);
}

async fn notes_are_found_by_the_exact_beginning_of_their_keys(place: &Place) {
    let store = place.connect().await;
    let hour = Duration::from_secs(3600);
    for key in ["w:b", "w:a", "v:a", "w*:a", "w[x]?:a", "w\\:a"] {
        store.leave_note(key, key, hour).await.unwrap();
    }
    store.hold("w:role", "somebody", hour).await.unwrap();
    for (prefix, keys) in [
        ("w:", &["w:a", "w:b"][..]),
        ("w*", &["w*:a"]),
        ("w[x]?", &["w[x]?:a"]),
        ("w\\", &["w\\:a"]),
        ("x", &[]),
        ("", &["v:a", "w*:a", "w:a", "w:b", "w[x]?:a", "w\\:a"]),
    ] {
        let found = store.notes(prefix).await.unwrap();
        let pairs: Vec<_> = keys
            .iter()
            .map(|k| (k.to_string(), k.to_string()))
            .collect();
        assert_eq!(found, pairs, "{prefix}");
    }
}

async fn one_holds_a_role_at_a_time(place: &Place) {
    let (one, other) = (place.connect().await, place.connect().await);
    let (short, long) = (Duration::from_millis(300), Duration::from_secs(3600));
    assert!(one.hold("reconcile", "a", long).await.unwrap());
    assert!(!other.hold("reconcile", "b", long).await.unwrap());
    assert!(other.hold("sweep", "b", long).await.unwrap());
    assert!(one.hold("reconcile", "a", short).await.unwrap());
    until("the end of the role", async || {
        other.hold("reconcile", "b", long).await.unwrap()
    })
    .await;
    assert!(!one.hold("reconcile", "a", long).await.unwrap());
}

async fn the_time_is_that_of_the_back_end(place: &Place) {
    // Here the back end runs on the same machine, so that its clock can be compared.
    let store = place.connect().await;
    let here = || u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap();
    let before = here();
    let between = now_ms(&*store).await;
    assert!(before <= between + 1 && between <= here() + 1);
}

/// A job of `shards` shards, all of them open, claimed by nobody.
async fn planned(records: &Records, shards: u32) -> JobId {
    let job = id();
    let now_ms = now_ms(records.store()).await;
    let record = JobRecord::accepted(job, now_ms);
    records.store().create(&record).await.unwrap();
    let plan = |record: &mut JobRecord, now_ms| {
        let claim = record.claim(Task::Plan, "planner", 60_000, now_ms).unwrap();
        record.planned(&claim, u64::from(shards), shards, shards)
    };
    records.change(job, plan).await.unwrap();
    job
}

async fn finish_shard(records: &Records, job: JobId, shard: u32) -> u64 {
    let claim = |record: &mut JobRecord, now_ms| {
        record.claim(Task::Detect(shard), "worker", 60_000, now_ms)
    };
    let claim = records.change(job, claim).await.unwrap().value;
    let finish =
        |record: &mut JobRecord, now_ms| record.detected(&claim, &processed(1), 64, now_ms);
    records.change(job, finish).await.unwrap();
    claim.epoch
}

async fn changes_at_once_are_all_made(place: &Place) {
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(Records::new(place.connect().await));
    }
    let job = planned(&connections[0], 64).await;
    let tasks = (0..8_u32).map(|n| {
        let records = connections[n as usize % 4].clone();
        tokio::spawn(async move {
            let mut epochs = Vec::new();
            for shard in (0..64).filter(|shard| shard % 8 == n) {
                epochs.push(finish_shard(&records, job, shard).await);
            }
            epochs
        })
    });
    let mut epochs = HashSet::new();
    for task in tasks.collect::<Vec<_>>() {
        for epoch in soon("the end of all shards", task).await.unwrap() {
            assert!(epochs.insert(epoch), "{epoch} twice");
        }
    }
    assert_eq!(epochs.len(), 64);
    let record = connections[1].store().load(job).await.unwrap().unwrap();
    assert_eq!(record.record.counts().processed, 64);
    let open: Vec<Task> = record.record.tasks().map(|(task, _)| task).collect();
    assert_eq!(open, [Task::Assemble, Task::Mail(MailKind::Accepted)]);
}

async fn what_a_refused_change_did_is_kept(place: &Place) {
    let records = Records::new(place.connect().await);
    let job = planned(&records, 1).await;
    // Workers that die at it: each lease is over at once.
    let mut refusal = None;
    for _ in 0..50 {
        let claim =
            |record: &mut JobRecord, now_ms| record.claim(Task::Detect(0), "mortal", 0, now_ms);
        if let Err(ChangeError::Refused(why)) = records.change(job, claim).await {
            refusal = Some(why);
            break;
        }
    }
    assert_eq!(refusal, Some(Refusal::SetAside));
    let loaded = records.store().load(job).await.unwrap().unwrap();
    let mut aside = loaded.record.tasks().filter(|(_, s)| s.set_aside.is_some());
    assert_eq!(aside.next().unwrap().0, Task::Detect(0));
}

async fn a_record_that_is_over_is_removed(place: &Place) {
    let records = Records::new(place.connect().await);
    let job = id();
    let record = JobRecord::of_mail(job, MailKind::Done, now_ms(records.store()).await);
    records.store().create(&record).await.unwrap();
    let mail = |record: &mut JobRecord, now_ms| {
        let claim = record
            .claim(Task::Mail(MailKind::Done), "w", 1000, now_ms)
            .unwrap();
        record.mailed(&claim)
    };
    let changed = records.change(job, mail).await.unwrap();
    assert!(changed.record.is_over());
    assert_eq!(records.store().jobs().await.unwrap(), []);
    let again = records
        .change(job, |_, _| Ok::<_, Infallible>(()))
        .await
        .unwrap_err();
    assert!(matches!(again, ChangeError::NoRecord));
}

async fn a_record_can_be_made_again_after_everything_was_lost(place: &Place) {
    let records = Records::new(place.connect().await);
    let job = planned(&records, 3).await;
    let before = records.store().load(job).await.unwrap().unwrap();
    place.lose_everything().await;
    let records = match place {
        // The connection is the same, Redis is not.
        Place::Redis(_) => records,
        Place::Sqlite(_) => Records::new(place.connect().await),
    };
    let change = records.change(job, |_, _| Ok::<_, Fenced>(())).await;
    assert!(matches!(change, Err(ChangeError::NoRecord)));
    assert_eq!(records.store().jobs().await.unwrap(), []);
    assert!(records.store().create(&before.record).await.unwrap());
    let late = records.store().swap(job, before.revision, None);
    assert!(!late.await.unwrap(), "who loaded before the loss is late");
    finish_shard(&records, job, 0).await;
}

#[tokio::test]
async fn records_in_a_file_outlive_the_process() {
    let place = Place::sqlite();
    let job = {
        let records = Records::new(place.connect().await);
        planned(&records, 2).await
    };
    let store = place.connect().await;
    assert_eq!(store.jobs().await.unwrap(), [job]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_comes_back_when_redis_does() {
    let mut place = Place::durable_redis();
    let records = Records::new(place.connect().await);
    let job = planned(&records, 2).await;
    place.server().kill();
    assert!(matches!(
        records.store().load(job).await,
        Err(RecordsError::Redis(_))
    ));
    place.server().start_again();
    until("the connection's return", async || {
        records.store().load(job).await.is_ok_and(|r| r.is_some())
    })
    .await;
    finish_shard(&records, job, 1).await;
}

#[tokio::test]
async fn a_record_of_another_version_is_refused_by_name_and_without_its_id() {
    let place = Place::redis();
    let store = place.connect().await;
    let record = JobRecord::accepted(id(), 5);
    store.create(&record).await.unwrap();
    let Place::Redis(server) = &place else {
        unreachable!("it is Redis")
    };
    let mut connection = server.connection().await;
    let () = redis::cmd("HSET")
        .arg(format!("trapline:job:{}", record.job))
        .arg("record")
        .arg("{}")
        .query_async(&mut connection)
        .await
        .unwrap();
    let error = store.load(record.job).await.unwrap_err().to_string();
    assert!(error.contains(&record.job.tag()), "{error}");
    assert!(!error.contains(&record.job.to_string()), "{error}");
}
