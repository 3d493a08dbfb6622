//! Workers that are killed at any moment lose nothing and do nothing twice.

use std::time::Duration;

use common::job::{JobId, MailKind};

use crate::{
    backend::place::Place,
    deployment::Deployment,
    same_bytes::odd_card,
    support::{assert_same_package, process},
};

/// Kills of a run; more of them with `TRAPLINE_KILLS=60`.
fn kills() -> u32 {
    let wanted = std::env::var("TRAPLINE_KILLS").ok();
    wanted.map_or(10, |text| text.parse().unwrap())
}

/// A number below `below`.
fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

async fn survives_kills(place: Place) {
    let mut service = Deployment::new(place, 10).await;
    let card = odd_card(&service.bench, 120);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let mut workers = [service.start_worker(), service.start_worker()];
    let mut jobs: Vec<JobId> = Vec::new();
    for kill in 0..kills() {
        // Two jobs are always under way.
        while unfinished(&service, &jobs).await < 2 {
            jobs.push(service.submit(&[&card]).await);
        }
        // The moment of the kill is what is tested; nothing is waited for.
        tokio::time::sleep(Duration::from_millis(200 + random(1500))).await;
        let victim = &mut workers[(kill % 2) as usize];
        service.kill(*victim);
        *victim = service.start_worker();
    }
    for &job in &jobs {
        service.done(job).await;
        assert_same_package(&expected, &service.unpack(job));
        service.mailed(job, MailKind::Done).await;
    }
    service.quiet().await;
}

async fn unfinished(service: &Deployment, jobs: &[JobId]) -> usize {
    let mut unfinished = 0;
    for &job in jobs {
        unfinished += usize::from(service.jobs.store.end_file(job).await.unwrap().is_none());
    }
    unfinished
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_survives_kills_with_sqlite() {
    survives_kills(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_survives_kills_with_redis() {
    survives_kills(Place::redis()).await;
}
