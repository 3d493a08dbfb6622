//! What somebody who looks at the results of a job sees, and asks for.

use common::{
    Threshold,
    job::{DoneFacts, JobFile},
    jobs::RebuildState,
};

use super::{Query, ResultsSnapshot};

/// The results of a job that is done: what can be seen of them, and what is asked for in the
/// address.
pub(crate) struct Visit {
    pub(crate) file: JobFile,
    pub(crate) facts: DoneFacts,
    pub(crate) snapshot: ResultsSnapshot,
    pub(crate) query: Query,
    /// What was left out of the query, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The threshold that counts.
    pub(crate) threshold: Threshold,
    /// How far another package is.
    pub(crate) rebuild: RebuildState,
}
