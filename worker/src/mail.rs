//! placeholder until the branch with mails is merged
use common::{
    config::ServiceConfig,
    job::{DoneFacts, JobFile, Rejection},
};
use jiff::Timestamp;
pub struct Mailer;
pub struct Message;
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("{0}")]
    Temporary(String),
    #[error("{0}")]
    Permanent(String),
}
impl Mailer {
    pub fn open(_: &ServiceConfig) -> Result<Self, MailError> {
        Ok(Self)
    }
    pub async fn send(&self, _: &Message) -> Result<(), MailError> {
        Ok(())
    }
}
impl Message {
    pub fn accepted(_: &ServiceConfig, _: &JobFile) -> Result<Self, MailError> {
        Ok(Self)
    }
    pub fn done(
        _: &ServiceConfig,
        _: &JobFile,
        _: Timestamp,
        _: &DoneFacts,
    ) -> Result<Self, MailError> {
        Ok(Self)
    }
    pub fn expiring(_: &ServiceConfig, _: &JobFile, _: Timestamp) -> Result<Self, MailError> {
        Ok(Self)
    }
    pub fn failed(_: &ServiceConfig, _: &JobFile, _: &Rejection) -> Result<Self, MailError> {
        Ok(Self)
    }
}
