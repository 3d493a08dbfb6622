//! One hostile or odd file: its entry in an archive, and what must become of it.

use crate::support::raw_zip::RawEntry;

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is processed.
    Image,
    /// It is processed as far as it goes, and marked.
    Truncated,
    /// It fails with this code.
    Failed(&'static str),
    /// It is skipped with this code.
    Skipped(&'static str),
}

/// A file and its fate.
pub(super) struct Case {
    pub(super) entry: RawEntry,
    /// Its path in the results.
    pub(super) path: String,
    pub(super) fate: Fate,
}

/// An entry that is processed, under its own name.
pub(super) fn image(name: &str, bytes: &[u8]) -> Case {
    named(name.as_bytes(), name, bytes)
}

/// An entry that is processed, under another name.
pub(super) fn named(name: &[u8], path: &str, bytes: &[u8]) -> Case {
    Case {
        entry: RawEntry::deflated(name, bytes),
        path: path.to_owned(),
        fate: Fate::Image,
    }
}

/// An entry whose picture is cut.
pub(super) fn truncated(name: &str, bytes: &[u8]) -> Case {
    let fate = Fate::Truncated;
    Case {
        fate,
        ..image(name, bytes)
    }
}

/// An entry that fails.
pub(super) fn failed(name: &str, code: &'static str, bytes: &[u8]) -> Case {
    let fate = Fate::Failed(code);
    Case {
        fate,
        ..image(name, bytes)
    }
}

/// An entry that is skipped.
pub(super) fn skipped(name: &str, code: &'static str, bytes: &[u8]) -> Case {
    let fate = Fate::Skipped(code);
    Case {
        fate,
        ..image(name, bytes)
    }
}

impl Case {
    /// The same with a change to its headers.
    pub(super) fn with(mut self, change: impl FnOnce(&mut RawEntry)) -> Self {
        self.entry = self.entry.with(change);
        self
    }

    /// The same, not deflated.
    pub(super) fn stored(mut self, bytes: &[u8]) -> Self {
        self.entry = RawEntry::stored(&self.entry.name, bytes);
        self
    }
}
