//! Holes in a JPEG: where a file kept its length but not its data.
//!
//! A card that fails and a copy that breaks leave zeros, or 0xFF, where data were. Zeros are
//! valid Huffman codes, so decoders make a picture of them without a complaint. But zeros are
//! not damage for certain: with codes made for the picture (optimised, progressive) a flat area
//! is coded as nothing but zeros. They are picture where they mean flat blocks, and where what
//! follows them ends in step with the scan.

use std::ops::Range;

use super::{
    super::{
        fill::runs,
        jpeg_layout::{
            DEFINE_HUFFMAN_TABLES, DEFINE_RESTART_INTERVAL, END_OF_IMAGE, JpegLayout,
            START_OF_SCAN, is_progressive, is_standalone, next_marker, segment,
        },
    },
    entropy::Tables,
    scan_walk::{Piece, ScanWalk},
};

/// Where the first data are missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hole {
    /// The scan, counted from 0.
    pub(super) scan: usize,
    /// The share of the scan's MCUs before the hole, 0..=1.
    pub(super) share: f64,
    /// The first missing byte of the file.
    pub(super) at: usize,
    /// Whether all restart markers are there, so that what follows comes to its place.
    pub(super) is_bridged: bool,
}

/// Finds the first hole in the scans of a file. Costs nothing worth naming where there is no
/// run of one byte; else as much as reading all codes once.
pub(super) fn find(bytes: &[u8], layout: &JpegLayout) -> Option<Hole> {
    let first = layout.scans.first()?.data_start;
    let runs = runs(bytes, first, &[0, 0xFF]);
    let first_run = runs.first()?;
    let ends = scan_ends(bytes, first);
    // Most runs lie behind the picture: cards and cameras pad files with zeros.
    if ends.last().is_none_or(|end| first_run.start > *end) {
        return None;
    }
    if layout.is_arithmetic() {
        return Some(in_arithmetic_scan(layout, first_run, &ends, bytes.len()));
    }
    search(bytes, layout, &runs)
}

/// Arithmetic coding never makes long runs of zeros, and nobody can tell what a place in it
/// means without decoding it. So the share is that of the bytes.
fn in_arithmetic_scan(
    layout: &JpegLayout,
    run: &Range<usize>,
    ends: &[usize],
    file_length: usize,
) -> Hole {
    let is_in = |begin: usize| begin <= run.start;
    let scan = layout
        .scans
        .iter()
        .rposition(|scan| is_in(scan.data_start))
        .unwrap_or(0);
    let begin = layout.scans.get(scan).map_or(0, |scan| scan.data_start);
    let end = ends.iter().find(|end| **end > run.start);
    // A hole of ones ends its scan, which must have gone on.
    let end = end.copied().unwrap_or(file_length);
    let length = end.saturating_sub(begin).max(1);
    Hole {
        scan,
        share: (run.start.saturating_sub(begin)) as f64 / length as f64,
        at: run.start,
        is_bridged: false,
    }
}

/// Where each scan's data end, up to the end of the picture.
fn scan_ends(bytes: &[u8], first: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = first;
    loop {
        let pieces = Piece::all(bytes, at);
        let end = pieces.last().map_or(at, |piece| piece.range.end);
        ends.push(end);
        match next_scan(bytes, end, |_, _| ()) {
            Some(next) => at = next,
            None => return ends,
        }
    }
}

/// Goes over the segments between two scans; where the data of the next one begin.
fn next_scan(bytes: &[u8], from: usize, mut seen: impl FnMut(u8, &[u8])) -> Option<usize> {
    let mut at = from;
    loop {
        let (marker, after) = next_marker(bytes, at)?;
        if marker == END_OF_IMAGE {
            return None;
        }
        at = after;
        if !is_standalone(marker) {
            let (payload, next) = segment(bytes, after)?;
            seen(marker, payload);
            at = next;
        }
        if marker == START_OF_SCAN {
            return Some(at);
        }
    }
}

/// Walks through scan after scan until one has a hole. A file whose tables or scans are damaged
/// otherwise is left to its decoder.
fn search(bytes: &[u8], layout: &JpegLayout, runs: &[Range<usize>]) -> Option<Hole> {
    let mut tables = Tables::default();
    let mut interval = 0;
    let mut walk = ScanWalk::new(layout)?;
    let last_run = runs.last()?.start;
    let mut at = 0;
    for (number, scan) in layout.scans.iter().enumerate() {
        let start = next_scan(bytes, at, |marker, payload| match marker {
            DEFINE_HUFFMAN_TABLES => {
                // A damaged table stays undefined, and no code of it is found.
                let _ = tables.define(payload);
            }
            DEFINE_RESTART_INTERVAL => {
                interval = payload
                    .first_chunk()
                    .map_or(0, |bytes| usize::from(u16::from_be_bytes(*bytes)));
            }
            _ => {}
        })?;
        let pieces = Piece::all(bytes, start);
        let end = pieces.last()?.range.end;
        let has_runs = runs.iter().any(|run| run.start <= end && run.end > start);
        if has_runs || is_progressive(layout.process) {
            let gap = walk.walk(bytes, scan, &tables, interval, &pieces, runs);
            if let Some(gap) = gap {
                return Some(Hole {
                    scan: number,
                    share: gap.mcu as f64 / gap.mcus.max(1) as f64,
                    at: gap.at,
                    is_bridged: gap.is_bridged && layout.scans.len() == 1,
                });
            }
        }
        if last_run <= end {
            return None;
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests;
