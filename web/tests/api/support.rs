//! The server on a free port, and a hand for what tests do with it.

use std::{
    collections::BTreeMap,
    future::Future,
    io::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use actix_web::rt;
use common::{
    Category, Counts, EmailAddress, MediaOutcome, MediaRecord, Threshold,
    config::{MailRoute, ServiceConfig},
    job::{DoneFacts, EndFile, JobFile, JobId, JobOptions, Outcome, Task, Upload},
    jobs::Jobs,
    queue::QueueUrl,
    store::{JobFolder, StoreUrl},
};
use reqwest::{
    Client, RequestBuilder, Response,
    multipart::{Form, Part},
    redirect::Policy,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use web::{Application, MetricsAddress, WebConfig};

use crate::gallery_job::GalleryJob;

/// What a browser says that it wants.
pub(crate) const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
pub(crate) const JSON: &str = "application/json";

/// A running server. It stops with the test.
pub(crate) struct TestApp {
    pub(crate) url: String,
    pub(crate) metrics_url: String,
    /// The same jobs that the server has.
    pub(crate) jobs: Jobs,
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) ended: rt::task::JoinHandle<std::io::Result<()>>,
}

/// Settings in a folder of their own; uploads need only the room that they take.
pub(crate) fn settings(folder: &TempDir) -> WebConfig {
    let at = |name: &str| folder.path().join(name);
    let any_port = ([127, 0, 0, 1], 0).into();
    let service = ServiceConfig {
        queue: QueueUrl::Sqlite(at("trapline.db")),
        store: StoreUrl::folder(at("store")),
        public_url: "https://traps.example.org".parse().unwrap(),
        mail: MailRoute::Smtp {
            url: "smtp://localhost".parse().unwrap(),
            password: None,
            ca: None,
        },
        mail_from: "trapline@traps.example.org".parse().unwrap(),
        retention_days: 14,
    };
    WebConfig {
        bind: any_port,
        metrics: MetricsAddress::At(any_port),
        min_free_bytes: 1 << 20,
        ..WebConfig::new(service, folder.path())
    }
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut WebConfig)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change).await
    }

    /// Stops the server, and starts another one with what it left behind.
    pub(crate) async fn restarted(self) -> Self {
        self.restarted_with(|_| {}).await
    }

    pub(crate) async fn restarted_with(self, change: impl FnOnce(&mut WebConfig)) -> Self {
        if let Some(stop) = self.stop {
            stop.send(()).unwrap();
        }
        // What it holds of the client would keep it waiting.
        drop(self.client);
        self.ended.await.unwrap().unwrap();
        Self::start_in(self.folder, change).await
    }

    async fn start_in(folder: TempDir, change: impl FnOnce(&mut WebConfig)) -> Self {
        let mut config = settings(&folder);
        change(&mut config);
        let service = config.service.clone();
        let application = Application::build(config).await.unwrap();
        let url = format!("http://{}", application.address());
        let metrics_url = format!("http://{}/metrics", application.metrics_address().unwrap());
        let (stop, stopped) = oneshot::channel();
        let ended = rt::spawn(application.run_until(async {
            let _ = stopped.await;
        }));
        Self {
            url,
            metrics_url,
            jobs: Jobs::open(&service).await.unwrap(),
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            folder,
            stop: Some(stop),
            ended,
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url))
    }

    /// Asks for a path.
    pub(crate) async fn ask(&self, path: &str) -> Response {
        self.get(path).send().await.unwrap()
    }

    /// Asks for a path, with a header.
    pub(crate) async fn ask_with(&self, path: &str, name: &str, value: &str) -> Response {
        self.get(path).header(name, value).send().await.unwrap()
    }

    /// Presses a button as a browser does.
    pub(crate) async fn press(&self, path: &str) -> Response {
        let request = self.post(path).header("accept", HTML);
        request.send().await.unwrap()
    }

    /// A form as a browser fills it in.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.post(path)
            .header("accept", HTML)
            .header("content-type", kind)
            .body(body)
    }

    /// What the metrics say.
    pub(crate) async fn metrics(&self) -> String {
        let answer = self.client.get(&self.metrics_url).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// Posts a form as a program does.
    pub(crate) async fn upload(&self, form: Form) -> Response {
        self.post("/jobs")
            .header("accept", JSON)
            .multipart(form)
            .send()
            .await
            .unwrap()
    }

    /// Posts a form as a browser does.
    pub(crate) async fn upload_by_browser(&self, form: Form) -> Response {
        let request = self.post("/jobs").header("accept", HTML).multipart(form);
        request
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.ask_with(path, "accept", HTML).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.ask_with(path, "accept", JSON).await;
        answer.json().await.unwrap()
    }

    pub(crate) fn store_folder(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Names of everything in the store.
    pub(crate) fn stored(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.store_folder()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }

    /// Makes a job that was accepted at a fixed time, without an upload.
    pub(crate) async fn accepted_job(&self) -> JobId {
        let id = JobId::random().unwrap();
        let file = JobFile {
            id,
            accepted: "2026-04-01T08:30:00Z".parse().unwrap(),
            email: email("ada@example.org"),
            options: JobOptions::default(),
            uploads: vec![Upload {
                name: "ridge <north>.zip".to_owned(),
                size_bytes: 12_345_678,
            }],
        };
        self.jobs.submit(&file).await.unwrap();
        self.has_record(id).await;
        id
    }

    /// Waits until a job has its record, which may take longer than it takes to accept it.
    pub(crate) async fn has_record(&self, job: JobId) {
        until("a job's record", || async {
            let record = self.jobs.records.store().load(job).await.unwrap();
            record.is_some()
        })
        .await;
    }

    /// Makes a job that is planned for 1,000 images, of which some are done, at 5 in a second.
    pub(crate) async fn running_job(&self, done: u64) -> JobId {
        let job = self.accepted_job().await;
        self.plan(job, 1000).await;
        let records = &self.jobs.records;
        let claim = records.change(job, |r, now| r.claim(Task::Detect(0), "w", 60_000, now));
        let claim = claim.await.unwrap().value;
        let look = records.change(job, |record, now| {
            record.renew(&claim, counts(0), 60_000, now - 10_000)?;
            record.renew(&claim, counts(50), 60_000, now)?;
            record.renew(&claim, counts(done), 60_000, now)
        });
        look.await.unwrap();
        job
    }

    pub(crate) async fn plan(&self, job: JobId, images: u64) {
        let records = &self.jobs.records;
        let claim = records.change(job, |r, now| r.claim(Task::Plan, "w", 60_000, now));
        let claim = claim.await.unwrap().value;
        let plan = records.change(job, |record, _| record.planned(&claim, images, 4, 2));
        plan.await.unwrap();
    }

    /// Ends a job, as a worker would.
    pub(crate) async fn end(&self, job: JobId, outcome: Outcome) {
        let end = EndFile {
            ended: "2026-04-01T09:00:00Z".parse().unwrap(),
            outcome,
        };
        let folder = JobFolder::of(job);
        assert!(
            self.jobs
                .store
                .create_json(&folder.end_file(), &end)
                .await
                .unwrap()
        );
        self.jobs.records.store().remove(job).await.unwrap();
    }

    /// Makes a job that is done, with this package.
    pub(crate) async fn done_job(&self, package: &[u8]) -> JobId {
        let job = self.accepted_job().await;
        let key = JobFolder::of(job).package();
        self.jobs
            .store
            .put(&key, package.to_vec().into())
            .await
            .unwrap();
        let facts = DoneFacts {
            counts: counts(900),
            package_bytes: package.len() as u64,
            package_blake3: blake3::hash(package).to_hex().to_string(),
            model: "YOLOX nano".to_owned(),
            threshold: "0.3".parse().unwrap(),
            is_rebuilt: false,
            corrected: 0,
        };
        self.end(job, Outcome::Done(facts)).await;
        job
    }
}

pub(crate) fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

/// So many images: half of them blank, some unreadable.
pub(crate) fn counts(images: u64) -> Counts {
    let failed = images / 100;
    let processed = images - failed;
    let with = BTreeMap::from([
        (Category::Animal, processed / 2),
        (Category::Person, processed / 10),
    ]);
    Counts {
        files: images + 3,
        processed,
        failed,
        skipped: 3,
        blank: processed - processed / 2,
        images_with: with.clone(),
        detections: with,
        ..Counts::default()
    }
}

/// Bytes that begin as a JPEG does.
pub(crate) fn jpeg(bytes: usize) -> Vec<u8> {
    let mut jpeg = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0".to_vec();
    jpeg.resize(bytes.max(jpeg.len()), 7);
    jpeg
}

/// A zip with these files.
pub(crate) fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A zip with a picture in it.
pub(crate) fn card() -> Vec<u8> {
    zip(&[("DCIM/100RECNX/IMG_0001.JPG", &jpeg(5000))])
}

pub(crate) fn file(name: &str, bytes: Vec<u8>) -> Part {
    Part::bytes(bytes).file_name(name.to_owned())
}

/// A form with an address and this file.
pub(crate) fn form_with(name: &str, bytes: Vec<u8>) -> Form {
    Form::new()
        .text("email", "ada@example.org")
        .part("files", file(name, bytes))
}

/// The job that an upload became.
pub(crate) fn job_of(answer: &Response) -> JobId {
    let location = answer.headers()["location"].to_str().unwrap();
    location.strip_prefix("/jobs/").unwrap().parse().unwrap()
}

/// Waits until something is so; panics with `what` when it does not come to be.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(90), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A page with what differs between two runs masked.
pub(crate) fn masked(page: &str, job: JobId) -> String {
    let page = page.replace(&job.to_string(), "[job]");
    ["?v=", "/static/upload/"]
        .iter()
        .fold(page, |page, front| without_hashes(&page, front))
}

/// A page with the ten digits behind each `front` masked.
fn without_hashes(page: &str, front: &str) -> String {
    let mut parts = page.split(front);
    let mut masked = parts.next().unwrap().to_owned();
    for part in parts {
        masked.push_str(front);
        masked.push_str("[hash]");
        masked.push_str(&part[10..]);
    }
    masked
}

/// A job with pictures to look at, and what was found in them.
pub(crate) struct Gallery {
    pub(crate) job: JobId,
    pub(crate) records: Vec<MediaRecord>,
}

impl Gallery {
    pub(crate) async fn of(app: &TestApp, files: usize) -> Self {
        let job = JobId::random().unwrap();
        let records = GalleryJob::small(files).write(&app.jobs.store, job).await;
        Self { job, records }
    }

    /// An address of the job.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("/jobs/{}{path}", self.job)
    }

    /// How many records are so.
    pub(crate) fn count(&self, is_so: impl Fn(&MediaRecord) -> bool) -> usize {
        self.records.iter().filter(|record| is_so(record)).count()
    }

    /// The number of the first record that is so.
    pub(crate) fn first(&self, is_so: impl Fn(&MediaRecord) -> bool) -> usize {
        self.records.iter().position(is_so).unwrap()
    }
}

/// How many detections of any category count at a threshold; `None` for what was not looked at.
pub(crate) fn found(record: &MediaRecord, threshold: f64) -> Option<usize> {
    let threshold = Threshold::new(threshold).unwrap();
    match &record.outcome {
        MediaOutcome::Processed(media) => Some(media.detections_at(threshold).count()),
        _ => None,
    }
}
