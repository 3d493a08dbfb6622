//! Greedy non-maximum suppression.

use crate::{detector::candidate::Candidate, letterbox::CanvasBox, model::contract::Nms};

/// Most candidates that are compared with each other; the best are taken. MegaDetector's cap.
/// Together with `limit` of [`suppress`] it bounds the work at 30,000 × `limit` comparisons,
/// however many boxes a model proposes.
pub const MOST_CANDIDATES: usize = 30_000;

/// Keeps the best candidate, drops all that overlap it by more than the threshold, and so on
/// with those left, until `limit` are kept. Gives them best first ([`Candidate::rank`]); equal
/// candidates in any order give the same result.
#[must_use]
pub fn suppress(mut candidates: Vec<Candidate>, rule: Nms, limit: usize) -> Vec<Candidate> {
    if candidates.len() > MOST_CANDIDATES {
        candidates.select_nth_unstable_by(MOST_CANDIDATES, Candidate::rank);
        candidates.truncate(MOST_CANDIDATES);
    }
    candidates.sort_unstable_by(Candidate::rank);
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.len() == limit {
            break;
        }
        if !kept
            .iter()
            .any(|better| suppresses(better, &candidate, rule))
        {
            kept.push(candidate);
        }
    }
    kept
}

fn suppresses(better: &Candidate, other: &Candidate, rule: Nms) -> bool {
    if rule.per_class && better.class != other.class {
        return false;
    }
    let overlap = overlap(better.canvas_box, other.canvas_box);
    let union = area(better.canvas_box) + area(other.canvas_box) - overlap;
    // Not a division: two boxes without area share nothing.
    overlap > rule.iou_threshold * union
}

/// Shared area in square pixels. Each side is cut off at 0 by itself, or two boxes that are
/// apart in both directions would share the product of two negative lengths.
fn overlap(a: CanvasBox, b: CanvasBox) -> f32 {
    let width = (a.x2.min(b.x2) - a.x1.max(b.x1)).max(0.0);
    let height = (a.y2.min(b.y2) - a.y1.max(b.y1)).max(0.0);
    width * height
}

fn area(canvas_box: CanvasBox) -> f32 {
    (canvas_box.x2 - canvas_box.x1).max(0.0) * (canvas_box.y2 - canvas_box.y1).max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_LIMIT: usize = usize::MAX;

    fn candidate(class: u16, score: f32, [x1, y1, x2, y2]: [f32; 4]) -> Candidate {
        Candidate {
            class,
            score,
            canvas_box: CanvasBox { x1, y1, x2, y2 },
        }
    }

    fn rule(iou_threshold: f32, per_class: bool) -> Nms {
        Nms {
            iou_threshold,
            per_class,
        }
    }

    #[test]
    fn the_weaker_of_two_overlapping_boxes_goes() {
        // 10 × 10 against 10 × 10 shifted by 2: 80 / 120 = 0.667.
        let better = candidate(0, 0.9, [0.0, 0.0, 10.0, 10.0]);
        let weaker = candidate(0, 0.8, [2.0, 0.0, 12.0, 10.0]);
        assert_eq!(
            suppress(vec![weaker, better], rule(0.45, true), NO_LIMIT),
            [better]
        );
        assert_eq!(
            suppress(vec![weaker, better], rule(0.67, true), NO_LIMIT),
            [better, weaker]
        );
    }

    #[test]
    fn an_overlap_of_exactly_the_threshold_stays() {
        // 50 / (100 + 50 - 50) = 0.5
        let better = candidate(0, 0.9, [0.0, 0.0, 10.0, 10.0]);
        let half = candidate(0, 0.8, [0.0, 0.0, 10.0, 5.0]);
        assert_eq!(
            suppress(vec![better, half], rule(0.5, true), NO_LIMIT).len(),
            2
        );
        assert_eq!(
            suppress(vec![better, half], rule(0.499, true), NO_LIMIT).len(),
            1
        );
    }

    #[test]
    fn classes_suppress_each_other_only_when_told_to() {
        let animal = candidate(0, 0.9, [0.0, 0.0, 10.0, 10.0]);
        let person = candidate(1, 0.8, [0.0, 0.0, 10.0, 10.0]);
        assert_eq!(
            suppress(vec![animal, person], rule(0.45, true), NO_LIMIT).len(),
            2
        );
        assert_eq!(
            suppress(vec![animal, person], rule(0.45, false), NO_LIMIT),
            [animal]
        );
    }

    #[test]
    fn boxes_apart_in_both_directions_share_nothing() {
        let a = candidate(0, 0.9, [0.0, 0.0, 1.0, 1.0]);
        let b = candidate(0, 0.8, [1000.0, 1000.0, 1001.0, 1001.0]);
        assert_eq!(suppress(vec![a, b], rule(0.1, true), NO_LIMIT).len(), 2);
    }

    #[test]
    fn a_hundred_thousand_candidates_are_cut_to_the_best() {
        // A grid of boxes that do not touch, so that nothing is suppressed.
        let many = (0..100_000u32).map(|i| {
            let (x, y) = ((i % 400) as f32 * 10.0, (i / 400) as f32 * 10.0);
            candidate(0, i as f32 / 100_000.0, [x, y, x + 5.0, y + 5.0])
        });
        let kept = suppress(many.collect(), rule(0.45, true), 300);
        assert_eq!(kept.len(), 300);
        assert_eq!(kept[0].score, 99_999.0 / 100_000.0);
        assert_eq!(kept[299].score, 99_700.0 / 100_000.0);
    }

    fn any_candidate() -> impl Strategy<Value = Candidate> {
        // Few places and scores, so that overlaps and ties are frequent.
        (0u16..3, 1u8..20, 0u8..8, 0u8..8, 0u8..6, 0u8..6).prop_map(|(class, score, x, y, w, h)| {
            let [x, y, w, h] = [x, y, w, h].map(f32::from);
            candidate(class, f32::from(score) / 20.0, [x, y, x + w, y + h])
        })
    }

    fn any_rule() -> impl Strategy<Value = Nms> {
        (0.0f32..1.0, any::<bool>()).prop_map(|(iou, per_class)| rule(iou, per_class))
    }

    fn candidates_and_shuffled() -> impl Strategy<Value = (Vec<Candidate>, Vec<Candidate>)> {
        prop::collection::vec(any_candidate(), 0..60)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    }

    proptest! {
        #[test]
        fn the_order_of_the_candidates_does_not_matter(
            (all, shuffled) in candidates_and_shuffled(), rule in any_rule(), limit in 0usize..60,
        ) {
            prop_assert_eq!(suppress(all, rule, limit), suppress(shuffled, rule, limit));
        }

        #[test]
        fn what_is_kept_was_there_and_stays_when_done_again(
            all in prop::collection::vec(any_candidate(), 0..60), rule in any_rule(),
        ) {
            let kept = suppress(all.clone(), rule, NO_LIMIT);
            prop_assert!(kept.iter().all(|one| all.contains(one)));
            prop_assert!(kept.is_sorted_by(|a, b| a.rank(b).is_le()));
            prop_assert_eq!(suppress(kept.clone(), rule, NO_LIMIT), kept);
        }

        #[test]
        fn whatever_is_dropped_overlaps_something_better_that_is_kept(
            all in prop::collection::vec(any_candidate(), 0..60), rule in any_rule(),
        ) {
            let kept = suppress(all.clone(), rule, NO_LIMIT);
            for gone in all.iter().filter(|one| !kept.contains(one)) {
                let reason = kept.iter().find(|better| suppresses(better, gone, rule));
                prop_assert!(reason.is_some_and(|better| better.rank(gone).is_le()), "{gone:?}");
            }
            for (i, a) in kept.iter().enumerate() {
                prop_assert!(kept.iter().skip(i + 1).all(|b| !suppresses(a, b, rule)));
            }
        }

        #[test]
        fn a_limit_keeps_the_best_of_what_would_be_kept(
            all in prop::collection::vec(any_candidate(), 0..60), rule in any_rule(), limit in 0usize..10,
        ) {
            let mut everything = suppress(all.clone(), rule, NO_LIMIT);
            everything.truncate(limit);
            prop_assert_eq!(suppress(all, rule, limit), everything);
        }
    }
}
