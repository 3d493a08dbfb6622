use std::path::PathBuf;

use common::{
    Category, Counts, FailureCode,
    config::MailRoute,
    job::{DoneFacts, JobOptions, Outcome, Rejection, RejectionCode, Upload},
    queue::QueueUrl,
    store::StoreUrl,
};
use proptest::prelude::*;

use super::*;

fn config() -> ServiceConfig {
    ServiceConfig {
        queue: QueueUrl::Sqlite(PathBuf::new()),
        store: StoreUrl::folder(PathBuf::new()),
        public_url: "https://cards.example.org".parse().unwrap(),
        mail: MailRoute::Folder(PathBuf::new()),
        mail_from: "trapline@cards.example.org".parse().unwrap(),
        retention_days: 14,
    }
}

fn job() -> JobFile {
    let upload = |name: &str, size_bytes| Upload {
        name: name.to_owned(),
        size_bytes,
    };
    JobFile {
        id: "aaaaaaaaaaaaaaaaaaaaaaaaaa".parse().unwrap(),
        accepted: "2026-03-04T05:06:07Z".parse().unwrap(),
        email: "ada@example.org".parse().unwrap(),
        options: JobOptions::default(),
        uploads: vec![
            upload("Buy this!.zip", 1_300_000_000),
            upload("b.zip", 5_000_000),
        ],
    }
}

fn ended(outcome: Outcome) -> EndFile {
    EndFile {
        ended: "2026-03-05T10:00:00Z".parse().unwrap(),
        outcome,
    }
}

fn done() -> EndFile {
    let counts = Counts {
        files: 12_400,
        processed: 12_331,
        failed: 14,
        skipped: 55,
        blank: 9_105,
        duplicates: 3,
        truncated: 1,
        images_with: [(Category::Animal, 3_210), (Category::Person, 12)].into(),
        failures: [(FailureCode::NoBytes, 2), (FailureCode::Unreadable, 12)].into(),
        ..Counts::default()
    };
    done_with(counts)
}

fn done_with(counts: Counts) -> EndFile {
    ended(Outcome::Done(DoneFacts {
        counts,
        package_bytes: 1_234_567_890,
        package_blake3: "b".repeat(64),
        model: "MegaDetector <v6>".to_owned(),
        threshold: common::Threshold::new(0.2).unwrap(),
        is_rebuilt: false,
        corrected: 0,
    }))
}

fn rejected(detail: &str) -> EndFile {
    ended(Outcome::Rejected(Rejection {
        code: RejectionCode::DamagedArchive,
        detail: detail.to_owned(),
    }))
}

fn words(kind: MailKind, end: Option<&EndFile>) -> String {
    let words = Words::find(kind, &job(), end, &config()).unwrap();
    let Words {
        subject,
        text,
        html,
    } = words;
    format!("{subject}\n========\n{text}\n========\n{html}")
}

#[test]
fn accepted_says_what_happens_now() {
    insta::assert_snapshot!(words(MailKind::Accepted, None));
}

#[test]
fn done_says_what_was_found_and_until_when() {
    insta::assert_snapshot!(words(MailKind::Done, Some(&done())));
}

#[test]
fn done_says_nothing_of_failures_when_there_are_none() {
    let counts = Counts {
        files: 1,
        processed: 1,
        blank: 1,
        ..Counts::default()
    };
    insta::assert_snapshot!(words(MailKind::Done, Some(&done_with(counts))));
}

#[test]
fn stuck_says_whom_to_ask_and_until_when() {
    let since = "2026-03-05T10:00:00Z".parse().unwrap();
    let Words {
        subject,
        text,
        html,
    } = Words::of_stuck(&job(), since, &config()).unwrap();
    insta::assert_snapshot!(format!("{subject}\n========\n{text}\n========\n{html}"));
}

#[test]
fn failed_says_what_to_do() {
    let end = rejected("'card <1>.zip' ends in the middle");
    insta::assert_snapshot!(words(MailKind::Failed, Some(&end)));
}

#[test]
fn expiring_says_when() {
    insta::assert_snapshot!(words(MailKind::Expiring, Some(&done())));
}

#[test]
fn a_mail_that_would_not_be_true_is_not_written() {
    let (done, rejected) = (done(), rejected("x"));
    let cancelled = ended(Outcome::Cancelled);
    for (kind, end) in [
        (MailKind::Done, None),
        (MailKind::Done, Some(&rejected)),
        (MailKind::Done, Some(&cancelled)),
        (MailKind::Failed, Some(&done)),
        (MailKind::Failed, Some(&cancelled)),
        (MailKind::Expiring, Some(&rejected)),
        (MailKind::Expiring, None),
        (MailKind::Stuck, None),
        (MailKind::Stuck, Some(&done)),
    ] {
        let error = Message::new(kind, &job(), end, &config()).unwrap_err();
        assert!(matches!(error, MessageError::OtherEnd(of) if of == kind));
    }
}

fn headers(message: &Message) -> String {
    let text = String::from_utf8(message.to_bytes()).unwrap();
    text.split("\r\n\r\n").next().unwrap().to_owned()
}

#[test]
fn the_headers_are_those_of_an_automatic_mail_and_show_no_link() {
    let message = Message::new(MailKind::Done, &job(), Some(&done()), &config()).unwrap();
    let headers = headers(&message);
    let tag = job().id.tag();
    for line in [
        "From: Trapline <trapline@cards.example.org>".to_owned(),
        "To: ada@example.org".to_owned(),
        "Subject: Trapline: your results are ready (12,345 images)".to_owned(),
        format!("Message-ID: <{tag}-done.1772600767000@cards.example.org>"),
        "Auto-Submitted: auto-generated".to_owned(),
    ] {
        assert!(headers.lines().any(|l| l == line), "{line}\n{headers}");
    }
    assert!(headers.contains("multipart/alternative"), "{headers}");
    assert!(headers.contains("\r\nDate: "), "{headers}");
    assert!(!headers.contains(&job().id.to_string()), "{headers}");
    assert_eq!(message.name(), format!("{tag}-done"));
    assert_eq!(format!("{message:?}"), format!("Message({tag}-done)"));
}

proptest! {
    #[test]
    fn nothing_from_an_upload_reaches_the_headers(detail in "(\r|\n|: |Bcc|\u{85}|[ -~]|.){0,60}") {
        let end = rejected(&detail);
        let mut job = job();
        job.uploads[0].name = detail;
        let with = Message::new(MailKind::Failed, &job, Some(&end), &config()).unwrap();
        let without = Message::new(MailKind::Failed, &job, Some(&rejected("")), &config()).unwrap();
        let known = |message: &Message| {
            let headers = headers(message);
            let names = headers.lines().map(|l| l.split(':').next().unwrap().to_owned());
            names.filter(|name| !name.contains("boundary")).collect::<Vec<_>>()
        };
        prop_assert_eq!(known(&with), known(&without));
    }
}
