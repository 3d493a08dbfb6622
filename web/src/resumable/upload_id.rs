//! The id of an upload, which is also the key to it: whoever knows it may add to it or remove it.

use std::{fmt, str::FromStr};

use common::job::{InvalidJobId, JobId, NoRandomness};

/// 128 random bits, made and written as those of a [`JobId`]; like it, `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UploadId(JobId);

impl UploadId {
    /// A new id that nobody can guess.
    pub(crate) fn random() -> Result<Self, NoRandomness> {
        JobId::random().map(Self)
    }

    /// A short name for logs, from which the id cannot be found.
    pub(crate) fn tag(&self) -> String {
        self.0.tag()
    }

    /// The id of the job that these uploads become. It is always the same for the same uploads, in
    /// whatever order: whoever did not hear the answer can ask again and gets no second job. Only
    /// who knows all of the ids can find it.
    pub(crate) fn job_of(uploads: &[Self]) -> JobId {
        let mut sorted: Vec<String> = uploads.iter().map(ToString::to_string).collect();
        sorted.sort_unstable();
        let key = blake3::derive_key(
            "trapline: the job of resumable uploads",
            sorted.join(" ").as_bytes(),
        );
        let mut secret = [0; 16];
        for (byte, from) in secret.iter_mut().zip(key) {
            *byte = from;
        }
        JobId::of_secret(secret)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UploadId({})", self.tag())
    }
}

impl FromStr for UploadId {
    type Err = InvalidJobId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_uploads_are_the_same_job_in_any_order_and_others_are_not() {
        let [a, b, c] = [(); 3].map(|()| UploadId::random().unwrap());
        assert_eq!(UploadId::job_of(&[a, b]), UploadId::job_of(&[b, a]));
        assert_ne!(UploadId::job_of(&[a, b]), UploadId::job_of(&[a, c]));
        assert_ne!(UploadId::job_of(&[a]), UploadId::job_of(&[a, b]));
        assert_ne!(
            UploadId::job_of(&[a]),
            a.0,
            "the job's id is not an upload's"
        );
    }
}
