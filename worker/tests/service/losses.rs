//! What the back end loses comes back from the folders of the jobs.

use std::time::Duration;

use common::job::{JobId, MailKind};

use crate::{
    backend::{mail_server::MailServer, place::Place},
    card::Card,
    deployment::Deployment,
};

/// A job in the middle, with one worker at it, and what is to come of it.
struct HalfDone {
    service: Deployment,
    server: MailServer,
    worker: usize,
    job: JobId,
    card: Card,
}

impl HalfDone {
    async fn at(place: Place) -> Self {
        let mut service = Deployment::new(place, 5).await;
        let server = MailServer::start("plain");
        service.send_mails_to(&server);
        let card = Card::odd(&service.bench, 120);
        let job = service.submit(&[&card.path]).await;
        let worker = service.start_worker();
        service.mailed(job, MailKind::Accepted).await;
        service.half_done(job).await;
        Self {
            service,
            server,
            worker,
            job,
            card,
        }
    }

    /// The job ends as it would have ended, and says so once.
    async fn ends_well(self) {
        self.card.comes_out_of(&self.service, self.job).await;
        self.service.mailed(self.job, MailKind::Done).await;
        self.service.quiet().await;
        let mails = self.server.close();
        for kind in [MailKind::Accepted, MailKind::Done] {
            let copies = mails.iter().filter(|mail| mail.is(self.job, kind));
            assert_eq!(copies.count(), 1, "{kind:?}: {mails:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_redis_has_forgotten_everything() {
    let half_done = HalfDone::at(Place::redis()).await;
    half_done.service.place.lose_everything().await;
    half_done.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_redis_was_away() {
    let mut half_done = HalfDone::at(Place::durable_redis()).await;
    for _ in 0..3 {
        half_done.service.place.server().kill();
        tokio::time::sleep(Duration::from_secs(1)).await;
        half_done.service.place.server().start_again();
    }
    half_done.service.connect_again().await;
    half_done.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_ends_once_although_redis_hung_for_longer_than_a_lease() {
    let mut half_done = HalfDone::at(Place::redis()).await;
    half_done.service.start_worker();
    for _ in 0..2 {
        half_done.service.place.server().pause();
        tokio::time::sleep(Duration::from_secs(4)).await;
        half_done.service.place.server().resume();
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    half_done.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_the_database_file_was_deleted() {
    let mut half_done = HalfDone::at(Place::sqlite()).await;
    half_done.service.kill(half_done.worker);
    half_done.service.place.lose_everything().await;
    half_done.service.start_worker();
    half_done.service.connect_again().await;
    half_done.ends_well().await;
}
