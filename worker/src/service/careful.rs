//! The careful way through a shard that keeps ending the program: one picture at a time, and each
//! is noted in the store before it is looked at. A picture that the program does not survive, for
//! want of memory or by a fault of a library, is found so and fails alone; its job goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
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
    /// At which files the program ended, and how often.
    ends: BTreeMap<usize, u32>,
    /// Files that are not looked at any more.
    given_up: BTreeSet<usize>,
}

impl Note {
    /// The note as the next worker takes it up. Whoever wrote it ended at the file that it was at.
    fn taken_up(mut self) -> Self {
        if let Some(file) = self.at.take() {
            *self.ends.entry(file).or_default() += 1;
        }
        self
    }

    /// Notes that a file is about to be looked at; `false` when it is not to be.
    fn begin(&mut self, file: usize) -> bool {
        if self.ends.get(&file).is_some_and(|&ends| ends >= ENDS_ALONE) {
            self.ends.remove(&file);
            self.given_up.insert(file);
        }
        let is_to_be_seen = !self.given_up.contains(&file);
        self.at = is_to_be_seen.then_some(file);
        is_to_be_seen
    }

    /// Notes that the program came to the end of the file.
    fn survived(&mut self) {
        if let Some(file) = self.at.take() {
            self.ends.remove(&file);
        }
    }

    /// Notes that the file was left without an end, which says nothing about it.
    fn left(&mut self) {
        self.at = None;
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
            note: note.taken_up(),
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
            if held.is_stopped() {
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
            match ending {
                Ok(Ending::Complete) => self.note.survived(),
                unfinished => {
                    self.note.left();
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

    /// What the next worker finds when this one dies now.
    fn after_death(note: &Note) -> Note {
        let left: Note = serde_json::from_str(&serde_json::to_string(note).unwrap()).unwrap();
        left.taken_up()
    }

    /// Goes through the files before one, and dies at it.
    fn die_at(note: &mut Note, file: usize) {
        for earlier in 0..file {
            if note.begin(earlier) {
                note.survived();
            }
        }
        assert!(note.begin(file), "{file}");
        *note = after_death(note);
    }

    #[test]
    fn a_file_is_given_up_when_the_program_ended_at_it_alone_twice() {
        let mut note = Note::default();
        for _ in 0..ENDS_ALONE {
            die_at(&mut note, 7);
        }
        assert!(note.begin(6));
        assert!(!note.begin(7));
        die_at(&mut note, 8);
        assert!(!note.begin(7), "it stays given up");
    }

    #[test]
    fn a_file_that_was_survived_since_is_not_given_up() {
        let mut note = Note::default();
        for file in [3, 4, 3, 9, 4, 3, 5] {
            die_at(&mut note, file);
        }
        assert_eq!(note.given_up, BTreeSet::new());
    }

    #[test]
    fn a_file_that_was_left_by_a_living_worker_is_not_counted() {
        let mut note = Note::default();
        for _ in 0..5 {
            assert!(note.begin(3));
            note.left();
            note = after_death(&note);
        }
    }
}
