//! What a visitor of the results page looks at: the rows of a job, which of them are asked for, in
//! which order, and how many there would be at another threshold. Nothing here knows HTML.

pub(crate) mod album;
pub(crate) mod cache;
pub(crate) mod corrections_table;
pub(crate) mod existence_cache;
pub(crate) mod filter;
pub(crate) mod numbers;
pub(crate) mod query;
pub(crate) mod sample;
pub(crate) mod snapshot;
pub(crate) mod strip;
pub(crate) mod threshold_counts;
mod visit;

pub(crate) use album::Album;
pub(crate) use cache::ResultsCache;
pub(crate) use existence_cache::JobExistenceCache;
pub(crate) use query::Query;
pub(crate) use snapshot::ResultsSnapshot;
pub(crate) use visit::Visit;
