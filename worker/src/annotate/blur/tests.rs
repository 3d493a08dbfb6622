use proptest::prelude::*;

use super::*;

fn noise(width: u32, height: u32, seed: u32) -> Frame {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    };
    Frame {
        width,
        height,
        rgb: (0..width as usize * height as usize * 3)
            .map(|_| next())
            .collect(),
    }
}

fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 3] {
    frame.row(y, x, x + 1).try_into().unwrap()
}

/// The cell of a region that a pixel lies in.
fn cell_of(mosaic: &Mosaic, x: u32, y: u32) -> (usize, usize) {
    let part = |borders: &[u32], at: u32| {
        spans(borders)
            .position(|(start, end)| (start..end).contains(&at))
            .unwrap()
    };
    (part(&mosaic.columns, x), part(&mosaic.rows, y))
}

fn corners() -> impl Strategy<Value = BBox> {
    (0.0f64..=1.0, 0.0f64..=1.0, 0.0f64..=1.0, 0.0f64..=1.0).prop_map(|(a, b, c, d)| {
        BBox::from_corners(a.min(c), b.min(d), a.max(c), b.max(d)).unwrap()
    })
}

#[test]
fn a_region_is_padded_and_has_room_for_a_cell() {
    let region = |corners: [f64; 4], width, height| {
        let [x1, y1, x2, y2] = corners;
        hidden_region(BBox::from_corners(x1, y1, x2, y2).unwrap(), width, height)
    };
    assert_eq!(
        region([0.25, 0.25, 0.75, 0.75], 400, 800),
        PixelRect {
            x0: 89,
            y0: 179,
            x1: 311,
            y1: 621
        }
    );
    let point = region([0.5, 0.5, 0.5, 0.5], 400, 400);
    assert!(point.width() >= SMALLEST_CELL && point.height() >= SMALLEST_CELL);
    assert_eq!(
        region([1.0, 1.0, 1.0, 1.0], 400, 400),
        PixelRect {
            x0: 384,
            y0: 384,
            x1: 400,
            y1: 400
        }
    );
    assert_eq!(
        region([0.0, 0.0, 1.0, 1.0], 3, 2),
        PixelRect {
            x0: 0,
            y0: 0,
            x1: 3,
            y1: 2
        }
    );
}

#[test]
fn the_cells_grow_with_the_box() {
    let frame = noise(1600, 1600, 5);
    let standing = BBox::from_corners(0.4, 0.0, 0.6, 1.0).unwrap();
    let mosaic = Mosaic::of(&frame, hidden_region(standing, 1600, 1600));
    assert_eq!((mosaic.columns.len() - 1, mosaic.rows.len() - 1), (1, 8));
}

#[test]
fn an_even_picture_stays_as_it_is() {
    let even = Frame {
        width: 100,
        height: 80,
        rgb: [7, 200, 255].repeat(8000),
    };
    let mut hidden = even.clone();
    hide(&mut hidden, BBox::from_corners(0.1, 0.1, 0.9, 0.9).unwrap());
    assert_eq!(hidden, even);
}

#[test]
fn noise_becomes_even() {
    let mut frame = noise(300, 300, 9);
    hide(&mut frame, BBox::from_corners(0.0, 0.0, 1.0, 1.0).unwrap());
    for y in 0..300 {
        for [r, g, b] in frame.row(y, 0, 300).as_chunks::<3>().0 {
            assert!(
                [r, g, b].into_iter().all(|v| (100..156).contains(v)),
                "{r} {g} {b}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn only_the_averages_of_cells_show(
        width in 1u32..200, height in 1u32..200, seed in any::<u32>(),
        bbox in corners(), swaps in proptest::collection::vec((any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>()), 1..200),
    ) {
        let original = noise(width, height, seed);
        let region = hidden_region(bbox, width, height);
        let mosaic = Mosaic::of(&original, region);
        let mut shuffled = original.clone();
        for (a, b, c, d) in swaps {
            let at = |x: u32, y: u32| (region.x0 + x % region.width(), region.y0 + y % region.height());
            let ((x1, y1), (x2, y2)) = (at(a, b), at(c, d));
            if cell_of(&mosaic, x1, y1) == cell_of(&mosaic, x2, y2) {
                let (first, second) = (pixel(&shuffled, x1, y1), pixel(&shuffled, x2, y2));
                shuffled.row_mut(y1, x1, x1 + 1).copy_from_slice(&second);
                shuffled.row_mut(y2, x2, x2 + 1).copy_from_slice(&first);
            }
        }
        let (mut from_original, mut from_shuffled) = (original.clone(), shuffled);
        hide(&mut from_original, bbox);
        hide(&mut from_shuffled, bbox);
        prop_assert_eq!(&from_original, &from_shuffled);
        for y in 0..height {
            for x in 0..width {
                let is_inside = (region.x0..region.x1).contains(&x) && (region.y0..region.y1).contains(&y);
                if !is_inside {
                    prop_assert_eq!(pixel(&from_original, x, y), pixel(&original, x, y));
                }
            }
        }
    }

    #[test]
    fn no_cell_is_smaller_than_promised(width in 1u32..3000, height in 1u32..3000, bbox in corners()) {
        let region = hidden_region(bbox, width, height);
        let cell = region.width().max(region.height()).div_ceil(CELLS).max(SMALLEST_CELL);
        for (borders, side) in [
            (borders(region.x0, region.x1, cell), width),
            (borders(region.y0, region.y1, cell), height),
        ] {
            for (start, end) in spans(&borders) {
                prop_assert!(end - start >= SMALLEST_CELL.min(side), "{borders:?}");
            }
        }
    }
}
