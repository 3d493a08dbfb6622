//! What a camera saw before and after a picture.

use common::{
    gallery::Row,
    sequence::{Sequence, SequenceGap},
};

use super::Album;

/// Pictures of one camera that follow each other faster belong to one sequence, seconds.
pub(crate) const SEQUENCE_GAP_SECONDS: i64 = 60;
/// Pictures that a film strip has before and after its own.
const AROUND: usize = 6;

/// A picture of a film strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The number of its row.
    pub(crate) number: u32,
    /// Whether it belongs to the same sequence as the strip's own picture.
    pub(crate) is_in_sequence: bool,
}

/// What a camera saw before and after a picture, and the picture itself, in the order of its
/// clock. Files that show nothing, because they could not be read or are no pictures, are left
/// out.
pub(crate) fn strip(album: &Album, number: u32) -> Vec<Frame> {
    let (numbers, place) = album.of_camera(number);
    let is_shown = |number: &u32| album.row(*number).is_some_and(Row::is_processed);
    let before = numbers.get(..place).unwrap_or_default();
    let after = numbers.get(place + 1..).unwrap_or_default();
    let before = before.iter().rev().copied().filter(is_shown).take(AROUND);
    let after = after.iter().copied().filter(is_shown).take(AROUND);
    let mut around: Vec<u32> = before.collect();
    around.reverse();
    around.push(number);
    around.extend(after);
    let captured = |number: &u32| album.row(*number).and_then(|row| row.captured);
    let gap = SequenceGap::from_seconds(SEQUENCE_GAP_SECONDS);
    let sequences = Sequence::all_of_deployment(around, captured, gap);
    let frames = sequences.into_iter().flat_map(|sequence| {
        let is_in_sequence = sequence.media().contains(&number);
        let numbers = sequence.into_media().into_iter();
        numbers.map(move |number| Frame {
            number,
            is_in_sequence,
        })
    });
    frames.collect()
}
