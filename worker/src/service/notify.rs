//! A mail: written, sent, and noted as sent.

use common::{job::MailKind, store::JobFolder};
use jiff::Timestamp;
use serde::Serialize;

use super::{Achieved, environment::Environment, fault::TaskError, held_claim::HeldClaim};
use crate::mail::{MailError, Message, MessageError};

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
    let file = store.job_file(job).await?.ok_or(TaskError::Unfounded)?;
    let end = store.end_file(job).await?;
    if kind == MailKind::Accepted && end.is_some() {
        // The mail that says how it ended says everything.
        return Ok(Achieved::Mailed);
    }
    let message = match Message::new(kind, &file, end.as_ref(), &env.config) {
        Ok(message) => message,
        Err(MessageError::OtherEnd(_)) => return Ok(Achieved::Mailed),
        Err(error) => return Err(TaskError::Fault(error.into())),
    };
    let refused = match env.mailer.send(&message).await {
        Ok(()) => None,
        Err(error @ MailError::Permanent { .. }) => {
            tracing::warn!(%error, "this mail will not arrive");
            Some(error.to_string())
        }
        Err(error) => return Err(TaskError::ours(error.into())),
    };
    let settled = Timestamp::now();
    store
        .put_json(&note, &SentNote { settled, refused })
        .await?;
    Ok(Achieved::Mailed)
}
