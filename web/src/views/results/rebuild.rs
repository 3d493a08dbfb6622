//! The package, and what it takes to make it again.

use common::jobs::RebuildSight;

use crate::handlers::results::Visit;

/// The package.
pub(crate) struct Rebuild {
    /// The threshold that it has.
    pub(crate) has: String,
    /// The threshold that is looked at.
    pub(crate) wanted: String,
    /// Whether a new one would be another: the threshold is, or there are corrections.
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
        let mut package = Self {
            has: visit.facts.threshold.value().to_string(),
            wanted: visit.threshold.value().to_string(),
            is_other: visit.facts.threshold != visit.threshold
                || !visit.sight.corrections.list().is_empty(),
            coming: None,
            failure: None,
        };
        match &visit.rebuild {
            RebuildSight::None => {}
            RebuildSight::Failed(failure) => package.failure = Some(failure.reason.clone()),
            RebuildSight::Open {
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
