//! Mails over a real conversation with a mail server that also refuses, drops and is slow; and
//! into a folder.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[macro_use]
#[path = "../../common/tests/support/mod.rs"]
mod backend;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use backend::mail_server::MailServer;
use common::{
    config::{MailRoute, ServiceConfig},
    job::{EndFile, JobFile, JobId, JobOptions, MailKind, Outcome, Rejection, RejectionCode},
    queue::QueueUrl,
    store::StoreUrl,
};
use serde_json::Value;
use worker::mail::{MailError, Mailer, MailerError, Message, Obstacle};

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn config(mail: MailRoute) -> ServiceConfig {
    ServiceConfig {
        queue: QueueUrl::Sqlite(PathBuf::new()),
        store: StoreUrl::folder(PathBuf::new()),
        public_url: "https://cards.example.org".parse().unwrap(),
        mail,
        mail_from: "trapline@cards.example.org".parse().unwrap(),
        retention_days: 14,
    }
}

fn message(detail: &str) -> Message {
    let job = JobFile {
        id: "aaaaaaaaaaaaaaaaaaaaaaaaaa".parse::<JobId>().unwrap(),
        accepted: "2026-03-04T05:06:07Z".parse().unwrap(),
        email: "ada@example.org".parse().unwrap(),
        options: JobOptions::default(),
        uploads: Vec::new(),
    };
    let end = EndFile {
        ended: "2026-03-05T10:00:00Z".parse().unwrap(),
        outcome: Outcome::Rejected(Rejection {
            code: RejectionCode::NoImages,
            detail: detail.to_owned(),
        }),
    };
    let config = config(MailRoute::Folder(PathBuf::new()));
    Message::new(MailKind::Failed, &job, Some(&end), &config).unwrap()
}

impl MailServer {
    async fn send(&self, before: &str, after: &str) -> Result<(), MailError> {
        send(&self.url(before, after), Some(&self.ca()), None, PATIENCE).await
    }
}

async fn send(
    url: &str,
    ca: Option<&Path>,
    password: Option<&str>,
    patience: Duration,
) -> Result<(), MailError> {
    let route = MailRoute::Smtp {
        url: url.parse().unwrap(),
        password: password.map(Into::into),
        ca: ca.map(Path::to_owned),
    };
    let mailer = Mailer::with_patience(&config(route), patience).unwrap();
    mailer.send(&message("täglich")).await
}

fn assert_arrived(told: &Value) {
    assert_eq!(told["sender"], "trapline@cards.example.org");
    assert_eq!(told["recipients"], serde_json::json!(["ada@example.org"]));
    assert_eq!(told["hello"], "cards.example.org");
    let content = told["content"].as_str().unwrap();
    assert!(content.contains("Auto-Submitted: auto-generated"));
    assert!(content.contains("t=C3=A4glich"), "{content}");
    assert!(content.contains("/jobs/aaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

#[tokio::test]
async fn a_server_on_this_machine_gets_the_mail_as_it_is() {
    let server = MailServer::start("plain");
    server.send("smtp://", "").await.unwrap();
    let told = server.next();
    assert_arrived(&told);
    assert_eq!(told["tls"], false);
    assert!(server.close().is_empty(), "the mail came twice");
}

#[tokio::test]
async fn starttls_and_implicit_tls_keep_the_mail_from_others() {
    for (behaviour, before, after) in [
        ("starttls", "smtp://", "?tls=required"),
        ("implicit", "smtps://", ""),
    ] {
        let server = MailServer::start(behaviour);
        server.send(before, after).await.unwrap();
        let told = server.next();
        assert_arrived(&told);
        assert_eq!(told["tls"], true);
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_no_mail_that_requires_it() {
    let server = MailServer::start("plain");
    let error = server.send("smtp://", "?tls=required").await.unwrap_err();
    assert!(matches!(
        error,
        MailError::Temporary(Obstacle::Conversation(_))
    ));
    assert!(server.close().is_empty());
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_no_mail() {
    for (behaviour, before, after) in [
        ("starttls", "smtp://", "?tls=required"),
        ("implicit", "smtps://", ""),
    ] {
        let server = MailServer::start(behaviour);
        let url = server.url(before, after);
        let error = send(&url, None, None, PATIENCE).await.unwrap_err();
        assert!(matches!(
            error,
            MailError::Temporary(Obstacle::Conversation(_))
        ));
        assert!(server.close().is_empty());
    }
}

#[tokio::test]
async fn a_password_opens_the_server_and_a_wrong_one_is_ours_to_mend() {
    let server = MailServer::start("auth");
    let url = server.url("smtp://trapline%40post@", "?tls=required");
    for password in ["wrong", ""] {
        let sent = send(&url, Some(&server.ca()), Some(password), PATIENCE).await;
        let error = sent.unwrap_err();
        assert!(
            matches!(
                error,
                MailError::Temporary(Obstacle::Answer { code: 535, .. })
            ),
            "{error:?}"
        );
    }
    send(&url, Some(&server.ca()), Some("right & secret+"), PATIENCE)
        .await
        .unwrap();
    let told = server.next();
    assert_arrived(&told);
    assert_eq!(told["user"], "trapline@post");
}

#[tokio::test]
async fn who_is_nobody_there_is_refused_for_good_and_not_named_in_the_error() {
    let server = MailServer::start("refuse");
    let error = server.send("smtp://", "").await.unwrap_err();
    let MailError::Permanent { code, detail } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((*code, detail.as_deref()), (550, Some(" 5.1.1")));
    assert!(!format!("{error:?} {error}").contains("ada@"), "{error:?}");
}

#[tokio::test]
async fn a_mail_that_is_refused_after_it_was_read_is_refused_for_good() {
    let server = MailServer::start("spam");
    let error = server.send("smtp://", "").await.unwrap_err();
    assert!(matches!(error, MailError::Permanent { code: 554, .. }));
}

#[tokio::test]
async fn a_server_that_cannot_for_now_is_asked_later() {
    for (behaviour, expected) in [("greylist", 451), ("full", 452)] {
        let server = MailServer::start(behaviour);
        let error = server.send("smtp://", "").await.unwrap_err();
        let MailError::Temporary(Obstacle::Answer { code, .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!(code, expected);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_is_asked_later() {
    let server = MailServer::start("drop");
    let error = server.send("smtp://", "").await.unwrap_err();
    assert!(
        matches!(error, MailError::Temporary(Obstacle::Conversation(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for() {
    let server = MailServer::start("slow");
    let patience = Duration::from_secs(2);
    let url = server.url("smtp://", "");
    let error = send(&url, None, None, patience).await.unwrap_err();
    assert!(
        matches!(error, MailError::Temporary(Obstacle::Slow(p)) if p == patience),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_later() {
    let server = MailServer::start("plain");
    let url = server.url("smtp://", "");
    drop(server);
    let error = send(&url, None, None, PATIENCE).await.unwrap_err();
    assert!(matches!(
        error,
        MailError::Temporary(Obstacle::Conversation(_))
    ));
}

#[tokio::test]
async fn a_mail_that_is_sent_again_replaces_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/mail");
    let mailer = Mailer::new(&config(MailRoute::Folder(path.clone()))).unwrap();
    for detail in ["first", "second"] {
        mailer.send(&message(detail)).await.unwrap();
    }
    let files: Vec<_> = std::fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, [format!("{}.eml", message("").name())]);
    let mail = std::fs::read_to_string(path.join(&files[0])).unwrap();
    assert!(mail.contains("second") && !mail.contains("first"), "{mail}");

    std::fs::remove_dir_all(&path).unwrap();
    let error = mailer.send(&message("x")).await.unwrap_err();
    assert!(matches!(
        error,
        MailError::Temporary(Obstacle::Folder { .. })
    ));
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    let new = |url: &str, ca: Option<PathBuf>| {
        Mailer::new(&config(MailRoute::Smtp {
            url: url.parse().unwrap(),
            password: None,
            ca,
        }))
        .unwrap_err()
    };
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    assert!(matches!(
        new("smtp://host?tls=perhaps", None),
        MailerError::Address
    ));
    assert!(matches!(
        new("smtps://host", Some(folder.path().join("missing"))),
        MailerError::Authority { .. }
    ));
    assert!(matches!(
        new("smtps://host", Some(empty)),
        MailerError::NoCertificate(_)
    ));
    assert!(matches!(
        new("smtp://ada@host?tls=none", None),
        MailerError::PasswordInTheClear
    ));
    std::fs::write(folder.path().join("file"), "").unwrap();
    let below_a_file = folder.path().join("file/mail");
    assert!(matches!(
        Mailer::new(&config(MailRoute::Folder(below_a_file))),
        Err(MailerError::Folder { .. })
    ));
}
