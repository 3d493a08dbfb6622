use std::io::Write as _;

use common::FailureCode;

use super::super::tests::full;

/// The values of a field: their type, their bytes, and how many they are.
type Values = (u16, Vec<u8>, usize);

/// A TIFF file to be made: what its directory says.
#[derive(Clone)]
struct File {
    size: (usize, usize),
    samples: usize,
    bits: usize,
    photometric: u16,
    extra: Vec<u16>,
    is_deflated: bool,
    has_predictor: bool,
    tile: Option<usize>,
    is_planar: bool,
    is_big_endian: bool,
    rows_per_strip: usize,
    palette: Vec<u16>,
    more: Vec<(u16, u16)>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            size: (50, 37),
            samples: 3,
            bits: 8,
            photometric: 2,
            extra: Vec::new(),
            is_deflated: false,
            has_predictor: false,
            tile: None,
            is_planar: false,
            is_big_endian: false,
            rows_per_strip: 10,
            palette: Vec::new(),
            more: Vec::new(),
        }
    }
}

/// The sample that a picture has at a place.
fn sample_at(x: usize, y: usize, sample: usize, bits: usize) -> u16 {
    let level = (x * 3 + y * 5 + sample * 71) % 256;
    match bits {
        16 => (level * 257) as u16,
        bits => (level >> (8 - bits)) as u16,
    }
}

impl File {
    fn short(&self, value: u16) -> [u8; 2] {
        if self.is_big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    fn long(&self, value: usize) -> [u8; 4] {
        let value = value as u32;
        if self.is_big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    /// The data of a strip or tile, whose rows may reach beyond the picture.
    fn chunk(
        &self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
        only: Option<usize>,
    ) -> Vec<u8> {
        let samples: Vec<usize> = only.map_or((0..self.samples).collect(), |sample| vec![sample]);
        let mut bytes = Vec::new();
        for y in top..top + height {
            let mut before = vec![0u16; samples.len()];
            let (mut packed, mut held) = (0u8, 0);
            for x in left..left + width {
                for (place, sample) in samples.iter().enumerate() {
                    let value = sample_at(x, y, *sample, self.bits);
                    let stored = if self.has_predictor {
                        value.wrapping_sub(std::mem::replace(&mut before[place], value))
                    } else {
                        value
                    };
                    match self.bits {
                        16 => bytes.extend(self.short(stored)),
                        8 => bytes.push(stored as u8),
                        bits => {
                            packed = packed << bits | stored as u8;
                            held += bits;
                            if held == 8 {
                                bytes.push(packed);
                                (packed, held) = (0, 0);
                            }
                        }
                    }
                }
            }
            if held > 0 {
                bytes.push(packed << (8 - held));
            }
        }
        if !self.is_deflated {
            return bytes;
        }
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(&bytes).unwrap();
        deflated.finish().unwrap()
    }

    fn chunks(&self) -> Vec<Vec<u8>> {
        let (width, height) = self.size;
        let planes: Vec<Option<usize>> = if self.is_planar {
            (0..self.samples).map(Some).collect()
        } else {
            vec![None]
        };
        let mut chunks = Vec::new();
        for plane in planes {
            match self.tile {
                Some(side) => {
                    for top in (0..height).step_by(side) {
                        for left in (0..width).step_by(side) {
                            chunks.push(self.chunk(left, top, side, side, plane));
                        }
                    }
                }
                None => {
                    for top in (0..height).step_by(self.rows_per_strip) {
                        let rows = self.rows_per_strip.min(height - top);
                        chunks.push(self.chunk(0, top, width, rows, plane));
                    }
                }
            }
        }
        chunks
    }

    /// The file: header, directory, its long values, then the data.
    fn encode(&self) -> Vec<u8> {
        let chunks = self.chunks();
        let shorts = |values: &[u16]| {
            (
                3u16,
                values.iter().flat_map(|v| self.short(*v)).collect(),
                values.len(),
            )
        };
        let longs = |values: &[usize]| {
            (
                4u16,
                values.iter().flat_map(|v| self.long(*v)).collect(),
                values.len(),
            )
        };
        let lengths: Vec<usize> = chunks.iter().map(Vec::len).collect();
        let mut entries: Vec<(u16, Values)> = vec![
            (256, longs(&[self.size.0])),
            (257, longs(&[self.size.1])),
            (258, shorts(&vec![self.bits as u16; self.samples])),
            (259, shorts(&[if self.is_deflated { 8 } else { 1 }])),
            (262, shorts(&[self.photometric])),
            (277, shorts(&[self.samples as u16])),
            (284, shorts(&[if self.is_planar { 2 } else { 1 }])),
            (317, shorts(&[if self.has_predictor { 2 } else { 1 }])),
        ];
        let (offsets_tag, lengths_tag) = match self.tile {
            Some(side) => {
                entries.push((322, longs(&[side])));
                entries.push((323, longs(&[side])));
                (324, 325)
            }
            None => {
                entries.push((278, longs(&[self.rows_per_strip])));
                (273, 279)
            }
        };
        entries.push((lengths_tag, longs(&lengths)));
        entries.push((offsets_tag, longs(&lengths)));
        if !self.extra.is_empty() {
            entries.push((338, shorts(&self.extra)));
        }
        if !self.palette.is_empty() {
            entries.push((320, shorts(&self.palette)));
        }
        for (tag, value) in &self.more {
            entries.retain(|(other, _)| other != tag);
            entries.push((*tag, shorts(&[*value])));
        }
        entries.sort_by_key(|(tag, _)| *tag);
        let values_at = 8 + 2 + entries.len() * 12 + 4;
        let long_bytes: usize = entries
            .iter()
            .map(|(_, (_, v, _))| if v.len() > 4 { v.len() } else { 0 })
            .sum();
        let data_at = values_at + long_bytes;
        let mut at = data_at;
        let offsets: Vec<usize> = lengths
            .iter()
            .map(|length| {
                at += length;
                at - length
            })
            .collect();
        let mut file = if self.is_big_endian {
            b"MM\0*".to_vec()
        } else {
            b"II*\0".to_vec()
        };
        file.extend(self.long(8));
        file.extend(self.short(entries.len() as u16));
        let mut values = Vec::new();
        for (tag, (kind, value, count)) in &entries {
            let value = if *tag == offsets_tag {
                longs(&offsets).1
            } else {
                value.clone()
            };
            file.extend(self.short(*tag));
            file.extend(self.short(*kind));
            file.extend(self.long(*count));
            if value.len() > 4 {
                file.extend(self.long(values_at + values.len()));
                values.extend(value);
            } else {
                file.extend(&value);
                file.extend(vec![0; 4 - value.len()]);
            }
        }
        file.extend([0; 4]);
        file.extend(values);
        chunks.iter().for_each(|chunk| file.extend(chunk));
        file
    }

    fn expected(&self) -> Vec<u8> {
        let level = |x: usize, y: usize, sample: usize| {
            let value = u32::from(sample_at(x, y, sample, self.bits));
            (value * 255 / ((1 << self.bits) - 1)) as u8
        };
        let pixel = |x: usize, y: usize| match self.photometric {
            0 => [255 - level(x, y, 0); 3],
            1 => [level(x, y, 0); 3],
            3 => {
                let index = usize::from(sample_at(x, y, 0, self.bits));
                let count = self.palette.len() / 3;
                [0, 1, 2].map(|part| (self.palette[part * count + index] >> 8) as u8)
            }
            _ => [level(x, y, 0), level(x, y, 1), level(x, y, 2)],
        };
        let (width, height) = self.size;
        (0..height)
            .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)))
            .collect()
    }

    #[track_caller]
    fn assert_read(&self, what: &str) {
        let found = full(&self.encode()).unwrap_or_else(|failure| panic!("{what}: {failure}"));
        assert!(found.frame.rgb == self.expected(), "{what}: other pixels");
        assert_eq!(found.decoded_share, None, "{what}");
    }
}

/// Every way of storing samples that the field knows.
fn storages() -> Vec<(String, File)> {
    let mut all = Vec::new();
    for (is_deflated, has_predictor) in [(false, false), (true, false), (true, true)] {
        for tile in [None, Some(16)] {
            for (bits, is_big_endian) in [(8, false), (16, false), (16, true)] {
                let name = format!(
                    "deflated {is_deflated}, predictor {has_predictor}, tile {tile:?}, {bits} bits, big {is_big_endian}"
                );
                let file = File {
                    bits,
                    is_deflated,
                    has_predictor,
                    tile,
                    is_big_endian,
                    ..File::default()
                };
                all.push((name, file));
            }
        }
    }
    all
}

#[test]
fn samples_beyond_the_colours_are_left_out_however_they_are_stored() {
    for (name, file) in storages() {
        for (photometric, samples, extra) in [
            (2, 3, vec![]),
            (2, 4, vec![0]),
            (2, 4, vec![1]),
            (2, 4, vec![2]),
            (2, 5, vec![0, 0]),
            (2, 5, vec![2, 0]),
            (1, 1, vec![]),
            (1, 2, vec![0]),
            (1, 2, vec![2]),
            (0, 1, vec![]),
            (0, 3, vec![0, 2]),
        ] {
            let file = File {
                photometric,
                samples,
                extra: extra.clone(),
                ..file.clone()
            };
            file.assert_read(&format!("{name}, {photometric}, {samples}, {extra:?}"));
        }
    }
}

#[test]
fn planes_are_put_together() {
    for (name, file) in storages() {
        for samples in [3, 4] {
            let extra = vec![0; samples - 3];
            let file = File {
                samples,
                extra,
                is_planar: true,
                ..file.clone()
            };
            file.assert_read(&format!("{name}, {samples} planes"));
        }
    }
}

#[test]
fn palettes_and_few_bits_are_read() {
    for bits in [1, 2, 4, 8] {
        for tile in [None, Some(16)] {
            let palette: Vec<u16> = (0..3 << bits).map(|i| (i * 7919 % 65_536) as u16).collect();
            let file = File {
                bits,
                tile,
                samples: 1,
                ..File::default()
            };
            for photometric in [0, 1] {
                let file = File {
                    photometric,
                    ..file.clone()
                };
                file.assert_read(&format!("{bits} bits, {photometric}"));
            }
            let file = File {
                photometric: 3,
                palette,
                ..file
            };
            file.assert_read(&format!("palette of {bits} bits, {tile:?}"));
        }
    }
}

#[test]
fn the_strips_of_a_cut_file_are_kept_and_the_rows_of_the_last() {
    for (is_deflated, has_predictor) in [(false, false), (true, true)] {
        for (bits, rows_per_strip) in [(8, 10), (16, 10), (8, 400)] {
            let file = File {
                size: (120, 400),
                bits,
                is_deflated,
                has_predictor,
                rows_per_strip,
                ..File::default()
            };
            let (bytes, expected) = (file.encode(), file.expected());
            let found = full(&bytes[..bytes.len() * 7 / 10]).unwrap();
            let what = format!("{is_deflated} {bits} {rows_per_strip}");
            let share = found.decoded_share.unwrap();
            assert!((0.3..0.8).contains(&share), "{what}: {share}");
            let known = (share * 400.0) as usize * 120 * 3;
            assert!(found.frame.rgb[..known] == expected[..known], "{what}");
            assert_eq!(found.frame.row(399, 0, 1), [128; 3], "{what}");
        }
    }
}

#[test]
fn what_is_not_read_is_named_as_unsupported_and_never_as_damaged() {
    let base = File::default();
    let grey = File {
        samples: 1,
        photometric: 1,
        ..File::default()
    };
    let with = |file: &File, more: &[(u16, u16)]| File {
        more: more.to_vec(),
        ..file.clone()
    };
    for (what, file) in [
        ("float", with(&grey, &[(339, 3)])),
        ("signed", with(&grey, &[(339, 2)])),
        ("12 bits", with(&grey, &[(258, 12)])),
        ("32 bits", with(&grey, &[(258, 32)])),
        ("64 bits", with(&grey, &[(258, 64)])),
        (
            "Lab",
            File {
                photometric: 8,
                ..base.clone()
            },
        ),
        (
            "ICC Lab",
            File {
                photometric: 9,
                ..base.clone()
            },
        ),
        (
            "mask",
            File {
                photometric: 4,
                ..grey.clone()
            },
        ),
        (
            "LogL",
            File {
                photometric: 32_844,
                ..grey.clone()
            },
        ),
        (
            "LogLuv",
            File {
                photometric: 32_845,
                ..base.clone()
            },
        ),
        ("CCITT", with(&grey, &[(259, 2)])),
        ("fax 3", with(&grey, &[(259, 3)])),
        ("old JPEG", with(&base, &[(259, 6)])),
        ("Zstandard", with(&base, &[(259, 50_000)])),
        ("unknown compression", with(&base, &[(259, 34_677)])),
        (
            "YCbCr without JPEG",
            File {
                photometric: 6,
                ..base.clone()
            },
        ),
    ] {
        let failure = full(&file.encode()).unwrap_err();
        assert_eq!(failure.code, FailureCode::Unsupported, "{what}: {failure}");
    }
}

#[test]
fn a_jpeg_inside_is_read() {
    let frame = super::super::tests::sample(64, 48);
    let jpeg = super::super::encode_jpeg(&frame).unwrap();
    let file = File {
        size: (64, 48),
        photometric: 6,
        rows_per_strip: 48,
        more: vec![(259, 7)],
        ..File::default()
    };
    let mut bytes = file.encode();
    let begin = bytes.len() - 64 * 48 * 3;
    // The strip keeps its length; what is behind the JPEG's end does not count.
    bytes[begin..begin + jpeg.len()].copy_from_slice(&jpeg);
    let found = full(&bytes).unwrap();
    let difference = super::super::tests::difference(&found.frame, &frame);
    assert!(difference < 8.0, "{difference}");
    let cut = full(&bytes[..begin + jpeg.len() / 2]);
    assert!(cut.is_err() || cut.is_ok_and(|cut| cut.decoded_share.is_some()));
}
