//! Decoded pixels.

/// An upright RGB picture, 8 bits a channel, row by row without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl Frame {
    /// The longer side in pixels.
    #[must_use]
    pub fn long_side(&self) -> u32 {
        self.width.max(self.height)
    }

    /// The bytes of the pixels `x0..x1` of row `y`; blank where that is not inside the frame.
    pub(crate) fn row_mut(&mut self, y: u32, x0: u32, x1: u32) -> &mut [u8] {
        if y >= self.height || x0 > x1 || x1 > self.width {
            return &mut [];
        }
        let start = (y as usize * self.width as usize + x0 as usize) * 3;
        let end = start + (x1 - x0) as usize * 3;
        self.rgb.get_mut(start..end).unwrap_or_default()
    }

    /// Like [`Frame::row_mut`], to read.
    pub(crate) fn row(&self, y: u32, x0: u32, x1: u32) -> &[u8] {
        if y >= self.height || x0 > x1 || x1 > self.width {
            return &[];
        }
        let start = (y as usize * self.width as usize + x0 as usize) * 3;
        let end = start + (x1 - x0) as usize * 3;
        self.rgb.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_outside_the_frame_is_blank() {
        let mut frame = Frame {
            width: 2,
            height: 2,
            rgb: (0..12).collect(),
        };
        assert_eq!(frame.row(1, 1, 2), [9, 10, 11]);
        assert_eq!(frame.row_mut(0, 0, 2), [0, 1, 2, 3, 4, 5]);
        assert!(frame.row(2, 0, 1).is_empty());
        assert!(frame.row(0, 1, 3).is_empty());
        assert!(frame.row(0, 2, 1).is_empty());
    }
}
