//! Saying who is made unrecognisable in a picture, so that nobody takes it for a bad picture.

use common::{
    Label,
    gallery::{Row, Sighting},
    hiding::Hiding,
};

use crate::{results::Visit, units};

/// Most detections that are named one by one.
const NAMED: usize = 3;

/// Who is hidden in a picture, in a sentence; `None` when nobody is.
pub(crate) fn hidden(visit: &Visit, row: &Row) -> Option<String> {
    let threshold = visit.snapshot.album.gallery.threshold();
    let hiding = Hiding::new(&visit.file.options.blur, threshold);
    sentence(&row.sightings, hiding)
}

/// What becomes of a picture on which somebody saw what is to be hidden, where the model saw nobody;
/// `None` when that is not so.
pub(crate) fn reported(visit: &Visit, number: u32) -> Option<&'static str> {
    let label = visit.snapshot.correction_of(number)?.label?;
    let blurred = &visit.file.options.blur;
    let is_hidden = blurred
        .iter()
        .any(|category| Label::from(Some(*category)) == label);
    is_hidden.then_some(
        "You said that somebody is here whom the model did not see. The next package that is made has no copy of this picture; here it stays as it is.",
    )
}

fn sentence(sightings: &[Sighting], hiding: Hiding<'_>) -> Option<String> {
    let is_hidden = |found: &&Sighting| hiding.covers(found.category, found.confidence());
    let hidden: Vec<&Sighting> = sightings.iter().filter(is_hidden).collect();
    if hidden.is_empty() {
        return None;
    }
    let name =
        |found: &&Sighting| format!("{} {}", found.category.name(), found.confidence().value());
    let mut names: Vec<String> = hidden.iter().take(NAMED).map(name).collect();
    if let more @ 1.. = hidden.len().saturating_sub(NAMED) {
        names.push(format!("{} more", units::count(more as u64)));
    }
    Some(format!(
        "Made unrecognisable on purpose, as this job was asked to: {}.",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use common::{BBox, Category, Confidence, Detection, Threshold};

    use super::*;

    fn said(found: &[(Category, f32)]) -> Option<String> {
        let sighting = |(category, score): &(Category, f32)| {
            Sighting::of(&Detection {
                category: *category,
                confidence: Confidence::from_score(score + 1e-6).unwrap(),
                bbox: BBox::from_corners(0.1, 0.1, 0.5, 0.5).unwrap(),
                class: None,
            })
        };
        let sightings: Vec<Sighting> = found.iter().map(sighting).collect();
        let threshold = Threshold::new(0.3).unwrap();
        sentence(&sightings, Hiding::new(&[Category::Person], threshold))
    }

    #[test]
    fn those_who_are_hidden_are_named_and_many_are_counted() {
        let person = |score| (Category::Person, score);
        assert_eq!(said(&[(Category::Animal, 0.9), person(0.09)]), None);
        assert_eq!(
            said(&[(Category::Animal, 0.9), person(0.274)]).unwrap(),
            "Made unrecognisable on purpose, as this job was asked to: person 0.274."
        );
        let crowd = [
            person(0.9),
            person(0.8),
            person(0.7),
            person(0.6),
            person(0.05),
        ];
        assert_eq!(
            said(&crowd).unwrap(),
            "Made unrecognisable on purpose, as this job was asked to: person 0.9, person 0.8, person 0.7, 1 more."
        );
    }
}
