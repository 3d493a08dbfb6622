//! Where the parts of a JPEG file are (ITU-T T.81, annex B), without decoding any of them.
//!
//! The decoders either hide that a file ends early or refuse it; this is how we know.

/// What the markers of a JPEG file say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JpegLayout {
    /// The coding process: the low byte of the SOF marker, `0xC0` for baseline.
    pub(super) process: u8,
    /// Bits a channel.
    pub(super) precision: u8,
    /// Width of the stored picture in pixels.
    pub(super) width: u32,
    /// Height of the stored picture in pixels.
    pub(super) height: u32,
    /// The colour components of the frame.
    pub(super) components: Vec<Component>,
    /// The scans that begin before the file ends, in their order.
    pub(super) scans: Vec<Scan>,
    /// How the file ends.
    pub(super) ending: Ending,
}

/// One colour component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    id: u8,
    /// Blocks of an MCU from left to right.
    pub(super) across: u8,
    /// Blocks of an MCU from top to bottom.
    pub(super) down: u8,
}

/// One scan: which coefficients of which components it brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Indices into the frame's components.
    pub(super) components: Vec<usize>,
    /// First coefficient, 0..=63 in zigzag order.
    pub(super) first: u8,
    /// Last coefficient, 0..=63.
    pub(super) last: u8,
    /// How many low bits are left for later scans to bring.
    pub(super) low_bits_left: u8,
    /// Whether it brings one more bit of coefficients that an earlier scan began.
    pub(super) is_refinement: bool,
    /// For each component the numbers of its Huffman tables for DC and for AC coefficients.
    pub(super) tables: Vec<(u8, u8)>,
    /// The first byte of the file behind the scan's header.
    pub(super) data_start: usize,
}

/// How a file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Not looked for: one scan holds everything, and its decoder says where it stops.
    NotSought,
    /// With the marker for it.
    Whole,
    /// Early. This many bytes from the beginning are whole segments or scan data.
    Cut(usize),
}

/// How far to follow the markers of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// Until it is clear where the pixels are: cheap for the usual one-scan JPEG.
    Needed,
    /// To the end.
    Everything,
}

/// Why there is no picture in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LayoutError {
    /// The file ends before its first scan.
    #[error("the file ends inside its header, after {at} bytes")]
    EndsInHeader {
        /// Its length in bytes.
        at: usize,
    },
    /// More scans than any camera writes.
    #[error("it has more than {MOST_SCANS} scans")]
    TooManyScans,
    /// The header contradicts itself.
    #[error("the header is damaged")]
    Damaged,
}

/// Most scans of one file. Encoders write about ten; thousands are an attack on our time and
/// memory.
pub(super) const MOST_SCANS: usize = 200;

pub(super) const START_OF_IMAGE: u8 = 0xD8;
pub(super) const END_OF_IMAGE: u8 = 0xD9;
pub(super) const START_OF_SCAN: u8 = 0xDA;
pub(super) const DEFINE_HUFFMAN_TABLES: u8 = 0xC4;
pub(super) const DEFINE_RESTART_INTERVAL: u8 = 0xDD;

/// Bytes of 0xFF may stand before any marker, but this many are what a card leaves where data
/// were: the size of a disk's sector.
const MOST_FILL: usize = 512;

impl JpegLayout {
    /// Reads the markers of a file.
    pub(super) fn read(bytes: &[u8], follow: Follow) -> Result<Self, LayoutError> {
        let mut frame: Option<Self> = None;
        let mut at = 0;
        let ending = loop {
            let Some((marker, after)) = next_marker(bytes, at) else {
                break Ending::Cut(bytes.len());
            };
            if let Some(hole) = hole_before(bytes, at, after) {
                break Ending::Cut(hole);
            }
            if marker == END_OF_IMAGE {
                break Ending::Whole;
            }
            if is_standalone(marker) {
                at = after;
                continue;
            }
            let Some((payload, next)) = segment(bytes, after) else {
                break Ending::Cut(after.saturating_sub(2));
            };
            at = next;
            if is_start_of_frame(marker) && frame.is_none() {
                frame = Some(Self::of_frame(marker, payload).ok_or(LayoutError::Damaged)?);
            } else if marker == START_OF_SCAN {
                let frame = frame.as_mut().ok_or(LayoutError::Damaged)?;
                if frame.scans.len() == MOST_SCANS {
                    return Err(LayoutError::TooManyScans);
                }
                frame.add_scan(payload, at).ok_or(LayoutError::Damaged)?;
                if follow == Follow::Needed && frame.is_one_scan() {
                    break Ending::NotSought;
                }
            }
        };
        let mut layout = frame
            .filter(|frame| !frame.scans.is_empty())
            .ok_or(LayoutError::EndsInHeader { at: bytes.len() })?;
        layout.ending = ending;
        Ok(layout)
    }

    /// MCUs from left to right and in all, of a scan that holds every component.
    pub(super) fn mcus(&self) -> (usize, usize) {
        let blocks = |of: fn(&Component) -> u8| {
            u32::from(self.components.iter().map(of).max().unwrap_or(1).max(1))
        };
        let across = self.width.div_ceil(8 * blocks(|c| c.across)) as usize;
        let down = self.height.div_ceil(8 * blocks(|c| c.down)) as usize;
        (across, across * down)
    }

    /// Whether the scans are coded arithmetically, not with Huffman codes: SOF9 to SOF15.
    pub(super) fn is_arithmetic(&self) -> bool {
        self.process & 8 != 0
    }

    fn of_frame(process: u8, payload: &[u8]) -> Option<Self> {
        let (&[precision, h1, h2, w1, w2, count], list) = payload.split_first_chunk()?;
        let components = list
            .chunks_exact(3)
            .take(usize::from(count))
            .map(|c| Component {
                id: c[0],
                across: c[1] >> 4,
                down: c[1] & 15,
            })
            .collect();
        Some(Self {
            process,
            precision,
            width: u32::from(u16::from_be_bytes([w1, w2])),
            height: u32::from(u16::from_be_bytes([h1, h2])),
            components,
            scans: Vec::new(),
            ending: Ending::NotSought,
        })
    }

    fn add_scan(&mut self, payload: &[u8], data_start: usize) -> Option<()> {
        let (&count, rest) = payload.split_first()?;
        let (list, parameters) = rest.split_at_checked(usize::from(count) * 2)?;
        let &[first, last, approximation] = parameters.first_chunk()?;
        let index_of = |id: u8| {
            self.components
                .iter()
                .position(|component| component.id == id)
        };
        let components = list
            .chunks_exact(2)
            .map(|c| index_of(c[0]))
            .collect::<Option<_>>()?;
        self.scans.push(Scan {
            components,
            first: first.min(63),
            last: last.min(63),
            low_bits_left: approximation & 15,
            is_refinement: approximation >> 4 > 0,
            tables: list
                .chunks_exact(2)
                .map(|c| (c[1] >> 4, c[1] & 15))
                .collect(),
            data_start,
        });
        Some(())
    }

    /// Whether the first scan brings all there is.
    fn is_one_scan(&self) -> bool {
        !is_progressive(self.process)
            && self
                .scans
                .first()
                .is_some_and(|scan| scan.components.len() == self.components.len())
    }
}

/// SOF2, SOF6, SOF10, SOF14.
pub(super) fn is_progressive(process: u8) -> bool {
    process & 3 == 2
}

/// SOF0..SOF15, but for DHT, JPG and DAC, which lie among them.
fn is_start_of_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

/// Markers without a segment: TEM, RST0..RST7, SOI.
pub(super) fn is_standalone(marker: u8) -> bool {
    matches!(marker, 0x01 | 0xD0..=0xD7 | START_OF_IMAGE)
}

/// The next marker and what comes behind it. Scan data on the way are skipped: in them, 0xFF is
/// followed by 0.
pub(super) fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)? + 1;
        match *bytes.get(at)? {
            0x00 | 0xFF => {}
            marker => return Some((marker, at + 1)),
        }
    }
}

/// Where a run of 0xFF begins that ends with a marker, if it is as long as a hole. The marker was
/// looked for from `from` on, and its code ends before `after`.
fn hole_before(bytes: &[u8], from: usize, after: usize) -> Option<usize> {
    let end = after.checked_sub(1)?;
    let before = bytes.get(from..end)?;
    let fill = before
        .iter()
        .rev()
        .take_while(|byte| **byte == 0xFF)
        .count();
    (fill >= MOST_FILL).then(|| end - fill)
}

/// The payload of the segment whose length field is at `at`, and where it ends.
pub(super) fn segment(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length: [u8; 2] = bytes.get(at..)?.first_chunk().copied()?;
    let end = at + usize::from(u16::from_be_bytes(length)).max(2);
    Some((bytes.get(at + 2..end)?, end))
}

#[cfg(test)]
mod tests {
    use libjpeg_turbo_rs::{Encoder, PixelFormat, Subsampling};

    use super::*;

    fn jpeg(is_progressive: bool) -> Vec<u8> {
        let rgb: Vec<u8> = (0..100 * 60 * 3).map(|i| (i * 7 % 251) as u8).collect();
        let encoder = Encoder::new(&rgb, 100, 60, PixelFormat::Rgb).subsampling(Subsampling::S420);
        encoder.progressive(is_progressive).encode().unwrap()
    }

    #[test]
    fn one_scan_is_enough_for_a_baseline_file() {
        let bytes = jpeg(false);
        let layout = JpegLayout::read(&bytes, Follow::Needed).unwrap();
        assert_eq!((layout.process, layout.precision), (0xC0, 8));
        assert_eq!((layout.width, layout.height), (100, 60));
        assert_eq!(layout.mcus(), (7, 28));
        assert_eq!(layout.ending, Ending::NotSought);
        let whole = JpegLayout::read(&bytes, Follow::Everything).unwrap();
        assert_eq!(whole.ending, Ending::Whole);
    }

    #[test]
    fn every_scan_of_a_progressive_file_is_found() {
        let bytes = jpeg(true);
        let layout = JpegLayout::read(&bytes, Follow::Needed).unwrap();
        assert!(layout.scans.len() > 3, "{layout:?}");
        assert_eq!(layout.ending, Ending::Whole);
        assert_eq!((layout.scans[0].first, layout.scans[0].last), (0, 0));
    }

    #[test]
    fn a_cut_is_found_wherever_it_is() {
        let bytes = jpeg(true);
        for length in 0..bytes.len() - 1 {
            match JpegLayout::read(&bytes[..length], Follow::Everything) {
                Ok(layout) => assert!(
                    matches!(layout.ending, Ending::Cut(at) if at <= length),
                    "{length}"
                ),
                Err(error) => assert_eq!(error, LayoutError::EndsInHeader { at: length }),
            }
        }
    }

    #[test]
    fn bytes_behind_the_end_do_not_matter() {
        let mut bytes = jpeg(true);
        let layout = JpegLayout::read(&bytes, Follow::Everything).unwrap();
        bytes.extend(jpeg(false));
        assert_eq!(
            JpegLayout::read(&bytes, Follow::Everything).unwrap(),
            layout
        );
    }

    #[test]
    fn ones_are_a_hole_in_a_scan_but_not_in_a_segment() {
        let bytes = jpeg(true);
        let padded = [&[0xFF, 0xE1, 0x04, 0x02][..], &[0xFF; 1024]].concat();
        let with_padding = [&bytes[..2], &padded, &bytes[2..]].concat();
        let layout = JpegLayout::read(&with_padding, Follow::Everything).unwrap();
        assert_eq!(layout.ending, Ending::Whole);
        let begin = layout.scans.last().unwrap().data_start + 5;
        let holed = [&with_padding[..begin], &[0xFF; 600], &with_padding[begin..]].concat();
        let layout = JpegLayout::read(&holed, Follow::Everything).unwrap();
        assert_eq!(layout.ending, Ending::Cut(begin));
    }

    #[test]
    fn scans_without_end_are_refused() {
        let bytes = jpeg(true);
        let scan = bytes.windows(2).position(|at| at == [0xFF, 0xDA]).unwrap();
        let (header, scans) = bytes.split_at(scan);
        let no_scan = [0xFF, 0xDA, 0, 6, 0, 0, 63, 0];
        let with = |count: usize| [header, &no_scan.repeat(count), scans].concat();
        assert!(JpegLayout::read(&with(MOST_SCANS / 2), Follow::Everything).is_ok());
        assert_eq!(
            JpegLayout::read(&with(MOST_SCANS + 1), Follow::Everything),
            Err(LayoutError::TooManyScans)
        );
    }
}
