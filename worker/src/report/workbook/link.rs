//! Links from a sheet to the files beside the workbook.

use rust_xlsxwriter::Url;

/// Excel's limit for the target of a link, in UTF-16 units.
const LONGEST_TARGET: usize = 2080;

/// A link to a path inside the package, relative to the workbook, so that it works wherever the
/// package is unpacked. `None` if no working link can be made: the target is too long, or it
/// holds a `#` or `?`, which Excel takes for the start of a place inside the file.
pub(super) fn relative(path: &str) -> Option<Url> {
    if path.contains(['#', '?', '\\']) {
        return None;
    }
    let target = escaped(path);
    if target.encode_utf16().count() > LONGEST_TARGET {
        return None;
    }
    Some(Url::new(format!("file:///{target}")).set_text(path))
}

/// Escapes what Excel escapes in targets; other characters stay as they are (an IRI).
fn escaped(path: &str) -> String {
    let mut target = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '%' => target.push_str("%25"),
            '"' => target.push_str("%22"),
            ' ' => target.push_str("%20"),
            '<' => target.push_str("%3c"),
            '>' => target.push_str("%3e"),
            '[' => target.push_str("%5b"),
            ']' => target.push_str("%5d"),
            '^' => target.push_str("%5e"),
            '`' => target.push_str("%60"),
            '{' => target.push_str("%7b"),
            '}' => target.push_str("%7d"),
            _ => target.push(c),
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_looks_escaped_is_escaped_again() {
        assert_eq!(
            escaped("annotated/50%20 [a].jpg"),
            "annotated/50%2520%20%5ba%5d.jpg"
        );
        assert_eq!(escaped("annotated/é/鹿.jpg"), "annotated/é/鹿.jpg");
    }

    #[test]
    fn no_link_is_better_than_a_broken_one() {
        assert!(relative("annotated/cam#3/a.jpg").is_none());
        assert!(relative(&"x".repeat(2081)).is_none());
        assert!(relative("annotated/cam 3/a.jpg").is_some());
    }
}
