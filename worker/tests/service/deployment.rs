//! A whole service for one test.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use common::{
    job::{DoneFacts, EndFile, JobFile, JobId, JobOptions, MailKind, Outcome, Upload},
    jobs::Jobs,
    queue,
    records::Loaded,
    store::{JobFolder, Store, StoreUrl},
};

use crate::{
    backend::{mail_server::MailServer, place::Place, s3_server::S3Server, until},
    support::{Workbench, running::send, worker},
};

/// The tiny model that finds coloured squares.
pub(crate) const MODEL: &str = "tiny-rows-xyxy";

/// The arguments of a worker.
const RUN: [&str; 7] = ["run", "--device", "cpu", "--threads", "1", "--model", MODEL];

/// A store, a back end, and the workers that were started.
pub(crate) struct Deployment {
    pub(crate) bench: Workbench,
    pub(crate) place: Place,
    pub(crate) jobs: Jobs,
    workers: Vec<Child>,
    settings: Vec<(&'static str, String)>,
}

impl Deployment {
    pub(crate) async fn new(place: Place, shard_images: u64) -> Self {
        let bench = Workbench::new();
        let url = StoreUrl::folder(bench.path("store"));
        let store = Store::open(&url).unwrap();
        Self::with_store(bench, store, &url, place, shard_images).await
    }

    /// A service whose files are in a bucket.
    pub(crate) async fn in_bucket(server: &S3Server, place: Place, shard_images: u64) -> Self {
        let bench = Workbench::new();
        let url = server.store_url("/some/prefix").await;
        let store = server.open(&url);
        let mut service = Self::with_store(bench, store, &url, place, shard_images).await;
        for (name, value) in server.settings() {
            service.set(name, value);
        }
        let scratch = service.bench.path("scratch");
        service.set("SCRATCH_DIR", scratch.to_str().unwrap());
        service
    }

    async fn with_store(
        bench: Workbench,
        store: Store,
        url: &StoreUrl,
        place: Place,
        shard_images: u64,
    ) -> Self {
        let (records, queue) = place.open().await;
        let jobs = Jobs {
            store,
            records,
            queue,
            mail_folder: Some(bench.path("mail")),
        };
        let settings = vec![
            ("QUEUE_URL", full_url(&place)),
            ("STORE_URL", url.to_string()),
            ("MAIL_DIR", bench.path("mail").display().to_string()),
            ("LEASE_SECONDS", "2".to_owned()),
            ("SWEEP_SECONDS", "0".to_owned()),
            ("SHARD_IMAGES", shard_images.to_string()),
            (
                "LOG_LEVEL",
                std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned()),
            ),
        ];
        Self {
            bench,
            place,
            jobs,
            workers: Vec::new(),
            settings,
        }
    }

    /// Opens records and queue anew: the test's own connections were lost, as the workers' were.
    pub(crate) async fn connect_again(&mut self) {
        (self.jobs.records, self.jobs.queue) = self.place.open().await;
    }

    /// Sets a variable for commands from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.settings.push((name, value.to_owned()));
    }

    /// Mails go to this server from now on.
    pub(crate) fn send_mails_to(&mut self, server: &MailServer) {
        self.set("SMTP_URL", &server.url("smtp://", ""));
    }

    /// The environment of every process of this service.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// A command of the program in this service.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = worker();
        command
            .args(arguments)
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The command of a worker with one thread, started by another program, which may take
    /// something away from it first.
    pub(crate) fn worker_under(&self, mut starter: Command) -> Command {
        starter.arg(env!("CARGO_BIN_EXE_trapline-worker")).args(RUN);
        for (name, value) in self.command(&[]).get_envs() {
            match value {
                Some(value) => starter.env(name, value),
                None => starter.env_remove(name),
            };
        }
        starter
    }

    /// Starts a worker with one thread and gives its number. What it logs stands in a file.
    pub(crate) fn start_worker(&mut self) -> usize {
        let command = self.command(&RUN);
        self.start(command)
    }

    /// Starts a command of a worker likewise.
    pub(crate) fn start(&mut self, mut command: Command) -> usize {
        let number = self.workers.len();
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.bench.path("worker.log"))
            .unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.workers.push(child);
        number
    }

    pub(crate) fn worker(&mut self, number: usize) -> &mut Child {
        &mut self.workers[number]
    }

    /// Kills a worker as `kill -9` does.
    pub(crate) fn kill(&mut self, number: usize) {
        let child = &mut self.workers[number];
        let _ = child.kill();
        child.wait().unwrap();
    }

    /// Tells a worker to stop, as systemd does, and waits until it has.
    pub(crate) fn stop(&mut self, number: usize) {
        let child = &mut self.workers[number];
        send(child, "TERM");
        let status = child.wait().unwrap();
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Runs a command that succeeds, and gives what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Submits files as the web front end does.
    pub(crate) async fn submit(&self, files: &[&Path]) -> JobId {
        let id = JobId::random().unwrap();
        self.submit_as(id, files).await;
        id
    }

    pub(crate) async fn submit_as(&self, id: JobId, files: &[&Path]) {
        let options = JobOptions {
            threshold: Some("0.6".parse().unwrap()),
            ..JobOptions::default()
        };
        self.submit_with(id, files, options).await;
    }

    pub(crate) async fn submit_with(&self, id: JobId, files: &[&Path], options: JobOptions) {
        let mut uploads = Vec::new();
        for (number, path) in files.iter().enumerate() {
            let key = JobFolder::of(id).upload(number);
            self.jobs.store.put_file(&key, path).await.unwrap();
            uploads.push(Upload {
                name: path.file_name().unwrap().to_str().unwrap().to_owned(),
                size_bytes: fs::metadata(path).unwrap().len(),
            });
        }
        let file = JobFile {
            id,
            accepted: jiff::Timestamp::now(),
            email: "ada@example.org".parse().unwrap(),
            options,
            uploads,
        };
        self.jobs.submit(&file).await.unwrap();
    }

    /// Waits until a job is over.
    pub(crate) async fn end_of(&self, job: JobId) -> EndFile {
        let ended = until("the end of a job", async || {
            self.jobs.store.end_file(job).await.unwrap().is_some()
        });
        tokio::select! {
            () = ended => {}
            () = self.lost_patience() => {}
        }
        self.jobs.store.end_file(job).await.unwrap().unwrap()
    }

    /// Before a test fails for having waited too long, the log is shown.
    async fn lost_patience(&self) {
        tokio::time::sleep(crate::backend::DEADLINE - std::time::Duration::from_secs(5)).await;
        panic!("{}", self.log());
    }

    pub(crate) async fn done(&self, job: JobId) -> DoneFacts {
        match self.end_of(job).await.outcome {
            Outcome::Done(facts) => facts,
            other => panic!("{other:?}\n{}", self.log()),
        }
    }

    /// The record of a job that is under way, once it has one.
    pub(crate) async fn record(&self, job: JobId) -> Loaded {
        let (records, mut loaded) = (self.jobs.records.store(), None);
        until("the record of a job", async || {
            loaded = records.load(job).await.unwrap();
            loaded.is_some()
        })
        .await;
        loaded.unwrap()
    }

    /// Waits until some of a job's shards are finished, or all of it, if nobody looked in time.
    pub(crate) async fn half_done(&self, job: JobId) {
        let shards = JobFolder::of(job).shards();
        until("some images", async || {
            !self.jobs.store.list(&shards).await.unwrap().is_empty()
                || self.jobs.store.end_file(job).await.unwrap().is_some()
        })
        .await;
    }

    /// Whether something of an upload lies in the store's folder.
    pub(crate) fn has_half_upload(&self) -> bool {
        let root = self.jobs.store.local_root().unwrap();
        let entries = walkdir::WalkDir::new(root).into_iter();
        let mut entries = entries.filter_map(Result::ok);
        entries.any(|entry| entry.file_type().is_file())
    }

    /// Waits until a mail about a job was sent.
    pub(crate) async fn mailed(&self, job: JobId, kind: MailKind) {
        let note = JobFolder::of(job).mail(kind);
        until("a mail", async || {
            self.jobs.store.find(&note).await.unwrap().is_some()
        })
        .await;
    }

    /// Waits until nothing is left to do.
    pub(crate) async fn quiet(&self) {
        until("the end of all tasks", async || {
            self.jobs.records.store().jobs().await.unwrap().is_empty()
        })
        .await;
    }

    /// What workers and web front ends have logged.
    pub(crate) fn log(&self) -> String {
        let logs = ["worker.log", "web.log"].map(|name| fs::read_to_string(self.bench.path(name)));
        logs.into_iter().map(Result::unwrap_or_default).collect()
    }

    /// Unpacks the package of a job as it was first made.
    pub(crate) fn unpack(&self, job: JobId) -> PathBuf {
        let key = JobFolder::of(job).package();
        self.unpack_file(&self.jobs.store.local_path(&key).unwrap())
    }

    /// Unpacks a package that was fetched.
    pub(crate) fn unpack_file(&self, zip: &Path) -> PathBuf {
        let folder = tempfile::tempdir_in(self.bench.path("")).unwrap().keep();
        let mut zip = zip::ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
        zip.extract(&folder).unwrap();
        folder
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

/// With its password, if it had one; what is shown of it has none.
fn full_url(place: &Place) -> String {
    match place.url() {
        queue::QueueUrl::Redis(url) => url.into(),
        file @ queue::QueueUrl::Sqlite(_) => file.to_string(),
    }
}
