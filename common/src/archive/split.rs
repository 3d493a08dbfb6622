//! Parts of archives that were split.
//!
//! Two ways are common. 7-Zip, HJSplit and `split` cut a finished file in pieces (`card.zip.001`,
//! `card.zip.002`); Info-ZIP, WinZip and WinRAR write sets of a zip's own kind (`card.z01`,
//! `card.z02`, at last `card.zip`; APPNOTE 8). Most parts hold nothing that tells what they are,
//! so their names must.

/// How an archive was split, which says how it is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitKind {
    /// Cut in pieces that only need to be put together.
    Cut,
    /// A set of which each part knows its place.
    Set,
}

impl SplitKind {
    /// How its parts are joined.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Cut => {
                "join the parts first, by 'copy /b card.zip.001+card.zip.002 card.zip' on Windows \
                 or 'cat card.zip.0* > card.zip' on macOS and Linux, or unpack the first part \
                 with 7-Zip and pack the pictures in one zip"
            }
            Self::Set => {
                "join the parts first, by 'zip -s 0 card.zip --out whole.zip' where all of them \
                 are, or unpack card.zip with 7-Zip there and pack the pictures in one zip"
            }
        }
    }

    /// The kind of part that a file is by its name, if it surely is one: `card.zip.001`,
    /// `card.7z.002`, `card.z01`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (stem, extension) = name.rsplit_once('.')?;
        let is_cut = is_number(extension, 3..=3)
            && [".zip", ".7z", ".rar", ".tar"]
                .iter()
                .any(|kind| stem.ends_with(kind));
        let is_of_set = extension
            .strip_prefix('z')
            .is_some_and(|number| is_number(number, 2..=3));
        match (is_cut, is_of_set) {
            (true, _) => Some(Self::Cut),
            (_, true) => Some(Self::Set),
            (false, false) => None,
        }
    }

    /// The kind of part that a file is which is neither an image nor a whole archive: also
    /// `card.002`, unless its first bytes are text.
    #[must_use]
    pub fn of_remainder(name: &str, first_bytes: &[u8]) -> Option<Self> {
        let is_numbered = || {
            let extension = name.rsplit_once('.').map(|(_, extension)| extension);
            extension.is_some_and(|extension| is_number(extension, 3..=3))
        };
        Self::of_name(name)
            .or_else(|| (is_numbered() && is_binary(first_bytes)).then_some(Self::Cut))
    }
}

fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether bytes hold what text does not: control characters other than line ends and tabs.
fn is_binary(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ArchiveError;
    use crate::archive::sample::{Sample, SampleEntry, open};

    #[test]
    fn names_tell_parts() {
        for name in ["a.zip.001", "A.ZIP.017", "a.7z.002", "a b.tar.003"] {
            assert_eq!(SplitKind::of_name(name), Some(SplitKind::Cut), "{name}");
        }
        for name in ["a.z01", "a.Z99", "a.b.z100"] {
            assert_eq!(SplitKind::of_name(name), Some(SplitKind::Set), "{name}");
        }
        for name in [
            "a.zip", "a.001", "zip.001", "a.zip.01", "a.z1", "a.zoo", "001", "",
        ] {
            assert_eq!(SplitKind::of_name(name), None, "{name}");
        }
        assert_eq!(
            SplitKind::of_remainder("a.002", b"\xf1\x02\x17"),
            Some(SplitKind::Cut)
        );
        assert_eq!(
            SplitKind::of_remainder("log.002", b"a line\r\n\tof text"),
            None
        );
        assert_eq!(SplitKind::of_remainder("a.dat", b"\0"), None);
    }

    /// The parts of an archive that was cut in pieces of so many bytes.
    fn parts(piece: usize) -> Vec<Vec<u8>> {
        let entries = (0..9).map(|n| SampleEntry::stored(format!("{n}.jpg"), &[n; 1000]));
        let whole = Sample::new(entries).bytes();
        whole.chunks(piece).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn whichever_part_is_handed_in_is_told_to_be_one() {
        for piece in [2000, 5000, 8800, 9500] {
            for (number, part) in (1..).zip(parts(piece)) {
                for name in [format!("card.zip.{number:03}"), format!("card.{number:03}")] {
                    let refused = open(&part).err().unwrap().in_file(&name);
                    let text = refused.to_string();
                    assert!(
                        text.starts_with("the archive is one part of a split archive: join"),
                        "{name} of {piece}: {text}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_last_part_is_one_whatever_its_name() {
        for piece in [2000, 5000, 8800, 9500] {
            let last = parts(piece).pop().unwrap();
            let refused = open(&last).err().unwrap();
            assert!(
                matches!(refused, ArchiveError::Split { .. }),
                "{piece}: {refused:?}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_other_files_stays() {
        let refused = open(b"PK\x03\x04 and no end").err().unwrap();
        assert!(matches!(refused.in_file("a.zip"), ArchiveError::EndMissing));
        let refused = ArchiveError::DirectoryEncrypted.in_file("a.zip.001");
        assert!(matches!(refused, ArchiveError::DirectoryEncrypted));
    }
}
