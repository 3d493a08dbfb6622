//! Workers that are told to stop, and machines that cannot work.

use std::{path::Path, process::Command};

use common::job::MailKind;

use crate::{
    backend::{place::Place, until},
    card::{Card, odd_card},
    deployment::{Deployment, MODEL},
    support::said,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_gives_back_what_it_has() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    service.set("DRAIN_SECONDS", "0");
    // Whoever takes the task up does not wait for the end of a lease.
    service.set("LEASE_SECONDS", "600");
    let card = Card::odd(&service.bench, 300);
    let job = service.submit(&[&card.path]).await;
    for _ in 0..3 {
        let worker = service.start_worker();
        until("a shard under way", async || {
            let loaded = service.jobs.records.store().load(job).await.unwrap();
            loaded.is_some_and(|l| l.record.tasks().any(|(_, t)| t.worker(l.now_ms).is_some()))
                || service.jobs.store.end_file(job).await.unwrap().is_some()
        })
        .await;
        service.stop(worker);
    }
    service.start_worker();
    card.comes_out_of(&service, job).await;
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
    for (_, task) in service.record(job).await.record.tasks() {
        assert_eq!((task.crashes, task.faults), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_whose_disk_has_no_room_for_a_shard_gives_it_back_and_loses_nothing() {
    let mut service = Deployment::new(Place::sqlite(), 30).await;
    let card = Card::odd(&service.bench, 100);
    let job = service.submit(&[&card.path]).await;

    let small = service.bench.path("small");
    std::fs::create_dir(&small).unwrap();
    let worker = on_small_disk(&service, &small);
    let worker = service.start(worker);
    until("its word", async || {
        service.log().contains("its task is given back")
    })
    .await;
    service.stop(worker);
    let log = service.log();
    assert!(log.contains("No space left"), "{log}");
    assert!(!log.contains("IMG_"), "the log names a picture: {log}");
    for (task, state) in service.record(job).await.record.tasks() {
        assert_eq!((state.crashes, state.faults), (0, 0), "{task}");
    }
    service.start_worker();
    card.comes_out_of(&service, job).await;
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
    service.run(&["queue", "drain"]);
    service.start_worker();
    let job = service.submit(&[&card]).await;
    until("the worker", async || {
        !service.jobs.records.workers().await.unwrap().is_empty()
    })
    .await;
    let before = service.record(job).await;
    assert!(
        before
            .record
            .tasks()
            .all(|(_, task)| task.worker(before.now_ms).is_none())
    );
    service.run(&["queue", "resume"]);
    service.done(job).await;
}
