//! Jobs for tests.

use common::{
    Counts,
    job::{JobFile, JobId, JobOptions, Upload},
};

pub fn id() -> JobId {
    JobId::random().unwrap()
}

pub fn file(id: JobId) -> JobFile {
    JobFile {
        id,
        accepted: "2026-03-04T05:06:07Z".parse().unwrap(),
        email: "ada@example.org".parse().unwrap(),
        options: JobOptions::default(),
        uploads: vec![Upload {
            name: "card 1.zip".to_owned(),
            size_bytes: 12,
        }],
    }
}

/// So many images were looked at.
pub fn processed(images: u64) -> Counts {
    Counts {
        files: images,
        processed: images,
        ..Counts::default()
    }
}
