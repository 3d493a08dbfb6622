//! Bytes of an upload on their way from a request to the disk.

use std::io;

use actix_web::{error::PayloadError, web::Payload};
use bytes::Bytes;
use futures::StreamExt as _;
use tokio::{fs::File, io::AsyncWriteExt as _, sync::watch};

use super::{Checksum, Hold, ResumableError, Spool};
use crate::{
    pace,
    space::{NoSpace, Reservation},
};

/// Takes the bytes of one request.
pub(crate) struct Intake<'a> {
    spool: &'a Spool,
    hold: &'a Hold,
    file: File,
    /// Bytes that were there before.
    before: u64,
    /// Bytes that may still come.
    left: u64,
    checksum: Option<Checksum>,
    room: Reservation,
}

/// How a request ended.
#[derive(Debug)]
pub(crate) enum End {
    /// All of it was read.
    Whole,
    /// Its connection broke.
    Broken(PayloadError),
    /// Too little came for too long.
    Stalled,
    /// Another request for the same upload came.
    Interrupted,
    /// This program is about to end.
    Stopping,
    /// There were more bytes than the upload has.
    TooMany,
    /// Its client has as much here as it may.
    TooManyUnfinished,
    /// The disk is nearly full.
    NoSpace(NoSpace),
    /// The disk refused.
    Failed(io::Error),
}

impl<'a> Intake<'a> {
    /// Prepares for bytes behind the first `before` of an upload.
    ///
    /// # Errors
    /// When there is no room for them, or the disk refuses.
    pub(crate) async fn open(
        spool: &'a Spool,
        hold: &'a Hold,
        before: u64,
        checksum: Option<Checksum>,
    ) -> Result<Self, ResumableError> {
        let left = hold.slot.sheet.length.saturating_sub(before);
        let files = spool.files();
        let room = spool.room(left)?;
        let file = files.append(hold.slot.id).await?;
        if checksum.is_some() {
            files.be_unsure(hold.slot.id, before).await?;
        }
        Ok(Self {
            spool,
            hold,
            file,
            before,
            left,
            checksum,
            room,
        })
    }

    /// Takes what comes, until it ends in one way or another, and says how many bytes of the upload
    /// are on the disk then. As much as came is kept, but with a checksum all or nothing. It ends
    /// early when `is_stopping` becomes true.
    ///
    /// # Errors
    /// When the disk refuses, or the checksum is another one. Then none of these bytes is kept.
    pub(crate) async fn take(
        mut self,
        body: Payload,
        is_stopping: watch::Receiver<bool>,
    ) -> Result<(u64, End), ResumableError> {
        let mut end = self.read(body, is_stopping).await;
        if let Err(error) = self.file.flush().await {
            end = End::Failed(error);
        }
        let Self {
            spool,
            hold,
            before,
            checksum,
            ..
        } = self;
        let id = hold.slot.id;
        let files = spool.files();
        if let Some(checksum) = checksum {
            let is_whole = matches!(end, End::Whole);
            if !is_whole || !checksum.matches() {
                files.cut(id, &self.file, before).await?;
                spool.arrived(&hold.slot, before);
                if is_whole {
                    return Err(ResumableError::OtherChecksum);
                }
            }
        }
        self.file.sync_data().await?;
        files.be_sure(id).await?;
        let here = self.file.metadata().await?.len();
        spool.arrived(&hold.slot, here);
        Ok((here, end))
    }

    async fn read(&mut self, mut body: Payload, mut is_stopping: watch::Receiver<bool>) -> End {
        loop {
            let chunk = tokio::select! {
                biased;
                () = self.hold.interrupted() => return End::Interrupted,
                _ = is_stopping.wait_for(|stopping| *stopping) => return End::Stopping,
                chunk = body.next() => chunk,
            };
            let bytes = match chunk {
                None => return End::Whole,
                Some(Err(error)) if pace::is_too_slow(&error) => return End::Stalled,
                Some(Err(error)) => return End::Broken(error),
                Some(Ok(bytes)) => bytes,
            };
            if let Err(end) = self.write(bytes).await {
                return end;
            }
        }
    }

    async fn write(&mut self, mut bytes: Bytes) -> Result<(), End> {
        let is_too_many = bytes.len() as u64 > self.left;
        if is_too_many {
            bytes.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        }
        let length = bytes.len() as u64;
        let arrived = self.hold.slot.sheet.length.saturating_sub(self.left);
        if !self
            .spool
            .arrived(&self.hold.slot, arrived.saturating_add(length))
        {
            return Err(End::TooManyUnfinished);
        }
        self.room.take(length).map_err(End::NoSpace)?;
        if let Some(checksum) = &mut self.checksum {
            checksum.add(&bytes);
        }
        self.file.write_all(&bytes).await.map_err(End::Failed)?;
        self.left -= length;
        self.spool.count_received(length);
        if is_too_many {
            Err(End::TooMany)
        } else {
            Ok(())
        }
    }
}

impl End {
    /// The same for an upload that has just begun: its client, if it is still there, gets to
    /// know where the upload is and how much of it has come.
    pub(crate) fn check_creation(self) -> Result<(), ResumableError> {
        match self {
            Self::Stopping => Ok(()),
            end => end.check(),
        }
    }

    /// What is wrong for the client, unless all is well.
    pub(crate) fn check(self) -> Result<(), ResumableError> {
        match self {
            Self::Whole => Ok(()),
            Self::Broken(error) => Err(ResumableError::Broken(error)),
            Self::Stalled => Err(ResumableError::Stalled),
            Self::Interrupted => Err(ResumableError::Interrupted),
            Self::Stopping => Err(ResumableError::Stopping),
            Self::TooMany => Err(ResumableError::TooMany),
            Self::TooManyUnfinished => Err(ResumableError::TooManyUnfinished),
            Self::NoSpace(error) => Err(error.into()),
            Self::Failed(error) => Err(error.into()),
        }
    }
}

/// Refuses a body that says of itself that it is longer than what is left of an upload.
pub(crate) fn check_announced(announced: Option<u64>, left: u64) -> Result<(), ResumableError> {
    match announced {
        Some(announced) if announced > left => Err(ResumableError::TooMany),
        _ => Ok(()),
    }
}
