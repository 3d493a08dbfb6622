//! Which paths every system can have.
//!
//! People unpack packages on Windows and write them to memory cards. There the characters below
//! are refused, dots and spaces vanish from the end of names, some names stand for devices, and
//! most programs open no path of more than 259 characters (Microsoft, "Naming Files, Paths, and
//! Namespaces" and "Maximum Path Length Limitation"; exFAT specification, 7.7.3).

/// Longest name that all file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// Longest path in a package, in UTF-16 units, as Windows counts. It leaves room for the folder
/// that the package is unpacked to.
const LONGEST_PATH: usize = 240;

/// Longest readable part of a made-up name, in bytes: with a hash and an extension it stays below
/// [`LONGEST_NAME`], and its path below [`LONGEST_PATH`].
const LONGEST_READABLE: usize = 100;

/// Longest extension that a made-up name keeps.
const LONGEST_EXTENSION: usize = 16;

/// Names of devices, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Names of devices that a digit from 1 to 9 follows.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Whether a path in a package, with `/` between its parts, can be had on all systems.
pub(super) fn is_portable(path: &str) -> bool {
    // A byte is no less than a unit, so most need not be counted.
    let is_short = path.len() <= LONGEST_PATH || path.encode_utf16().count() <= LONGEST_PATH;
    is_short && path.split('/').all(is_portable_name)
}

/// Whether an extension, without its dot, is one that a made-up name can have.
pub(super) fn is_extension(extension: &str) -> bool {
    extension.len() <= LONGEST_EXTENSION
        && !extension.contains(is_refused)
        && !extension.ends_with([' ', '.'])
}

/// The end of a path without its extension as one name, with `_` for what cannot be in one.
pub(super) fn readable(path: &str) -> String {
    let name_start = path.rfind('/').map_or(0, |slash| slash + 1);
    let stem = match path.rfind('.') {
        Some(dot) if dot > name_start => path.get(..dot).unwrap_or(path),
        _ => path,
    };
    let name = stem.replace(|c| is_refused(c) || c == '/', "_");
    let start = name.ceil_char_boundary(name.len().saturating_sub(LONGEST_READABLE));
    name.get(start..).unwrap_or_default().to_owned()
}

fn is_portable_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && !name.contains(is_refused)
        && !name.ends_with([' ', '.'])
        && !is_device(name)
}

fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, ':' | '?' | '*' | '"' | '<' | '>' | '|' | '\\')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let stem = stem.trim_end_matches(' ').to_ascii_lowercase();
    let is_numbered = NUMBERED_DEVICES.iter().any(|device| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|n| {
            matches!(
                n,
                "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
    });
    is_numbered || DEVICES.contains(&&*stem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_windows_refuses_is_not_portable() {
        for path in [
            "a:b.jpg",
            "what?.jpg",
            "*.jpg",
            "\"a\".jpg",
            "<a>.jpg",
            "a|b/c.jpg",
            "folder./a.jpg",
            "folder /a.jpg",
            "a.jpg ",
            "CON/a.jpg",
            "nul.jpg",
            "Com1.tar.jpg",
            "lpt9",
            "aux .jpg",
        ] {
            assert!(!is_portable(path), "{path}");
        }
        assert!(!is_portable(&"字".repeat(86)), "256 bytes are no name");
    }

    #[test]
    fn windows_opens_no_longer_paths() {
        let folders = "folder/".repeat(33);
        assert!(is_portable(&format!("{folders}123456789")));
        assert!(!is_portable(&format!("{folders}1234567890")));
        // Windows counts a character of the basic plane once and others twice.
        assert!(is_portable(&format!("{folders}{}", "鹿".repeat(9))));
        assert!(is_portable(&format!("{folders}{}1", "🦌".repeat(4))));
        assert!(!is_portable(&format!("{folders}{}", "🦌".repeat(5))));
    }

    #[test]
    fn usual_paths_are_portable() {
        for path in [
            "DCIM/100RECNX/IMG_0001.JPG",
            "カメラ 1/表.jpg",
            "Köln (2)/.hidden",
            "console/auxiliary.jpg",
            "COM10/com.jpg",
            "a.b.c/x..jpg",
        ] {
            assert!(is_portable(path), "{path}");
        }
        assert!(is_portable(&"n".repeat(240)));
    }

    #[test]
    fn a_readable_name_ends_as_the_path_does() {
        assert_eq!(readable("card 12:30/a.b.jpg"), "card 12_30_a.b");
        assert_eq!(readable("a.b/none"), "a.b_none");
        assert!(readable(&format!("{}/IMG_1.JPG", "é".repeat(80))).ends_with("é_IMG_1"));
    }

    proptest! {
        #[test]
        fn a_readable_name_with_a_hash_is_portable(path in any::<String>()) {
            let name = format!("{}-0123.jpg", readable(&path));
            prop_assert!(is_portable(&name), "{name:?}");
            prop_assert!(name.len() <= LONGEST_READABLE + 9);
        }
    }
}
