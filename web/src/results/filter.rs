//! Which rows are asked for.

use common::{
    Threshold,
    gallery::{Row, RowState},
};

use super::{ResultsSnapshot, query::Conditions};

/// How close to the threshold a picture's surest detection is when it is called near.
pub(crate) const NEAR_THOUSANDTHS: u16 = 50;

/// Decides which rows are asked for, whatever they show.
pub(crate) struct Filter<'a> {
    conditions: &'a Conditions,
    snapshot: &'a ResultsSnapshot,
    /// The number of the camera; a folder that no camera has admits nothing.
    camera: Option<Option<u32>>,
}

impl<'a> Filter<'a> {
    pub(crate) fn new(snapshot: &'a ResultsSnapshot, conditions: &'a Conditions) -> Self {
        let folder = conditions.camera.as_deref();
        Self {
            conditions,
            snapshot,
            camera: folder.map(|folder| snapshot.album.camera_number(folder)),
        }
    }

    /// Whether a row is asked for at a threshold.
    pub(crate) fn admits(&self, number: u32, row: &Row, threshold: Threshold) -> bool {
        self.admits_at_some(number, row)
            && (!self.conditions.near
                || near(row)
                    .is_some_and(|(low, high)| (low..=high).contains(&threshold.thousandths())))
    }

    /// Whether a row is asked for, but for its distance to the threshold.
    pub(crate) fn admits_at_some(&self, number: u32, row: &Row) -> bool {
        let conditions = self.conditions;
        self.camera.is_none_or(|camera| camera == Some(row.camera))
            && is_in_days(conditions, row)
            && is_sure_enough(conditions, row)
            && is_in_state(conditions, row)
            && (!conditions.corrected || self.snapshot.is_corrected(number))
    }

    /// The thresholds, in thousandths and both ends included, at which a row is asked for that is
    /// asked for at some.
    pub(crate) fn span(&self, row: &Row) -> Option<(u16, u16)> {
        if self.conditions.near {
            near(row)
        } else {
            Some((0, 1000))
        }
    }
}

/// The thresholds, in thousandths, that a row's surest detection is near to.
fn near(row: &Row) -> Option<(u16, u16)> {
    let highest = row.highest_confidence()?.thousandths();
    let low = highest.saturating_sub(NEAR_THOUSANDTHS);
    Some((low, highest.saturating_add(NEAR_THOUSANDTHS).min(1000)))
}

fn is_in_days(conditions: &Conditions, row: &Row) -> bool {
    if conditions.from.is_none() && conditions.to.is_none() && conditions.hours.is_none() {
        return true;
    }
    let Some(captured) = row.captured else {
        return false;
    };
    let hour = u8::try_from(captured.hour()).unwrap_or_default();
    conditions.from.is_none_or(|from| captured.date() >= from)
        && conditions.to.is_none_or(|to| captured.date() <= to)
        && conditions.hours.is_none_or(|hours| hours.holds(hour))
}

fn is_sure_enough(conditions: &Conditions, row: &Row) -> bool {
    if conditions.least.is_none() && conditions.most.is_none() {
        return true;
    }
    row.highest_confidence().is_some_and(|highest| {
        let highest = highest.thousandths();
        conditions
            .least
            .is_none_or(|least| highest >= least.thousandths())
            && conditions
                .most
                .is_none_or(|most| highest <= most.thousandths())
    })
}

fn is_in_state(conditions: &Conditions, row: &Row) -> bool {
    match row.state {
        RowState::Processed {
            is_truncated,
            is_duplicate,
            ..
        } => {
            (is_truncated || !conditions.truncated)
                && !(is_duplicate && conditions.without_duplicates)
        }
        _ => !conditions.truncated,
    }
}
