//! Jobs that are deleted while others are at them, at any moment: nothing of them stays.

use std::{fs, path::Path, time::Duration};

use common::{
    Label, MediaPath,
    correction::Verdict,
    job::{JobId, JobOptions},
    store::JobFolder,
};

use crate::{
    backend::{place::Place, s3_server::S3Server, until},
    card::odd_card,
    deployment::Deployment,
    web_front::WebFront,
};

/// Deletions of a run; more of them with `TRAPLINE_DELETIONS=60`, others with `TRAPLINE_SEED=7`.
const DELETIONS: u64 = 8;
/// The longest time that is waited before a deletion, milliseconds: a job of this size takes about
/// as long.
const SPAN_MS: u64 = 1500;

of_both_back_ends! {
    place => super::Deployment::new(place, 5).await;
    nothing_stays_of_jobs_that_are_deleted_at_work
    nothing_stays_of_jobs_that_are_deleted_while_they_are_corrected_and_made_again
    nothing_stays_where_the_worker_is_killed_too
}

/// Numbers that follow from a seed (Marsaglia's xorshift64, <https://doi.org/10.18637/jss.v008.i14>).
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        Self(setting("TRAPLINE_SEED", 0x9e37_79b9))
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// Lets some time pass: the moment is what is tested, and nothing is waited for.
    async fn pass(&mut self) {
        let wait = self.below(SPAN_MS);
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Deletes a job as its owner does.
fn delete(web: &WebFront, job: JobId) {
    let answer = web.ask(&["--request", "DELETE"], &format!("/jobs/{job}"));
    assert!(
        answer.status == 204 || answer.status == 303,
        "{}",
        answer.status
    );
}

async fn submit(service: &Deployment, card: &Path) -> JobId {
    let job = JobId::random().unwrap();
    let options = JobOptions {
        threshold: Some("0.6".parse().unwrap()),
        originals: true,
        ..JobOptions::default()
    };
    service.submit_with(job, &[card], options).await;
    job
}

/// What is left of any job, in words.
async fn leftovers(service: &Deployment) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(root) = service.jobs.store.local_root() {
        found.extend(files(&root.join("jobs")));
        found.extend(files(&root.join("scratch")));
    } else {
        let all = service.jobs.store.list(&"jobs".into()).await.unwrap();
        found.extend(all.into_iter().map(|file| file.location.to_string()));
    }
    for name in ["scratch", "mail", "spool"] {
        found.extend(files(&service.bench.path(name)));
    }
    found.retain(|file| !file.ends_with("/alive"));
    let records = service.jobs.records.store().jobs().await.unwrap();
    found.extend(records.iter().map(|job| format!("the record of {job}")));
    found.extend(wake_ups(service).await);
    found
}

/// Every file below a folder, and every folder of a job.
fn files(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).into_iter();
    let entries = entries.filter_map(Result::ok);
    let is_something = |entry: &walkdir::DirEntry| {
        entry.file_type().is_file() || (entry.depth() == 1 && folder.ends_with("jobs"))
    };
    let found = entries.filter(is_something);
    found
        .map(|entry| entry.path().display().to_string())
        .collect()
}

/// What the queue keeps of wake-ups, handled ones too.
async fn wake_ups(service: &Deployment) -> Vec<String> {
    match service.place.url() {
        common::queue::QueueUrl::Redis(url) => {
            let client = redis::Client::open(url.as_str()).unwrap();
            let mut connection = client.get_multiplexed_async_connection().await.unwrap();
            let mut found = Vec::new();
            for lane in ["detect", "desk"] {
                let key = format!("trapline:wake:{lane}:data");
                let kept: Vec<Vec<u8>> = redis::cmd("HVALS")
                    .arg(key)
                    .query_async(&mut connection)
                    .await
                    .unwrap();
                found.extend(
                    kept.iter()
                        .map(|text| String::from_utf8_lossy(text).into_owned()),
                );
            }
            found
        }
        common::queue::QueueUrl::Sqlite(path) => {
            let script = "import sqlite3, sys; \
                [print(row[0]) for row in \
                sqlite3.connect(sys.argv[1]).execute('SELECT job FROM Jobs')]";
            let output = std::process::Command::new("python3")
                .args(["-c", script, path.to_str().unwrap()])
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }
}

async fn nothing_is_left(service: &Deployment) {
    let mut last = Vec::new();
    let gone = until("the end of everything", async || {
        last = leftovers(service).await;
        last.is_empty()
    });
    let patience = tokio::time::sleep(crate::backend::DEADLINE - Duration::from_secs(20));
    tokio::select! {
        () = gone => return,
        () = patience => {}
    }
    let last = leftovers(service).await;
    assert_eq!(last, Vec::<String>::new(), "{}", service.log());
}

async fn nothing_stays_of_jobs_that_are_deleted_at_work(service: Deployment) {
    deleted_at_work(service).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_stays_of_jobs_that_are_deleted_at_work_in_a_bucket() {
    let server = S3Server::start();
    deleted_at_work(Deployment::in_bucket(&server, Place::sqlite(), 5).await).await;
}

async fn deleted_at_work(mut service: Deployment) {
    let mut moments = Moments::new();
    let card = odd_card(&service.bench, 40);
    let web = WebFront::start(&service);
    service.start_worker();
    service.start_worker();
    for _ in 0..setting("TRAPLINE_DELETIONS", DELETIONS) {
        let job = submit(&service, &card).await;
        moments.pass().await;
        delete(&web, job);
    }
    nothing_is_left(&service).await;
}

async fn nothing_stays_of_jobs_that_are_deleted_while_they_are_corrected_and_made_again(
    mut service: Deployment,
) {
    let mut moments = Moments::new();
    let card = odd_card(&service.bench, 10);
    let web = WebFront::start(&service);
    service.start_worker();
    for _ in 0..setting("TRAPLINE_DELETIONS", DELETIONS) / 2 {
        let job = submit(&service, &card).await;
        service.done(job).await;
        let store = service.jobs.store.clone();
        let correcting = tokio::spawn(async move {
            let path = MediaPath::from_display_name("cam 0/IMG_0000.JPG");
            let mut heard = store.corrections(job).await.unwrap();
            let verdict = Verdict::Shows(Label::Blank);
            while store
                .correct(job, &mut heard, (0, &path), verdict)
                .await
                .is_ok()
            {}
        });
        let wish = service.jobs.rebuild(job, "0.3".parse().unwrap()).await;
        assert!(wish.unwrap());
        let wait = moments.below(300);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        delete(&web, job);
        correcting.await.unwrap();
    }
    nothing_is_left(&service).await;
}

/// A worker dies at a task of a job that was deleted: another one cleans up when its lease has run
/// out.
async fn nothing_stays_where_the_worker_is_killed_too(mut service: Deployment) {
    let mut moments = Moments::new();
    let card = odd_card(&service.bench, 40);
    let web = WebFront::start(&service);
    for _ in 0..2 {
        let worker = service.start_worker();
        let job = submit(&service, &card).await;
        service.half_done(job).await;
        delete(&web, job);
        let wait = moments.below(300);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        service.kill(worker);
    }
    service.start_worker();
    nothing_is_left(&service).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_stopped_keeps_no_results_and_its_record_goes() {
    let mut service = Deployment::new(Place::sqlite(), 5).await;
    let mut moments = Moments::new();
    let card = odd_card(&service.bench, 30);
    service.start_worker();
    for _ in 0..4 {
        let job = submit(&service, &card).await;
        moments.pass().await;
        let is_stopped = service.jobs.cancel(job).await.unwrap();
        service.quiet().await;
        let package = JobFolder::of(job).package();
        let has_package = service.jobs.store.find(&package).await.unwrap().is_some();
        assert_eq!(has_package, !is_stopped);
        service.jobs.delete(job).await.unwrap();
    }
    fs::remove_dir_all(service.bench.path("mail")).unwrap();
    nothing_is_left(&service).await;
}
