//! What an image shows, in one word.

use serde::{Deserialize, Serialize};

use crate::category::Category;

/// What an image shows as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// An animal, and perhaps other things too.
    Animal,
    /// A person, but no animal.
    Person,
    /// A vehicle alone.
    Vehicle,
    /// None of them.
    Blank,
}

impl Label {
    /// Every label.
    pub const ALL: [Self; 4] = [Self::Animal, Self::Person, Self::Vehicle, Self::Blank];

    /// The name in tables and addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Animal => "animal",
            Self::Person => "person",
            Self::Vehicle => "vehicle",
            Self::Blank => "blank",
        }
    }
}

impl From<Option<Category>> for Label {
    fn from(category: Option<Category>) -> Self {
        match category {
            Some(Category::Animal) => Self::Animal,
            Some(Category::Person) => Self::Person,
            Some(Category::Vehicle) => Self::Vehicle,
            None => Self::Blank,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_has_the_label_of_its_leading_category() {
        use Category::{Animal, Person, Vehicle};
        for (categories, label) in [
            (&[Vehicle, Person, Animal, Person][..], Label::Animal),
            (&[Vehicle, Person], Label::Person),
            (&[Vehicle, Vehicle], Label::Vehicle),
            (&[], Label::Blank),
        ] {
            let leading = Category::leading(categories.iter().copied());
            assert_eq!(Label::from(leading), label, "{categories:?}");
        }
    }
}
