//! The way through the data between two restart markers: are long runs of one byte picture?

use std::{collections::BTreeSet, ops::Range};

use super::{
    super::jpeg_layout::Scan,
    blocks::{BlockReader, History, ScanKind},
    entropy::Bits,
    scan_walk::{Piece, ScanWalk},
};

/// What a piece was found to be.
pub(super) enum Finding {
    /// All of it is picture, or it has no run of one byte.
    Picture,
    /// Data are missing from this byte on, in this MCU.
    Missing { at: usize, mcu: usize },
}

/// The way through one piece.
pub(super) struct Pass<'a> {
    data: &'a [u8],
    begin: usize,
    /// Whether a marker follows, not the end of the file or a hole.
    is_ended: bool,
    is_hole_behind: bool,
    kind: ScanKind,
    /// The runs of one byte that lie in the piece, counted from its beginning.
    runs: Vec<Range<usize>>,
    /// The MCU that each run was reached in.
    reached: Vec<usize>,
    /// Whether the bits outside the runs are as mixed as those of a picture.
    others_vary: bool,
    /// The different brightnesses of the blocks in the current run.
    levels: BTreeSet<i32>,
}

/// A flat area has one brightness, and a drawing a few. In a picture this many blocks differ.
const MOST_LEVELS: usize = 16;

/// Some writers leave a byte or two behind a scan.
const MOST_LEFT_OVER: usize = 2;

/// A code may reach into a run from before it.
const LONGEST_CODE: usize = 8;

impl<'a> Pass<'a> {
    pub(super) fn new(
        bytes: &'a [u8],
        piece: &Piece,
        runs: &[Range<usize>],
        kind: ScanKind,
    ) -> Self {
        let Range { start, end } = piece.range;
        let inside: Vec<Range<usize>> = runs
            .iter()
            .filter(|run| run.start < end && run.end > start)
            .map(|run| run.start.max(start) - start..run.end.min(end) - start)
            .collect();
        // A hole of ones ends the piece, where its data should go on.
        let data = bytes.get(start..end).unwrap_or_default();
        let is_hole_behind = runs.iter().any(|run| run.start == end);
        Self {
            data,
            begin: start,
            is_ended: piece.is_ended && !is_hole_behind,
            is_hole_behind,
            kind,
            others_vary: vary(data, &inside),
            runs: inside,
            reached: Vec::new(),
            levels: BTreeSet::new(),
        }
    }

    pub(super) fn go(
        &mut self,
        walk: &mut ScanWalk<'_>,
        scan: &Scan,
        readers: &mut [BlockReader<'_>],
        wanted: Range<usize>,
    ) -> Finding {
        let mut bits = Bits::new(self.data);
        for mcu in wanted {
            for place in walk.layout.blocks_of_mcu(scan, mcu) {
                let mut spare = History::default();
                let block = walk
                    .history
                    .get_mut(place.component)
                    .and_then(|blocks| blocks.get_mut(place.block))
                    .unwrap_or(&mut spare);
                let before = bits.position();
                let read = readers
                    .get_mut(place.of_scan)
                    .and_then(|reader| reader.read(&mut bits, block));
                self.note_reached(bits.position(), mcu);
                let Some(is_flat) = read else {
                    return self.judge_break(bits.position(), mcu);
                };
                if !self.is_plausible(before, bits.position(), is_flat, block.dc) {
                    return self.missing_from(self.reached.len().saturating_sub(1));
                }
            }
        }
        self.judge_end(bits.position())
    }

    /// Remembers in which MCU each run begins.
    fn note_reached(&mut self, position: usize, mcu: usize) {
        while let Some(run) = self.runs.get(self.reached.len()) {
            if position <= run.start {
                return;
            }
            self.reached.push(mcu);
            self.levels.clear();
        }
    }

    /// Whether a block may be as it is. One that lies in a run must be flat.
    fn is_plausible(&mut self, before: usize, after: usize, is_flat: bool, level: i32) -> bool {
        let current = self.reached.len().checked_sub(1);
        let Some(run) = current.and_then(|current| self.runs.get(current)) else {
            return true;
        };
        let is_inside = before >= run.start + LONGEST_CODE && after <= run.end && after > before;
        if !is_inside {
            return true;
        }
        if self.kind == ScanKind::DcRefined {
            // Its bits are zero by themselves, so only the picture can tell.
            self.levels.insert(level);
            return self.levels.len() <= MOST_LEVELS || !self.others_vary;
        }
        is_flat
    }

    /// The codes mean nothing, or end too early.
    fn judge_break(&self, position: usize, mcu: usize) -> Finding {
        let is_cut = !self.is_ended && position + LONGEST_CODE >= self.data.len();
        if is_cut && self.is_hole_behind {
            let at = self.begin + self.data.len();
            return Finding::Missing { at, mcu };
        }
        let ends_in_run = self
            .runs
            .last()
            .is_some_and(|run| run.end + 1 >= self.data.len());
        if is_cut {
            // What is missing at the end says nothing about flat areas before it.
            return if ends_in_run {
                self.missing_from(self.runs.len() - 1)
            } else {
                Finding::Picture
            };
        }
        self.missing_from(0)
    }

    /// All MCUs are there: is anything left over?
    fn judge_end(&self, position: usize) -> Finding {
        let rest = self.data.get(position..).unwrap_or_default();
        let is_padding = |byte: &u8| matches!(byte, 0 | 0xFF);
        let ends_inside = self
            .runs
            .iter()
            .position(|run| position > run.start + LONGEST_CODE && position < run.end);
        match ends_inside {
            Some(run) => self.missing_from(run),
            None if rest.len() <= MOST_LEFT_OVER || rest.iter().all(is_padding) => Finding::Picture,
            None => self.missing_from(0),
        }
    }

    /// Data are missing from a run on, if it was reached.
    fn missing_from(&self, run: usize) -> Finding {
        match (self.runs.get(run), self.reached.get(run)) {
            (Some(run), Some(mcu)) => Finding::Missing {
                at: self.begin + run.start,
                mcu: *mcu,
            },
            _ => Finding::Picture,
        }
    }
}

/// Whether the bits that lie in no run are mixed: of many, a fourth or more are ones.
fn vary(data: &[u8], runs: &[Range<usize>]) -> bool {
    const MANY: usize = 64;
    let mut ones = 0;
    let mut count = 0;
    let mut from = 0;
    for run in runs.iter().chain([&(data.len()..data.len())]) {
        let between = data.get(from..run.start).unwrap_or_default();
        ones += between
            .iter()
            .map(|byte| byte.count_ones() as usize)
            .sum::<usize>();
        count += between.len();
        from = run.end;
    }
    count >= MANY && ones >= 2 * count
}
