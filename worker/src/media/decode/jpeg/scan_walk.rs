//! Going through a scan code by code, to see whether long runs of one byte are part of it.

use std::ops::Range;

use super::{
    super::{
        fill::SECTOR,
        jpeg_layout::{JpegLayout, Scan, is_progressive},
    },
    blocks::{BlockReader, History, ScanKind},
    entropy::Tables,
    pass::{Finding, Pass},
};

/// Scan data between two restart markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The number of the restart marker behind it, 0..=7; none behind the last piece.
    restart: Option<u8>,
    /// Whether a marker follows, not the end of the file.
    pub(super) is_ended: bool,
}

impl Piece {
    /// The pieces of the scan whose data begin at `start`.
    pub(super) fn all(bytes: &[u8], start: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let (mut begin, mut at) = (start, start);
        loop {
            let found = bytes
                .get(at..)
                .and_then(|rest| rest.iter().position(|byte| *byte == 0xFF));
            let place = found.map_or(bytes.len(), |found| at + found);
            let fill = bytes.get(place..).unwrap_or_default();
            let ones = fill.iter().take_while(|byte| **byte == 0xFF).count();
            let behind = bytes.get(place + ones).copied();
            let piece = |restart| Self {
                range: begin..place,
                restart,
                is_ended: behind.is_some(),
            };
            match behind {
                // A whole sector of ones is a hole, whatever follows.
                _ if ones >= SECTOR => {
                    pieces.push(piece(None));
                    return pieces;
                }
                Some(0x00) => at = place + ones + 1,
                Some(marker @ 0xD0..=0xD7) => {
                    pieces.push(piece(Some(marker - 0xD0)));
                    at = place + ones + 1;
                    begin = at;
                }
                _ => {
                    pieces.push(piece(None));
                    return pieces;
                }
            }
        }
    }
}

/// Where a scan has a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// MCUs before it.
    pub(super) mcu: usize,
    /// MCUs of the scan.
    pub(super) mcus: usize,
    /// The first missing byte of the file.
    pub(super) at: usize,
    /// Whether every restart marker of the scan is there.
    pub(super) is_bridged: bool,
}

/// The walk through the scans of a file, in their order.
pub(super) struct ScanWalk<'a> {
    pub(super) layout: &'a JpegLayout,
    /// For each component of a progressive file its blocks, row by row.
    pub(super) history: Vec<Vec<History>>,
}

impl<'a> ScanWalk<'a> {
    /// `None` where components have sampling factors that no file may have.
    pub(super) fn new(layout: &'a JpegLayout) -> Option<Self> {
        let is_valid = |factor: u8| (1..=4).contains(&factor);
        let are_valid = layout
            .components
            .iter()
            .all(|component| is_valid(component.across) && is_valid(component.down));
        if !are_valid {
            return None;
        }
        let (across, total) = layout.mcus();
        let blocks = |index: usize| {
            let component = layout.components.get(index);
            component.map_or(0, |c| total * usize::from(c.across) * usize::from(c.down))
        };
        let mut history = Vec::new();
        if is_progressive(layout.process) && across > 0 {
            let count = layout.components.len();
            history.extend((0..count).map(|index| vec![History::default(); blocks(index)]));
        }
        Some(Self { layout, history })
    }

    /// Goes through one scan. The first place at which data are missing, if there is one.
    pub(super) fn walk(
        &mut self,
        bytes: &[u8],
        scan: &Scan,
        tables: &Tables,
        interval: usize,
        pieces: &[Piece],
        runs: &[Range<usize>],
    ) -> Option<Gap> {
        let mcus = self.layout.mcus_of(scan);
        let interval = if interval == 0 { mcus } else { interval };
        let kind = ScanKind::of(scan, is_progressive(self.layout.process));
        let mut readers: Vec<BlockReader<'_>> = (0..scan.components.len())
            .map(|index| BlockReader::new(kind, scan, index, tables))
            .collect();
        for (number, piece) in pieces.iter().enumerate() {
            let first = number.saturating_mul(interval).min(mcus);
            let wanted = first..first.saturating_add(interval).min(mcus);
            readers.iter_mut().for_each(BlockReader::restart);
            let mut pass = Pass::new(bytes, piece, runs, kind);
            if let Finding::Missing { at, mcu } = pass.go(self, scan, &mut readers, wanted) {
                return Some(Gap {
                    mcu,
                    mcus,
                    at,
                    is_bridged: are_complete(pieces, mcus.div_ceil(interval.max(1))),
                });
            }
        }
        None
    }
}

/// Whether restart markers stand between all pieces, in their order.
fn are_complete(pieces: &[Piece], expected: usize) -> bool {
    let Some((last, others)) = pieces.split_last() else {
        return false;
    };
    let mut numbers = (0u8..8).cycle();
    others.iter().all(|piece| piece.restart == numbers.next())
        && last.is_ended
        && pieces.len() == expected
        && expected > 1
}
