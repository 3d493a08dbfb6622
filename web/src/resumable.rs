//! Uploads that survive bad connections: the server's side of tus 1.0.0 (<https://tus.io>).
//!
//! Every file comes in as an upload of its own, which lies in the [`Spool`], a folder of this
//! machine, until all files of a set are there and become a job. How much of an upload has come is
//! what lies on the disk, and nothing else; so any process can end at any moment.

mod checksum;
pub(crate) mod delivered;
mod delivery;
mod error;
mod hold;
mod intake;
mod metadata;
mod sheet;
mod spool;
pub(crate) mod tus;
mod upload_id;

pub(crate) use checksum::{ALGORITHMS as CHECKSUM_ALGORITHMS, Checksum};
pub(crate) use delivery::{ChosenUploads, DeliveredFiles, Delivery, DeliveryError};
pub(crate) use error::ResumableError;
pub(crate) use hold::Hold;
pub(crate) use intake::{Intake, check_announced};
pub(crate) use metadata::Metadata;
pub(crate) use sheet::Sheet;
pub(crate) use spool::Spool;
pub(crate) use upload_id::UploadId;
