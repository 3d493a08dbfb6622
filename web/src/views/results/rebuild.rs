//! The package, and what it takes to make it again.

use common::jobs::RebuildState;

use crate::results::Visit;

/// The package.
pub(crate) struct Rebuild {
    /// The threshold that it has.
    pub(crate) has: String,
    /// Whether it has corrections.
    pub(crate) is_corrected: bool,
    /// Whether a new one would have some.
    pub(crate) has_corrections: bool,
    /// The threshold that is looked at.
    pub(crate) next_threshold: String,
    /// Whether a new one would be another: the threshold is, or what people said.
    pub(crate) is_other: bool,
    /// The one that is being made.
    pub(crate) coming: Option<Coming>,
    /// Why the last one was not made.
    pub(crate) failure: Option<String>,
}

/// A package that is being made.
pub(crate) struct Coming {
    pub(crate) threshold: String,
    /// Images that are done, if that can be seen.
    pub(crate) done: Option<u64>,
    /// All images.
    pub(crate) images: u64,
    /// Whether it has to wait for us.
    pub(crate) is_stuck: bool,
}

impl Rebuild {
    pub(crate) fn of(visit: &Visit) -> Self {
        let images = visit.facts.counts.images();
        let corrections = &visit.snapshot.corrections;
        let (is_corrected, has_corrections) = (visit.facts.corrected > 0, !corrections.is_blank());
        let is_same = if has_corrections {
            visit.facts.corrected == corrections.last_number()
        } else {
            !is_corrected
        };
        let mut package = Self {
            has: visit.facts.threshold.value().to_string(),
            next_threshold: visit.threshold.value().to_string(),
            is_corrected,
            has_corrections,
            is_other: visit.facts.threshold != visit.threshold || !is_same,
            coming: None,
            failure: None,
        };
        match &visit.rebuild {
            RebuildState::None => {}
            RebuildState::Failed(failure) => package.failure = Some(failure.reason.clone()),
            RebuildState::Open {
                wish,
                images: done,
                is_stuck,
            } => {
                package.coming = Some(Coming {
                    threshold: wish.threshold.value().to_string(),
                    done: *done,
                    images,
                    is_stuck: *is_stuck,
                });
            }
        }
        package
    }
}
