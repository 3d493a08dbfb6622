//! Writes TIFF structures with any EXIF tags, for tests: own code, so that neither the reader
//! nor the writer under test checks itself.

#![allow(
    dead_code,
    reason = "each of the crates that include this file uses a part of it"
)]

pub(crate) mod reconyx;

/// The bytes of the thumbnail that [`every_tag`] puts in: found in a copy, they give it away.
pub(crate) const THUMBNAIL: &[u8] = b"\xff\xd8THUMBNAIL-OF-A-PERSON\xff\xd9";

/// A value of a tag.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Byte(Vec<u8>),
    /// A NUL is put behind it.
    Ascii(&'static [u8]),
    Short(Vec<u16>),
    Long(Vec<u32>),
    Rational(Vec<(u32, u32)>),
    Undefined(Vec<u8>),
    SRational(Vec<(i32, i32)>),
}

/// Collects tags and writes them as a TIFF structure.
#[derive(Clone, Debug)]
pub(crate) struct TiffBuilder {
    little_endian: bool,
    ifd0: Vec<(u16, Data)>,
    exif: Vec<(u16, Data)>,
    gps: Vec<(u16, Data)>,
    ifd1: Vec<(u16, Data)>,
    thumbnail: Option<Vec<u8>>,
}

impl TiffBuilder {
    pub(crate) fn new(little_endian: bool) -> Self {
        Self {
            little_endian,
            ifd0: Vec::new(),
            exif: Vec::new(),
            gps: Vec::new(),
            ifd1: Vec::new(),
            thumbnail: None,
        }
    }

    pub(crate) fn ifd0(mut self, tag: u16, data: Data) -> Self {
        self.ifd0.push((tag, data));
        self
    }

    pub(crate) fn exif(mut self, tag: u16, data: Data) -> Self {
        self.exif.push((tag, data));
        self
    }

    pub(crate) fn gps(mut self, tag: u16, data: Data) -> Self {
        self.gps.push((tag, data));
        self
    }

    pub(crate) fn thumbnail(mut self, jpeg: &[u8]) -> Self {
        self.ifd1.push((0x0103, Data::Short(vec![6])));
        self.ifd1.push((0x011a, Data::Rational(vec![(72, 1)])));
        self.thumbnail = Some(jpeg.to_vec());
        self
    }

    /// The structure: header, directories (each followed by its values), thumbnail.
    pub(crate) fn build(mut self) -> Vec<u8> {
        let mut out = if self.little_endian {
            b"II\x2a\0".to_vec()
        } else {
            b"MM\0\x2a".to_vec()
        };
        let first = self.u32(8);
        out.extend(first);
        // Pointers are written as zeros first: their directories come later.
        for (tag, directory) in [(0x8769, &self.exif), (0x8825, &self.gps)] {
            if !directory.is_empty() {
                self.ifd0.push((tag, Data::Long(vec![0])));
            }
        }
        let next_at = self.directory(&mut out, &self.ifd0);
        for (tag, directory) in [(0x8769, &self.exif), (0x8825, &self.gps)] {
            if !directory.is_empty() {
                let at = out.len();
                self.point(&mut out, 8, tag, at);
                self.directory(&mut out, directory);
            }
        }
        if let Some(thumbnail) = &self.thumbnail {
            let mut ifd1 = self.ifd1.clone();
            ifd1.push((0x0201, Data::Long(vec![0])));
            ifd1.push((
                0x0202,
                Data::Long(vec![u32::try_from(thumbnail.len()).unwrap_or(0)]),
            ));
            let at = out.len();
            let pointer = self.u32(at);
            out[next_at..next_at + 4].copy_from_slice(&pointer);
            self.directory(&mut out, &ifd1);
            let picture_at = out.len();
            self.point(&mut out, at, 0x0201, picture_at);
            out.extend_from_slice(thumbnail);
        }
        out
    }

    /// Writes a directory with its values behind it; gives the place of its next pointer.
    fn directory(&self, out: &mut Vec<u8>, entries: &[(u16, Data)]) -> usize {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|(tag, _)| *tag);
        out.extend(self.u16(entries.len()));
        let next_at = out.len() + entries.len() * 12;
        let mut values_at = next_at + 4;
        let mut values = Vec::new();
        for (tag, data) in entries {
            let (kind, count, mut bytes) = self.encode(data);
            out.extend(self.u16(usize::from(*tag)));
            out.extend(self.u16(kind));
            out.extend(self.u32(count));
            if bytes.len() <= 4 {
                bytes.resize(4, 0);
                out.extend(bytes);
            } else {
                out.extend(self.u32(values_at));
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                values_at += bytes.len();
                values.extend(bytes);
            }
        }
        out.extend([0; 4]);
        out.extend(values);
        next_at
    }

    /// Sets the value of a tag in a written directory.
    fn point(&self, out: &mut [u8], directory_at: usize, tag: u16, target: usize) {
        let tag = self.u16(usize::from(tag));
        let mut at = directory_at + 2;
        while out[at..at + 2] != tag {
            at += 12;
        }
        out[at + 8..at + 12].copy_from_slice(&self.u32(target));
    }

    /// TIFF type, count and bytes of a value.
    fn encode(&self, data: &Data) -> (usize, usize, Vec<u8>) {
        match data {
            Data::Byte(bytes) => (1, bytes.len(), bytes.clone()),
            Data::Ascii(text) => (2, text.len() + 1, [text, &b"\0"[..]].concat()),
            Data::Short(parts) => (
                3,
                parts.len(),
                parts
                    .iter()
                    .flat_map(|part| self.u16(usize::from(*part)))
                    .collect(),
            ),
            Data::Long(parts) => (
                4,
                parts.len(),
                parts
                    .iter()
                    .flat_map(|part| self.u32(*part as usize))
                    .collect(),
            ),
            Data::Rational(parts) => {
                let numbers = parts.iter().flat_map(|(num, denom)| [*num, *denom]);
                (
                    5,
                    parts.len(),
                    numbers
                        .flat_map(|number| self.u32(number as usize))
                        .collect(),
                )
            }
            Data::Undefined(bytes) => (7, bytes.len(), bytes.clone()),
            Data::SRational(parts) => {
                let numbers = parts
                    .iter()
                    .flat_map(|(num, denom)| [num.cast_unsigned(), denom.cast_unsigned()]);
                (
                    10,
                    parts.len(),
                    numbers
                        .flat_map(|number| self.u32(number as usize))
                        .collect(),
                )
            }
        }
    }

    fn u16(&self, number: usize) -> [u8; 2] {
        let number = number as u16;
        if self.little_endian {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }

    fn u32(&self, number: usize) -> [u8; 4] {
        let number = number as u32;
        if self.little_endian {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }
}

/// A structure with every tag that is read, a Reconyx maker note and a thumbnail.
pub(crate) fn every_tag(little_endian: bool) -> TiffBuilder {
    TiffBuilder::new(little_endian)
        .ifd0(0x010e, Data::Ascii(b"P\xfcrschweg 7, by the brook"))
        .ifd0(0x010f, Data::Ascii(b"RECONYX"))
        .ifd0(0x0110, Data::Ascii(b"HC600 HYPERFIRE   "))
        .ifd0(0x0112, Data::Short(vec![6]))
        .ifd0(0x011a, Data::Rational(vec![(72, 1)]))
        .ifd0(0x011b, Data::Rational(vec![(72, 1)]))
        .ifd0(0x0131, Data::Ascii(b"firmware 4.1.0"))
        .ifd0(0x0132, Data::Ascii(b"2022:02:02 02:02:02"))
        .exif(0x829a, Data::Rational(vec![(1, 60)]))
        .exif(0x9003, Data::Ascii(b"2019:03:04 05:06:07"))
        .exif(0x9004, Data::Ascii(b"2021:01:01 01:01:01"))
        .exif(0x9011, Data::Ascii(b"+05:30"))
        .exif(
            0x9286,
            Data::Undefined(
                b"ASCII\0\0\0a comment long enough to be a value of its own, and then some"
                    .to_vec(),
            ),
        )
        .exif(0x9291, Data::Ascii(b"25"))
        .exif(0x927c, Data::Undefined(reconyx::hyperfire()))
        .exif(0x9400, Data::SRational(vec![(-75, 10)]))
        .exif(0xa002, Data::Short(vec![2048]))
        .exif(0xa003, Data::Short(vec![1536]))
        .exif(0xa431, Data::Ascii(b"SN-0042"))
        .gps(0x0000, Data::Byte(vec![2, 3, 0, 0]))
        .gps(0x0001, Data::Ascii(b"S"))
        .gps(0x0002, Data::Rational(vec![(2, 1), (30, 1), (1851, 100)]))
        .gps(0x0003, Data::Ascii(b"W"))
        .gps(0x0004, Data::Rational(vec![(54, 1), (15, 1), (3, 1)]))
        .gps(0x0005, Data::Byte(vec![1]))
        .gps(0x0006, Data::Rational(vec![(125, 10)]))
        .thumbnail(THUMBNAIL)
}
