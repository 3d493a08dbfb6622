//! Which blocks the MCUs of a scan are made of (ITU-T T.81, A.2).

use super::super::jpeg_layout::{JpegLayout, Scan};

/// A block of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockPlace {
    /// The component's index in the scan.
    pub(super) of_scan: usize,
    /// The component's index in the frame.
    pub(super) component: usize,
    /// The block's index in the component, row by row; rows are as long as those of whole MCUs.
    pub(super) block: usize,
}

impl JpegLayout {
    /// MCUs of a scan. One of a single component has a block in each, and none beside the picture.
    pub(super) fn mcus_of(&self, scan: &Scan) -> usize {
        match self.alone(scan) {
            Some(component) => {
                let (across, down) = self.own_blocks(component);
                across * down
            }
            None => self.mcus().1,
        }
    }

    /// The blocks of MCU number `mcu` of a scan, in their order.
    pub(super) fn blocks_of_mcu<'a>(
        &'a self,
        scan: &'a Scan,
        mcu: usize,
    ) -> impl Iterator<Item = BlockPlace> + 'a {
        let (mcus_across, _) = self.mcus();
        let alone = self
            .alone(scan)
            .map(|component| self.own_blocks(component).0);
        scan.components
            .iter()
            .enumerate()
            .flat_map(move |(of_scan, component)| {
                let factors = self.components.get(*component);
                let (h, v) =
                    factors.map_or((1, 1), |c| (usize::from(c.across), usize::from(c.down)));
                let stride = mcus_across * h;
                let place = move |x: usize, y: usize| BlockPlace {
                    of_scan,
                    component: *component,
                    block: y * stride + x,
                };
                let (h, v) = if alone.is_some() { (1, 1) } else { (h, v) };
                let across = alone.unwrap_or(mcus_across).max(1);
                let (left, top) = (mcu % across * h, mcu / across * v);
                (0..v).flat_map(move |y| (0..h).map(move |x| place(left + x, top + y)))
            })
    }

    /// The component of a scan that has only one.
    fn alone(&self, scan: &Scan) -> Option<usize> {
        match scan.components.as_slice() {
            [component] => Some(*component),
            _ => None,
        }
    }

    /// Blocks of a component from left to right and from top to bottom.
    fn own_blocks(&self, component: usize) -> (usize, usize) {
        let largest = |of: fn(&super::super::jpeg_layout::Component) -> u8| {
            u32::from(self.components.iter().map(of).max().unwrap_or(1).max(1))
        };
        let blocks = |size: u32, factor: u8, most: u32| {
            (size * u32::from(factor)).div_ceil(most).div_ceil(8) as usize
        };
        self.components.get(component).map_or((0, 0), |c| {
            (
                blocks(self.width, c.across, largest(|c| c.across)),
                blocks(self.height, c.down, largest(|c| c.down)),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

    use super::{super::super::jpeg_layout::Follow, *};

    fn layout(is_progressive: bool) -> JpegLayout {
        let rgb = vec![90; 100 * 60 * 3];
        let encoder = Encoder::new(&rgb, 100, 60, PixelFormat::Rgb).subsampling(Subsampling::S420);
        let bytes = encoder.progressive(is_progressive).encode().unwrap();
        JpegLayout::read(&bytes, Follow::Everything).unwrap()
    }

    #[test]
    fn an_mcu_of_all_components_has_its_blocks_side_by_side() {
        let layout = layout(false);
        let scan = layout.scans.first().unwrap();
        assert_eq!(layout.mcus_of(scan), 7 * 4);
        let blocks: Vec<_> = layout
            .blocks_of_mcu(scan, 8)
            .map(|place| (place.component, place.block))
            .collect();
        let luma = [2 * 14 + 2, 2 * 14 + 3, 3 * 14 + 2, 3 * 14 + 3].map(|block| (0, block));
        assert_eq!(blocks[..4], luma);
        assert_eq!(blocks[4..], [(1, 8), (2, 8)]);
    }

    #[test]
    fn a_component_alone_has_only_the_blocks_of_the_picture() {
        let layout = layout(true);
        let of = |component| {
            let is_alone = |scan: &&Scan| scan.components == [component];
            layout.scans.iter().find(is_alone).unwrap()
        };
        assert_eq!(layout.mcus_of(of(0)), 13 * 8);
        assert_eq!(layout.mcus_of(of(1)), 7 * 4);
        let block = |mcu| layout.blocks_of_mcu(of(0), mcu).next().unwrap().block;
        assert_eq!((block(12), block(13)), (12, 14));
    }
}
