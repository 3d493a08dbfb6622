//! The EXIF orientation: how stored pixels become an upright picture.

use crate::media::frame::Frame;

/// Side of the squares in which pixels are transposed: their rows and columns stay in the
/// nearest cache together.
const TILE: usize = 32;

/// EXIF tag 0x0112. The names say what must be done to the stored pixels to make them upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: stored upright.
    #[default]
    Upright,
    /// 2: mirror left to right.
    Mirror,
    /// 3: turn by 180°.
    Turn180,
    /// 4: mirror top to bottom.
    Flip,
    /// 5: transpose (mirror along the falling diagonal).
    Transpose,
    /// 6: turn clockwise by 90°.
    TurnRight,
    /// 7: transverse (mirror along the rising diagonal).
    Transverse,
    /// 8: turn counter-clockwise by 90°.
    TurnLeft,
}

impl Orientation {
    /// The orientation for a value of the EXIF tag (1..=8). Cameras write 0 and other numbers
    /// for "unknown", which is taken as upright.
    #[must_use]
    pub fn from_exif(value: u32) -> Self {
        match value {
            2 => Self::Mirror,
            3 => Self::Turn180,
            4 => Self::Flip,
            5 => Self::Transpose,
            6 => Self::TurnRight,
            7 => Self::Transverse,
            8 => Self::TurnLeft,
            _ => Self::Upright,
        }
    }

    /// Whether the upright picture is as wide as the stored one is high.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transpose | Self::TurnRight | Self::Transverse | Self::TurnLeft
        )
    }

    /// Makes stored pixels upright: in place where the sides stay, in one pass into a second
    /// buffer where they are swapped. A frame whose buffer does not fit its sides is given back
    /// as it is.
    #[must_use]
    pub fn apply(self, frame: Frame) -> Frame {
        let width = frame.width as usize;
        let pixels = width.checked_mul(frame.height as usize);
        if pixels.and_then(|count| count.checked_mul(3)) != Some(frame.rgb.len())
            || frame.rgb.is_empty()
        {
            return frame;
        }
        match self {
            Self::Upright => frame,
            Self::Mirror => in_place(frame, |pixels| {
                pixels.chunks_exact_mut(width).for_each(<[_]>::reverse);
            }),
            Self::Turn180 => in_place(frame, <[_]>::reverse),
            Self::Flip => in_place(frame, |pixels| flip(pixels, width)),
            Self::Transpose => transposed(&frame, false, false),
            Self::TurnRight => transposed(&frame, true, false),
            Self::Transverse => transposed(&frame, true, true),
            Self::TurnLeft => transposed(&frame, false, true),
        }
    }
}

fn in_place(mut frame: Frame, change: impl FnOnce(&mut [[u8; 3]])) -> Frame {
    change(frame.rgb.as_chunks_mut::<3>().0);
    frame
}

/// Swaps the first row with the last, the second with the last but one, and so on.
fn flip(pixels: &mut [[u8; 3]], width: usize) {
    let mut rows = pixels.chunks_exact_mut(width);
    while let (Some(upper), Some(lower)) = (rows.next(), rows.next_back()) {
        upper.swap_with_slice(lower);
    }
}

/// Makes rows into columns, then mirrors left to right and flips top to bottom if asked to.
/// The frame must not be empty.
fn transposed(frame: &Frame, mirror: bool, flip: bool) -> Frame {
    let (width, height) = (frame.width as usize, frame.height as usize);
    let stored = frame.rgb.as_chunks::<3>().0;
    let mut upright = vec![[0; 3]; stored.len()];
    for (band, rows) in upright.chunks_mut(TILE * height).enumerate() {
        for first_column in (0..height).step_by(TILE) {
            for (row_in_band, row) in rows.chunks_exact_mut(height).enumerate() {
                let row_number = band * TILE + row_in_band;
                let x = if flip {
                    width - 1 - row_number
                } else {
                    row_number
                };
                for (column, pixel) in row.iter_mut().enumerate().skip(first_column).take(TILE) {
                    let y = if mirror { height - 1 - column } else { column };
                    // In bounds: `x` is below the width and `y` below the height.
                    *pixel = stored[y * width + x];
                }
            }
        }
    }
    Frame {
        width: frame.height,
        height: frame.width,
        rgb: upright.into_flattened(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all() -> [Orientation; 8] {
        [1, 2, 3, 4, 5, 6, 7, 8].map(Orientation::from_exif)
    }

    /// A picture in which every pixel is different.
    fn numbered(width: u32, height: u32) -> Frame {
        let rgb = (0..width * height)
            .flat_map(|n| n.to_le_bytes().into_iter().take(3))
            .collect();
        Frame { width, height, rgb }
    }

    /// A picture of one letter a pixel, rows parted by spaces.
    fn picture(rows: &str) -> Frame {
        let rows: Vec<&str> = rows.split(' ').collect();
        Frame {
            width: u32::try_from(rows[0].len()).unwrap(),
            height: u32::try_from(rows.len()).unwrap(),
            rgb: rows
                .concat()
                .bytes()
                .flat_map(|letter| [letter; 3])
                .collect(),
        }
    }

    #[test]
    fn each_value_makes_a_known_picture_upright() {
        let upright = picture("abc def");
        let stored = [
            "abc def", "cba fed", "fed cba", "def abc", "ad be cf", "cf be ad", "fc eb da",
            "da eb fc",
        ];
        for (value, stored) in (1..).zip(stored) {
            assert_eq!(
                Orientation::from_exif(value).apply(picture(stored)),
                upright,
                "orientation {value}"
            );
        }
    }

    #[test]
    fn unknown_values_are_upright() {
        for value in [0, 9, 255, 65535, u32::MAX] {
            assert_eq!(Orientation::from_exif(value), Orientation::Upright);
        }
    }

    #[test]
    fn a_frame_that_does_not_fit_its_buffer_is_given_back() {
        let odd = Frame {
            width: 5,
            height: 7,
            rgb: vec![1; 10],
        };
        for orientation in all() {
            assert_eq!(orientation.apply(odd.clone()), odd);
            let none = Frame {
                width: 0,
                height: 7,
                rgb: Vec::new(),
            };
            assert_eq!(orientation.apply(none.clone()), none);
        }
    }

    fn sides() -> impl Strategy<Value = Frame> {
        (1u32..100, 1u32..100).prop_map(|(width, height)| numbered(width, height))
    }

    fn any_orientation() -> impl Strategy<Value = Orientation> {
        prop::sample::select(all().to_vec())
    }

    proptest! {
        #[test]
        fn one_after_another_is_again_one_of_the_eight(frame in sides(), a in any_orientation(), b in any_orientation()) {
            let both = b.apply(a.apply(frame.clone()));
            prop_assert!(all().iter().any(|one| one.apply(frame.clone()) == both));
        }

        #[test]
        fn each_is_undone_by_one_of_the_eight(frame in sides(), a in any_orientation()) {
            let changed = a.apply(frame.clone());
            prop_assert!(all().iter().any(|one| one.apply(changed.clone()) == frame));
        }

        #[test]
        fn reflections_undo_themselves_and_quarter_turns_take_four(frame in sides(), a in any_orientation()) {
            let times = if matches!(a, Orientation::TurnRight | Orientation::TurnLeft) { 4 } else { 2 };
            let changed = (0..times).fold(frame.clone(), |frame, _| a.apply(frame));
            prop_assert_eq!(changed, frame);
        }

        #[test]
        fn the_eight_differ_on_a_picture_without_symmetry(width in 2u32..40, height in 2u32..40) {
            let frame = numbered(width, height);
            let changed = all().map(|one| one.apply(frame.clone()));
            for (index, one) in changed.iter().enumerate() {
                prop_assert!(changed.iter().skip(index + 1).all(|other| one != other));
            }
        }

        #[test]
        fn sides_are_swapped_when_it_says_so_and_no_pixel_is_lost(frame in sides(), a in any_orientation()) {
            let changed = a.apply(frame.clone());
            let sides = if a.swaps_sides() { (frame.height, frame.width) } else { (frame.width, frame.height) };
            prop_assert_eq!((changed.width, changed.height), sides);
            let sorted = |frame: &Frame| {
                let mut pixels = frame.rgb.as_chunks::<3>().0.to_vec();
                pixels.sort_unstable();
                pixels
            };
            prop_assert_eq!(sorted(&changed), sorted(&frame));
        }
    }
}
