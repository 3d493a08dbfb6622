//! How making a package again can fail.

use super::super::error::TaskError;

/// Why a package was not made again.
pub(super) enum RebuildError {
    /// It never can be; the one who asked is told, in a sentence.
    Impossible(String),
    /// As for every task.
    Task(TaskError),
}

impl RebuildError {
    pub(super) fn impossible(reason: &str) -> Self {
        Self::Impossible(reason.to_owned())
    }
}

impl<E> From<E> for RebuildError
where
    TaskError: From<E>,
{
    /// An upload that could be used when the job was done and cannot be used now is no reason to
    /// take the job's end back.
    fn from(error: E) -> Self {
        match TaskError::from(error) {
            TaskError::Rejected(rejection) => Self::Impossible(format!(
                "The uploaded pictures cannot be read any more: {}.",
                rejection.detail
            )),
            other => Self::Task(other),
        }
    }
}
