//! A small job does not wait behind a big one.

use crate::{
    backend::{place::Place, until},
    card::odd_card,
    deployment::Deployment,
};

of_both_back_ends! {
    place => place;
    a_small_job_comes_between_the_shards_of_a_big_one
}

async fn a_small_job_comes_between_the_shards_of_a_big_one(place: Place) {
    // Shards that take longer than looking for the next wake-up, as real ones do.
    let mut service = Deployment::new(place, 150).await;
    let big = odd_card(&service.bench, 3000);
    let small_bench = crate::support::Workbench::new();
    let small = odd_card(&small_bench, 10);
    let big = service.submit(&[&big]).await;
    service.start_worker();
    until("the big job", async || {
        done_shards(&service, big).await >= 1
    })
    .await;
    let before = done_shards(&service, big).await;
    let small = service.submit(&[&small]).await;
    service.done(small).await;
    let after = done_shards(&service, big).await;
    assert!(after - before <= 4, "{before} to {after} of 21 shards");
    service.done(big).await;
}

async fn done_shards(service: &Deployment, job: common::job::JobId) -> usize {
    let shards = common::store::JobFolder::of(job).shards();
    let files = service.jobs.store.list(&shards).await.unwrap();
    files
        .iter()
        .filter(|file| file.location.as_ref().ends_with(".json"))
        .count()
}
