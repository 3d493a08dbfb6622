//! Detecting entries that share bytes.

use super::{error::ArchiveError, local_header::LOCAL_HEADER_BYTES};

/// Checks that entries do not share bytes, in one pass and without memory as long as they come
/// in the order in which they lie in the file.
///
/// An entry takes *at least* its fixed header and its packed data. Where these are apart, the
/// packed sizes add up to no more than the file, so no byte is unpacked twice: the condition
/// under which "better zip bombs" (Fifield, WOOT '19) cannot be built. The local headers, one
/// disk access each, need not be read for that.
#[derive(Debug, Default)]
pub(super) struct OverlapCheck {
    end: u64,
    is_out_of_order: bool,
}

/// The bytes an entry takes at least: first, and one past the last.
pub(super) type Extent = (u64, u64);

/// What a directory record says about where its entry lies.
pub(super) fn extent(header_offset: u64, compressed_bytes: u64) -> Extent {
    let end = header_offset
        .saturating_add(LOCAL_HEADER_BYTES)
        .saturating_add(compressed_bytes);
    (header_offset, end)
}

impl OverlapCheck {
    /// Takes note of the next entry of the directory.
    pub(super) fn admit(&mut self, (start, end): Extent) {
        self.is_out_of_order |= start < self.end;
        self.end = end;
    }

    /// Whether the entries must be sorted before anything can be said.
    pub(super) fn is_undecided(&self) -> bool {
        self.is_out_of_order
    }
}

/// Checks entries that come in any order.
pub(super) fn check_all(mut extents: Vec<Extent>) -> Result<(), ArchiveError> {
    extents.sort_unstable();
    let mut previous_end = 0;
    for (start, end) in extents {
        if start < previous_end {
            return Err(ArchiveError::EntriesOverlap { offset: start });
        }
        previous_end = end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_any_order_do_not_overlap() {
        let extents = vec![extent(100, 70), extent(0, 70), extent(200, 0)];
        let mut check = OverlapCheck::default();
        extents.iter().for_each(|&extent| check.admit(extent));
        assert!(check.is_undecided());
        assert!(check_all(extents).is_ok());
    }

    #[test]
    fn a_shared_byte_is_found() {
        let found = check_all(vec![extent(99, 5), extent(0, 70)]);
        assert!(matches!(
            found,
            Err(ArchiveError::EntriesOverlap { offset: 99 })
        ));
        let found = check_all(vec![extent(7, 0), extent(7, 0)]);
        assert!(matches!(
            found,
            Err(ArchiveError::EntriesOverlap { offset: 7 })
        ));
    }

    #[test]
    fn an_absurd_size_overlaps_whatever_follows() {
        assert!(check_all(vec![extent(0, u64::MAX), extent(1 << 40, 0)]).is_err());
    }
}
