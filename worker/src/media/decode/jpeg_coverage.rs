//! How much of a picture the scans of a cut JPEG bring.

use super::jpeg_layout::{JpegLayout, Scan};

const COEFFICIENTS: usize = 64;

/// The share of the picture's DCT coefficients that is known after the scans of `layout`, when
/// its last scan was decoded up to the share `of_last_scan` (0..=1) of its MCUs.
///
/// A coefficient with `n` low bits still to come counts 1 / (1 + n), and a component counts as
/// many times as it has blocks. So the first scan of a progressive file, an eighth of the
/// resolution, makes about a sixty-fourth of the picture.
pub(super) fn known_share(layout: &JpegLayout, of_last_scan: f64) -> f64 {
    let mut known = vec![[0.0; COEFFICIENTS]; layout.components.len()];
    if let Some((last, whole)) = layout.scans.split_last() {
        for scan in whole {
            apply(scan, 1.0, &mut known);
        }
        apply(last, of_last_scan, &mut known);
    }
    let mut sum = 0.0;
    let mut most = 0.0;
    for (component, coefficients) in layout.components.iter().zip(&known) {
        let blocks = f64::from(component.across) * f64::from(component.down);
        sum += blocks * coefficients.iter().sum::<f64>();
        most += blocks * COEFFICIENTS as f64;
    }
    if most > 0.0 { sum / most } else { 0.0 }
}

fn apply(scan: &Scan, share: f64, known: &mut [[f64; COEFFICIENTS]]) {
    let after = 1.0 / (1.0 + f64::from(scan.low_bits_left));
    for component in &scan.components {
        let range = usize::from(scan.first)..=usize::from(scan.last);
        let touched = known.get_mut(*component).and_then(|all| all.get_mut(range));
        for coefficient in touched.into_iter().flatten() {
            *coefficient += share * (after - *coefficient).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use libjpeg_turbo_rs::{Encoder, PixelFormat};

    use super::super::jpeg_layout::Follow;
    use super::*;

    fn layout(is_progressive: bool) -> JpegLayout {
        let rgb: Vec<u8> = (0..64 * 64 * 3).map(|i| (i * 11 % 253) as u8).collect();
        let encoder = Encoder::new(&rgb, 64, 64, PixelFormat::Rgb);
        let bytes = encoder.progressive(is_progressive).encode().unwrap();
        JpegLayout::read(&bytes, Follow::Everything).unwrap()
    }

    #[test]
    fn all_scans_make_the_whole_picture() {
        assert!((known_share(&layout(true), 1.0) - 1.0).abs() < 1e-9);
        assert!((known_share(&layout(false), 1.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_single_scan_counts_by_its_area() {
        assert!((known_share(&layout(false), 0.25) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn each_scan_adds_to_what_is_known() {
        let mut layout = layout(true);
        let mut after = 1.0;
        while layout.scans.pop().is_some() {
            let share = known_share(&layout, 1.0);
            assert!(share < after, "{share} {after}");
            after = share;
        }
        assert_eq!(after, 0.0);
    }
}
