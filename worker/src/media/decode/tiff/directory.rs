//! What the first directory of a TIFF file says about its samples (TIFF 6.0).

use std::io::{Cursor, Read, Result as IoResult, Seek, SeekFrom};

use common::Failure;
use tiff::{
    TiffResult,
    decoder::{ChunkType, Decoder},
    tags::Tag,
};

use super::super::unsupported;

/// How the colours of a picture are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    /// One sample, 0 is white.
    WhiteIsZero,
    /// One sample, 0 is black.
    BlackIsZero,
    /// Red, green, blue.
    Rgb,
    /// The place in a table of colours.
    Palette,
    /// Four inks.
    Inks,
    /// Brightness and two differences.
    YCbCr,
}

impl Colours {
    /// Samples that they need of each pixel.
    pub(super) fn samples(self) -> u16 {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr => 3,
            Self::Inks => 4,
        }
    }
}

/// The layout of a picture's samples.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) colours: Colours,
    /// 1, 2, 4, 8 or 16.
    pub(super) bits: u8,
    /// Samples of a pixel that stand together.
    pub(super) samples: u16,
    /// 1, or as many as there are samples, where each is stored on its own.
    pub(super) planes: u32,
    /// Strips or tiles of all planes.
    pub(super) chunks: u32,
    pub(super) has_predictor: bool,
    pub(super) is_little_endian: bool,
    compression: u16,
    /// Width and height of a strip or tile.
    chunk_size: (u32, u32),
    across: u32,
    is_tiled: bool,
    /// Where each chunk begins and how long it is.
    ranges: Vec<(u64, u64)>,
}

/// Where a chunk belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) plane: u32,
    pub(super) left: u32,
    pub(super) top: u32,
    /// Pixels in a row of its data.
    pub(super) width: u32,
    /// Rows of its data.
    pub(super) height: u32,
}

const JPEG: u16 = 7;
const NO_PREDICTOR: u16 = 1;

impl Layout {
    /// Reads the tags, or says which kind of file cannot be read.
    pub(super) fn read<R: Read + Seek>(
        decoder: &mut Decoder<R>,
    ) -> TiffResult<Result<Self, Failure>> {
        let one = |decoder: &mut Decoder<R>, tag, default: u16| {
            decoder.find_tag_unsigned_vec::<u16>(tag).map(|values| {
                values
                    .and_then(|values| values.first().copied())
                    .unwrap_or(default)
            })
        };
        let photometric = one(decoder, Tag::PhotometricInterpretation, 0)?;
        let compression = one(decoder, Tag::Compression, 1)?;
        let bits = one(decoder, Tag::BitsPerSample, 1)?;
        let samples = one(decoder, Tag::SamplesPerPixel, 1)?;
        let format = one(decoder, Tag::SampleFormat, 1)?;
        let is_planar = one(decoder, Tag::PlanarConfiguration, 1)? == 2 && samples > 1;
        let subsampling = decoder.find_tag_unsigned_vec::<u16>(Tag::ChromaSubsampling)?;
        let colours = match colours(photometric, samples) {
            Ok(colours) => colours,
            Err(failure) => return Ok(Err(failure)),
        };
        let is_subsampled = subsampling.is_none_or(|factors| factors.iter().any(|f| *f != 1));
        let problem = if format != 1 && format != 4 {
            Some("TIFF with numbers other than whole ones above zero".to_owned())
        } else if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            Some(format!("TIFF with {bits} bits a channel"))
        } else if bits < 8 && samples > 1 {
            Some(format!("TIFF with {samples} channels of {bits} bits"))
        } else if colours == Colours::YCbCr && (bits != 8 || is_planar) {
            Some("this kind of YCbCr TIFF".to_owned())
        } else if colours == Colours::YCbCr && compression != JPEG && is_subsampled {
            Some("YCbCr TIFF with fewer colours than pixels".to_owned())
        } else if colours == Colours::Inks && is_planar {
            Some("CMYK TIFF with a plane for each ink".to_owned())
        } else {
            None
        };
        if let Some(problem) = problem {
            return Ok(Err(unsupported(&problem)));
        }
        let is_tiled = decoder.get_chunk_type() == ChunkType::Tile;
        let (offsets, lengths) = if is_tiled {
            (Tag::TileOffsets, Tag::TileByteCounts)
        } else {
            (Tag::StripOffsets, Tag::StripByteCounts)
        };
        let offsets = decoder.get_tag_u64_vec(offsets)?;
        let lengths = decoder.get_tag_u64_vec(lengths)?;
        let (width, _) = decoder.dimensions()?;
        let chunk_size = decoder.chunk_dimensions();
        Ok(Ok(Self {
            colours,
            bits: u8::try_from(bits).unwrap_or(8),
            samples: if is_planar { 1 } else { samples },
            planes: if is_planar { u32::from(samples) } else { 1 },
            chunks: u32::try_from(offsets.len()).unwrap_or(0),
            has_predictor: one(decoder, Tag::Predictor, NO_PREDICTOR)? != NO_PREDICTOR,
            is_little_endian: decoder.byte_order() == tiff::tags::ByteOrder::LittleEndian,
            compression,
            chunk_size,
            across: width.div_ceil(chunk_size.0.max(1)),
            is_tiled,
            ranges: offsets.into_iter().zip(lengths).collect(),
        }))
    }

    pub(super) fn is_jpeg(&self) -> bool {
        self.compression == JPEG
    }

    pub(super) fn is_tiled(&self) -> bool {
        self.is_tiled
    }

    /// Whether all bytes of a chunk are in a file of this length.
    pub(super) fn is_inside(&self, chunk: u32, length: usize) -> bool {
        self.ranges
            .get(chunk as usize)
            .and_then(|(begin, size)| begin.checked_add(*size))
            .is_some_and(|end| end <= length as u64)
    }

    /// Where a chunk whose data have this size belongs.
    pub(super) fn place(&self, chunk: u32, (width, height): (u32, u32)) -> Place {
        let per_plane = (self.chunks / self.planes.max(1)).max(1);
        let (plane, index) = (chunk / per_plane, chunk % per_plane);
        let across = self.across.max(1);
        Place {
            plane,
            left: (index % across).saturating_mul(self.chunk_size.0),
            top: (index / across).saturating_mul(self.chunk_size.1),
            width,
            height,
        }
    }
}

/// PhotometricInterpretation, tag 262.
fn colours(photometric: u16, samples: u16) -> Result<Colours, Failure> {
    let colours = match photometric {
        0 => Colours::WhiteIsZero,
        1 => Colours::BlackIsZero,
        2 => Colours::Rgb,
        3 => Colours::Palette,
        5 => Colours::Inks,
        6 => Colours::YCbCr,
        4 => return Err(unsupported("TIFF that holds a mask")),
        8..=10 => return Err(unsupported("TIFF in Lab colours")),
        32_844 | 32_845 => return Err(unsupported("TIFF in Log colours")),
        other => return Err(unsupported(&format!("TIFF with colours of kind {other}"))),
    };
    if samples < colours.samples() {
        return Err(unsupported(&format!(
            "TIFF with {samples} channels of such colours"
        )));
    }
    Ok(colours)
}

/// A file whose first directory says that all samples are grey.
pub(super) struct AsGrey<R> {
    inner: R,
    at: u64,
    value: [u8; 2],
}

impl<'a> AsGrey<Cursor<&'a [u8]>> {
    /// `None` if the directory does not say how colours are stored.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let is_little_endian = bytes.starts_with(b"II");
        let number = |at: usize, size: usize| -> Option<u64> {
            let bytes = bytes.get(at..at.checked_add(size)?)?;
            let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
            Some(if is_little_endian {
                bytes.iter().rev().fold(0, add)
            } else {
                bytes.iter().fold(0, add)
            })
        };
        // BigTIFF has longer numbers: of the offset, the count, an entry, and its count.
        let is_big = number(2, 2)? == 43;
        let (offset_at, wide, count_size, entry_size, value_at) = if is_big {
            (8, 8, 8, 20, 12)
        } else {
            (4, 4, 2, 12, 8)
        };
        let start = usize::try_from(number(offset_at, wide)?).ok()?;
        let count = usize::try_from(number(start, count_size)?).ok()?;
        let first = start.checked_add(count_size)?;
        for entry in 0..count.min(10_000) {
            let at = first.checked_add(entry * entry_size)?;
            if number(at, 2)? != u64::from(Tag::PhotometricInterpretation.to_u16()) {
                continue;
            }
            // A short value stands at the beginning; of a long one the low half is patched.
            let is_short = number(at.checked_add(2)?, 2)? == 3;
            let low_half = if is_short || is_little_endian { 0 } else { 2 };
            let value = if is_little_endian { [1, 0] } else { [0, 1] };
            return Some(Self {
                inner: Cursor::new(bytes),
                at: u64::try_from(at.checked_add(value_at + low_half)?).ok()?,
                value,
            });
        }
        None
    }
}

impl<R: Read + Seek> Read for AsGrey<R> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let begin = self.inner.stream_position()?;
        let count = self.inner.read(buffer)?;
        for (place, value) in (self.at..).zip(self.value) {
            let index = place
                .checked_sub(begin)
                .and_then(|at| usize::try_from(at).ok());
            if let Some(byte) = index.and_then(|at| buffer.get_mut(..count)?.get_mut(at)) {
                *byte = value;
            }
        }
        Ok(count)
    }
}

impl<R: Seek> Seek for AsGrey<R> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        self.inner.seek(to)
    }
}
