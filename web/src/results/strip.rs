//! What a camera saw before and after a picture.

use common::gallery::Row;
use jiff::civil::DateTime;

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
    let mut frames = side(album, number, before.iter().rev().copied().filter(is_shown));
    frames.reverse();
    frames.push(Frame {
        number,
        is_in_sequence: true,
    });
    frames.extend(side(album, number, after.iter().copied().filter(is_shown)));
    frames
}

/// The pictures on one side, the nearest first.
fn side(album: &Album, number: u32, others: impl Iterator<Item = u32>) -> Vec<Frame> {
    let time = |number| album.row(number).and_then(|row| row.captured);
    let mut is_in_sequence = true;
    let mut last = time(number);
    let frames = others.take(AROUND).map(|number| {
        let captured = time(number);
        is_in_sequence &= is_soon(last, captured);
        last = captured;
        Frame {
            number,
            is_in_sequence,
        }
    });
    frames.collect()
}

fn is_soon(one: Option<DateTime>, other: Option<DateTime>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    (one.duration_since(other).as_secs()).abs() <= SEQUENCE_GAP_SECONDS
}
