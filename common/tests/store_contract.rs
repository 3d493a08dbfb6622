//! What a store promises, asked of a folder and of a real S3 server.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod support;

use std::time::Duration;

use bytes::Bytes;
use common::{
    job::{EndFile, JobFile, Outcome},
    store::{JobFolder, Store, StoreError, StoreUrl},
};
use object_store::aws::AmazonS3ConfigKey as Setting;
use support::{
    job::{file, id},
    python::PythonServer,
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
    Bucket(PythonServer),
}

impl Place {
    fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::folder(folder.path().join("new/store"));
        Self {
            store: Store::open(&url).unwrap(),
            kind: Kind::Folder(folder),
        }
    }

    fn bucket_at(url: &str) -> Self {
        let server = PythonServer::start("s3_server.py");
        let settings = [
            (Setting::Endpoint, server.greeting.as_str()),
            (Setting::AccessKeyId, "key"),
            (Setting::SecretAccessKey, "secret"),
            (Setting::Region, "us-east-1"),
            (
                Setting::Client(object_store::ClientConfigKey::AllowHttp),
                "true",
            ),
        ];
        Self {
            store: Store::open_with(&url.parse().unwrap(), &settings).unwrap(),
            kind: Kind::Bucket(server),
        }
    }

    fn bucket() -> Self {
        Self::bucket_at("s3://cards")
    }

    fn bucket_with_prefix() -> Self {
        Self::bucket_at("s3://cards/some/prefix")
    }
}

macro_rules! of_all_stores {
    ($($promise:ident)*) => {
        mod in_a_folder {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::folder()).await;
            })*
        }

        mod in_a_bucket {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::bucket()).await;
            })*
        }

        mod below_a_prefix {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                super::$promise(&super::Place::bucket_with_prefix()).await;
            })*
        }
    };
}

of_all_stores! {
    what_is_put_is_got
    what_is_there_is_not_made_again
    a_large_file_appears_when_it_is_whole
    a_half_written_file_is_never_seen
    jobs_are_the_folders_with_an_id
    a_removed_job_leaves_nothing
    a_file_can_be_fetched_by_a_signed_address
    a_damaged_file_is_reported_by_its_name_alone
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
    assert_eq!(store.get_range(&key, 2..5).await.unwrap(), "234");
    assert!(store.get_range(&key, 9..12).await.is_err());
    let listed = store.list(&JobFolder::of(id()).uploads()).await.unwrap();
    assert_eq!(listed, []);
    store.remove(&key).await.unwrap();
    store.remove(&key).await.unwrap();
    assert!(store.get(&key).await.unwrap().is_none());
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
        Kind::Bucket(server) => {
            let signed = signed.unwrap();
            assert!(signed.contains("X-Amz-Expires=3600"), "{signed}");
            assert!(store.local_path(&key).is_none());
            let path = signed.strip_prefix(&server.greeting).unwrap();
            assert!(
                get(&server.greeting, path)
                    .await
                    .ends_with("\r\n\r\npackage")
            );
        }
    }
}

/// A plain HTTP request without any key of ours.
async fn get(server: &str, path: &str) -> String {
    let address = server.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer)
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
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
