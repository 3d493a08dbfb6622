//! What a client says about an upload: `Upload-Metadata`, pairs of a key and a value in base64.

use std::{fmt, str::FromStr};

use common::MediaPath;
use data_encoding::BASE64;

/// Longest header that is read, bytes: a path of 1,024 bytes in base64, and some more.
const MAX_BYTES: usize = 8192;
/// Most pairs.
const MAX_PAIRS: usize = 20;

/// What a client says about an upload. Every key is printable and every value was read, so it can
/// be said again in a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata(Vec<(String, Vec<u8>)>);

/// A text that is no `Upload-Metadata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no upload metadata")]
pub(crate) struct InvalidMetadata;

impl Metadata {
    /// The value of a key as text; `None` when there is none.
    fn text(&self, key: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(name, _)| name == key)?;
        let text = String::from_utf8_lossy(value).into_owned();
        // Uppy says so of files that were not in a folder.
        let is_said = !text.is_empty() && text != "null";
        is_said.then_some(text)
    }

    /// Under which name the file is shown: with the folders that it was in, if they are told.
    pub(crate) fn path(&self) -> MediaPath {
        let said = ["relativePath", "filename", "name"]
            .iter()
            .find_map(|key| self.text(key));
        MediaPath::from_display_name(&said.unwrap_or_else(|| "unnamed".to_owned()))
    }

    /// The set of uploads that this one belongs to, if one is named: a name that its client made up.
    pub(crate) fn set(&self) -> Option<String> {
        let is_fit = |set: &String| {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            set.len() <= 64 && set.bytes().all(is_name)
        };
        self.text("set").filter(is_fit)
    }
}

impl FromStr for Metadata {
    type Err = InvalidMetadata;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut pairs: Vec<(String, Vec<u8>)> = Vec::new();
        if text.len() > MAX_BYTES {
            return Err(InvalidMetadata);
        }
        for pair in text
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let is_new = pairs.iter().all(|(other, _)| other != key);
            let is_printable = key.bytes().all(|byte| byte.is_ascii_graphic());
            if !is_new || !is_printable || pairs.len() >= MAX_PAIRS {
                return Err(InvalidMetadata);
            }
            let value = BASE64.decode(value.trim().as_bytes());
            pairs.push((key.to_owned(), value.map_err(|_| InvalidMetadata)?));
        }
        Ok(Self(pairs))
    }
}

impl fmt::Display for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (key, value)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            let space = if value.is_empty() { "" } else { " " };
            write!(f, "{comma}{key}{space}{}", BASE64.encode(value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(pairs: &[(&str, &str)]) -> Metadata {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.as_bytes().to_vec()));
        Metadata(pairs.collect())
    }

    #[test]
    fn folders_of_a_file_are_kept_and_cannot_lead_outside() {
        for (pairs, path) in [
            (&[("filename", "IMG_1.JPG")][..], "IMG_1.JPG"),
            (
                &[
                    ("filename", "IMG_1.JPG"),
                    ("relativePath", "ridge/DCIM/IMG_1.JPG"),
                ],
                "ridge/DCIM/IMG_1.JPG",
            ),
            (&[("filename", "a.jpg"), ("relativePath", "null")], "a.jpg"),
            (&[("relativePath", "../../etc/a.jpg")], "etc/a.jpg"),
            (&[("name", "ツキノワグマ.jpg")], "ツキノワグマ.jpg"),
            (&[("filename", "a\r\nb.jpg")], "a__b.jpg"),
            (&[], "unnamed"),
        ] {
            assert_eq!(said(pairs).path().as_str(), path);
        }
    }

    #[test]
    fn a_set_is_a_short_name_or_none() {
        assert_eq!(said(&[("set", "a-B_9")]).set().as_deref(), Some("a-B_9"));
        let long = "x".repeat(65);
        for text in ["", "a b", "a\nb", "ä", &long] {
            assert_eq!(said(&[("set", text)]).set(), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        for text in [
            "a b c",
            "a !!",
            "a YQ",
            "a YQ==,a YQ==",
            "a\u{7f} YQ==",
            &"a,".repeat(9000),
        ] {
            assert_eq!(text.parse::<Metadata>(), Err(InvalidMetadata), "{text}");
        }
        let blank: Metadata = "is_confidential, filename YS5qcGc=".parse().unwrap();
        assert_eq!(blank.to_string(), "is_confidential,filename YS5qcGc=");
        assert_eq!(blank.path().as_str(), "a.jpg");
    }

    proptest! {
        #[test]
        fn whatever_is_read_can_be_said_again_in_a_header(text in "[ -~]{0,80}") {
            if let Ok(metadata) = text.parse::<Metadata>() {
                let again = metadata.to_string();
                prop_assert!(again.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
                prop_assert_eq!(again.parse::<Metadata>(), Ok(metadata));
            }
        }

        #[test]
        fn every_value_comes_back(values in prop::collection::vec(any::<String>(), 0..5)) {
            let pairs = values.iter().enumerate();
            let metadata = Metadata(pairs.map(|(n, v)| (format!("k{n}"), v.as_bytes().to_vec())).collect());
            prop_assert_eq!(metadata.to_string().parse::<Metadata>(), Ok(metadata));
        }
    }
}
