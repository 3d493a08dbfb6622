//! The careful way through a shard that keeps ending the program: one picture at a time, and each
//! is noted in the store before it is looked at. A picture that the program does not survive, for
//! want of memory or by a fault of a library, is found so and fails alone; its job goes on.

use std::{
    collections::BTreeSet,
    sync::{Mutex, atomic::Ordering},
};

use common::{
    Failure, FailureCode, MediaOutcome, MediaRecord,
    media::CameraFacts,
    store::{JobFolder, Store, StoreError},
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{environment::Environment, fault::TaskError, held_claim::HeldClaim};
use crate::{
    detector::pool::DetectorHandle,
    input::InputItem,
    job::JobError,
    journal::Journal,
    pipeline::{self, Ending, PipelineError, claims::Claims, inspect::PipelineContext},
};

/// So often the program may end at a picture that it looked at alone.
const ENDS_ALONE: u32 = 2;

/// What a worker that may die leaves to the next one.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The number of the file that is being looked at.
    at: Option<usize>,
    /// How often it was begun and never came to an end.
    begun: u32,
    /// Files that are not looked at any more.
    given_up: BTreeSet<usize>,
}

impl Note {
    /// Notes that a file is about to be looked at; `false` when it is not to be.
    fn begin(&mut self, file: usize) -> bool {
        if self.at != Some(file) {
            (self.at, self.begun) = (Some(file), 0);
        }
        if self.begun >= ENDS_ALONE {
            self.given_up.insert(file);
        }
        if self.given_up.contains(&file) {
            (self.at, self.begun) = (None, 0);
            return false;
        }
        self.begun += 1;
        true
    }

    /// Notes that the program survived the file.
    fn survived(&mut self) {
        (self.at, self.begun) = (None, 0);
    }
}

/// A shard that is gone through carefully.
pub(super) struct Care {
    store: Store,
    folder: JobFolder,
    shard: u32,
    note: Note,
    /// The file that an earlier worker ended at.
    ended_at: Option<usize>,
    runtime: Handle,
}

impl Care {
    /// How to go through a shard: carefully, if workers died at it alone before.
    pub(super) async fn for_shard(
        env: &Environment,
        held: &HeldClaim,
        shard: u32,
    ) -> Result<Option<Self>, StoreError> {
        let store = env.jobs.store.clone();
        let folder = JobFolder::of(held.claim.job);
        let note: Option<Note> = store.get_json(&folder.care_note(shard)).await?;
        if note.is_none() && !held.claim.is_careful() {
            return Ok(None);
        }
        tracing::warn!("earlier workers ended here; looking at one picture at a time");
        let note = note.unwrap_or_default();
        Ok(Some(Self {
            store,
            folder,
            shard,
            ended_at: note.at,
            note,
            runtime: Handle::current(),
        }))
    }

    /// Takes every file of the shard through the pipeline, each by itself. To be called where
    /// blocking is allowed.
    pub(super) fn look_at_all(
        mut self,
        (env, held): (&Environment, &HeldClaim),
        context: &PipelineContext<'_>,
        handles: &mut [DetectorHandle],
        journal: &mut Journal,
        mut seen: impl FnMut(&MediaRecord),
    ) -> Result<Ending, TaskError> {
        let claims = Mutex::new(Claims::default());
        let alone = handles.get_mut(..1).unwrap_or_default();
        for file in context.span.clone() {
            if held.stop_flag().load(Ordering::Relaxed) {
                return Ok(Ending::Interrupted);
            }
            let is_to_be_seen = self.note.begin(file);
            self.write()?;
            self.tell_progress(env, held, file);
            if !is_to_be_seen {
                let item = context.listing.items().get(file);
                let record = given_up(item.ok_or(PipelineError::WorkerLost)?);
                journal.append(&record).map_err(JobError::from)?;
                seen(&record);
                continue;
            }
            let until_here = PipelineContext {
                span: context.span.start..file + 1,
                ..*context
            };
            let stop = held.stop_flag();
            let ending = pipeline::run(&until_here, alone, journal, &claims, stop, &mut seen);
            self.note.survived();
            match ending {
                Ok(Ending::Complete) => {}
                unfinished => {
                    self.write()?;
                    return Ok(unfinished?);
                }
            }
        }
        journal.flush().map_err(JobError::from)?;
        Ok(Ending::Complete)
    }

    fn write(&self) -> Result<(), StoreError> {
        let key = self.folder.care_note(self.shard);
        self.runtime.block_on(self.store.put_json(&key, &self.note))
    }

    /// The deaths so far were at a file that lies behind now: they say nothing against the rest.
    fn tell_progress(&mut self, env: &Environment, held: &HeldClaim, file: usize) {
        let is_behind = |at: usize| at < file || self.note.given_up.contains(&at);
        if !self.ended_at.is_some_and(is_behind) {
            return;
        }
        self.ended_at = None;
        let told = env
            .jobs
            .records
            .change(held.claim.job, |record, _| record.came_past(&held.claim));
        if let Err(error) = self.runtime.block_on(told) {
            tracing::warn!(%error, "progress could not be told");
        }
    }
}

/// The record of a file that is not looked at any more.
fn given_up(item: &InputItem) -> MediaRecord {
    let detail = "the program ended each time it looked at this file";
    MediaRecord {
        path: item.path.clone(),
        size_bytes: item.size_bytes,
        content_hash: None,
        camera: CameraFacts::default(),
        outcome: MediaOutcome::Failed(Failure::new(FailureCode::ProgramEnded, detail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a worker leaves that dies now.
    fn after_death(note: &Note) -> Note {
        serde_json::from_str(&serde_json::to_string(note).unwrap()).unwrap()
    }

    #[test]
    fn a_file_is_given_up_when_the_program_ended_at_it_alone_twice() {
        let mut note = Note::default();
        for _ in 0..ENDS_ALONE {
            assert!(note.begin(7));
            note = after_death(&note);
        }
        assert!(!note.begin(7));
        assert!(note.begin(8));
        note = after_death(&note);
        assert!(!note.begin(7), "it stays given up");
    }

    #[test]
    fn deaths_at_different_files_give_none_up() {
        let mut note = Note::default();
        for file in [3, 4, 3, 9, 4, 3] {
            assert!(note.begin(file));
            note = after_death(&note);
        }
    }

    #[test]
    fn a_file_that_was_left_alive_is_not_counted() {
        let mut note = Note::default();
        for _ in 0..5 {
            assert!(note.begin(3));
            note.survived();
            note = after_death(&note);
        }
    }
}
