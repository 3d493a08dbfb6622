//! Long runs of one byte in a file: what cards and broken copies leave where data were.

use std::ops::Range;

/// A run of zeros of this length is looked at. It is the size of a disk's sector, the smallest
/// piece that is lost.
pub(super) const SECTOR: usize = 512;

/// Runs of at least [`SECTOR`] bytes of one of the values, behind `from`, in their order.
///
/// A run of this length holds a byte whose place divides by it, so only those are looked at: one
/// in 512.
pub(super) fn runs(bytes: &[u8], from: usize, values: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = from.next_multiple_of(SECTOR);
    while let Some(value) = bytes.get(at).copied() {
        if values.contains(&value) {
            let run = around(bytes, from, at);
            at = at.max(run.end - 1);
            if run.len() >= SECTOR {
                found.push(run);
            }
        }
        at = (at + 1).next_multiple_of(SECTOR);
    }
    found
}

/// The run of equal bytes that a place lies in.
fn around(bytes: &[u8], from: usize, at: usize) -> Range<usize> {
    let (before, behind) = bytes.split_at(at);
    let Some(value) = behind.first() else {
        return at..at;
    };
    let is_other = |byte: &u8| byte != value;
    let begin = before.iter().rposition(is_other).map_or(0, |last| last + 1);
    let length = behind.iter().position(is_other).unwrap_or(behind.len());
    begin.max(from)..at + length
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    #[test]
    fn runs_are_found_wherever_they_lie() {
        for begin in [0, 1, 511, 512, 700, 1023] {
            for length in [SECTOR, SECTOR + 1, 1500] {
                let mut bytes = vec![7; 4000];
                bytes[begin..begin + length].fill(0);
                assert_eq!(runs(&bytes, 0, &[0]), from_ref(&(begin..begin + length)));
                assert!(runs(&bytes, 0, &[1, 2]).is_empty());
            }
            let mut bytes = vec![7; 4000];
            bytes[begin..begin + SECTOR - 1].fill(0);
            assert!(runs(&bytes, 0, &[0]).is_empty());
        }
    }

    #[test]
    fn several_runs_and_those_at_the_ends_are_found() {
        let mut bytes = vec![0; 5000];
        bytes[600] = 1;
        bytes[1200] = 1;
        bytes[1300] = 1;
        bytes[2000..2600].fill(0xFF);
        let all = [0..600, 601..1200, 1301..2000, 2000..2600, 2600..5000];
        assert_eq!(runs(&bytes, 0, &[0, 0xFF]), all);
        assert_eq!(runs(&bytes, 4000, &[0]), from_ref(&(4000..5000)));
        assert!(runs(&bytes, 4600, &[0]).is_empty());
        assert!(runs(&[], 3, &[0]).is_empty());
    }
}
