//! All tags of a file, in whichever segment and directory they stand.

use ::exif::{Context, Exif, In, Reader, Tag, Value};

use super::{charset::Charset, comment, position::GpsDirectory, repair, text};

/// The tags of all EXIF structures of a file, and the charset of their texts.
pub(super) struct Tags {
    structures: Vec<Exif>,
    /// GPS directories at which the EXIF directory points, each read as if it were the first.
    misplaced_gps: Vec<Exif>,
    charset: Charset,
}

impl Tags {
    /// Reads structures as far as they are sound; those before others count first.
    pub(super) fn of<T: AsRef<[u8]>>(structures: &[T]) -> Self {
        let structures: Vec<Exif> = structures
            .iter()
            .filter_map(|tiff| parse(tiff.as_ref()))
            .collect();
        let charset = Charset::of(structures.iter().flat_map(raw_texts));
        let misplaced_gps = structures.iter().filter_map(misplaced_gps).collect();
        Self {
            structures,
            misplaced_gps,
            charset,
        }
    }

    /// The structures, in their order.
    pub(super) fn structures(&self) -> impl Iterator<Item = &Exif> {
        self.structures.iter()
    }

    /// The directories of GPS tags, those that stand where they should first.
    pub(super) fn gps(&self) -> impl Iterator<Item = GpsDirectory<'_>> {
        let in_context = |context| move |exif| GpsDirectory { exif, context };
        let placed = self.structures.iter().map(in_context(Context::Gps));
        placed.chain(self.misplaced_gps.iter().map(in_context(Context::Tiff)))
    }

    /// The charset of texts that do not name their own.
    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// The values of a tag for the primary image, the one that counts first. Tags of the first
    /// directory are looked for in the EXIF directory too, and the other way round: some cameras
    /// and programs mix them up, and no number stands for two of them.
    pub(super) fn values(&self, tag: Tag) -> impl Iterator<Item = &Value> {
        let other = match tag.context() {
            Context::Tiff => Some(Tag(Context::Exif, tag.number())),
            Context::Exif => Some(Tag(Context::Tiff, tag.number())),
            _ => None,
        };
        let places = [Some(tag), other].into_iter().flatten();
        places.flat_map(|tag| {
            self.structures
                .iter()
                .filter_map(move |exif| value(exif, tag))
        })
    }

    /// The first value of a tag.
    pub(super) fn value(&self, tag: Tag) -> Option<&Value> {
        self.values(tag).next()
    }

    /// The texts of a tag that are not blank.
    pub(super) fn texts(&self, tag: Tag) -> impl Iterator<Item = String> {
        self.values(tag)
            .filter_map(|value| text::of(value, self.charset))
    }

    /// The text of a tag; `None` when it is missing or blank.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        self.texts(tag).next()
    }

    /// The text of a tag, or its whole number as digits.
    pub(super) fn text_or_number(&self, tag: Tag) -> Option<String> {
        let whole = || Some(self.value(tag)?.get_uint(0)?.to_string());
        self.text(tag).or_else(whole)
    }

    /// The comment of the picture; `None` when it is missing, blank or no text.
    pub(super) fn comment(&self) -> Option<String> {
        let misplaced = Tag(Context::Tiff, Tag::UserComment.number());
        self.structures.iter().find_map(|exif| {
            let value = value(exif, Tag::UserComment).or_else(|| value(exif, misplaced))?;
            comment::of(value, self.charset, exif.little_endian())
        })
    }
}

/// Parses a structure as far as it is sound.
pub(super) fn parse(tiff: &[u8]) -> Option<Exif> {
    Reader::new()
        .continue_on_error(true)
        .read_raw(repair::repaired(tiff.to_vec()))
        .or_else(|error| error.distill_partial_result(|_| ()))
        .ok()
}

/// The GPS directory at which the EXIF directory points instead of the first one.
fn misplaced_gps(exif: &Exif) -> Option<Exif> {
    let at = value(exif, Tag(Context::Exif, Tag::GPSInfoIFDPointer.number()))?.get_uint(0)?;
    let first = if exif.little_endian() {
        at.to_le_bytes()
    } else {
        at.to_be_bytes()
    };
    let mut tiff = exif.buf().to_vec();
    tiff.get_mut(4..8)?.copy_from_slice(&first);
    parse(&tiff)
}

/// The value of a tag of the primary image.
pub(super) fn value(exif: &Exif, tag: Tag) -> Option<&Value> {
    exif.get_field(tag, In::PRIMARY).map(|field| &field.value)
}

/// The bytes of all texts that do not name their charset, which may tell it.
fn raw_texts(exif: &Exif) -> impl Iterator<Item = Vec<u8>> {
    let primary = exif.fields().filter(|field| field.ifd_num == In::PRIMARY);
    primary.flat_map(|field| match &field.value {
        Value::Ascii(parts) if field.tag != Tag::UserComment => parts.clone(),
        value if field.tag == Tag::UserComment => comment::raw_text(value).into_iter().collect(),
        _ => Vec::new(),
    })
}
