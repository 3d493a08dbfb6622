//! A mail, ready to be sent.

use std::time::SystemTime;

use common::{
    EmailAddress,
    config::ServiceConfig,
    job::{EndFile, JobFile, MailKind},
};
use jiff::Timestamp;
use lettre::{
    Address,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use super::{MessageError, letter::Words};

/// The name that mails come from; the address beside it is the service's.
const SENDER: &str = "Trapline";

/// A mail about a job. Its `Debug` form shows neither its address nor its link.
#[derive(Clone)]
pub struct Message {
    mail: lettre::Message,
    name: String,
}

impl Message {
    /// Writes a mail. `end` is how the job ended; only a mail of [`MailKind::Accepted`] can do
    /// without.
    ///
    /// # Errors
    /// When the job did not end as the mail would say, or the mail cannot be put together.
    pub fn new(
        kind: MailKind,
        job: &JobFile,
        end: Option<&EndFile>,
        config: &ServiceConfig,
    ) -> Result<Self, MessageError> {
        Self::write(kind, job, Words::find(kind, job, end, config)?, config)
    }

    /// Writes the mail about a job that waits for the people who run the service since a moment.
    ///
    /// # Errors
    /// When the mail cannot be put together.
    pub fn of_stuck(
        job: &JobFile,
        since: Timestamp,
        config: &ServiceConfig,
    ) -> Result<Self, MessageError> {
        let words = Words::of_stuck(job, since, config)?;
        Self::write(MailKind::Stuck, job, words, config)
    }

    fn write(
        kind: MailKind,
        job: &JobFile,
        words: Words,
        config: &ServiceConfig,
    ) -> Result<Self, MessageError> {
        let name = kind.name_of_mail(job.id);
        let from = address(&config.mail_from)?;
        // The same for the same mail, so that mail programs show it once if it was sent twice.
        let id = format!(
            "<{name}.{}@{}>",
            job.accepted.as_millisecond(),
            from.domain()
        );
        let mail = lettre::Message::builder()
            .from(Mailbox::new(Some(SENDER.to_owned()), from))
            // Without a name: one from outside could carry a line break.
            .to(Mailbox::new(None, address(&job.email)?))
            .subject(words.subject)
            .date(SystemTime::now())
            .message_id(Some(id))
            .raw_header(auto_submitted())
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))
            .map_err(MessageError::Parts)?;
        Ok(Self { mail, name })
    }

    /// The job's tag and the kind of the mail; the same for no other mail.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mail as it goes over the wire (RFC 5322).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.mail.formatted()
    }

    pub(super) const fn as_lettre(&self) -> &lettre::Message {
        &self.mail
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({})", self.name)
    }
}

fn address(address: &EmailAddress) -> Result<Address, MessageError> {
    address.as_str().parse().map_err(MessageError::Address)
}

/// Says that no person wrote this, so that no program answers (RFC 3834 5).
fn auto_submitted() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

#[cfg(test)]
mod tests;
