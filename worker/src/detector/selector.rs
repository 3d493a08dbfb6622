//! From a model's candidates to an image's detections.

use common::{BBox, Confidence, Detection};

use crate::{
    detector::candidate::Candidate,
    letterbox::{Letterbox, SourceBox},
    model::contract::{ClassMeaning, Contract, Nms},
    nms,
};

/// Drops what the contract ignores, removes overlaps, and puts boxes into the source image.
#[derive(Clone, Debug)]
pub struct Selector {
    nms: Option<Nms>,
    max_detections: usize,
    whole_pixels: bool,
    classes: Vec<ClassMeaning>,
    /// For each class, the first one of the same meaning.
    stands_for: Vec<u16>,
}

impl Selector {
    /// A selector for models of this contract.
    #[must_use]
    pub fn new(contract: &Contract) -> Self {
        Self {
            nms: contract.output.nms,
            max_detections: contract.output.max_detections,
            whole_pixels: contract.output.whole_pixels,
            classes: contract.classes.clone(),
            stands_for: (0..)
                .zip(&contract.classes)
                .map(|(own, meaning)| first_like(own, *meaning, contract))
                .collect(),
        }
    }

    /// The detections of one image, in [`Detection::output_order`].
    ///
    /// Ignored classes go first: a chair must neither suppress the animal on it nor use up the
    /// number of detections. Classes that only stand for a category count as one class from here
    /// on, or a general model's dog that may also be a bear would be counted as two animals. What
    /// has no area inside the image goes last.
    #[must_use]
    pub fn select(&self, mut candidates: Vec<Candidate>, letterbox: &Letterbox) -> Vec<Detection> {
        candidates.retain(|candidate| self.meaning(candidate) != ClassMeaning::Ignored);
        for candidate in &mut candidates {
            if let Some(class) = self.stands_for.get(usize::from(candidate.class)) {
                candidate.class = *class;
            }
        }
        let kept = match self.nms {
            Some(rule) => nms::suppress(candidates, rule, self.max_detections),
            None => {
                candidates.sort_unstable_by(Candidate::rank);
                candidates.truncate(self.max_detections);
                candidates
            }
        };
        let detections = kept
            .iter()
            .filter_map(|candidate| self.detection(candidate, letterbox));
        let mut detections: Vec<Detection> = detections.collect();
        detections.sort_by(Detection::output_order);
        detections
    }

    /// What a candidate's class means. The heads let no class without a label through.
    fn meaning(&self, candidate: &Candidate) -> ClassMeaning {
        self.classes
            .get(usize::from(candidate.class))
            .copied()
            .unwrap_or(ClassMeaning::Ignored)
    }

    fn detection(&self, candidate: &Candidate, letterbox: &Letterbox) -> Option<Detection> {
        let (category, class) = match self.meaning(candidate) {
            ClassMeaning::Category(category) => (category, None),
            ClassMeaning::Species(category) => (category, Some(candidate.class)),
            ClassMeaning::Ignored => return None,
        };
        let confidence = Confidence::from_score(candidate.score)?;
        let bbox = self.bbox(letterbox.to_source(candidate.canvas_box), letterbox)?;
        let is_kept = confidence >= Confidence::FLOOR && !bbox.is_degenerate();
        is_kept.then_some(Detection {
            category,
            confidence,
            bbox,
            class,
        })
    }

    /// Cuts a box to the image, then rounds as the reference program does (halves to even).
    fn bbox(&self, source_box: SourceBox, letterbox: &Letterbox) -> Option<BBox> {
        let relative = |edge: f32, side: u32| {
            let side = f64::from(side.max(1));
            let edge = f64::from(edge).clamp(0.0, side);
            (if self.whole_pixels {
                edge.round_ties_even()
            } else {
                edge
            }) / side
        };
        let (width, height) = (letterbox.source_width, letterbox.source_height);
        BBox::from_corners(
            relative(source_box.x1, width),
            relative(source_box.y1, height),
            relative(source_box.x2, width),
            relative(source_box.y2, height),
        )
    }
}

/// The first class that means the same category; a species only means itself.
fn first_like(own: u16, meaning: ClassMeaning, contract: &Contract) -> u16 {
    let ClassMeaning::Category(_) = meaning else {
        return own;
    };
    let same = (0..)
        .zip(&contract.classes)
        .find(|(_, other)| **other == meaning);
    same.map_or(own, |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use common::Category;

    use super::*;
    use crate::{
        letterbox::CanvasBox,
        model::contract::{
            ChannelOrder, Fit, InputRule, Interpolation, Normalization, OutputLayout, OutputRule,
        },
    };

    fn contract(nms: Option<Nms>) -> Contract {
        Contract {
            input: InputRule {
                width: 100,
                height: 100,
                fit: Fit::Stretch,
                channels: ChannelOrder::Rgb,
                normalization: Normalization::Unit,
                pad_value: 0.0,
                interpolation: Interpolation::Bilinear,
            },
            output: OutputRule {
                layout: OutputLayout::Yolov5,
                nms,
                max_detections: 3,
                whole_pixels: false,
            },
            classes: vec![
                ClassMeaning::Category(Category::Animal),
                ClassMeaning::Category(Category::Person),
                ClassMeaning::Ignored,
                ClassMeaning::Species(Category::Animal),
            ],
        }
    }

    fn candidate(class: u16, score: f32, [x1, y1, x2, y2]: [f32; 4]) -> Candidate {
        Candidate {
            class,
            score,
            canvas_box: CanvasBox { x1, y1, x2, y2 },
        }
    }

    fn select(contract: &Contract, candidates: Vec<Candidate>) -> Vec<Detection> {
        let letterbox = Letterbox::fit(200, 100, &contract.input);
        Selector::new(contract).select(candidates, &letterbox)
    }

    const AGNOSTIC: Option<Nms> = Some(Nms {
        iou_threshold: 0.45,
        per_class: false,
    });

    #[test]
    fn an_ignored_class_neither_shows_nor_suppresses() {
        let place = [10.0, 10.0, 20.0, 20.0];
        let found = select(
            &contract(AGNOSTIC),
            vec![candidate(2, 0.9, place), candidate(0, 0.5, place)],
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].category, Category::Animal);
        assert_eq!(found[0].bbox.values(), [0.1, 0.1, 0.1, 0.1]);
    }

    #[test]
    fn only_species_carry_their_class() {
        let candidates = vec![
            candidate(3, 0.9, [0.0, 0.0, 9.0, 9.0]),
            candidate(1, 0.8, [50.0, 0.0, 60.0, 9.0]),
        ];
        let found = select(&contract(AGNOSTIC), candidates);
        assert_eq!(
            found.iter().map(|d| d.class).collect::<Vec<_>>(),
            [Some(3), None]
        );
        assert_eq!(found[0].category, Category::Animal);
    }

    #[test]
    fn without_nms_overlaps_stay_but_the_number_is_kept() {
        let place = [10.0, 10.0, 20.0, 20.0];
        let four = [0.2, 0.875, 0.5, 0.75].map(|score| candidate(0, score, place));
        let found = select(&contract(None), four.to_vec());
        let confidences: Vec<f64> = found.iter().map(|d| d.confidence.value()).collect();
        assert_eq!(confidences, [0.875, 0.75, 0.5]);
    }

    #[test]
    fn two_classes_of_one_category_are_one_animal_but_two_species_stay() {
        const PER_CLASS: Option<Nms> = Some(Nms {
            iou_threshold: 0.45,
            per_class: true,
        });
        let place = [10.0, 10.0, 20.0, 20.0];
        let mut dogs_and_bears = contract(PER_CLASS);
        dogs_and_bears.classes = vec![ClassMeaning::Category(Category::Animal); 2];
        let both = vec![candidate(0, 0.5, place), candidate(1, 0.75, place)];
        let found = select(&dogs_and_bears, both.clone());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].confidence.value(), 0.75);
        dogs_and_bears.classes = vec![ClassMeaning::Species(Category::Animal); 2];
        assert_eq!(select(&dogs_and_bears, both).len(), 2);
    }

    #[test]
    fn boxes_are_cut_to_the_image_and_those_outside_go() {
        let candidates = vec![
            candidate(0, 0.9, [-10.0, 50.0, 20.0, 150.0]),
            candidate(0, 0.8, [110.0, 0.0, 120.0, 10.0]),
        ];
        let found = select(&contract(None), candidates);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bbox.values(), [0.0, 0.5, 0.2, 0.5]);
    }

    #[test]
    fn whole_pixels_are_those_of_the_source_with_halves_to_even() {
        let mut contract = contract(None);
        contract.output.whole_pixels = true;
        // The source is 200 × 100: x in the canvas is doubled. 10.25 → 20.5 → 20; 20.75 → 41.5 → 42.
        let found = select(
            &contract,
            vec![candidate(0, 0.9, [10.25, 10.4, 20.75, 20.6])],
        );
        assert_eq!(found[0].bbox.values(), [0.1, 0.1, 0.11, 0.11]);
    }
}
