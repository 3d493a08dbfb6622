//! What the labels of a model mean that names species directly.

use common::Category;

use crate::model::contract::ClassMeaning;

/// Words that make a label one of people, whatever stands beside them.
const PEOPLE: [&str; 44] = [
    "person",
    "persons",
    "people",
    "human",
    "humans",
    "homo",
    "man",
    "men",
    "woman",
    "women",
    "child",
    "children",
    "boy",
    "girl",
    "adult",
    "hunter",
    "hunters",
    "poacher",
    "poachers",
    "hiker",
    "hikers",
    "walker",
    "walkers",
    "jogger",
    "joggers",
    "cyclist",
    "cyclists",
    "biker",
    "bikers",
    "motorcyclist",
    "motorcyclists",
    "pedestrian",
    "pedestrians",
    "rider",
    "riders",
    "skier",
    "skiers",
    "tourist",
    "tourists",
    "farmer",
    "herder",
    "shepherd",
    "fisherman",
    "observer",
];

/// Words that make a label one of vehicles, where none names people.
const VEHICLES: [&str; 30] = [
    "vehicle",
    "vehicles",
    "car",
    "cars",
    "truck",
    "trucks",
    "lorry",
    "van",
    "bus",
    "jeep",
    "suv",
    "pickup",
    "tractor",
    "tractors",
    "trailer",
    "motorcycle",
    "motorcycles",
    "motorbike",
    "motorbikes",
    "bicycle",
    "bicycles",
    "bike",
    "bikes",
    "atv",
    "utv",
    "quad",
    "quadbike",
    "snowmobile",
    "automobile",
    "wagon",
];

/// Words that name nothing. With another one beside them they do: `unknown bird`.
const EMPTY_WORDS: [&str; 19] = [
    "unknown",
    "unidentified",
    "unidentifiable",
    "undefined",
    "unclassified",
    "unlabeled",
    "unlabelled",
    "unsure",
    "uncertain",
    "other",
    "others",
    "misc",
    "miscellaneous",
    "object",
    "objects",
    "thing",
    "things",
    "class",
    "species",
];

/// The meaning of a label such as `red deer`, `human observer` or `vehicle (car)`: people and
/// vehicles are told by their English words, everything else that a label names is a species.
/// `None` for a label that names nothing.
pub(super) fn meaning_of(label: &str) -> Option<ClassMeaning> {
    let label = label.to_lowercase();
    let words: Vec<&str> = label
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let has_any = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if has_any(&PEOPLE) {
        Some(ClassMeaning::Category(Category::Person))
    } else if has_any(&VEHICLES) {
        Some(ClassMeaning::Category(Category::Vehicle))
    } else if words.iter().all(|word| EMPTY_WORDS.contains(word)) {
        None
    } else {
        Some(ClassMeaning::Species(Category::Animal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_and_nothing_that_drives_becomes_an_animal() {
        for label in [
            "hunter",
            "Human",
            "hiker",
            "cyclist",
            "dog walker",
            "human_observer",
            "Homo sapiens",
            "person (hunter)",
            "motorcyclist",
            "horse-rider",
        ] {
            let person = ClassMeaning::Category(Category::Person);
            assert_eq!(meaning_of(label), Some(person), "{label}");
        }
        for label in [
            "car",
            "Vehicle (car)",
            "pickup truck",
            "motorcycle",
            "quad bike",
            "ATV",
        ] {
            let vehicle = ClassMeaning::Category(Category::Vehicle);
            assert_eq!(meaning_of(label), Some(vehicle), "{label}");
        }
    }

    #[test]
    fn species_stay_species_even_where_a_word_begins_alike() {
        for label in [
            "red deer",
            "maned wolf",
            "caracal",
            "fisher",
            "boat-tailed grackle",
            "roadrunner",
            "mandrill",
            "unknown bird",
            "other mammal",
            "Rotfuchs",
            "狸",
        ] {
            let species = ClassMeaning::Species(Category::Animal);
            assert_eq!(meaning_of(label), Some(species), "{label}");
        }
    }

    #[test]
    fn a_label_that_names_nothing_has_no_meaning() {
        for label in [
            "unknown",
            "other",
            "Unidentified object",
            "class_12",
            "7",
            "-",
        ] {
            assert_eq!(meaning_of(label), None, "{label}");
        }
    }
}
