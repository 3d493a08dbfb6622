//! A mail: built, sent, and noted as sent.

use common::{
    job::{EndFile, JobFile, MailKind, Outcome},
    store::JobFolder,
};
use jiff::Timestamp;
use serde::Serialize;

use super::{Achieved, environment::Environment, fault::TaskError, held_claim::HeldClaim};
use crate::mail::{MailError, Message};

/// What stands in the file that says that a mail was sent.
#[derive(Serialize)]
struct SentNote {
    /// When the mail server took it, or refused it for good.
    settled: Timestamp,
    /// What the server said, if it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

pub(super) async fn run(
    env: &Environment,
    held: &HeldClaim,
    kind: MailKind,
) -> Result<Achieved, TaskError> {
    let (job, store) = (held.claim.job, &env.jobs.store);
    let note = JobFolder::of(job).mail(kind);
    if store.find(&note).await?.is_some() {
        return Ok(Achieved::Mailed);
    }
    let file = store.job_file(job).await?.ok_or(TaskError::Stopped)?;
    let end = store.end_file(job).await?;
    let Some(message) = message(env, kind, &file, end.as_ref())? else {
        return Ok(Achieved::Mailed);
    };
    let refused = match env.mailer.send(&message).await {
        Ok(()) => None,
        Err(MailError::Permanent(reason)) => {
            tracing::warn!(
                mail = kind.name(),
                "the mail server refuses this mail for good"
            );
            Some(reason)
        }
        Err(error) => return Err(TaskError::Fault(error.into())),
    };
    let settled = Timestamp::now();
    store
        .put_json(&note, &SentNote { settled, refused })
        .await?;
    Ok(Achieved::Mailed)
}

/// The mail, or none where it would come too late to be of use.
fn message(
    env: &Environment,
    kind: MailKind,
    file: &JobFile,
    end: Option<&EndFile>,
) -> Result<Option<Message>, TaskError> {
    let config = &env.config;
    let message = match (kind, end) {
        (MailKind::Accepted, None) => Message::accepted(config, file),
        (
            MailKind::Done,
            Some(EndFile {
                ended,
                outcome: Outcome::Done(facts),
            }),
        ) => Message::done(config, file, *ended, facts),
        (
            MailKind::Expiring,
            Some(EndFile {
                ended,
                outcome: Outcome::Done(_),
            }),
        ) => Message::expiring(config, file, *ended),
        (
            MailKind::Failed,
            Some(EndFile {
                outcome: Outcome::Rejected(why),
                ..
            }),
        ) => Message::failed(config, file, why),
        _ => return Ok(None),
    };
    message
        .map(Some)
        .map_err(|error| TaskError::Fault(error.into()))
}
