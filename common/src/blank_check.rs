//! How many pictures may be missed, judged by a random sample of those that were called blank.
//!
//! Of `checked` pictures drawn at random, `missed` are not blank after all. The bound is the exact
//! one-sided 95 % limit of Clopper and Pearson (*The use of confidence or fiducial limits
//! illustrated in the case of the binomial*, Biometrika 26, 1934): the share at which so few misses
//! would be seen in one of twenty samples. Whoever says "fewer than this share are missed" is right
//! at least 95 times in a hundred.

/// How often the true share may lie above the bound.
const RISK: f64 = 0.05;
/// Halvings of the range: a double has no more digits.
const HALVINGS: u32 = 60;

/// The share of missed pictures, 0.0..=1.0, that is not exceeded with 95 % confidence when `missed`
/// of `checked` were. 1 when nothing was checked. `missed` is at most `checked`.
///
/// With no misses it is 1 − 0.05^(1/checked): 0 in 200 give 0.0149.
#[must_use]
pub fn most_missed(missed: u32, checked: u32) -> f64 {
    if missed >= checked {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if so_few(missed, checked, middle) > RISK {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// How likely it is that a sample of `checked` shows `missed` or fewer, when each is one with the
/// probability `share`: the binomial distribution, summed up from its logarithms because its terms
/// are too small for a double.
fn so_few(missed: u32, checked: u32, share: f64) -> f64 {
    let odds = share.ln() - (-share).ln_1p();
    let mut term = f64::from(checked) * (-share).ln_1p();
    let mut terms = vec![term];
    for count in 0..missed {
        let ways = f64::from(checked - count) / f64::from(count + 1);
        term += ways.ln() + odds;
        terms.push(term);
    }
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.iter().map(|term| (term - largest).exp()).sum();
    (largest + sum.ln()).exp()
}

/// A bound in per cent for people, rounded up to one decimal so that it is never too small.
#[must_use]
pub fn percent(share: f64) -> String {
    // A hair below, lest noise in the last digit of a round number lift it.
    let tenths = (share * 1000.0 - 1e-9).ceil().max(0.0);
    format!("{:.1}", tenths / 10.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn without_a_miss_it_is_a_root_of_one_in_twenty() {
        for checked in [1, 50, 200, 100_000] {
            let exact = 1.0 - 0.05_f64.powf(1.0 / f64::from(checked));
            assert!((most_missed(0, checked) - exact).abs() < 1e-12, "{checked}");
        }
        assert_eq!(percent(most_missed(0, 200)), "1.5");
    }

    /// Computed by halving the binomial sum with 60 decimal digits.
    #[test]
    fn with_misses_it_is_where_the_exact_sum_is_one_in_twenty() {
        for (missed, checked, expected) in [
            (1, 200, 0.023498470434950708),
            (2, 200, 0.031142599414083733),
            (5, 50, 0.1988330025164185),
            (40, 100, 0.4870241797461056),
            (3, 100_000, 7.753472238564709e-05),
        ] {
            let bound = most_missed(missed, checked);
            assert!(
                (bound - expected).abs() < 1e-9,
                "{missed} in {checked}: {bound}"
            );
        }
    }

    #[test]
    fn who_knows_nothing_promises_nothing() {
        assert_eq!(most_missed(0, 0), 1.0);
        assert_eq!(most_missed(7, 7), 1.0);
        assert_eq!(percent(1.0), "100.0");
        assert_eq!(percent(0.015), "1.5");
        assert_eq!(percent(0.014_01), "1.5");
    }

    proptest! {
        #[test]
        fn more_misses_raise_it_and_more_checks_lower_it(missed in 0_u32..50, more in 1_u32..500) {
            let checked = missed + more;
            let bound = most_missed(missed, checked);
            prop_assert!(bound > f64::from(missed) / f64::from(checked));
            prop_assert!(bound < most_missed(missed + 1, checked));
            prop_assert!(bound > most_missed(missed, checked + 1));
        }
    }
}
