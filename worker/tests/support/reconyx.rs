//! Maker notes as the families of Reconyx cameras lay them out. All were taken on Monday, 4
//! March 2019 at 05:06:07 and −7 °C.

fn put(note: &mut [u8], at: usize, bytes: &[u8]) {
    note[at..at + bytes.len()].copy_from_slice(bytes);
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    words(&text.encode_utf16().collect::<Vec<_>>())
}

/// 19 °F and −7 °C.
fn temperature() -> Vec<u8> {
    [19i16, -7]
        .iter()
        .flat_map(|degrees| degrees.to_le_bytes())
        .collect()
}

pub(crate) fn hyperfire() -> Vec<u8> {
    let mut note = vec![0; 130];
    put(&mut note, 0, &words(&[0xf101, 3, 1, 0, 0x2012, 0x0304]));
    put(&mut note, 12, b"M\0");
    put(&mut note, 14, &words(&[2, 5]));
    put(&mut note, 22, &words(&[7, 6, 5, 3, 4, 2019]));
    put(&mut note, 38, &temperature());
    put(&mut note, 42, &utf16("P800BD05003063"));
    put(&mut note, 86, b"SITE 7");
    note
}

pub(crate) fn hyperfire_2() -> Vec<u8> {
    let mut note = vec![0; 160];
    put(&mut note, 0, b"RECONYXH2\0");
    put(&mut note, 52, b"M\0");
    put(&mut note, 62, &words(&[7, 6, 5, 4, 3, 2019, 1]));
    put(&mut note, 78, &temperature());
    put(&mut note, 104, b"SITE 7");
    put(&mut note, 126, &utf16("H2XABC01234567"));
    note
}

pub(crate) fn ultrafire() -> Vec<u8> {
    let mut note = vec![0; 120];
    put(&mut note, 0, b"RECONYXUF\0");
    put(&mut note, 52, b"M");
    put(&mut note, 59, &[7, 6, 5, 4, 3, 0xe3, 0x07, 1]);
    put(&mut note, 68, &temperature());
    put(&mut note, 75, b"UXR6BI02004234");
    put(&mut note, 90, b"SITE 7");
    note
}

pub(crate) fn hyperfire_4k() -> Vec<u8> {
    let mut note = vec![0; 190];
    put(&mut note, 0, b"RECONYXHF4K\0");
    put(&mut note, 40, b"M");
    put(&mut note, 47, &[7, 6, 5, 4, 3, 0xe3, 0x07, 2]);
    put(&mut note, 56, &temperature());
    put(&mut note, 81, b"SITE 7");
    put(&mut note, 132, b"HF4KAB00000001");
    note
}

pub(crate) fn microfire() -> Vec<u8> {
    let mut note = vec![0; 172];
    put(&mut note, 0, b"RECONYXMF\0");
    put(&mut note, 68, b"M\0");
    put(&mut note, 70, &words(&[1, 3]));
    put(&mut note, 78, &words(&[7, 6, 5, 3, 4, 2019, 2]));
    put(&mut note, 94, &temperature());
    put(&mut note, 118, b"SITE 7");
    put(&mut note, 140, &utf16("MF1ABC00012345"));
    note
}
