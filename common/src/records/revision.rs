//! The number of a record's state.

use crate::job::NoRandomness;

/// The revision of a record that is made: any of 2^62, so that a job whose record was lost or
/// removed and made again does not come back to a revision that somebody still holds. The time
/// would not do: it can be set back, and SQLite tells no more than milliseconds. Swaps count on
/// from it, and stay within what SQLite's signed integers hold.
pub(super) fn first() -> Result<u64, NoRandomness> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(NoRandomness::from)?;
    Ok(u64::from_le_bytes(bytes) >> 2)
}
