//! Every refusal, as programs get it: the texts are a contract.

use std::{fmt::Write as _, io};

use actix_multipart::MultipartError;
use actix_web::error::PayloadError;
use common::archive::ArchiveError;

use super::*;
use crate::{
    resumable::UploadId,
    space::NoSpace,
    upload::{Fields, UnknownField},
};

fn full() -> io::Error {
    io::ErrorKind::StorageFull.into()
}

fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

fn store(source: io::Error) -> StoreError {
    StoreError::Copy {
        name: "a".to_owned(),
        source,
    }
}

fn json_error() -> serde_json::Error {
    serde_json::from_str::<u8>("x").unwrap_err()
}

fn of_requests() -> Vec<WebError> {
    let job: JobId = UploadId::job_of(&[]);
    vec![
        WebError::NoSuchPage,
        WebError::NotAJobId,
        WebError::NoSuchJob,
        WebError::NoResult,
        WebError::NoGallery {
            job,
            is_done: false,
        },
        WebError::NoGallery { job, is_done: true },
        WebError::NoSuchPicture,
        ResultsError::Store(store(broken())).into(),
        ResultsError::Store(store(full())).into(),
        ResultsError::Record(json_error()).into(),
        CorrectionError::TooMany.into(),
        CorrectionError::NoJob.into(),
        CorrectionError::Store(store(broken())).into(),
        CorrectionError::Store(store(full())).into(),
        csv::Error::from(broken()).into(),
        WebError::NoCorrection,
        WebError::NoThreshold,
        WebError::CrossSite,
        WebError::TooManyUploads {
            retry_after_seconds: 7,
        },
        WebError::TooManyWrongIds {
            retry_after_seconds: 7,
        },
        HostError::NoHost.into(),
        HostError::OtherHost {
            public_url: "https://traps.example.org".to_owned(),
        }
        .into(),
        WebError::TooManyWatchers,
        WebError::NotReady(Trouble::RecordsAway),
        WebError::NotReady(Trouble::RecordsRefuse),
        WebError::NotReady(Trouble::StoreAway),
        WebError::NotReady(Trouble::StoreRefuses),
        WebError::NotReady(Trouble::SpoolRefuses),
        WebError::NotReady(Trouble::NoSpace),
        WebError::OutOfSight,
        store(broken()).into(),
        store(full()).into(),
        askama::Error::Fmt.into(),
    ]
}

fn of_uploads() -> Vec<UploadError> {
    let fields = Fields::default();
    let written = |source: io::Error| object_store::Error::Generic {
        store: "a",
        source: Box::new(source),
    };
    vec![
        UploadError::TooLarge {
            limit: 64_000_000_000,
        },
        UploadError::TooManyFiles { limit: 20_000 },
        NoSpace.into(),
        UploadError::Stalled,
        UploadError::Malformed(MultipartError::Incomplete),
        UploadError::NotTheForm,
        fields.choices().unwrap_err().into(),
        UploadError::UnknownField(UnknownField::check("x", &["email", "model"]).unwrap_err()),
        UploadError::NoFiles,
        UploadError::Write(written(broken())),
        UploadError::Write(written(full())),
        UploadError::Finish(broken()),
        UploadError::Finish(full()),
        store(broken()).into(),
        store(full()).into(),
    ]
}

fn of_submissions() -> Vec<SubmissionError> {
    let archive = |source| SubmissionError::Archive {
        name: "a.zip".to_owned(),
        source,
    };
    vec![
        archive(ArchiveError::Access(broken())),
        archive(ArchiveError::NoBytes),
        SubmissionError::NoImages,
        SubmissionError::UnsupportedImages,
        Fields::default().choices().unwrap_err().into(),
        SubmissionError::TooManyMails {
            retry_after_seconds: 7,
        },
        store(broken()).into(),
        store(full()).into(),
        SubmissionError::Look(broken()),
        SubmissionError::Look(full()),
    ]
}

fn of_resumable_uploads() -> Vec<ResumableError> {
    vec![
        ResumableError::OtherVersion,
        ResumableError::Gone,
        ResumableError::NoLength,
        ResumableError::NotMetadata,
        ResumableError::NotAChecksum,
        ResumableError::OtherChecksum,
        ResumableError::NoOffset,
        ResumableError::OtherOffset { here: 7 },
        ResumableError::OtherType,
        ResumableError::TooMany,
        ResumableError::TooLarge {
            limit: 64_000_000_000,
        },
        ResumableError::TooManyFiles { limit: 20_000 },
        ResumableError::TooManyUnfinished,
        NoSpace.into(),
        ResumableError::Stalled,
        ResumableError::Broken(PayloadError::EncodingCorrupted),
        ResumableError::Interrupted,
        ResumableError::Stopping,
        ResumableError::Unfinished,
        ResumableError::NoUploads,
        broken().into(),
        full().into(),
    ]
}

#[test]
fn every_refusal_says_what_it_always_said() {
    let all = of_requests()
        .into_iter()
        .chain(of_uploads().into_iter().map(WebError::from))
        .chain(of_submissions().into_iter().map(WebError::from))
        .chain(of_resumable_uploads().into_iter().map(WebError::from));
    let mut text = String::new();
    for error in all {
        let problem = error.problem();
        let json = serde_json::to_string(&problem).unwrap();
        let about_job = problem.job.is_some();
        writeln!(text, "{error} ({about_job})\n{json}\n").unwrap();
    }
    insta::assert_snapshot!(text);
}
