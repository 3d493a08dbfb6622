//! How much of a damaged picture is said to be there.

/// What is shown where nothing is known.
pub(super) const MID_GREY: u8 = 128;

/// The least that is said of a picture of which something is there.
pub(super) const LEAST_SHARE: f64 = 0.0001;

/// Cut off, so that a picture with any damage never counts as whole, but not down to nothing.
pub(super) fn in_ten_thousandths(share: f64) -> f64 {
    let floor = (share.min(0.9999) * 10_000.0).floor();
    if share > 0.0 {
        (floor / 10_000.0).max(LEAST_SHARE)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_never_vanishes_and_neither_does_what_is_left() {
        assert_eq!(in_ten_thousandths(0.5), 0.5);
        assert_eq!(in_ten_thousandths(0.999_99), 0.9999);
        assert_eq!(in_ten_thousandths(0.000_001), 0.0001);
        assert_eq!(in_ten_thousandths(0.0), 0.0);
    }
}
