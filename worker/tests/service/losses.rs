//! What the back end loses comes back from the folders of the jobs.

use common::job::MailKind;

use crate::{
    backend::{place::Place, until},
    deployment::Deployment,
    same_bytes::odd_card,
    support::{assert_same_package, process},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_redis_has_forgotten_everything() {
    let mut service = Deployment::new(Place::redis(), 5).await;
    let card = odd_card(&service.bench, 120);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;
    service.start_worker();
    some_images_are_done(&service, job).await;
    service.place.lose_everything().await;
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
    service.mailed(job, MailKind::Done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_redis_was_away() {
    let mut service = Deployment::new(Place::durable_redis(), 5).await;
    let card = odd_card(&service.bench, 120);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;
    service.start_worker();
    some_images_are_done(&service, job).await;
    for _ in 0..3 {
        service.place.server().kill();
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        service.place.server().start_again();
    }
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
    service.mailed(job, MailKind::Done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_the_database_file_was_deleted() {
    let mut service = Deployment::new(Place::sqlite(), 5).await;
    let card = odd_card(&service.bench, 120);
    let expected = service.bench.path("expected");
    process(&card, &expected, &[]);
    let job = service.submit(&[&card]).await;
    let worker = service.start_worker();
    some_images_are_done(&service, job).await;
    service.kill(worker);
    service.place.lose_everything().await;
    service.start_worker();
    service.done(job).await;
    assert_same_package(&expected, &service.unpack(job));
    service.mailed(job, MailKind::Done).await;
}

async fn some_images_are_done(service: &Deployment, job: common::job::JobId) {
    let shards = common::store::JobFolder::of(job).shards();
    until("some images", async || {
        !service.jobs.store.list(&shards).await.unwrap().is_empty()
    })
    .await;
}
