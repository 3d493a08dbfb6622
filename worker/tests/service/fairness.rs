//! A small job does not wait behind a big one.

use common::{job::JobId, store::JobFolder};

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
    let small = service.submit(&[&small]).await;
    service.done(small).await;
    let finished = done_shards(&service, big).await;
    assert!(finished < 21, "all of the big job came first");
    let before = shards_between(&service.log(), big, small);
    // One that was under way, one that waited, and what was finished while the wake-up was
    // on its way.
    assert!(before <= 4, "{before} shards came first\n{}", service.log());
    service.done(big).await;
}

/// How many shards of the big job were finished while the small one's only shard waited: after
/// its plan, before itself. The log of the only worker tells.
fn shards_between(log: &str, big: JobId, small: JobId) -> usize {
    let task = |job: JobId, task: &str| format!("job=\"{}\" task={task}", job.tag());
    let ends: Vec<&str> = log.lines().filter(|line| line.ends_with("done")).collect();
    let end_of = |task: String| ends.iter().position(|line| line.contains(&task)).unwrap();
    let waited = end_of(task(small, "plan"))..end_of(task(small, "detect-0"));
    let of_big = task(big, "detect-");
    let between = ends[waited].iter();
    between.filter(|line| line.contains(&of_big)).count()
}

async fn done_shards(service: &Deployment, job: JobId) -> usize {
    let shards = JobFolder::of(job).shards();
    let files = service.jobs.store.list(&shards).await.unwrap();
    files
        .iter()
        .filter(|file| file.location.as_ref().ends_with(".json"))
        .count()
}
