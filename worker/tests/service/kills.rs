//! Workers that are killed at any moment lose nothing and do nothing twice.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use common::{
    job::{JobId, MailKind},
    store::JobFolder,
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    backend::{
        mail_server::{MailServer, TakenMail},
        place::Place,
    },
    card::Card,
    deployment::Deployment,
};

/// The longest time between a mail server's taking a mail and the note that it was sent, on a busy
/// machine. Only a worker that is killed between the two makes a mail come twice.
const GAP_MS: i64 = 1000;

of_both_back_ends! {
    place => place;
    every_job_survives_kills_and_sends_each_mail_once
}

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

async fn every_job_survives_kills_and_sends_each_mail_once(place: Place) {
    let mut service = Deployment::new(place, 10).await;
    let server = MailServer::start("plain");
    service.send_mails_to(&server);
    let card = Card::odd(&service.bench, 120);
    let mut workers = [service.start_worker(), service.start_worker()];
    let (mut jobs, mut kills_ms) = (Vec::new(), Vec::new());
    for kill in 0..kills() {
        // Two jobs are always under way.
        while unfinished(&service, &jobs).await < 2 {
            jobs.push(service.submit(&[&card.path]).await);
        }
        // The moment of the kill is what is tested; nothing is waited for.
        tokio::time::sleep(Duration::from_millis(200 + random(1500))).await;
        let victim = &mut workers[(kill % 2) as usize];
        service.kill(*victim);
        kills_ms.push(Timestamp::now().as_millisecond());
        *victim = service.start_worker();
    }
    for &job in &jobs {
        card.comes_out_of(&service, job).await;
        service.mailed(job, MailKind::Done).await;
    }
    service.quiet().await;
    let mails = server.close();
    let repeated = count_repeated(&service, &jobs, &mails, &kills_ms).await;
    assert!(repeated <= 2 + kills_ms.len() / 20, "{mails:#?}");
    // Not eprintln!, which is caught when a test passes.
    let _ = writeln!(
        io::stderr(),
        "{} kills, {} jobs, {} mails, {repeated} of them repeated",
        kills_ms.len(),
        jobs.len(),
        mails.len(),
    );
}

async fn unfinished(service: &Deployment, jobs: &[JobId]) -> usize {
    let mut unfinished = 0;
    for &job in jobs {
        unfinished += usize::from(service.jobs.store.end_file(job).await.unwrap().is_none());
    }
    unfinished
}

/// Asserts that every mail was sent, and how many came more than once: no more than kills explain.
async fn count_repeated(
    service: &Deployment,
    jobs: &[JobId],
    mails: &[TakenMail],
    kills_ms: &[i64],
) -> usize {
    let (mut sent, mut repeated) = (0, 0);
    for &job in jobs {
        for kind in [MailKind::Accepted, MailKind::Done] {
            let copies: Vec<_> = mails.iter().filter(|mail| mail.is(job, kind)).collect();
            assert_explained(service, job, kind, &copies, kills_ms).await;
            sent += copies.len();
            repeated += copies.len().saturating_sub(1);
        }
    }
    assert_eq!(sent, mails.len(), "a mail of another kind: {mails:#?}");
    repeated
}

/// What a note says, as far as it matters here.
#[derive(Deserialize)]
struct Note {
    settled: Timestamp,
}

/// Asserts that the last copy of a mail was noted, and that whoever sent an earlier one was killed
/// before it could note that.
async fn assert_explained(
    service: &Deployment,
    job: JobId,
    kind: MailKind,
    copies: &[&TakenMail],
    kills_ms: &[i64],
) {
    let note = JobFolder::of(job).mail(kind);
    let note: Option<Note> = service.jobs.store.get_json(&note).await.unwrap();
    let not_noted = match (note, copies) {
        (Some(note), [earlier @ .., last]) => {
            assert!(
                note.settled.as_millisecond() >= last.taken_ms,
                "{copies:#?}"
            );
            earlier
        }
        // Nobody needs to hear that a job was accepted which is over.
        (None, all) if kind == MailKind::Accepted => all,
        _ => panic!("noted, and not sent, or the other way round: {copies:#?}"),
    };
    for copy in not_noted {
        let gap = copy.taken_ms..=copy.taken_ms + GAP_MS;
        let is_explained = kills_ms.iter().any(|kill| gap.contains(kill));
        assert!(is_explained, "sent again without a kill: {copies:#?}");
    }
    assert!(
        copies.iter().all(|copy| copy.id == copies[0].id),
        "mail programs would show it twice: {copies:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_sender_dies_before_it_notes_it_comes_again_as_the_same_mail() {
    let mut service = Deployment::new(Place::sqlite(), 10).await;
    let server = MailServer::start("mute");
    service.send_mails_to(&server);
    let card = Card::odd(&service.bench, 10);
    let job = service.submit(&[&card.path]).await;
    let worker = service.start_worker();
    let first = loop {
        let mail = TakenMail::of(&server.next());
        if mail.is(job, MailKind::Done) {
            break mail;
        }
    };
    service.kill(worker);
    service.start_worker();
    service.mailed(job, MailKind::Done).await;
    service.quiet().await;
    let rest = server.close();
    assert_eq!(rest.len(), 1, "{rest:#?}");
    assert_eq!(rest[0].id, first.id);
}
