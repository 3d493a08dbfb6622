//! A model's labels file, and what each label means to Trapline. A label without a known
//! meaning is refused: guessing "animal" would be a silent error in every result.

mod species;

use std::collections::BTreeMap;

use common::Category;
use serde::Deserialize;

use crate::model::contract::ClassMeaning;

/// How a labels file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// One label on each line; the first line is class 0.
    #[default]
    OnePerLine,
    /// CSV rows `label,class`, with or without a header.
    NameIndexCsv,
    /// CSV rows `class,label`, with or without a header.
    IndexNameCsv,
}

/// What a manifest's table `[trapline.categories]` says about a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelMeaning {
    /// It counts as an animal.
    Animal,
    /// It counts as a person.
    Person,
    /// It counts as a vehicle.
    Vehicle,
    /// It counts as an animal, and the label is reported as its species.
    Species,
    /// It is left out on purpose.
    Ignored,
}

/// Why labels cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The file names no label at all.
    #[error("the labels file names no label")]
    NoLabels,
    /// More labels than a class number can count.
    #[error("the labels file names {0} labels; at most 65535 are possible")]
    TooMany(usize),
    /// A line that holds no label.
    #[error("line {line} of the labels file is not a label: '{text}'")]
    BadLine {
        /// Line number from 1.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// The classes of a CSV are not 0, 1, 2 … each once.
    #[error("the labels file has no label, or more than one, for class {0}")]
    BrokenNumbering(usize),
    /// A label whose meaning nobody stated.
    #[error(
        "the label '{label}' (class {class}) is not known: list it in [trapline.categories] \
         under animal, person, vehicle, species or ignored"
    )]
    UnknownMeaning {
        /// The label.
        label: String,
        /// Its class.
        class: usize,
    },
    /// A meaning for a label that the model does not have.
    #[error("[trapline.categories] speaks of '{0}', which is not in the labels file")]
    NoSuchLabel(String),
    /// Two meanings for one label.
    #[error("[trapline.categories] lists '{0}' more than once")]
    StatedTwice(String),
    /// Nothing that the model finds would be reported.
    #[error("every label of the model is ignored")]
    AllIgnored,
}

/// Reads a labels file; the result is in the order of the classes.
///
/// # Errors
/// When a line is not a label, or the classes of a CSV are not 0, 1, 2 … each once.
pub fn parse_labels(text: &str, format: LabelFormat) -> Result<Vec<String>, LabelError> {
    let text = text.trim_start_matches('\u{feff}').trim_end();
    let labels = match format {
        LabelFormat::OnePerLine => parse_lines(text)?,
        LabelFormat::NameIndexCsv => parse_csv(text, 1, 0)?,
        LabelFormat::IndexNameCsv => parse_csv(text, 0, 1)?,
    };
    match labels.len() {
        0 => Err(LabelError::NoLabels),
        count if count > usize::from(u16::MAX) => Err(LabelError::TooMany(count)),
        _ => Ok(labels),
    }
}

fn parse_lines(text: &str) -> Result<Vec<String>, LabelError> {
    let label = |(index, line): (usize, &str)| match line.trim() {
        "" => Err(LabelError::BadLine {
            line: index as u64 + 1,
            text: line.to_owned(),
        }),
        label => Ok(label.to_owned()),
    };
    text.lines().enumerate().map(label).collect()
}

fn parse_csv(text: &str, class_at: usize, label_at: usize) -> Result<Vec<String>, LabelError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut by_class: BTreeMap<usize, String> = BTreeMap::new();
    for (row, record) in reader.records().enumerate() {
        let line = row as u64 + 1;
        let record = record.map_err(|error| LabelError::BadLine {
            line,
            text: error.to_string(),
        })?;
        let class = record.get(class_at).and_then(|text| text.parse().ok());
        let label = record.get(label_at).filter(|label| !label.is_empty());
        match (class, label) {
            (Some(class), Some(label)) => {
                if by_class.insert(class, label.to_owned()).is_some() {
                    return Err(LabelError::BrokenNumbering(class));
                }
            }
            // The first row may be a header: it has words in both columns.
            (None, Some(_)) if row == 0 && record.len() > class_at => {}
            _ => {
                let text = record.iter().collect::<Vec<_>>().join(",");
                return Err(LabelError::BadLine { line, text });
            }
        }
    }
    match by_class
        .keys()
        .enumerate()
        .find(|(expected, class)| expected != *class)
    {
        Some((missing, _)) => Err(LabelError::BrokenNumbering(missing)),
        None => Ok(by_class.into_values().collect()),
    }
}

/// What each label means: by the manifest's own word first, then by the names every
/// camera-trap detector uses. With `species_direct`, every other label that names something is a
/// species, or people or a vehicle.
///
/// # Errors
/// When a label's meaning is not known, the manifest speaks of a label that is not there, or
/// nothing is left to report.
pub fn class_meanings(
    labels: &[String],
    species_direct: bool,
    stated: &BTreeMap<String, LabelMeaning>,
) -> Result<Vec<ClassMeaning>, LabelError> {
    if let Some(stray) = stated.keys().find(|stated| !labels.contains(stated)) {
        return Err(LabelError::NoSuchLabel(stray.clone()));
    }
    let meaning = |(class, label): (usize, &String)| {
        let known = stated.get(label).map(|meaning| stated_meaning(*meaning));
        known
            .or_else(|| well_known_meaning(label))
            .or_else(|| species::meaning_of(label).filter(|_| species_direct))
            .ok_or_else(|| LabelError::UnknownMeaning {
                label: label.clone(),
                class,
            })
    };
    let meanings: Vec<_> = labels
        .iter()
        .enumerate()
        .map(meaning)
        .collect::<Result<_, _>>()?;
    if meanings
        .iter()
        .all(|meaning| *meaning == ClassMeaning::Ignored)
    {
        return Err(LabelError::AllIgnored);
    }
    Ok(meanings)
}

const fn stated_meaning(meaning: LabelMeaning) -> ClassMeaning {
    match meaning {
        LabelMeaning::Animal => ClassMeaning::Category(Category::Animal),
        LabelMeaning::Person => ClassMeaning::Category(Category::Person),
        LabelMeaning::Vehicle => ClassMeaning::Category(Category::Vehicle),
        LabelMeaning::Species => ClassMeaning::Species(Category::Animal),
        LabelMeaning::Ignored => ClassMeaning::Ignored,
    }
}

fn well_known_meaning(label: &str) -> Option<ClassMeaning> {
    match label.to_ascii_lowercase().as_str() {
        "animal" => Some(ClassMeaning::Category(Category::Animal)),
        "person" | "human" => Some(ClassMeaning::Category(Category::Person)),
        "vehicle" => Some(ClassMeaning::Category(Category::Vehicle)),
        // Background classes say that nothing is there.
        "background" | "__background__" | "blank" | "empty" => Some(ClassMeaning::Ignored),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANIMAL: ClassMeaning = ClassMeaning::Category(Category::Animal);
    const PERSON: ClassMeaning = ClassMeaning::Category(Category::Person);
    const VEHICLE: ClassMeaning = ClassMeaning::Category(Category::Vehicle);

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn all_formats_give_labels_in_class_order() {
        let expected = labels(&["animal", "person", "vehicle"]);
        let lines = "\u{feff}animal\r\nperson\r\nvehicle\r\n\r\n";
        assert_eq!(
            parse_labels(lines, LabelFormat::OnePerLine).unwrap(),
            expected
        );
        let names_first = "name,index\nvehicle,2\nanimal,0\nperson,1\n";
        assert_eq!(
            parse_labels(names_first, LabelFormat::NameIndexCsv).unwrap(),
            expected
        );
        let classes_first = "1,person\n0,animal\n2,vehicle";
        assert_eq!(
            parse_labels(classes_first, LabelFormat::IndexNameCsv).unwrap(),
            expected
        );
    }

    #[test]
    fn a_label_may_hold_a_quoted_comma() {
        let parsed = parse_labels("0,\"deer, red\"\n", LabelFormat::IndexNameCsv).unwrap();
        assert_eq!(parsed, labels(&["deer, red"]));
    }

    #[test]
    fn gaps_twins_and_odd_lines_are_refused() {
        use LabelFormat::{IndexNameCsv, NameIndexCsv, OnePerLine};
        let cases = [
            ("", OnePerLine, LabelError::NoLabels),
            (
                "a\n\nb",
                OnePerLine,
                LabelError::BadLine {
                    line: 2,
                    text: String::new(),
                },
            ),
            ("0,a\n2,b", IndexNameCsv, LabelError::BrokenNumbering(1)),
            ("0,a\n0,b", IndexNameCsv, LabelError::BrokenNumbering(0)),
            (
                "a,0\nb,x",
                NameIndexCsv,
                LabelError::BadLine {
                    line: 2,
                    text: "b,x".to_owned(),
                },
            ),
            (
                "a",
                NameIndexCsv,
                LabelError::BadLine {
                    line: 1,
                    text: "a".to_owned(),
                },
            ),
            (
                "a,0\n,1",
                NameIndexCsv,
                LabelError::BadLine {
                    line: 2,
                    text: ",1".to_owned(),
                },
            ),
        ];
        for (text, format, expected) in cases {
            assert_eq!(parse_labels(text, format), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn detector_labels_are_known_without_a_word_in_the_manifest() {
        let found = class_meanings(
            &labels(&["animal", "Human", "vehicle"]),
            false,
            &BTreeMap::new(),
        );
        assert_eq!(found.unwrap(), [ANIMAL, PERSON, VEHICLE]);
    }

    #[test]
    fn an_unknown_label_is_refused_never_an_animal() {
        let error = class_meanings(&labels(&["animal", "bird"]), false, &BTreeMap::new());
        let expected = LabelError::UnknownMeaning {
            label: "bird".to_owned(),
            class: 1,
        };
        assert_eq!(error, Err(expected));
    }

    #[test]
    fn the_manifest_has_the_first_word() {
        let stated = BTreeMap::from([
            ("chair".to_owned(), LabelMeaning::Ignored),
            ("truck".to_owned(), LabelMeaning::Vehicle),
            ("animal".to_owned(), LabelMeaning::Species),
        ]);
        let found = class_meanings(&labels(&["truck", "chair", "animal"]), false, &stated).unwrap();
        assert_eq!(
            found,
            [
                VEHICLE,
                ClassMeaning::Ignored,
                ClassMeaning::Species(Category::Animal)
            ]
        );
    }

    #[test]
    fn a_statement_about_no_label_is_refused() {
        let stated = BTreeMap::from([("truk".to_owned(), LabelMeaning::Vehicle)]);
        let error = class_meanings(&labels(&["animal"]), false, &stated).unwrap_err();
        assert_eq!(error, LabelError::NoSuchLabel("truk".to_owned()));
    }

    #[test]
    fn a_model_that_ignores_everything_is_refused() {
        let error = class_meanings(&labels(&["background"]), false, &BTreeMap::new());
        assert_eq!(error, Err(LabelError::AllIgnored));
    }

    #[test]
    fn species_are_animals_unless_they_are_people_or_vehicles() {
        let names = labels(&[
            "red deer",
            "human (observer)",
            "Homo sapiens",
            "vehicle",
            "blank",
        ]);
        let found = class_meanings(&names, true, &BTreeMap::new()).unwrap();
        let deer = ClassMeaning::Species(Category::Animal);
        assert_eq!(
            found,
            [deer, PERSON, PERSON, VEHICLE, ClassMeaning::Ignored]
        );
    }

    proptest! {
        #[test]
        fn both_csv_orders_say_the_same(names in proptest::collection::vec("[a-z]{1,8}", 1..20)) {
            let rows = |row: &dyn Fn(usize, &str) -> String| {
                names.iter().enumerate().map(|(i, n)| row(i, n)).collect::<Vec<_>>().join("\n")
            };
            let names_first = rows(&|class, name| format!("{name},{class}"));
            let classes_first = rows(&|class, name| format!("{class},{name}"));
            prop_assert_eq!(&parse_labels(&names_first, LabelFormat::NameIndexCsv).unwrap(), &names);
            prop_assert_eq!(&parse_labels(&classes_first, LabelFormat::IndexNameCsv).unwrap(), &names);
        }

        #[test]
        fn every_label_has_exactly_one_meaning(names in proptest::collection::vec("[a-z ]{1,8}", 1..20)) {
            if let Ok(found) = class_meanings(&names, true, &BTreeMap::new()) {
                prop_assert_eq!(found.len(), names.len());
            }
        }
    }
}
