//! What keeps a mail from being sent.

use std::{io, path::PathBuf, time::Duration};

use common::job::MailKind;
use lettre::transport::smtp;

/// A mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may go later.
    #[error("the mail was not sent for now")]
    Temporary(#[source] Obstacle),
    /// The server refuses it for good, most often because there is nobody of that address. What
    /// it says is not kept, for it tends to repeat the address.
    #[error("the mail server refuses the mail: {code}{}", .detail.as_deref().unwrap_or_default())]
    Permanent {
        /// Its answer, 500 to 599 (RFC 5321 4.2).
        code: u16,
        /// The code of RFC 3463 after it, with a space before, as in ` 5.1.1`.
        detail: Option<String>,
    },
}

/// What is in a mail's way for now.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// The server says so; or it wants another user or password, which are ours to mend.
    #[error("the mail server answers {code}{}", .detail.as_deref().unwrap_or_default())]
    Answer {
        /// Its answer (RFC 5321 4.2).
        code: u16,
        /// The code of RFC 3463 after it, with a space before.
        detail: Option<String>,
    },
    /// The server cannot be reached, hangs up, or has no certificate that is to be trusted.
    #[error("no conversation with the mail server")]
    Conversation(#[source] smtp::Error),
    /// The server takes too long.
    #[error("the mail server was not done after {0:?}")]
    Slow(Duration),
    /// The folder of mails cannot be written.
    #[error("{path} cannot be written")]
    Folder {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The program stops.
    #[error("the program stops")]
    Stopping,
}

/// No mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// There is no host in it, or a choice that is not known.
    #[error(
        "SMTP_URL: write smtps://user@host, smtp://host?tls=required, or smtp://host?tls=none for a server that you trust the way to"
    )]
    Address,
    /// A password would be sent for everybody to read.
    #[error("SMTP_URL: a user name needs smtps:// or tls=required, unless the server is localhost")]
    PasswordInTheClear,
    /// The certificate of the authority cannot be read.
    #[error("SMTP_CA_FILE: {path} cannot be read")]
    Authority {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// TLS cannot be set up, or the file of the authority holds no certificate.
    #[error("TLS for the mail server cannot be set up")]
    Tls(#[source] smtp::Error),
    /// The folder of mails cannot be made.
    #[error("MAIL_DIR: {path} cannot be made")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// A mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// A mail of this kind says how the job ended, and it did not end like that.
    #[error("the job did not end as a mail '{}' would say", .0.name())]
    OtherEnd(MailKind),
    /// The time of deletion is beyond the calendar.
    #[error("the time of deletion cannot be told")]
    Expiry(#[source] jiff::Error),
    /// A template failed.
    #[error("the template of the mail '{}' failed", .kind.name())]
    Template {
        /// The mail.
        kind: MailKind,
        /// What is wrong with it.
        #[source]
        source: askama::Error,
    },
    /// The mail's parts do not make a mail.
    #[error("the mail cannot be put together")]
    Parts(#[source] lettre::error::Error),
    /// An address is none for the mail library.
    #[error("the address is none that a mail can be sent to")]
    Address(#[source] lettre::address::AddressError),
}
