//! What people said about the results of a job, kept in its folder.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::{JobFolder, Store, StoreError};
use crate::{
    MediaPath,
    correction::{Correction, Corrections, Verdict},
    job::JobId,
};

/// Entries that are read at a time.
const AT_ONCE: usize = 16;
/// Most entries about a job: a person with two keys would need a week for them.
const MOST: u32 = 200_000;

/// Why something that was said is not kept.
#[derive(Debug, thiserror::Error)]
pub enum CorrectionError {
    /// There are as many as a job can have.
    #[error("a job keeps at most {MOST} corrections")]
    TooMany,
    /// The job was deleted meanwhile.
    #[error("the job is not there any more")]
    NoJob,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Everything that was said about a job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn corrections(&self, job: JobId) -> Result<Corrections, StoreError> {
        let folder = JobFolder::of(job);
        let count = self.list(&folder.corrections()).await?.len();
        let first = stream::iter((1..).take(count)).map(|number| self.said(job, number));
        let first: Vec<Option<Correction>> = first.buffered(AT_ONCE).try_collect().await?;
        let mut corrections = Corrections::of(first.into_iter().map_while(|entry| entry).collect());
        self.hear_more(job, &mut corrections).await?;
        Ok(corrections)
    }

    /// Adds what was said since. Whether that was anything.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn hear_more(
        &self,
        job: JobId,
        corrections: &mut Corrections,
    ) -> Result<bool, StoreError> {
        let mut later = Vec::new();
        let mut number = corrections.next_number();
        while let Some(entry) = self.said(job, number).await? {
            later.push(entry);
            number = number.saturating_add(1);
        }
        let is_more = !later.is_empty();
        corrections.extend(later);
        Ok(is_more)
    }

    /// Keeps what somebody says, after everything that was said before. Its number. `corrections`
    /// hears of it, and of what others said meanwhile.
    ///
    /// # Errors
    /// When there are too many, the job is deleted meanwhile, or the store fails.
    pub async fn correct(
        &self,
        job: JobId,
        corrections: &mut Corrections,
        (media, path): (u32, &MediaPath),
        verdict: Verdict,
    ) -> Result<u32, CorrectionError> {
        loop {
            let entry = Correction {
                number: corrections.next_number(),
                at: Timestamp::now(),
                media,
                path: path.clone(),
                verdict,
            };
            if entry.number > MOST {
                return Err(CorrectionError::TooMany);
            }
            let key = JobFolder::of(job).correction(entry.number);
            if self.create_json(&key, &entry).await? {
                if !self.is_job(job).await? {
                    self.remove_job(job).await?;
                    return Err(CorrectionError::NoJob);
                }
                let number = entry.number;
                corrections.extend(vec![entry]);
                return Ok(number);
            }
            self.hear_more(job, corrections).await?;
        }
    }

    async fn said(&self, job: JobId, number: u32) -> Result<Option<Correction>, StoreError> {
        let key = JobFolder::of(job).correction(number);
        self.get_json(&key).await
    }
}
