//! What a store promises, asked of a folder and of a real S3 server.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod support;

use std::{collections::BTreeSet, io::ErrorKind, sync::LazyLock, time::Duration};

use bytes::Bytes;
use common::{
    Counts, Label, MediaPath, Threshold,
    correction::{Corrections, Verdict},
    job::{DoneFacts, EndFile, JobFile, Outcome},
    store::{JobFolder, Store, StoreError, StoreUrl},
};
use support::{
    job::{file, id},
    s3_server::S3Server,
};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

/// More than one part of an upload to S3, and not a whole number of them.
const LARGE: usize = 17 * 1024 * 1024 + 5;

/// A store that nobody else uses.
struct Place {
    store: Store,
    kind: Kind,
}

enum Kind {
    Folder(TempDir),
    Bucket,
}

/// The server of all buckets; it ends when the tests do and its input is closed.
static SERVER: LazyLock<S3Server> = LazyLock::new(S3Server::start);

impl Place {
    async fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::folder(folder.path().join("new/store"));
        Self {
            store: Store::open(&url).unwrap(),
            kind: Kind::Folder(folder),
        }
    }

    /// A bucket of its own, and in it the folder `prefix`.
    async fn bucket_at(prefix: &str) -> Self {
        let url = SERVER.store_url(prefix).await;
        Self {
            store: SERVER.open(&url),
            kind: Kind::Bucket,
        }
    }

    async fn bucket() -> Self {
        Self::bucket_at("").await
    }

    async fn bucket_with_prefix() -> Self {
        Self::bucket_at("/some/prefix").await
    }
}

macro_rules! of_all_stores {
    ($($promise:ident)*) => {
        mod in_a_folder {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::folder().await).await;
            })*
        }

        mod in_a_bucket {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::bucket().await).await;
            })*
        }

        mod below_a_prefix {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::bucket_with_prefix().await).await;
            })*
        }
    };
}

of_all_stores! {
    what_is_put_is_got
    what_is_there_is_not_made_again
    of_all_packages_one_stays
    a_large_file_appears_when_it_is_whole
    a_half_written_file_is_never_seen
    jobs_are_the_folders_with_an_id
    a_removed_job_leaves_nothing
    a_file_can_be_fetched_by_a_signed_address
    a_file_is_read_in_place
    a_file_that_was_replaced_is_not_read_on
    a_damaged_file_is_reported_by_its_name_alone
    a_part_of_a_file_is_got
    nothing_that_people_say_at_the_same_time_is_lost
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n % 251) as u8).collect()
}

async fn what_is_put_is_got(place: &Place) {
    let store = &place.store;
    let key = JobFolder::of(id()).upload(3);
    assert!(store.get(&key).await.unwrap().is_none());
    assert!(store.find(&key).await.unwrap().is_none());
    store.put(&key, Bytes::from_static(b"old")).await.unwrap();
    store
        .put(&key, Bytes::from_static(b"0123456"))
        .await
        .unwrap();
    assert_eq!(store.get(&key).await.unwrap().unwrap(), "0123456");
    assert_eq!(store.find(&key).await.unwrap().unwrap().size, 7);
    let listed = store.list(&JobFolder::of(id()).uploads()).await.unwrap();
    assert_eq!(listed, []);
    store.remove(&key).await.unwrap();
    store.remove(&key).await.unwrap();
    assert!(store.get(&key).await.unwrap().is_none());
}

async fn of_all_packages_one_stays(place: &Place) {
    let (job, store) = (id(), &place.store);
    let folder = JobFolder::of(job);
    let mut facts = DoneFacts {
        counts: Counts::default(),
        package_bytes: 1,
        package_blake3: "b".repeat(64),
        model: "Tiny".to_owned(),
        threshold: Threshold::new(0.2).unwrap(),
        is_rebuilt: true,
        corrected: 0,
    };
    let older = folder.root().clone().join("results-a.zip");
    let others = [
        folder.end_file(),
        folder.upload(0),
        folder.shards().join("results-1.zip"),
    ];
    let packages = [folder.package(), older, folder.package_of(&facts)];
    for key in others.iter().chain(&packages) {
        store.put(key, bytes(1).into()).await.unwrap();
    }
    for current in [&packages[2], &packages[0]] {
        store.put(&packages[0], bytes(1).into()).await.unwrap();
        assert_eq!(folder.package_of(&facts), *current);
        store.remove_other_packages(job, &facts).await.unwrap();
        let left = store.list(folder.root()).await.unwrap();
        let left: BTreeSet<_> = left.into_iter().map(|file| file.location).collect();
        assert_eq!(left, others.iter().chain([current]).cloned().collect());
        facts.is_rebuilt = false;
    }
}

async fn what_is_there_is_not_made_again(place: &Place) {
    let store = &place.store;
    let job = id();
    let key = JobFolder::of(job).end_file();
    let end = |second: i64| EndFile {
        ended: jiff::Timestamp::from_second(second).unwrap(),
        outcome: Outcome::Cancelled,
    };
    let makers = (0..8).map(|n| {
        let (store, key, end) = (store.clone(), key.clone(), end(n));
        tokio::spawn(async move { (n, store.create_json(&key, &end).await.unwrap()) })
    });
    let mut made = Vec::new();
    for maker in makers.collect::<Vec<_>>() {
        let (n, is_first) = maker.await.unwrap();
        made.extend(is_first.then_some(n));
    }
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(store.end_file(job).await.unwrap(), Some(end(made[0])));
}

async fn a_large_file_appears_when_it_is_whole(place: &Place) {
    let store = &place.store;
    let folder = JobFolder::of(id());
    let (key, content) = (folder.package(), bytes(LARGE));
    let mut writer = store.writer(&key);
    for part in content.chunks(1_000_003) {
        writer.write_all(part).await.unwrap();
        assert!(store.find(&key).await.unwrap().is_none());
    }
    assert_eq!(store.list(folder.root()).await.unwrap(), []);
    writer.shutdown().await.unwrap();
    assert!(store.get(&key).await.unwrap().unwrap() == content);

    let local = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(local.path(), &content).unwrap();
    store
        .put_file(&folder.upload(0), local.path())
        .await
        .unwrap();
    assert!(store.get(&folder.upload(0)).await.unwrap().unwrap() == content);
    let mut listed: Vec<String> = store
        .list(folder.root())
        .await
        .unwrap()
        .iter()
        .map(|found| found.location.filename().unwrap().to_owned())
        .collect();
    listed.sort();
    assert_eq!(listed, ["00000", "results.zip"]);
}

async fn a_half_written_file_is_never_seen(place: &Place) {
    let store = &place.store;
    let job = id();
    let folder = JobFolder::of(job);
    for (key, count) in [(folder.upload(0), 100), (folder.upload(1), LARGE)] {
        let mut writer = store.writer(&key);
        writer.write_all(&bytes(count)).await.unwrap();
        drop(writer);
        assert!(store.find(&key).await.unwrap().is_none());
    }
    assert_eq!(store.list(folder.root()).await.unwrap(), []);
    // The name is free, and what was left behind goes with the job.
    store
        .put(&folder.upload(1), Bytes::from_static(b"whole"))
        .await
        .unwrap();
    assert_eq!(
        store.get(&folder.upload(1)).await.unwrap().unwrap(),
        "whole"
    );
    store.remove_job(job).await.unwrap();
    if let Kind::Folder(folder) = &place.kind {
        let jobs = folder.path().join("new/store/jobs");
        assert_eq!(std::fs::read_dir(jobs).unwrap().count(), 0);
    }
}

async fn jobs_are_the_folders_with_an_id(place: &Place) {
    let store = &place.store;
    assert_eq!(store.jobs().await.unwrap(), []);
    let (whole, half) = (id(), id());
    let folder = JobFolder::of(whole);
    store
        .put_json(&folder.job_file(), &file(whole))
        .await
        .unwrap();
    store.put(&folder.shard(1), Bytes::new()).await.unwrap();
    store
        .put(&JobFolder::of(half).upload(0), Bytes::new())
        .await
        .unwrap();
    let stranger = object_store::path::Path::from("jobs/lost+found/x");
    store.put(&stranger, Bytes::new()).await.unwrap();
    let mut jobs = store.jobs().await.unwrap();
    jobs.sort();
    let mut expected = [whole, half];
    expected.sort();
    assert_eq!(jobs, expected);
    assert_eq!(store.job_file(whole).await.unwrap(), Some(file(whole)));
    assert_eq!(store.job_file(half).await.unwrap(), None);
}

async fn a_removed_job_leaves_nothing(place: &Place) {
    let store = &place.store;
    let (one, other) = (id(), id());
    for job in [one, other] {
        let folder = JobFolder::of(job);
        store
            .put_json(&folder.job_file(), &file(job))
            .await
            .unwrap();
        for number in 0..5 {
            store
                .put(&folder.shard(number), Bytes::new())
                .await
                .unwrap();
        }
    }
    store.remove_job(one).await.unwrap();
    store.remove_job(one).await.unwrap();
    assert_eq!(store.list(JobFolder::of(one).root()).await.unwrap(), []);
    assert_eq!(store.jobs().await.unwrap(), [other]);
    assert_eq!(
        store.list(JobFolder::of(other).root()).await.unwrap().len(),
        6
    );
    store
        .remove_below(&JobFolder::of(other).shards())
        .await
        .unwrap();
    assert_eq!(
        store.list(JobFolder::of(other).root()).await.unwrap().len(),
        1
    );
}

async fn a_file_can_be_fetched_by_a_signed_address(place: &Place) {
    let store = &place.store;
    let key = JobFolder::of(id()).package();
    store
        .put(&key, Bytes::from_static(b"package"))
        .await
        .unwrap();
    let hour = Duration::from_secs(3600);
    let signed = store.signed_url(&key, hour).await.unwrap();
    match &place.kind {
        Kind::Folder(_) => {
            assert_eq!(signed, None);
            let path = store.local_path(&key).unwrap();
            assert_eq!(std::fs::read(path).unwrap(), b"package");
        }
        Kind::Bucket => {
            let signed = signed.unwrap();
            assert!(signed.contains("X-Amz-Expires=3600"), "{signed}");
            assert!(store.local_path(&key).is_none());
            let path = signed.strip_prefix(&SERVER.address).unwrap();
            let answer = SERVER.ask("GET", path).await;
            assert!(answer.ends_with("\r\n\r\npackage"));
        }
    }
}

async fn a_damaged_file_is_reported_by_its_name_alone(place: &Place) {
    let store = &place.store;
    let job = id();
    let key = JobFolder::of(job).job_file();
    store
        .put(&key, Bytes::from_static(b"{\"id\":"))
        .await
        .unwrap();
    let error = store.get_json::<JobFile>(&key).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unreadable { name, .. } if name == "job.json"));
    assert!(!error.to_string().contains(&job.to_string()));
}

/// Does on a thread what must not be done where the runtime is.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn a_file_is_read_in_place(place: &Place) {
    let (store, content) = (&place.store, bytes(LARGE));
    let key = JobFolder::of(id()).upload(0);
    let mut writer = store.writer(&key);
    writer.write_all(&content).await.unwrap();
    writer.shutdown().await.unwrap();
    let reader = store.reader(&key).await.unwrap();
    aside(move || {
        assert_eq!(reader.size_bytes(), LARGE as u64);
        reader.check_readable().unwrap();
        let ends = [(0, 0), (0, 1), (LARGE - 1, 1), (LARGE - 300_000, 300_000)];
        let pieces = (0..40).map(|n| (n * 400_003, n * n * 1003));
        for (offset, length) in ends.into_iter().chain(pieces) {
            let mut read = vec![0; length];
            reader.read_exact_at(&mut read, offset as u64).unwrap();
            assert!(
                read == content[offset..offset + length],
                "{offset} {length}"
            );
        }
        let beyond = reader.read_exact_at(&mut [0; 2], LARGE as u64 - 1);
        assert_eq!(beyond.unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(reader.read_at(&mut [0; 2], LARGE as u64 + 5).unwrap(), 0);
    })
    .await;
    let gone = JobFolder::of(id()).upload(1);
    assert!(store.reader(&gone).await.is_err());
}

async fn a_file_that_was_replaced_is_not_read_on(place: &Place) {
    let store = &place.store;
    let folder = JobFolder::of(id());
    for (number, old) in [vec![7; 100], Vec::new()].into_iter().enumerate() {
        store.put(&folder.upload(number), old.into()).await.unwrap();
    }
    let keys = vec![folder.upload(0), folder.upload(1)];
    let files = store.stored_files(keys.clone()).await.unwrap();
    assert_eq!([files[0].head(), files[1].head()], [&[7; 64][..], &[]]);
    store.put(&keys[0], vec![8; 100].into()).await.unwrap();
    store.put(&keys[1], vec![8; 100].into()).await.unwrap();
    aside(move || {
        for file in files {
            let read = file.read_exact_at(&mut [0; 100], 0).unwrap_err();
            let looked = file.check_unchanged().unwrap_err();
            for error in [read, looked] {
                let error = error.downcast::<StoreError>().unwrap();
                assert!(matches!(error, StoreError::Changed { .. }), "{error}");
            }
        }
    })
    .await;
}

async fn a_part_of_a_file_is_got(place: &Place) {
    let store = &place.store;
    let key = JobFolder::of(id()).pictures(0);
    assert!(store.get_range(&key, 0..1).await.unwrap().is_none());
    store
        .put(&key, Bytes::from_static(b"0123456789"))
        .await
        .unwrap();
    assert_eq!(store.get_range(&key, 3..7).await.unwrap().unwrap(), "3456");
    assert!(store.get_range(&key, 11..12).await.is_err());
}

async fn nothing_that_people_say_at_the_same_time_is_lost(place: &Place) {
    let (store, job) = (&place.store, id());
    let job_file = JobFolder::of(job).job_file();
    store.put_json(&job_file, &file(job)).await.unwrap();
    let path = MediaPath::from_display_name("a.jpg");
    let says = async |media: u32| {
        let mut heard = Corrections::default();
        for _ in 0..5 {
            let verdict = Verdict::Shows(Label::Animal);
            let said = store.correct(job, &mut heard, (media, &path), verdict);
            said.await.unwrap();
        }
    };
    futures::join!(says(0), says(1), says(2));
    let all = store.corrections(job).await.unwrap();
    let numbers: Vec<u32> = all.list().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    for media in 0..3 {
        let of_media = all.list().iter().filter(|entry| entry.media == media);
        assert_eq!(of_media.count(), 5);
    }
    let mut late = Corrections::of(all.list()[..4].to_vec());
    assert!(store.hear_more(job, &mut late).await.unwrap());
    assert!(!store.hear_more(job, &mut late).await.unwrap());
    assert_eq!(late, all);
}
