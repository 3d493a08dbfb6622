//! Machines that die at a shard, whatever is in hand: no picture is blamed, and nothing that is done
//! is done again.

use std::{process::Command, time::Duration};

use common::{
    job::{JobId, Outcome},
    store::JobFolder,
};

use crate::{
    backend::{place::Place, s3_server::S3Server, until},
    card::Card,
    deadly_picture::{MEMORY, card_with_deadly, only_the_deadly_failed},
    deployment::Deployment,
};

/// Kills of a run; more of them with `TRAPLINE_KILLS=30`.
fn kills() -> u32 {
    let wanted = std::env::var("TRAPLINE_KILLS").ok();
    wanted.map_or(7, |text| text.parse().unwrap())
}

/// How many files of the first shard are saved.
async fn saved(service: &Deployment, job: JobId) -> usize {
    let saved = JobFolder::of(job).saved(0);
    let parts = service.jobs.store.list(&saved).await.unwrap();
    let ends = parts
        .iter()
        .filter_map(|part| JobFolder::files_of_part(&part.location));
    ends.map(|files| files.end).max().unwrap_or_default()
}

async fn is_over(service: &Deployment, job: JobId) -> bool {
    service.jobs.store.end_file(job).await.unwrap().is_some()
}

/// Behind how many files workers went on, as they said.
fn gone_on_behind(service: &Deployment) -> Vec<usize> {
    let log = service.log();
    let lines = log.lines().filter(|line| line.contains("going on behind"));
    let numbers = lines.filter_map(|line| {
        let (_, number) = line.rsplit_once("files=")?;
        number.split_whitespace().next()?.parse().ok()
    });
    numbers.collect()
}

/// Kills the only worker again and again, at moments that follow from how far it is. Each goes on
/// behind all that was saved when the one before it was killed: what it looks at again was in hand.
async fn kill_again_and_again(service: &mut Deployment, job: JobId) {
    let mut last = 0;
    for kill in 0..kills() {
        let lines = gone_on_behind(service).len();
        let worker = service.start_worker();
        // A process of the worker before may save one more picture while it ends, so that progress
        // alone does not say that this worker has begun.
        until("progress", async || {
            let has_begun = last == 0 || gone_on_behind(service).len() > lines;
            (has_begun && saved(service, job).await > last) || is_over(service, job).await
        })
        .await;
        // The moment of the kill is what is tested; nothing is waited for.
        tokio::time::sleep(Duration::from_millis(u64::from(kill * 137 % 400))).await;
        service.kill(worker);
        let behind = gone_on_behind(service);
        let behind = behind.get(lines..).unwrap_or_default();
        assert!(
            behind.iter().all(|files| *files >= last),
            "{last} {behind:?}"
        );
        if is_over(service, job).await {
            break;
        }
        last = saved(service, job).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_blame_nobody_and_what_is_done_is_not_done_again() {
    survive_kills(Deployment::new(Place::sqlite(), 5_000).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_goes_on_where_a_dead_one_was() {
    let server = S3Server::start();
    survive_kills(Deployment::in_bucket(&server, Place::sqlite(), 5_000).await).await;
}

async fn survive_kills(mut service: Deployment) {
    service.set("LEASE_SECONDS", "1");
    let card = Card::odd(&service.bench, 400);
    let job = service.submit(&[&card.path]).await;
    kill_again_and_again(&mut service, job).await;
    service.start_worker();
    let end = service.end_of(job).await;
    let Outcome::Done(facts) = end.outcome else {
        panic!("{end:?}");
    };
    assert_eq!(facts.counts.failed, 2, "{}", service.log());
    if service.jobs.store.local_root().is_some() {
        card.comes_out_of(&service, job).await;
    }
    assert!(!gone_on_behind(&service).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadly_picture_is_found_although_the_machine_dies_too() {
    let mut service = Deployment::new(Place::sqlite(), 50).await;
    service.set("LEASE_SECONDS", "1");
    let card = card_with_deadly(&service);
    let job = service.submit(&[&card]).await;
    let note = JobFolder::of(job).crash_note(0);
    for round in 0.. {
        assert!(round < 20, "{}", service.log());
        let mut starter = Command::new("prlimit");
        starter.arg(format!("--as={MEMORY}"));
        let worker = service.worker_under(starter);
        let worker = service.start(worker);
        let noted = service.jobs.store.find(&note).await.unwrap().is_some();
        until("a death, a note, or the end", async || {
            service.worker(worker).try_wait().unwrap().is_some()
                || is_over(&service, job).await
                || (!noted && service.jobs.store.find(&note).await.unwrap().is_some())
        })
        .await;
        if is_over(&service, job).await {
            break;
        }
        // Also as soon as it has noted the first death.
        service.kill(worker);
    }
    only_the_deadly_failed(&service, job).await;
}
