//! Making a record again from what lies in the job's folder.

use super::{JobRecord, Work};
use crate::{
    Counts,
    job::{JobId, MailKind, Outcome, Task},
};

/// What the folder of a job says.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The job.
    pub job: JobId,
    /// When its upload was accepted, milliseconds since 1970.
    pub accepted_ms: u64,
    /// How far it is.
    pub progressed: Progressed,
    /// The mails that were sent.
    pub mailed: Vec<MailKind>,
    /// Whether its package is to be made again.
    pub wants_rebuild: bool,
}

/// How far a job is.
#[derive(Clone, Debug)]
pub enum Progressed {
    /// There is no plan yet.
    Accepted,
    /// There is a plan, and some shards may be finished.
    Planned {
        /// Images in all.
        images: u64,
        /// Shards in all.
        shards: u32,
        /// The finished shards, in ascending order.
        finished: Vec<u32>,
        /// What the finished shards add up to.
        counts: Counts,
    },
    /// It is over.
    Ended(Outcome),
}

impl JobRecord {
    /// The record of a job as its folder has it; [`JobRecord::is_over`] when nothing is left.
    #[must_use]
    pub fn restored(found: Restored, window: u32, now_ms: u64) -> Self {
        let mut record = Self::blank(found.job, found.accepted_ms, now_ms);
        let mut mail = Some(MailKind::Accepted);
        match found.progressed {
            Progressed::Accepted => record.open(Task::Plan),
            Progressed::Planned {
                images,
                shards,
                finished,
                counts,
            } => {
                record.work = Some(Work {
                    images,
                    shards,
                    waiting: gaps(&finished, shards),
                });
                record.finished = counts;
                record.open_shards(window);
            }
            Progressed::Ended(outcome) => {
                if found.wants_rebuild {
                    record.open_rebuild();
                }
                mail = match outcome {
                    Outcome::Done(_) => Some(MailKind::Done),
                    Outcome::Rejected(_) => Some(MailKind::Failed),
                    Outcome::Cancelled => None,
                };
            }
        }
        if let Some(mail) = mail.filter(|mail| !found.mailed.contains(mail)) {
            record.open(Task::Mail(mail));
        }
        record
    }
}

/// The ranges of `0..shards` that are not in an ascending list.
fn gaps(finished: &[u32], shards: u32) -> Vec<(u32, u32)> {
    let mut gaps = Vec::new();
    let mut first = 0;
    for &shard in finished.iter().chain([&shards]) {
        if first < shard {
            gaps.push((first, shard));
        }
        first = first.max(shard.saturating_add(1));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn gaps_and_finished_shards_are_all_shards(kinds in prop::collection::vec(any::<bool>(), 0..60)) {
            let shards = kinds.len() as u32;
            let finished: Vec<u32> = (0..shards).filter(|s| kinds[*s as usize]).collect();
            let mut all: Vec<u32> = gaps(&finished, shards)
                .into_iter()
                .flat_map(|(first, end)| first..end)
                .chain(finished)
                .collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..shards).collect::<Vec<_>>());
        }
    }
}
