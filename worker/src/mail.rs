//! The mails about a job: what they say, and how they leave this machine.
//!
//! A [`Message`] is written from what lies in the job's folder; a [`Mailer`] hands it to a mail
//! server, or puts it into a folder. When, and how often, is not decided here: a mail that is
//! sent again has the same `Message-ID`, or replaces the same file.

mod error;
mod folder;
mod letter;
mod message;
mod note;
mod smtp;
mod wording;

use std::time::Duration;

use common::config::{MailRoute, ServiceConfig};

pub use error::{MailError, MailerError, MessageError, Obstacle};
pub use message::Message;
pub use note::MailNote;

use folder::Folder;
use smtp::Smtp;

/// A conversation with a mail server may take so long in all.
const PATIENCE: Duration = Duration::from_secs(60);

/// The way out for mails.
#[derive(Clone, Debug)]
pub struct Mailer(Route);

#[derive(Clone, Debug)]
enum Route {
    Smtp(Smtp),
    Folder(Folder),
}

impl Mailer {
    /// Prepares the way that the settings name. No server is asked yet.
    ///
    /// # Errors
    /// When the settings contradict themselves, the certificate of the mail server's authority
    /// cannot be read, or the folder cannot be made.
    pub fn new(config: &ServiceConfig) -> Result<Self, MailerError> {
        Self::with_patience(config, PATIENCE)
    }

    /// As [`Mailer::new`]; a conversation with the server may take `patience` in all.
    ///
    /// # Errors
    /// As for [`Mailer::new`].
    pub fn with_patience(config: &ServiceConfig, patience: Duration) -> Result<Self, MailerError> {
        let route = match &config.mail {
            MailRoute::Smtp { url, password, ca } => {
                let hello = config.public_url.host_str().unwrap_or_default();
                let smtp = Smtp::new(url, password.as_ref(), ca.as_deref(), hello, patience)?;
                Route::Smtp(smtp)
            }
            MailRoute::Folder(path) => Route::Folder(Folder::new(path)?),
        };
        Ok(Self(route))
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// [`MailError::Temporary`] when it may go later, [`MailError::Permanent`] when the server
    /// refuses it for good.
    pub async fn send(&self, message: &Message) -> Result<(), MailError> {
        match &self.0 {
            Route::Smtp(smtp) => smtp.send(message).await,
            Route::Folder(folder) => folder.send(message).await,
        }
    }
}
