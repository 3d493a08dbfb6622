//! Keeps a panic inside a decoder from ending the job.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs foreign code on a stranger's file; `None` if it panicked.
///
/// The closure must only touch what it creates itself or borrows to read, so that nothing
/// half-changed is left behind.
pub(super) fn contain<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_none() {
        assert_eq!(contain(|| 7), Some(7));
        let blank: &[u8] = &[];
        assert_eq!(contain(|| blank[0]), None);
    }
}
