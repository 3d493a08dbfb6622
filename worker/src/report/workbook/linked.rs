//! Puts links into a finished workbook.
//!
//! The spreadsheet library can write links too, but it keeps every one of them in memory, about
//! a kilobyte for each, until the workbook is saved. So the sheets are written without links,
//! and the few lines of XML for them are put in while the workbook is copied to its place.

use std::{
    borrow::Cow,
    io::{self, Read, Seek, Write},
};

use zip::{ZipArchive, ZipWriter, read::ZipFile, write::SimpleFileOptions};

use super::{
    COMPRESSION_LEVEL,
    link::{Link, SheetLinks},
};

/// The links of the sheet with this number, counted from 1 in the order of the workbook.
pub(super) type NumberedLinks = (usize, SheetLinks);

/// ECMA-376 part 1, 18.3.1: `hyperlinks` comes right before the optional `printOptions`, which
/// is not used here, and `pageMargins`.
const FOLLOWS_LINKS: &[u8] = b"<pageMargins";

/// What stands behind the rows of a sheet is shorter than this.
const LONGEST_TAIL: u64 = 4096;

/// Entries above this size need the 64-bit extension of the zip format when they grow.
const LARGE: u64 = 3 << 30;

/// Copies a workbook, giving sheets their links.
pub(super) fn copy<R: Read + Seek, W: Write + Seek>(
    workbook: R,
    mut links: Vec<NumberedLinks>,
    out: W,
) -> io::Result<()> {
    let mut archive = ZipArchive::new(workbook)?;
    let mut out = ZipWriter::new(out);
    for index in 0..archive.len() {
        let name = archive.by_index_raw(index)?.name()?.into_owned();
        match links
            .iter_mut()
            .find(|(sheet, _)| name == format!("xl/worksheets/sheet{sheet}.xml"))
        {
            None => out.raw_copy_file(archive.by_index_raw(index)?)?,
            Some((sheet, links)) => {
                copy_linked(archive.by_index(index)?, links, &mut out)?;
                write_targets(*sheet, links, &mut out)?;
            }
        }
    }
    out.finish()?.flush()
}

fn copy_linked<R: Read, W: Write + Seek>(
    mut sheet: ZipFile<'_, R>,
    links: &mut SheetLinks,
    out: &mut ZipWriter<W>,
) -> io::Result<()> {
    let options = options().large_file(sheet.size() > LARGE);
    out.start_file(sheet.name()?.into_owned(), options)?;
    let rows = sheet.size().saturating_sub(LONGEST_TAIL);
    io::copy(&mut sheet.by_ref().take(rows), out)?;
    let mut tail = Vec::new();
    sheet.read_to_end(&mut tail)?;
    let place = tail
        .windows(FOLLOWS_LINKS.len())
        .rposition(|window| window == FOLLOWS_LINKS);
    let place = place.ok_or_else(|| io::Error::other("a sheet without page margins"))?;
    let (before, after) = tail.split_at(place);
    out.write_all(before)?;
    out.write_all(b"<hyperlinks>")?;
    for (link, number) in links.read()?.zip(1..) {
        write!(
            out,
            r#"<hyperlink ref="{}" r:id="rId{number}"/>"#,
            link?.cell
        )?;
    }
    out.write_all(b"</hyperlinks>")?;
    out.write_all(after)
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_level(Some(COMPRESSION_LEVEL.into()))
}

fn write_targets<W: Write + Seek>(
    sheet: usize,
    links: &mut SheetLinks,
    out: &mut ZipWriter<W>,
) -> io::Result<()> {
    let name = format!("xl/worksheets/_rels/sheet{sheet}.xml.rels");
    out.start_file(name, options())?;
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
        <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    )?;
    for (link, number) in links.read()?.zip(1..) {
        write_target(number, &link?, out)?;
    }
    out.write_all(b"</Relationships>")
}

fn write_target(number: u32, link: &Link, out: &mut impl Write) -> io::Result<()> {
    // Quotes and angle brackets are percent-encoded already.
    let target = if link.target.contains('&') {
        Cow::Owned(link.target.replace('&', "&amp;"))
    } else {
        Cow::Borrowed(&link.target)
    };
    write!(
        out,
        "<Relationship Id=\"rId{number}\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" \
         Target=\"{target}\" TargetMode=\"External\"/>"
    )
}
