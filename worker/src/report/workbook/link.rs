//! The links of one sheet to files beside the workbook.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, Write},
    path::Path,
};

use rust_xlsxwriter::row_col_to_cell;

use super::cell::Place;

/// Excel's limit for the target of a link, in UTF-16 units.
const LONGEST_TARGET: usize = 2080;

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The cell, such as `X2`.
    pub(super) cell: String,
    /// The target, relative to the workbook and percent-encoded.
    pub(super) target: String,
}

/// The links of one sheet, kept in a nameless temporary file, because there can be tens of
/// thousands of them.
pub(super) struct SheetLinks {
    file: BufWriter<File>,
    count: u32,
}

impl SheetLinks {
    /// No links yet; the temporary file lies in this folder.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(tempfile::tempfile_in(folder)?),
            count: 0,
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Notes a link.
    pub(super) fn add(&mut self, place: Place, target: &str) -> io::Result<()> {
        self.count += 1;
        writeln!(
            self.file,
            "{} {target}",
            row_col_to_cell(place.row, place.column)
        )
    }

    /// All links from the first one on.
    pub(super) fn read(&mut self) -> io::Result<impl Iterator<Item = io::Result<Link>> + '_> {
        self.file.flush()?;
        self.file.rewind()?;
        Ok(BufReader::new(self.file.get_ref()).lines().map(|line| {
            let line = line?;
            let (cell, target) = line.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
            Ok(Link {
                cell: cell.to_owned(),
                target: target.to_owned(),
            })
        }))
    }
}

/// The target of a link to a path inside the package, so that it works wherever the package is
/// unpacked. `None` if it is too long for Excel.
pub(super) fn target(path: &str) -> Option<String> {
    let mut target = String::with_capacity(path.len());
    for c in path.chars() {
        // What Excel encodes; other characters, such as letters of any script, stay (an IRI).
        if matches!(
            c,
            '%' | '"' | ' ' | '<' | '>' | '[' | ']' | '^' | '`' | '{' | '}' | '#' | '?' | '\\'
        ) || c.is_ascii_control()
        {
            target.push_str(&format!("%{:02x}", u32::from(c)));
        } else {
            target.push(c);
        }
    }
    (target.encode_utf16().count() <= LONGEST_TARGET).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_leads_to_its_path_and_nowhere_else() {
        assert_eq!(
            target("annotated/50%20 [a].jpg").unwrap(),
            "annotated/50%2520%20%5ba%5d.jpg"
        );
        assert_eq!(
            target("annotated/cam#3/a?.jpg").unwrap(),
            "annotated/cam%233/a%3f.jpg"
        );
        assert_eq!(target("annotated/é/鹿.jpg").unwrap(), "annotated/é/鹿.jpg");
        assert_eq!(target("a\nb").unwrap(), "a%0ab");
        assert_eq!(target(&"x".repeat(2081)), None);
    }

    #[test]
    fn links_are_read_back_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut links = SheetLinks::create(folder.path()).unwrap();
        links.add(Place { row: 1, column: 23 }, "a/b.jpg").unwrap();
        links.add(Place { row: 2, column: 23 }, "a/c.jpg").unwrap();
        let link = |cell: &str, target: &str| Link {
            cell: cell.into(),
            target: target.into(),
        };
        let read: Vec<_> = links.read().unwrap().map(Result::unwrap).collect();
        assert_eq!(read, [link("X2", "a/b.jpg"), link("X3", "a/c.jpg")]);
        assert_eq!(links.count(), 2);
    }
}
