//! A BMP that is cut: its rows are as long as each other, so it is clear which are there.

use common::file_signature::PictureFormat;

use super::{
    super::{
        DecodeLimits, StoredMedia,
        share::{MID_GREY, in_ten_thousandths},
    },
    decode_whole,
};

/// Decodes the whole rows that are there; `None` if there are none, or if rows are compressed.
pub(super) fn decode(bytes: &[u8], limits: DecodeLimits) -> Option<StoredMedia> {
    let header = Header::read(bytes)?;
    let whole = header
        .pixels_at
        .checked_add(header.row_bytes.checked_mul(header.rows)?)?;
    let known = bytes.len().checked_sub(header.pixels_at)? / header.row_bytes;
    // The rest of the row must be made up too, but is not shown.
    if known == 0 || known >= header.rows || header.row_bytes > bytes.len().checked_mul(8)? {
        return None;
    }
    limits
        .check(header.width, u32::try_from(header.rows).ok()?)
        .ok()?;
    let mut filled = bytes.to_vec();
    filled.resize(whole, 0);
    let mut stored = decode_whole(&filled, PictureFormat::Bmp, limits).ok()?;
    let row = stored.frame.width as usize * 3;
    let (top, bottom) = if header.is_top_down {
        (known, header.rows)
    } else {
        (0, header.rows - known)
    };
    stored
        .frame
        .rgb
        .get_mut(top * row..bottom * row)?
        .fill(MID_GREY);
    stored.decoded_share = Some(in_ten_thousandths(known as f64 / header.rows as f64));
    Some(stored)
}

/// What the header says about the rows.
struct Header {
    pixels_at: usize,
    width: u32,
    rows: usize,
    row_bytes: usize,
    is_top_down: bool,
}

impl Header {
    /// Reads the header of Windows (of 40 bytes and more) or OS/2 (of 12).
    fn read(bytes: &[u8]) -> Option<Self> {
        let short = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let long = |at: usize| Some(i32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let is_small = long(14)? == 12;
        let (width, height, bits) = if is_small {
            (i32::from(short(18)?), i32::from(short(20)?), short(24)?)
        } else {
            (long(18)?, long(22)?, short(28)?)
        };
        let is_compressed = !is_small && !matches!(long(30)?, 0 | 3);
        let width = u32::try_from(width).ok()?;
        let row_bits = (width as usize).checked_mul(usize::from(bits))?;
        let row_bytes = row_bits.div_ceil(32).checked_mul(4)?;
        (!is_compressed && row_bytes > 0).then_some(Self {
            pixels_at: usize::try_from(long(10)?).ok()?,
            width,
            rows: height.unsigned_abs() as usize,
            row_bytes,
            is_top_down: height < 0,
        })
    }
}
