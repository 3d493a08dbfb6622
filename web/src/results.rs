//! What a visitor of the results page looks at: the rows of a job, which of them are asked for, in
//! which order, and how many there would be at another threshold. Nothing here knows HTML.

pub(crate) mod album;
pub(crate) mod corrections_table;
pub(crate) mod filter;
pub(crate) mod library;
pub(crate) mod numbers;
pub(crate) mod presence;
pub(crate) mod query;
pub(crate) mod sample;
pub(crate) mod sight;
pub(crate) mod strip;
pub(crate) mod tally;
mod visit;

pub(crate) use album::Album;
pub(crate) use library::Library;
pub(crate) use presence::Presence;
pub(crate) use query::Query;
pub(crate) use sight::Sight;
pub(crate) use visit::Visit;
