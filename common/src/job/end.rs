//! How a job ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Counts;

/// `end.json`: the job is over, and this came of it. It is written once; whoever comes second
/// finds it there and leaves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndFile {
    /// When.
    pub ended: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The package is there.
    Done(DoneFacts),
    /// The upload cannot be used.
    Rejected(Rejection),
    /// The researcher stopped it.
    Cancelled,
}

/// The facts of a finished job that pages and mails tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoneFacts {
    /// What was found.
    pub counts: Counts,
    /// Size of the package in bytes.
    pub package_bytes: u64,
    /// BLAKE3 of the package in hexadecimal; also its `ETag`.
    pub package_blake3: String,
    /// The model's name for people.
    pub model: String,
    /// The threshold that counted, 0..=1.
    pub threshold: crate::Threshold,
    /// Whether the package was made again after the job was over; then it has another name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_rebuilt: bool,
    /// The number of the last correction that the package has; 0 when it has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corrected: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why an upload cannot be used, in words for the one who sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// What kind of fault it is.
    pub code: RejectionCode,
    /// What was found, naming the file.
    pub detail: String,
}

/// The faults of an upload that end a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectionCode {
    /// A zip is damaged, or is none.
    DamagedArchive,
    /// A zip is built to harm, or goes beyond the limits.
    RefusedArchive,
    /// There is no image in it.
    NoImages,
}

impl RejectionCode {
    /// What to do about it, as one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::DamagedArchive => {
                "Make the zip again from the card, check that it opens on your own computer, and upload it once more."
            }
            Self::RefusedArchive => {
                "Make an ordinary zip of the pictures alone, in several parts if there are very many, and upload it once more."
            }
            Self::NoImages => {
                "Zip the folder that holds the pictures (JPEG, PNG, TIFF, WebP, BMP or GIF) and upload that."
            }
        }
    }
}
