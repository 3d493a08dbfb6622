//! Formats in the ISO base media container (ISO/IEC 14496-12).

/// The name of the format of a file in this container: bytes 4..8 are `ftyp`, then come the major
/// brand, a version, and the compatible brands. None of them can be read.
pub(super) fn format(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let size = usize::try_from(u32::from_be_bytes(*bytes.first_chunk()?)).ok()?;
    let header = bytes.get(..size).unwrap_or(bytes);
    let brands: Vec<&[u8]> = header
        .get(8..)
        .unwrap_or_default()
        .chunks_exact(4)
        .collect();
    let has = |brand: &[u8; 4]| brands.contains(&brand.as_slice());
    Some(if has(b"avif") || has(b"avis") {
        "AVIF"
    } else if has(b"crx ") {
        "camera RAW (CR3)"
    } else if [
        b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
    ]
    .iter()
    .any(|b| has(b))
    {
        "HEIC"
    } else {
        "video"
    })
}
