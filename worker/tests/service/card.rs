//! Cards to upload, and what is to come of them.

use std::path::PathBuf;

use common::job::{DoneFacts, JobId};

use crate::{
    deployment::Deployment,
    support::{Workbench, assert_same_package, picture, process},
};

/// A card, and the package that one run of `process` makes of it.
pub(crate) struct Card {
    pub(crate) path: PathBuf,
    expected: PathBuf,
}

impl Card {
    /// The [`odd_card`] with so many pictures.
    pub(crate) fn odd(bench: &Workbench, images: u32) -> Self {
        Self::of(bench, odd_card(bench, images))
    }

    /// A card that lies somewhere.
    pub(crate) fn of(bench: &Workbench, path: PathBuf) -> Self {
        let expected = bench.path("expected");
        let output = process(&path, &expected, &[]);
        assert_eq!(output.status.code(), Some(3), "two files cannot be read");
        Self { path, expected }
    }

    /// Waits until a job with this card is over: it is done, and its package is the one expected.
    pub(crate) async fn comes_out_of(&self, service: &Deployment, job: JobId) -> DoneFacts {
        let facts = service.done(job).await;
        assert_same_package(&self.expected, &service.unpack(job));
        facts
    }

    /// Asserts that a package is the one expected.
    pub(crate) fn is_in(&self, package: &std::path::Path) {
        assert_same_package(&self.expected, package);
    }
}

/// A card with hits, blanks, people, copies of files in other shards, and files of every fate.
pub(crate) fn odd_card(bench: &Workbench, images: u32) -> PathBuf {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..images {
        let colour = [picture::RED, picture::GREEN, picture::BLUE][number as usize % 3];
        let mut image = picture::with_square(colour, 32 * (number % 7), 32 * (number % 5));
        // Every picture is another, also where the squares are alike.
        image.put_pixel(
            number % 256,
            number / 256,
            image::Rgb([number as u8, 9, 200]),
        );
        let bytes = if number % 4 == 3 {
            picture::jpeg(&picture::blank())
        } else {
            picture::jpeg(&image)
        };
        entries.push((format!("cam {}/IMG_{number:04}.JPG", number % 2), bytes));
    }
    let first = entries[0].1.clone();
    entries.push(("cam 9/copy of the first.jpg".to_owned(), first));
    entries.push((
        "cam 9/broken.jpg".to_owned(),
        b"\xff\xd8\xff\xe0 no picture".to_vec(),
    ));
    entries.push(("cam 9/nothing.jpg".to_owned(), Vec::new()));
    entries.push(("cam 9/notes.txt".to_owned(), b"hello".to_vec()));
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    bench.zip("card.zip", &entries)
}
