//! Workers that are told to stop, and machines that cannot work.

use std::{path::Path, process::Command};

use common::job::MailKind;

use crate::{
    backend::{place::Place, until},
    deployment::{Deployment, MODEL},
    same_bytes::odd_card,
    support::{assert_same_package, process, running::send, said},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_gives_back_what_it_has() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    service.set("DRAIN_SECONDS", "0");
    // Whoever takes the task up does not wait for the end of a lease.
    service.set("LEASE_SECONDS", "600");
    let card = odd_card(&service.bench, 300);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;
    for _ in 0..3 {
        let worker = service.start_worker();
        until("a shard under way", async || {
            let loaded = service.jobs.records.store().load(job).await.unwrap();
            loaded.is_none_or(|l| l.record.tasks().any(|(_, t)| t.worker(l.now_ms).is_some()))
        })
        .await;
        send(service.worker(worker), "TERM");
        let status = service.worker(worker).wait().unwrap();
        assert!(status.success(), "{status}: {}", service.log());
    }
    service.start_worker();
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
    service.mailed(job, MailKind::Done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_cannot_work_takes_no_task() {
    let service = Deployment::new(Place::sqlite(), 30).await;
    let card = odd_card(&service.bench, 5);
    let job = service.submit(&[&card]).await;
    for (arguments, why) in [
        (&["--model", "no-such-model"][..], "no-such-model"),
        (&["--model", MODEL, "--device", "cuda:900"], "cuda:900"),
    ] {
        let mut command = service.command(&["run"]);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(why), "{}", said(&output));
    }
    let loaded = service
        .jobs
        .records
        .store()
        .load(job)
        .await
        .unwrap()
        .unwrap();
    for (_, task) in loaded.record.tasks() {
        assert_eq!((task.crashes, task.faults), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_disk_is_full_stops_and_loses_nothing() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    let card = odd_card(&service.bench, 100);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;

    let small = service.bench.path("small");
    std::fs::create_dir(&small).unwrap();
    let output = on_small_disk(&service, &small).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("cannot work"), "{}", said(&output));
    let record = service.jobs.records.store().load(job).await.unwrap();
    for (task, state) in record.unwrap().record.tasks() {
        assert_eq!((state.crashes, state.faults), (0, 0), "{task}");
    }
    service.start_worker();
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
}

/// A worker whose unfinished files lie on a disk of 64 KiB, in a mount namespace of its own.
fn on_small_disk(service: &Deployment, folder: &Path) -> Command {
    let mount = "mount -t tmpfs -o size=64k tmpfs \"$0\" && exec \"$@\"";
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
        .arg(folder);
    let mut command = service.worker_under(unshare);
    command.env("SCRATCH_DIR", folder);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drained_queue_waits_until_it_is_resumed() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    let card = odd_card(&service.bench, 5);
    assert!(
        service
            .command(&["queue", "drain"])
            .status()
            .unwrap()
            .success()
    );
    service.start_worker();
    let job = service.submit(&[&card]).await;
    until("the worker", async || {
        !service.jobs.records.workers().await.unwrap().is_empty()
    })
    .await;
    let before = service
        .jobs
        .records
        .store()
        .load(job)
        .await
        .unwrap()
        .unwrap();
    assert!(
        before
            .record
            .tasks()
            .all(|(_, task)| task.worker(before.now_ms).is_none())
    );
    assert!(
        service
            .command(&["queue", "resume"])
            .status()
            .unwrap()
            .success()
    );
    service.done(job).await;
}
