//! Reading the blocks of a Huffman-coded scan: whether they hold anything, not what.

use super::{
    super::jpeg_layout::Scan,
    entropy::{Bits, HuffmanTable, Tables},
};

/// What earlier scans of a progressive file said about a block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    /// A bit for each coefficient, in zigzag order: whether it is known to be other than zero.
    pub(super) nonzero: u64,
    /// The DC coefficient so far, without the bits that are still to come.
    pub(super) dc: i32,
}

/// What a scan brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScanKind {
    /// Whole blocks.
    Sequential,
    /// DC coefficients, for the first time.
    DcFirst,
    /// One more bit of the DC coefficients.
    DcRefined,
    /// AC coefficients, for the first time.
    AcFirst,
    /// One more bit of AC coefficients.
    AcRefined,
}

impl ScanKind {
    pub(super) fn of(scan: &Scan, is_progressive: bool) -> Self {
        match (is_progressive, scan.first, scan.is_refinement) {
            (false, ..) => Self::Sequential,
            (true, 0, false) => Self::DcFirst,
            (true, 0, true) => Self::DcRefined,
            (true, _, false) => Self::AcFirst,
            (true, _, true) => Self::AcRefined,
        }
    }
}

/// What is needed to read the blocks of a component, and what one block leaves for the next.
pub(super) struct BlockReader<'a> {
    kind: ScanKind,
    first: u8,
    last: u8,
    dc: Option<&'a HuffmanTable>,
    ac: Option<&'a HuffmanTable>,
    predicted: i32,
    blocks_without_more: u32,
}

impl<'a> BlockReader<'a> {
    /// A reader for component `index` of the scan's.
    pub(super) fn new(kind: ScanKind, scan: &Scan, index: usize, tables: &'a Tables) -> Self {
        let (dc, ac) = scan.tables.get(index).copied().unwrap_or_default();
        Self {
            kind,
            first: scan.first,
            last: scan.last,
            dc: tables.dc(dc),
            ac: tables.ac(ac),
            predicted: 0,
            blocks_without_more: 0,
        }
    }

    /// Begins anew, as behind a restart marker.
    pub(super) fn restart(&mut self) {
        self.predicted = 0;
        self.blocks_without_more = 0;
    }

    /// Reads a block. Whether it is flat: it is as the one before it, without any detail. `None`
    /// if the bits end or mean nothing.
    pub(super) fn read(&mut self, bits: &mut Bits<'_>, block: &mut History) -> Option<bool> {
        match self.kind {
            ScanKind::Sequential => {
                let is_as_before = self.read_dc(bits, block)?;
                Some(self.read_ac(bits)? && is_as_before)
            }
            ScanKind::DcFirst => self.read_dc(bits, block),
            ScanKind::DcRefined => Some(bits.take(1)? == 0),
            ScanKind::AcFirst => self.read_band(bits, block),
            ScanKind::AcRefined => self.refine_band(bits, block),
        }
    }

    fn read_dc(&mut self, bits: &mut Bits<'_>, block: &mut History) -> Option<bool> {
        let size = u32::from(self.dc?.next(bits)?);
        if size > 16 {
            return None;
        }
        let value = i32::try_from(bits.take(size)?).ok()?;
        // The upper half of the values of a size is positive (table F.1).
        let is_negative = size > 0 && value >> (size - 1) == 0;
        let difference = if is_negative {
            value - (1 << size) + 1
        } else {
            value
        };
        self.predicted = self.predicted.wrapping_add(difference);
        block.dc = self.predicted;
        Some(size == 0)
    }

    /// The 63 AC coefficients of a sequential block.
    fn read_ac(&self, bits: &mut Bits<'_>) -> Option<bool> {
        let ac = self.ac?;
        let mut at = 1;
        while at < 64 {
            let (run, size) = halves(ac.next(bits)?);
            if size > 0 {
                at += run;
                bits.take(size)?;
            } else if run == 15 {
                at += 15;
            } else {
                return Some(at == 1);
            }
            at += 1;
        }
        (at == 64).then_some(false)
    }

    /// A band of AC coefficients (T.81, G.1.2.2).
    fn read_band(&mut self, bits: &mut Bits<'_>, block: &mut History) -> Option<bool> {
        if self.blocks_without_more > 0 {
            self.blocks_without_more -= 1;
            return Some(true);
        }
        let ac = self.ac?;
        let (begin, last) = (u32::from(self.first), u32::from(self.last));
        let mut at = begin;
        while at <= last {
            let (run, size) = halves(ac.next(bits)?);
            if size > 0 {
                at += run;
                bits.take(size)?;
                block.nonzero |= 1u64.checked_shl(at)?;
            } else if run == 15 {
                at += 15;
            } else {
                self.blocks_without_more = (1 << run) - 1 + bits.take(run)?;
                return Some(at == begin);
            }
            at += 1;
        }
        Some(false)
    }

    /// One more bit of a band of AC coefficients (T.81, G.1.2.3).
    fn refine_band(&mut self, bits: &mut Bits<'_>, block: &mut History) -> Option<bool> {
        let last = u32::from(self.last);
        let mut at = u32::from(self.first);
        let mut is_flat = true;
        while at <= last && self.blocks_without_more == 0 {
            let (mut run, size) = halves(self.ac?.next(bits)?);
            if size > 0 {
                bits.take(1)?;
                is_flat = false;
            } else if run < 15 {
                self.blocks_without_more = (1 << run) + bits.take(run)?;
                break;
            }
            // The run counts only coefficients that were zero so far; the others get their bit.
            while at <= last {
                if block.nonzero >> at & 1 == 1 {
                    bits.take(1)?;
                    is_flat = false;
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                at += 1;
            }
            if size > 0 && at <= last {
                block.nonzero |= 1u64.checked_shl(at)?;
            }
            at += 1;
        }
        if self.blocks_without_more > 0 {
            self.blocks_without_more -= 1;
            let rest = (at..=last).filter(|at| block.nonzero >> at & 1 == 1);
            for _ in rest {
                bits.take(1)?;
                is_flat = false;
            }
        }
        Some(is_flat)
    }
}

/// The two numbers of a code's value: zeros before a coefficient, bits of the coefficient.
fn halves(value: u8) -> (u32, u32) {
    (u32::from(value >> 4), u32::from(value & 15))
}
