//! How a task can fail, told apart by whose fault it is.

use std::io;

use common::{
    archive::ArchiveError,
    job::{Rejection, RejectionCode},
    jobs::JobsError,
    records::RecordsError,
    store::StoreError,
};

use crate::{input::InputError, job::JobError, pipeline::PipelineError};

/// Why a task was not done.
#[derive(Debug)]
pub(super) enum TaskError {
    /// The upload cannot be used: the job is over, and the one who sent it is told.
    Rejected(Rejection),
    /// Something of ours failed: the task is tried again later.
    Fault(anyhow::Error),
    /// This machine cannot work: it gives the task back and stops.
    Broken(anyhow::Error),
    /// This machine cannot write: it gives the task back, and waits until there is room.
    CannotWrite(anyhow::Error),
    /// This worker lacks something that others may have: it gives the task back.
    Unsuitable(String),
    /// The record does not fit what lies in the job's folder: the folder is right.
    Unfounded,
    /// The task is not this worker's any more, or the worker was asked to stop.
    Stopped,
}

impl TaskError {
    /// Tells a disk that is full, which no other attempt on this machine can change, from other
    /// faults.
    pub(super) fn ours(error: anyhow::Error) -> Self {
        if error.chain().any(is_full_disk) {
            Self::CannotWrite(error)
        } else {
            Self::Fault(error)
        }
    }

    /// None of so many files is an image.
    pub(super) fn no_images(files: u64) -> Self {
        Self::Rejected(Rejection {
            code: RejectionCode::NoImages,
            detail: match files {
                0 => "there is no file in it".to_owned(),
                1 => "the file in it is no image".to_owned(),
                _ => format!("none of the {files} files in it is an image"),
            },
        })
    }

    /// The upload goes beyond a limit.
    fn refused(detail: String) -> Self {
        Self::Rejected(Rejection {
            code: RejectionCode::RefusedArchive,
            detail,
        })
    }

    pub(super) fn fault(reason: &'static str) -> Self {
        Self::Fault(anyhow::anyhow!(reason))
    }
}

fn is_full_disk(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::ReadOnlyFilesystem
        )
    })
}

impl From<StoreError> for TaskError {
    fn from(error: StoreError) -> Self {
        Self::ours(error.into())
    }
}

impl From<RecordsError> for TaskError {
    fn from(error: RecordsError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<JobsError> for TaskError {
    fn from(error: JobsError) -> Self {
        Self::ours(error.into())
    }
}

impl From<io::Error> for TaskError {
    fn from(error: io::Error) -> Self {
        Self::ours(error.into())
    }
}

impl From<JobError> for TaskError {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Interrupted { .. } => Self::Stopped,
            JobError::Input(error) => error.into(),
            JobError::Pipeline(PipelineError::BrokenDetector(_)) => Self::Broken(error.into()),
            JobError::Package(error) | JobError::Pipeline(PipelineError::Package(error)) => {
                Self::ours(error.without_names().into())
            }
            other => Self::ours(other.into()),
        }
    }
}

impl From<PipelineError> for TaskError {
    fn from(error: PipelineError) -> Self {
        JobError::from(error).into()
    }
}

impl From<InputError> for TaskError {
    /// What is in an upload is the sender's affair: an archive that is damaged, and more of
    /// anything than the limits allow. What keeps an upload from being read is ours. Every kind is
    /// named here, so that a new one must be judged.
    fn from(error: InputError) -> Self {
        match &error {
            InputError::Archive {
                source: ArchiveError::Access(_),
                ..
            }
            | InputError::Missing { .. }
            | InputError::NotAFile { .. }
            | InputError::IsExcluded { .. }
            | InputError::Access { .. }
            | InputError::Lost { .. }
            | InputError::Store(_) => Self::ours(error.into()),
            InputError::Archive { source, .. } => Self::Rejected(Rejection {
                code: code_of(source),
                detail: source.to_string(),
            }),
            InputError::TooManyFiles { files, limit } => Self::refused(format!(
                "the upload has {files} files and the limit is {limit}"
            )),
            InputError::TooManyBytes { bytes, limit } => Self::refused(format!(
                "the upload says that it unpacks to {bytes} bytes and the limit is {limit}"
            )),
            InputError::NoInputs | InputError::NoFiles => Self::no_images(0),
        }
    }
}

/// What kind of fault of the sender's is wrong with an archive.
const fn code_of(error: &ArchiveError) -> RejectionCode {
    match error {
        ArchiveError::TooManyEntries { .. }
        | ArchiveError::DirectoryTooLarge { .. }
        | ArchiveError::EntriesOverlap { .. } => RejectionCode::RefusedArchive,
        _ => RejectionCode::DamagedArchive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::PackageError;

    #[test]
    fn a_full_disk_is_the_machines_fault_and_a_damaged_zip_the_senders() {
        let full = PackageError::Io {
            path: "x".into(),
            source: io::ErrorKind::StorageFull.into(),
        };
        assert!(matches!(
            TaskError::from(JobError::from(full)),
            TaskError::CannotWrite(_)
        ));
        let cut = InputError::Archive {
            path: "x".into(),
            source: ArchiveError::EndMissing,
        };
        let TaskError::Rejected(rejection) = TaskError::from(cut) else {
            panic!("a damaged archive is the sender's affair");
        };
        assert_eq!(rejection.code, RejectionCode::DamagedArchive);
        let gone = InputError::Missing { path: "x".into() };
        assert!(matches!(TaskError::from(gone), TaskError::Fault(_)));
    }
}
