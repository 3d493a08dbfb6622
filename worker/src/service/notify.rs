//! A mail: written, sent, and noted as sent.

use common::{
    job::{JobId, MailKind},
    store::JobFolder,
};
use jiff::Timestamp;

use super::{Achieved, environment::Environment, error::TaskError, lease::HeldLease};
use crate::mail::{MailError, MailNote, Message, MessageError};

pub(super) async fn run(
    env: &Environment,
    held: &HeldLease,
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
    let written = match kind {
        MailKind::Stuck => match stuck_since(env, job).await?.filter(|_| end.is_none()) {
            Some(since) => Message::of_stuck(&file, since, &env.config),
            None => return Ok(Achieved::Mailed),
        },
        _ => Message::new(kind, &file, end.as_ref(), &env.config),
    };
    let message = match written {
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
        // Also where mails are files and their disk is full: that delays mails, never jobs.
        Err(error) => return Err(TaskError::Fault(error.into())),
    };
    let settled = Timestamp::now();
    store
        .put_json(&note, &MailNote { settled, refused })
        .await?;
    Ok(Achieved::Mailed)
}

/// Since when a job waits for the people who run the service, if it still does.
async fn stuck_since(env: &Environment, job: JobId) -> Result<Option<Timestamp>, TaskError> {
    let loaded = env.jobs.records.store().load(job).await?;
    Ok(loaded.and_then(|loaded| loaded.record.stuck_since()))
}
