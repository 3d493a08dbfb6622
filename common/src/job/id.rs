//! The id of a job, which is also the key to it: whoever knows it may look, download and delete.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

/// Random bytes of an id: 128 bits, more than anybody can guess.
const BYTES: usize = 16;

/// 128 random bits as 26 letters and digits (RFC 4648 base32 in lower case), which survive
/// being typed, put into a file name and sent in a mail.
///
/// Its `Debug` form does not show it: the id opens the job's page, so it must not stand in a log.
/// [`JobId::tag`] is what logs say instead.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId([u8; BYTES]);

/// A text that is no job id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job id has 26 letters and digits")]
pub struct InvalidJobId;

/// The system's source of randomness failed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gave no random numbers: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

impl JobId {
    /// A new id that nobody can guess.
    ///
    /// # Errors
    /// When the system has no random numbers to give.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(NoRandomness)?;
        Ok(Self(bytes))
    }

    /// The id that is made of a secret, which nobody can guess either.
    #[must_use]
    pub const fn of_secret(secret: [u8; BYTES]) -> Self {
        Self(secret)
    }

    /// A short name for logs, from which the id cannot be found: eight digits of its hash.
    #[must_use]
    pub fn tag(&self) -> String {
        let hash = blake3::hash(&self.0).to_hex();
        hash.get(..8).unwrap_or_default().to_owned()
    }

    /// The name under which the job's package is saved: several in one folder can be told apart.
    #[must_use]
    pub fn package_name(&self) -> String {
        format!("trapline-{}.zip", self.tag())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
    }
}

impl fmt::Debug for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobId({})", self.tag())
    }
}

impl FromStr for JobId {
    type Err = InvalidJobId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(InvalidJobId);
        }
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes());
        let bytes = bytes.map_err(|_| InvalidJobId)?;
        bytes.try_into().map(Self).map_err(|_| InvalidJobId)
    }
}

impl TryFrom<String> for JobId {
    type Error = InvalidJobId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; BYTES]) {
            let id = JobId(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().len(), 26);
        }

        #[test]
        fn only_ids_as_they_are_written_are_read(text in "[a-z2-7A-Z/.]{0,30}") {
            if let Ok(id) = text.parse::<JobId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn a_log_does_not_show_the_id() {
        let id = JobId::random().unwrap();
        assert!(!format!("{id:?} {}", id.tag()).contains(&id.to_string()));
        assert_ne!(id, JobId::random().unwrap());
    }
}
