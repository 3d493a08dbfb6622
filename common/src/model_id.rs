//! The id of a model, which is also the name of its folder.

use serde::{Deserialize, Serialize};

/// A model's id: letters, digits, `.`, `_` and `-`, not starting with a dot, at most 100 bytes.
/// Joining it to a folder therefore names a visible folder directly below.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelId(String);

/// A text that cannot be a model id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a model id: up to 100 letters, digits, '.', '_' and '-', and no dot in front"
)]
pub struct InvalidModelId(pub String);

impl ModelId {
    /// The longest id in bytes.
    const LONGEST: usize = 100;

    /// Reads an id.
    ///
    /// # Errors
    /// When the text has other characters, starts with a dot, is blank or too long.
    pub fn parse(text: &str) -> Result<Self, InvalidModelId> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let fits = !text.is_empty() && text.len() <= Self::LONGEST;
        if !fits || text.starts_with('.') || !text.chars().all(allowed) {
            return Err(InvalidModelId(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ModelId {
    type Err = InvalidModelId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ModelId {
    type Error = InvalidModelId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ModelId> for String {
    fn from(id: ModelId) -> Self {
        id.0
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_the_zoo_are_ids() {
        for id in ["yolox-nano", "MDV6-apa-rtdetr-c", "MD1000-redwood", "a.b_c"] {
            assert_eq!(ModelId::parse(id).unwrap().as_str(), id);
        }
    }

    #[test]
    fn paths_are_not_ids() {
        for text in ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "ä", "a\0"] {
            assert_eq!(ModelId::parse(text), Err(InvalidModelId(text.to_owned())));
        }
        assert!(ModelId::parse(&"x".repeat(101)).is_err());
    }

    proptest! {
        #[test]
        fn an_id_is_one_plain_path_component(text in "[ -~]{0,12}") {
            if let Ok(id) = ModelId::parse(&text) {
                let parts: Vec<_> = Path::new(id.as_str()).components().collect();
                prop_assert_eq!(parts, vec![Component::Normal(id.as_str().as_ref())]);
            }
        }
    }
}
