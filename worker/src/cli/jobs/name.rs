//! How the administrator names a job.

use std::str::FromStr;

use common::{job::JobId, jobs::Jobs};

use super::NO_SUCH_JOB;

/// A text that is neither an id nor a tag.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a job's id has 26 letters and digits, its tag has 8")]
pub struct InvalidJobName;

/// A job by its id, or by the tag that logs and downloads have.
#[derive(Clone, Debug)]
pub enum JobName {
    /// The key to it.
    Id(JobId),
    /// Eight digits of its hash.
    Tag(String),
}

impl FromStr for JobName {
    type Err = InvalidJobName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_tag = text.len() == 8 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_tag {
            Ok(Self::Tag(text.to_ascii_lowercase()))
        } else {
            text.parse().map(Self::Id).map_err(|_| InvalidJobName)
        }
    }
}

impl JobName {
    /// The job that is named.
    ///
    /// # Errors
    /// When there is none, or the store cannot be used.
    pub(super) async fn find(&self, jobs: &Jobs) -> anyhow::Result<JobId> {
        let named = match self {
            Self::Id(id) => Some(*id),
            Self::Tag(tag) => {
                let all = jobs.store.jobs().await?;
                all.into_iter().find(|id| id.tag() == *tag)
            }
        };
        let id = named.ok_or_else(|| anyhow::anyhow!(NO_SUCH_JOB))?;
        // What is in its files does not matter: also a damaged job can be deleted.
        anyhow::ensure!(jobs.store.is_job(id).await?, NO_SUCH_JOB);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_tags_are_told_apart() {
        let id = JobId::random().unwrap();
        assert!(matches!(id.to_string().parse(), Ok(JobName::Id(found)) if found == id));
        let tag = id.tag().to_ascii_uppercase();
        assert!(matches!(tag.parse(), Ok(JobName::Tag(found)) if found == id.tag()));
        for text in ["", "12345", "1234567g", "123456789"] {
            assert!(text.parse::<JobName>().is_err(), "{text}");
        }
    }
}
