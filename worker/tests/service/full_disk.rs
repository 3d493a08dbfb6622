//! A service whose disks become full, and have room again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use common::job::JobId;
use serde_json::Value;

use crate::{
    backend::{place::Place, until},
    card::{Card, odd_card},
    deployment::Deployment,
    web_front::WebFront,
};

/// A mount namespace with a small disk in it, in which the programs of a service run.
struct SmallDisk {
    holder: Child,
    folder: PathBuf,
}

impl SmallDisk {
    fn mount(folder: &Path, size: &str) -> Self {
        fs::create_dir_all(folder).unwrap();
        let script = format!(
            "mount -t tmpfs -o size={size} tmpfs \"$0\" && touch \"$0/mounted\" && exec sleep 600"
        );
        let holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            .arg(folder)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let disk = Self {
            holder,
            folder: folder.to_owned(),
        };
        while !disk.seen("mounted").exists() {
            std::thread::yield_now();
        }
        disk
    }

    /// A file of the disk, as it is seen from outside.
    fn seen(&self, name: &str) -> PathBuf {
        let inside = self.folder.strip_prefix("/").unwrap().join(name);
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(inside)
    }

    /// Starts another program in it.
    fn enter(&self) -> Command {
        let mut enter = Command::new("nsenter");
        let target = self.holder.id().to_string();
        enter.args([
            "--target",
            &target,
            "--user",
            "--mount",
            "--preserve-credentials",
        ]);
        enter
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        use std::io::Write as _;
        let mut file = fs::File::create(self.seen("ballast")).unwrap();
        for size in [1 << 16, 4096, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.seen("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

fn readiness(web: &WebFront) -> (u16, Value) {
    let output = web
        .curl(&["--write-out", "\n%{http_code}"], "/readyz")
        .stdout;
    let text = String::from_utf8(output).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap())
}

async fn becomes_ready(web: &WebFront) {
    until("readiness", async || readiness(web).0 == 200).await;
}

/// What is told to a program that uploads a card, and the status.
fn upload(web: &WebFront, card: &Path) -> (u16, String) {
    let file = format!("files=@{}", card.display());
    let mut arguments = vec!["--form", "email=ada@example.org", "--form", &file];
    arguments.extend([
        "--form",
        "threshold=0.6",
        "--header",
        "Accept: application/json",
    ]);
    arguments.extend(["--write-out", "\n%{http_code}"]);
    let text = String::from_utf8(web.curl(&arguments, "/jobs").stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

fn accepted(web: &WebFront, card: &Path) -> JobId {
    let (status, body) = upload(web, card);
    assert_eq!(status, 201, "{body}");
    let accepted: Value = serde_json::from_str(&body).unwrap();
    accepted["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_queue_had_no_room_goes_on_by_itself() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let disk = SmallDisk::mount(&service.bench.path("queue"), "24m");
    let queue = format!(
        "sqlite:{}",
        service.bench.path("queue/trapline.db").display()
    );
    service.set("QUEUE_URL", &queue);
    let card = Card::odd(&service.bench, 40);
    let web = WebFront::start_under(&service, disk.enter());
    let worker = service.worker_under(disk.enter());
    let worker = service.start(worker);
    becomes_ready(&web).await;
    for round in 0..3 {
        let job = accepted(&web, &card.path);
        service.half_done(job).await;
        disk.fill();
        until("unreadiness", async || readiness(&web).0 == 503).await;
        let (_, report) = readiness(&web);
        let trouble = report["trouble"].to_string();
        assert!(trouble.contains("cannot be written"), "{report}");
        let (status, body) = upload(&web, &card.path);
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("not-ready"), "{body}");
        until("the worker's word", async || {
            service.log().matches("takes no tasks").count() > round
        })
        .await;
        disk.make_room();
        becomes_ready(&web).await;
        card.comes_out_of(&service, job).await;
        assert!(service.worker(worker).try_wait().unwrap().is_none());
    }
    assert_eq!(
        service.jobs.store.jobs().await.unwrap().len(),
        3,
        "nothing half kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_unfinished_files_have_no_room_waits_for_it() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let disk = SmallDisk::mount(&service.bench.path("small"), "8m");
    let scratch = service.bench.path("small/scratch");
    service.set("SCRATCH_DIR", scratch.to_str().unwrap());
    let card = Card::odd(&service.bench, 20);
    let worker = service.worker_under(disk.enter());
    let worker = service.start(worker);
    until("the worker", async || {
        !service.jobs.records.workers().await.unwrap().is_empty()
    })
    .await;
    disk.fill();
    until("its word", async || {
        service.log().contains("takes no tasks")
    })
    .await;
    let job = service.submit(&[&card.path]).await;
    disk.make_room();
    card.comes_out_of(&service, job).await;
    assert!(service.worker(worker).try_wait().unwrap().is_none());
    assert_eq!(service.log().matches("takes no tasks").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_written_is_told_and_takes_nothing() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let card = odd_card(&service.bench, 5);
    let disk = SmallDisk::mount(&service.bench.path("disk"), "8m");
    let store = format!("file://{}", service.bench.path("disk/store").display());
    service.set("STORE_URL", &store);
    let web = WebFront::start_under(&service, disk.enter());
    becomes_ready(&web).await;
    for option in ["ro", "rw"] {
        let remounted = disk
            .enter()
            .args(["mount", "-o", &format!("remount,{option}")])
            .arg(service.bench.path("disk"))
            .status();
        assert!(remounted.unwrap().success());
        if option == "ro" {
            until("unreadiness", async || readiness(&web).0 == 503).await;
            assert!(
                readiness(&web).1["trouble"]
                    .to_string()
                    .contains("the store")
            );
            let (status, body) = upload(&web, &card);
            assert_eq!(status, 503, "{body}");
        }
    }
    becomes_ready(&web).await;
    accepted(&web, &card);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_of_mails_holds_up_no_jobs() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let folder = service.bench.path("mails");
    let disk = SmallDisk::mount(&folder, "1m");
    service.set("MAIL_DIR", folder.to_str().unwrap());
    disk.fill();
    let card = Card::odd(&service.bench, 20);
    let worker = service.worker_under(disk.enter());
    service.start(worker);
    let job = service.submit(&[&card.path]).await;
    card.comes_out_of(&service, job).await;
    let log = service.log();
    assert!(!log.contains("this machine cannot write"), "{log}");
}
