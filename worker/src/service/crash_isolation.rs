//! The careful way through a shard that keeps ending the program: one picture at a time, each in a
//! process of its own that this one watches. A picture that such a process does not survive, for
//! want of memory or by a fault of a library, is found so and fails alone; its job goes on.
//!
//! What ends the worker itself, as a power cut does, or `kill -9`, is nobody's fault: a picture is
//! blamed only when the process that had it in hand, and nothing else, ended, and did again.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
    process::{Child, Command, Stdio},
};

use common::{
    Failure, FailureCode, MediaOutcome, MediaRecord,
    media::CameraFacts,
    store::{JobFolder, Store, StoreError},
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{
    environment::Environment,
    error::TaskError,
    isolated_process,
    lease::HeldLease,
    saved_shard::SavedShard,
    shard_files::ShardFiles,
    watched_process::{Look, watch},
};
use crate::{input::InputItem, job::JobError, pipeline::Ending};

/// So often a process may end with nothing but one picture in hand.
const ENDS_ALONE: u32 = 2;
/// So often one may end with none.
const ENDS_WITHOUT: u32 = 3;

/// What one worker leaves to the next.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// At which files a process ended, and how often.
    ends: BTreeMap<usize, u32>,
    /// Files that are not looked at any more.
    given_up: BTreeSet<usize>,
}

impl Note {
    /// A process ended with nothing but this file in hand.
    fn ended_at(&mut self, file: usize) {
        let ends = self.ends.entry(file).or_default();
        *ends += 1;
        if *ends >= ENDS_ALONE {
            self.ends.remove(&file);
            self.given_up.insert(file);
        }
    }

    /// The first file of a range that is not looked at any more, or its end.
    fn next_given_up(&self, files: Range<usize>) -> usize {
        let end = files.end;
        self.given_up.range(files).next().copied().unwrap_or(end)
    }
}

/// A shard that is gone through carefully.
pub(super) struct CrashIsolation {
    store: Store,
    folder: JobFolder,
    shard: u32,
    note: Note,
    runtime: Handle,
}

/// The files that are to be looked at.
pub(super) struct IsolatedSpan<'a> {
    /// All files of the shard.
    pub(super) items: &'a [InputItem],
    /// The number of the first.
    pub(super) first: usize,
    pub(super) saved: &'a SavedShard,
    /// A folder for unfinished files.
    pub(super) scratch: &'a Path,
}

impl CrashIsolation {
    /// How to go through a shard: carefully, if workers died at it before.
    pub(super) async fn for_shard(
        env: &Environment,
        held: &HeldLease,
        shard: u32,
    ) -> Result<Option<Self>, StoreError> {
        let store = env.jobs.store.clone();
        let folder = JobFolder::of(held.claim.job);
        let note: Option<Note> = store.get_json(&folder.crash_note(shard)).await?;
        if note.is_none() && !held.claim.is_isolated() {
            return Ok(None);
        }
        tracing::warn!("earlier workers ended here; looking at one picture at a time");
        Ok(Some(Self {
            store,
            folder,
            shard,
            note: note.unwrap_or_default(),
            runtime: Handle::current(),
        }))
    }

    /// Has every file of the shard looked at that is not there yet. To be called where blocking is
    /// allowed.
    pub(super) fn look_at_all(
        mut self,
        (env, held): (&Environment, &HeldLease),
        span: &IsolatedSpan<'_>,
        files: &mut ShardFiles,
        mut seen: impl FnMut(&MediaRecord),
    ) -> Result<Ending, TaskError> {
        let mut ends_without = 0;
        loop {
            let before = files.journal.len();
            span.saved.take_over(span.items, files, &mut seen)?;
            let here = files.journal.len();
            if here > before {
                ends_without = 0;
                span.saved.tell_progress((env, held));
            }
            let Some(item) = span.items.get(here) else {
                return Ok(Ending::Complete);
            };
            let (file, end) = (span.first + here, span.first + span.items.len());
            let until = self.note.next_given_up(file..end);
            if until == file {
                self.give_up(item, span, files, &mut seen)?;
                continue;
            }
            if env.is_stopping() {
                // Whoever comes next goes on behind the picture that was saved last.
                return Ok(Ending::Interrupted);
            }
            let scratch = tempfile::tempdir_in(span.scratch)?;
            let child = self.start((env, held), until, scratch.path())?;
            match watch(
                child,
                || held.is_stopped() || env.is_stopping(),
                || span.saved.take_over(span.items, files, &mut seen),
            )? {
                Look::Finished => {}
                Look::Stopped => return Ok(Ending::Interrupted),
                Look::Died => match isolated_process::in_hand(scratch.path()) {
                    Some(file) => {
                        tracing::warn!(file, "a process did not survive this file");
                        self.note.ended_at(file);
                        self.write()?;
                        // The deadly one is about to be known, whatever ends this worker.
                        span.saved.tell_progress((env, held));
                    }
                    None => ends_without += 1,
                },
            }
            if ends_without >= ENDS_WITHOUT {
                return Err(TaskError::fault("processes end without a picture in hand"));
            }
        }
    }

    /// Starts a process that looks at one picture after the other.
    fn start(
        &self,
        (env, held): (&Environment, &HeldLease),
        until: usize,
        scratch: &Path,
    ) -> std::io::Result<Child> {
        Command::new(std::env::current_exe()?)
            .arg("look-alone")
            .args(["--device", &env.settings.device.to_string()])
            .args(["--job", &held.claim.job.to_string()])
            .args(["--shard", &self.shard.to_string()])
            .args(["--until", &until.to_string()])
            .arg("--scratch")
            .arg(scratch)
            // It ends when the other end of this is closed, as the system does when this process
            // ends.
            .stdin(Stdio::piped())
            .spawn()
    }

    /// The next file gets the record of one that is not looked at any more.
    fn give_up(
        &self,
        item: &InputItem,
        span: &IsolatedSpan<'_>,
        files: &mut ShardFiles,
        mut seen: impl FnMut(&MediaRecord),
    ) -> Result<(), TaskError> {
        let record = given_up(item);
        let place = (&files.package, &files.pictures);
        span.saved
            .save(files.journal.len(), std::slice::from_ref(&record), place)?;
        files.journal.append(&record).map_err(JobError::from)?;
        files.journal.flush().map_err(JobError::from)?;
        seen(&record);
        Ok(())
    }

    fn write(&self) -> Result<(), StoreError> {
        let key = self.folder.crash_note(self.shard);
        self.runtime.block_on(self.store.put_json(&key, &self.note))
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

    #[test]
    fn a_file_is_given_up_when_a_process_ended_at_it_alone_twice() {
        let mut note = Note::default();
        for file in [7, 3, 5] {
            note.ended_at(file);
        }
        assert_eq!(note.given_up, BTreeSet::new());
        note.ended_at(7);
        assert_eq!(note.given_up, BTreeSet::from([7]));
        assert_eq!(note.next_given_up(2..9), 7);
        assert_eq!(note.next_given_up(8..9), 9);
    }

    #[test]
    fn a_note_of_an_earlier_version_is_read() {
        let text = r#"{"at":3,"ends":{"3":1},"given_up":[9]}"#;
        let mut note: Note = serde_json::from_str(text).unwrap();
        note.ended_at(3);
        assert_eq!(note.given_up, BTreeSet::from([3, 9]));
    }
}
