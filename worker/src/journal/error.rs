//! Why a journal cannot be used.

use std::{io, path::PathBuf};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk refused.
    #[error("the journal {path} could not be read or written")]
    Io {
        /// The journal's file.
        path: PathBuf,
        /// What the disk said.
        #[source]
        source: io::Error,
    },
    /// There is no journal to resume.
    #[error(
        "there is no interrupted run to go on with ({0} is missing): start it without --resume"
    )]
    Missing(PathBuf),
    /// The journal belongs to another run.
    #[error(
        "the interrupted run differs in {0}: repeat its command as it was, or choose another --out"
    )]
    OtherRun(&'static str),
    /// Another process has it open.
    #[error("another run is writing to {0}: wait for it, or choose another --out")]
    InUse(PathBuf),
    /// The header line is damaged.
    #[error("the journal {0} is damaged: remove the folder it is in and start again")]
    Damaged(PathBuf),
}
