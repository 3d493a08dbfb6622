//! Bilinear resizing to the bit as OpenCV does it (`INTER_LINEAR` on 8-bit pixels).
//!
//! The reference programs resize with OpenCV, and small networks tell even differences of one in
//! 255 apart: with another rounding, scores near a threshold move by several hundredths. So the
//! steps here are OpenCV's: weights in 2048ths, sums across a row kept in full and cut to 128ths,
//! sums of two rows cut to quarters, and only the last step rounds.

/// Weights are whole numbers of 1 / 2048 (OpenCV's `INTER_RESIZE_COEF_BITS`).
const WEIGHT_SCALE: f32 = 2048.0;
/// What is cut off a sum across a row, before rows are weighted.
const ROW_BITS: u32 = 4;
/// What is cut off a weighted row. 11 + 11 bits of weight less 4 and 16 leave quarters.
const COLUMN_BITS: u32 = 16;

/// The two pixels of the source that one pixel of the target lies between, along one axis.
#[derive(Clone, Copy, Debug)]
struct Tap {
    near: usize,
    far: usize,
    weights: [i32; 2],
}

impl Tap {
    /// The taps of all `target` pixels. Where one of the two would lie outside the source, its
    /// outermost pixel stands for both.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "OpenCV places pixels in f32; indexes are cut to the source"
    )]
    fn all(target: u32, source: u32, edge: Edge) -> Vec<Self> {
        let step = 1.0 / (f64::from(target) / f64::from(source));
        let last = source.saturating_sub(1) as usize;
        let tap = |index: u32| {
            let place = ((f64::from(index) + 0.5) * step - 0.5) as f32;
            let before = place.floor();
            let is_outside = before < 0.0 || before >= last as f32;
            let share = match edge {
                Edge::Whole if is_outside => 0.0,
                Edge::Whole | Edge::Shared => place - before,
            };
            let weight = |share: f32| (share * WEIGHT_SCALE).round_ties_even() as i32;
            Self {
                near: (before.max(0.0) as usize).min(last),
                far: ((before + 1.0).max(0.0) as usize).min(last),
                weights: [weight(1.0 - share), weight(share)],
            }
        };
        (0..target).map(tap).collect()
    }
}

/// How the outermost pixel is weighted where it stands for both.
#[derive(Clone, Copy, Debug)]
enum Edge {
    /// Once, with all the weight; so it is across.
    Whole,
    /// Twice, with a share each, and each is cut by itself; so it is down.
    Shared,
}

/// A row of the source, resized across, in 128ths.
#[derive(Debug, Default)]
struct ResizedRow {
    source_row: Option<usize>,
    sums: Vec<[i32; 3]>,
}

impl ResizedRow {
    fn fill(&mut self, row: usize, pixels: &[[u8; 3]], across: &[Tap]) {
        if self.source_row == Some(row) {
            return;
        }
        self.source_row = Some(row);
        self.sums.clear();
        self.sums.extend(across.iter().map(|tap| {
            let (near, far) = (pixels[tap.near], pixels[tap.far]);
            let [near_weight, far_weight] = tap.weights;
            [0, 1, 2].map(|channel| {
                let (near, far) = (i32::from(near[channel]), i32::from(far[channel]));
                (near * near_weight + far * far_weight) >> ROW_BITS
            })
        }));
    }
}

/// Resizes RGB pixels from one size (width, height) to another, `scaled` being that large.
///
/// # Panics
/// When `rgb` does not hold the pixels of its size, or that is 0.
pub(super) fn resize(rgb: &[u8], from: (u32, u32), to: (u32, u32), scaled: &mut [u8]) {
    let pixels = rgb.as_chunks::<3>().0;
    let width = from.0 as usize;
    let across = Tap::all(to.0, from.0, Edge::Whole);
    let (mut upper, mut lower) = (ResizedRow::default(), ResizedRow::default());
    let rows = scaled.as_chunks_mut::<3>().0.chunks_exact_mut(across.len());
    for (row, tap) in rows.zip(Tap::all(to.1, from.1, Edge::Shared)) {
        // Going down, the lower row of one step often is the upper one of the next.
        if lower.source_row == Some(tap.near) {
            std::mem::swap(&mut upper, &mut lower);
        }
        upper.fill(tap.near, &pixels[tap.near * width..][..width], &across);
        lower.fill(tap.far, &pixels[tap.far * width..][..width], &across);
        for ((pixel, upper), lower) in row.iter_mut().zip(&upper.sums).zip(&lower.sums) {
            *pixel = [0, 1, 2].map(|channel| mixed(upper[channel], lower[channel], tap.weights));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "weights add up to 2048, so no mix is above 255"
)]
fn mixed(upper: i32, lower: i32, [upper_weight, lower_weight]: [i32; 2]) -> u8 {
    let quarters =
        ((upper * upper_weight) >> COLUMN_BITS) + ((lower * lower_weight) >> COLUMN_BITS);
    ((quarters + 2) >> 2) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resized(rgb: &[u8], from: (u32, u32), to: (u32, u32)) -> Vec<u8> {
        let mut scaled = vec![0; (to.0 * to.1 * 3) as usize];
        resize(rgb, from, to, &mut scaled);
        scaled
    }

    /// Noise: the bytes 16 to 23 of a linear congruential generator.
    fn noise(length: usize) -> Vec<u8> {
        let next = |state: &u64| Some((state * 1_103_515_245 + 12_345) % (1 << 31));
        let states = std::iter::successors(Some(7), next).skip(1);
        states
            .take(length)
            .map(|state| (state >> 16) as u8)
            .collect()
    }

    /// FNV-1a.
    fn fingerprint(bytes: &[u8]) -> u64 {
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    #[test]
    fn every_byte_is_that_of_opencv() {
        // What cv2.resize makes of the same noise, OpenCV 4.13 on x86-64.
        type Size = (u32, u32);
        let expected: [(Size, Size, u64); 9] = [
            ((61, 47), (32, 24), 0xe5c4_ecf8_552c_687e),
            ((61, 47), (30, 17), 0x4a73_cb78_cd67_3c85),
            ((32, 24), (16, 12), 0x5c19_6cd3_ebee_20df),
            ((20, 15), (64, 48), 0xbdd7_21f9_2eef_4f47),
            ((7, 5), (7, 9), 0xccfe_89a6_aadf_d3f1),
            ((1, 1), (4, 3), 0x090a_4d63_d012_b215),
            ((2, 1), (5, 1), 0x0f9d_ed24_20e0_55c0),
            ((300, 3), (13, 64), 0xd5cc_7bef_c850_e0fc),
            ((3, 300), (64, 13), 0x6d3a_4900_28ae_2225),
        ];
        for (from, to, hash) in expected {
            let rgb = noise((from.0 * from.1 * 3) as usize);
            assert_eq!(
                fingerprint(&resized(&rgb, from, to)),
                hash,
                "{from:?} to {to:?}"
            );
        }
    }

    #[test]
    fn the_numbers_on_paper() {
        let grey = |values: &[u8]| values.iter().flat_map(|v| [*v; 3]).collect::<Vec<_>>();
        // Halves: (0 + 100) / 2 and so on, 2 pixels of 4.
        let rgb = grey(&[0, 100, 40, 80]);
        assert_eq!(resized(&rgb, (4, 1), (2, 1)), grey(&[50, 60]));
        // Places -0.25, 0.25, 0.75, 1.25 between 0 and 100; the ends stay.
        let rgb = grey(&[0, 100]);
        assert_eq!(resized(&rgb, (2, 1), (4, 1)), grey(&[0, 25, 75, 100]));
        assert_eq!(resized(&rgb, (1, 2), (1, 4)), grey(&[0, 25, 75, 100]));
        // A third: the pixel in the middle alone.
        let rgb = grey(&[255, 9, 255]);
        assert_eq!(resized(&rgb, (3, 1), (1, 1)), grey(&[9]));
    }

    proptest! {
        #[test]
        fn a_result_lies_between_the_darkest_and_the_brightest_pixel(
            from in (1_u32..40, 1_u32..40), to in (1_u32..40, 1_u32..40),
            darkest in 0_u8..=255, range in 0_u8..=255,
        ) {
            let brightest = darkest.saturating_add(range);
            let values = u32::from(brightest - darkest) + 1;
            let rgb: Vec<u8> = noise((from.0 * from.1 * 3) as usize)
                .into_iter()
                .map(|byte| darkest + (u32::from(byte) % values) as u8)
                .collect();
            // Both cuts together can cost one step.
            let least = darkest.saturating_sub(1);
            for value in resized(&rgb, from, to) {
                prop_assert!((least..=brightest).contains(&value));
            }
        }

        #[test]
        fn the_same_size_changes_nothing(size in (1_u32..40, 1_u32..40)) {
            let rgb = noise((size.0 * size.1 * 3) as usize);
            prop_assert_eq!(resized(&rgb, size, size), rgb);
        }
    }
}
