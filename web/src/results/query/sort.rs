//! The order of a list.

use std::{fmt, str::FromStr};

/// What a list is ordered by, and which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sort {
    /// By what.
    pub(crate) key: SortKey,
    /// The other way round: Z first, the newest first, the surest first.
    pub(crate) is_descending: bool,
}

/// What a list can be ordered by. Files that have no such thing come last, either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SortKey {
    /// The place in the upload.
    #[default]
    Path,
    /// The camera's clock.
    Time,
    /// The confidence of the surest detection.
    Confidence,
    /// The camera's folder, and in it the time.
    Camera,
}

impl SortKey {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Path, Self::Time, Self::Confidence, Self::Camera];

    const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Time => "time",
            Self::Confidence => "confidence",
            Self::Camera => "camera",
        }
    }
}

impl Sort {
    /// All of them, in the order of the page.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let both = |key| [false, true].map(|is_descending| Self { key, is_descending });
        SortKey::ALL.into_iter().flat_map(both)
    }

    /// Its name on the page.
    pub(crate) const fn label(self) -> &'static str {
        match (self.key, self.is_descending) {
            (SortKey::Path, false) => "file name, A to Z",
            (SortKey::Path, true) => "file name, Z to A",
            (SortKey::Time, false) => "time, oldest first",
            (SortKey::Time, true) => "time, newest first",
            (SortKey::Confidence, false) => "confidence, lowest first",
            (SortKey::Confidence, true) => "confidence, highest first",
            (SortKey::Camera, false) => "camera, A to Z",
            (SortKey::Camera, true) => "camera, Z to A",
        }
    }
}

/// Its name in addresses.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_descending { "-" } else { "" };
        write!(f, "{sign}{}", self.key.name())
    }
}

/// A text that names no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoOrder;

impl FromStr for Sort {
    type Err = NoOrder;

    fn from_str(text: &str) -> Result<Self, NoOrder> {
        let name = text.strip_prefix('-').unwrap_or(text);
        let key = SortKey::ALL.into_iter().find(|key| key.name() == name);
        Ok(Self {
            key: key.ok_or(NoOrder)?,
            is_descending: text.starts_with('-'),
        })
    }
}
