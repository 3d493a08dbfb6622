//! Packages that are made again, at another threshold and without the model.

use std::{fs, path::PathBuf};

use common::{
    Label, MediaPath,
    correction::Verdict,
    job::{DoneFacts, JobId, JobOptions, Outcome, RebuildFailure, Task},
    jobs::RebuildState,
    store::JobFolder,
};

use crate::{
    backend::{place::Place, s3_server::S3Server, until},
    buckets::download,
    card::odd_card,
    deployment::{Deployment, MODEL},
    support::{assert_same_package, worker},
    web_front::WebFront,
};

/// A job that is done, at a threshold of 0.6, with copies of originals.
struct Finished {
    service: Deployment,
    card: PathBuf,
    worker: usize,
    job: JobId,
}

impl Finished {
    async fn at(place: Place, images: u32) -> Self {
        Self::of(Deployment::new(place, 25).await, images).await
    }

    async fn of(mut service: Deployment, images: u32) -> Self {
        let card = odd_card(&service.bench, images);
        let job = JobId::random().unwrap();
        let options = JobOptions {
            threshold: Some("0.6".parse().unwrap()),
            originals: true,
            ..JobOptions::default()
        };
        service.submit_with(job, &[&card], options).await;
        let worker = service.start_worker();
        service.done(job).await;
        service.quiet().await;
        Self {
            service,
            card,
            worker,
            job,
        }
    }

    async fn ask(&self, threshold: &str) {
        let wish = self
            .service
            .jobs
            .rebuild(self.job, threshold.parse().unwrap());
        assert!(wish.await.unwrap(), "one is under way");
    }

    /// Waits until no wish is open, and gives what `end.json` says then.
    async fn settled(&self) -> DoneFacts {
        let store = &self.service.jobs.store;
        let settled = until("another package", async || {
            store.rebuild_file(self.job).await.unwrap().is_none()
        });
        settled.await;
        self.service.quiet().await;
        self.facts().await
    }

    async fn facts(&self) -> DoneFacts {
        let end = self.service.jobs.store.end_file(self.job).await.unwrap();
        match end.unwrap().outcome {
            Outcome::Done(facts) => facts,
            other => panic!("{other:?}"),
        }
    }

    async fn failure(&self) -> Option<RebuildFailure> {
        match self.service.jobs.rebuild_state(self.job).await.unwrap() {
            RebuildState::Failed(failure) => Some(failure),
            RebuildState::None => None,
            open @ RebuildState::Open { .. } => panic!("{open:?}"),
        }
    }

    /// The package that `end.json` names. It is the only one, and what it is said to be.
    async fn package(&self) -> PathBuf {
        let (store, folder) = (&self.service.jobs.store, JobFolder::of(self.job));
        let files = store.list(folder.root()).await.unwrap();
        let packages = files
            .iter()
            .filter(|file| folder.is_package(&file.location));
        assert_eq!(packages.count(), 1);
        let facts = self.facts().await;
        let bytes = store
            .get(&folder.package_of(&facts))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(bytes.len() as u64, facts.package_bytes);
        assert_eq!(blake3::hash(&bytes).to_hex().as_str(), facts.package_blake3);
        let copy = self.service.bench.path("copy of the package.zip");
        fs::write(&copy, bytes).unwrap();
        self.service.unpack_file(&copy)
    }

    /// What one run of `process` at a threshold gives.
    fn expected(&self, threshold: &str) -> PathBuf {
        let out = self.service.bench.path(&format!("expected-{threshold}"));
        if out.exists() {
            return out;
        }
        let mut command = worker();
        command.args([
            "process",
            "--model",
            MODEL,
            "--device",
            "cpu",
            "--originals",
        ]);
        command.args(["--threshold", threshold]).arg(&self.card);
        let output = command.arg("--out").arg(&out).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(3),
            "two files cannot be read: {output:?}"
        );
        out
    }

    async fn is_that_of_one_run(&self, threshold: &str) {
        assert_eq!(self.facts().await.threshold, threshold.parse().unwrap());
        assert_same_package(&self.expected(threshold), &self.package().await);
    }

    /// Waits until a worker is at the new package, other than one that was; the worker. `None` when
    /// the package was made meanwhile.
    async fn under_way(&self, other: Option<&str>) -> Option<String> {
        let (jobs, mut worker) = (&self.service.jobs, None);
        let taken = until("somebody to make the package", async || {
            let loaded = jobs.records.store().load(self.job).await.unwrap();
            worker = loaded.and_then(|loaded| {
                let mut tasks = loaded.record.tasks();
                let (_, state) = tasks.find(|(task, _)| *task == Task::Rebuild)?;
                state.worker(loaded.now_ms).map(str::to_owned)
            });
            if worker.as_deref() == other {
                worker = None;
            }
            worker.is_some() || jobs.store.rebuild_file(self.job).await.unwrap().is_none()
        });
        taken.await;
        worker
    }
}

of_both_back_ends! {
    place => super::Finished::at(place, 40).await;
    a_package_made_again_is_that_of_one_run_at_its_threshold
    a_worker_that_is_killed_leaves_the_old_package_and_the_wish
}

async fn a_package_made_again_is_that_of_one_run_at_its_threshold(finished: Finished) {
    let (before, first) = (finished.facts().await, finished.package().await);
    for threshold in ["0.6", "0.3", "0.99", "0.05", "0.6"] {
        finished.ask(threshold).await;
        let facts = finished.settled().await;
        finished.is_that_of_one_run(threshold).await;
        if threshold == "0.6" {
            assert_eq!(facts.counts, before.counts);
        }
    }
    assert_same_package(&first, &finished.package().await);
    assert_eq!(finished.failure().await, None);
}

async fn a_worker_that_is_killed_leaves_the_old_package_and_the_wish(mut finished: Finished) {
    let before = finished.facts().await;
    // What a worker left that died after it had put the package in place, but before it said so.
    let stray = JobFolder::of(finished.job)
        .root()
        .clone()
        .join("results-0.zip");
    let store = finished.service.jobs.store.clone();
    store.put(&stray, "half".into()).await.unwrap();
    finished.service.kill(finished.worker);
    finished.ask("0.3").await;
    let mut at_work: Option<String> = None;
    for _ in 0..2 {
        let worker = finished.service.start_worker();
        at_work = finished.under_way(at_work.as_deref()).await.or(at_work);
        finished.service.kill(worker);
        // There is a package at any moment: the old one, or already the new one.
        let facts = finished.facts().await;
        if facts.threshold == before.threshold {
            assert_eq!(facts, before);
            assert!(store.rebuild_file(finished.job).await.unwrap().is_some());
        }
        let package = JobFolder::of(finished.job).package_of(&facts);
        let package = store.get(&package).await.unwrap().unwrap();
        assert_eq!(package.len() as u64, facts.package_bytes);
    }
    finished.service.start_worker();
    finished.settled().await;
    finished.is_that_of_one_run("0.3").await;
}

/// The number of a file among the records, and its path.
async fn place_of(finished: &Finished, name: &str) -> (u32, MediaPath) {
    let key = JobFolder::of(finished.job).kept_records();
    let records = finished.service.jobs.store.get(&key).await.unwrap();
    let records = String::from_utf8(records.unwrap().to_vec()).unwrap();
    let mut records = records.lines().map(|line| {
        let record: common::MediaRecord = serde_json::from_str(line).unwrap();
        record.path
    });
    let place = records.position(|path| path.file_name() == name).unwrap();
    let path = MediaPath::from_display_name(&format!("cam 0/{name}"));
    (u32::try_from(place).unwrap(), path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_on_which_people_saw_somebody_leaves_only_when_they_take_it_back() {
    let finished = Finished::at(Place::sqlite(), 12).await;
    let (store, before) = (&finished.service.jobs.store, finished.package().await);
    let copies = ["annotated", "originals"].map(|folder| format!("{folder}/cam 0/IMG_0000.JPG"));
    let (number, path) = place_of(&finished, "IMG_0000.JPG").await;
    let mut corrections = store.corrections(finished.job).await.unwrap();
    for (verdict, leaves) in [
        (Verdict::Shows(Label::Person), false),
        (Verdict::Undo(1), true),
    ] {
        let said = store.correct(finished.job, &mut corrections, (number, &path), verdict);
        said.await.unwrap();
        finished.ask("0.6").await;
        let facts = finished.settled().await;
        assert_eq!(facts.corrected, u32::from(!leaves));
        let after = finished.package().await;
        for copy in &copies {
            assert!(before.join(copy).exists(), "{copy}");
            assert_eq!(after.join(copy).exists(), leaves, "{copy}");
        }
        let images = fs::read_to_string(after.join("images.csv")).unwrap();
        assert!(images.contains("cam 0/IMG_0000.JPG"));
    }
    assert_same_package(&before, &finished.package().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_made_again_although_redis_forgot_everything_meanwhile() {
    let finished = Finished::at(Place::redis(), 40).await;
    finished.ask("0.3").await;
    finished.under_way(None).await;
    finished.service.place.lose_everything().await;
    finished.settled().await;
    finished.is_that_of_one_run("0.3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_deleted_meanwhile_stays_deleted() {
    let mut finished = Finished::at(Place::sqlite(), 40).await;
    finished.ask("0.3").await;
    finished.under_way(None).await;
    finished.service.jobs.delete(finished.job).await.unwrap();
    finished.service.stop(finished.worker);
    let store = &finished.service.jobs.store;
    let left = store
        .list(JobFolder::of(finished.job).root())
        .await
        .unwrap();
    assert_eq!(left, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_uploads_the_package_stays_and_it_is_said_why() {
    let finished = Finished::at(Place::sqlite(), 12).await;
    let (store, folder) = (&finished.service.jobs.store, JobFolder::of(finished.job));
    let before = finished.facts().await;
    store.remove_below(&folder.uploads()).await.unwrap();
    finished.ask("0.3").await;
    assert_eq!(finished.settled().await, before);
    let failure = finished.failure().await.unwrap();
    assert!(failure.reason.contains("not there any more"), "{failure:?}");
    assert_eq!(failure.wish.threshold, "0.3".parse().unwrap());
    finished.package().await;

    // Where no other boxes are drawn, they are not needed; and the failure is forgotten.
    finished.ask("0.61").await;
    finished.settled().await;
    finished.is_that_of_one_run("0.61").await;
    assert_eq!(finished.failure().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_an_earlier_version_keeps_its_package() {
    let finished = Finished::at(Place::sqlite(), 12).await;
    let before = finished.facts().await;
    let gallery = JobFolder::of(finished.job).kept_records();
    finished.service.jobs.store.remove(&gallery).await.unwrap();
    finished.ask("0.3").await;
    assert_eq!(finished.settled().await, before);
    let failure = finished.failure().await.unwrap();
    assert!(failure.reason.contains("earlier version"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_leads_to_the_new_package_under_a_tag_of_its_own() {
    let finished = Finished::at(Place::sqlite(), 12).await;
    let web = WebFront::start(&finished.service);
    let path = format!("/jobs/{}/results.zip", finished.job);
    let tag = || {
        let head = web.curl(&["--head"], &path).stdout;
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let tag = head.lines().find_map(|line| line.strip_prefix("etag: "));
        tag.unwrap().trim().trim_matches('"').to_owned()
    };
    assert_eq!(tag(), finished.facts().await.package_blake3);
    finished.ask("0.3").await;
    let facts = finished.settled().await;
    assert_eq!(tag(), facts.package_blake3);
    let got = download(&finished.service, &web, finished.job);
    assert_same_package(
        &finished.expected("0.3"),
        &finished.service.unpack_file(&got),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_in_a_bucket_is_made_again_there() {
    let server = S3Server::start();
    let service = Deployment::in_bucket(&server, Place::sqlite(), 7).await;
    let finished = Finished::of(service, 12).await;
    finished.ask("0.3").await;
    finished.settled().await;
    finished.is_that_of_one_run("0.3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_said_is_in_the_new_package_and_nothing_else_changes() {
    let finished = Finished::at(Place::sqlite(), 12).await;
    let (store, before) = (&finished.service.jobs.store, finished.package().await);
    let path = MediaPath::from_display_name("cam 0/IMG_0000.JPG");
    let records = store
        .get(&JobFolder::of(finished.job).kept_records())
        .await
        .unwrap()
        .unwrap();
    let records = String::from_utf8(records.to_vec()).unwrap();
    let media = records
        .lines()
        .position(|line| line.contains("IMG_0000.JPG\""))
        .unwrap();
    let mut corrections = store.corrections(finished.job).await.unwrap();
    let said = store.correct(
        finished.job,
        &mut corrections,
        (u32::try_from(media).unwrap(), &path),
        Verdict::Shows(Label::Blank),
    );
    assert_eq!(said.await.unwrap(), 1);
    finished.ask("0.6").await;
    finished.settled().await;
    let after = finished.package().await;
    let images = fs::read_to_string(after.join("images.csv")).unwrap();
    let corrected = images.lines().filter(|line| line.contains(",blank,0,2"));
    assert_eq!(corrected.count(), 1, "{images}");
    assert!(
        fs::read_to_string(after.join("corrections.csv"))
            .unwrap()
            .contains("IMG_0000")
    );
    for name in ["megadetector.json", "annotated/cam 0/IMG_0000.JPG"] {
        assert_eq!(
            fs::read(before.join(name)).unwrap(),
            fs::read(after.join(name)).unwrap()
        );
    }
}
