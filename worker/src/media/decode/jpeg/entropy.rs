//! The Huffman codes of a JPEG's scans (ITU-T T.81, annexes C and F.2.2), read without making
//! pixels of them.

/// Bits of a piece of scan data, first bit first; the zero behind each 0xFF is left out.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            held: 0,
            count: 0,
        }
    }

    /// Bytes that are used up; one that is used in part counts, and so may a few that were left
    /// out ahead.
    pub(super) fn position(&self) -> usize {
        self.at.saturating_sub(self.count as usize / 8)
    }

    fn refill(&mut self) {
        while self.count <= 48 {
            let Some(byte) = self.bytes.get(self.at).copied() else {
                return;
            };
            let is_stuffed = byte == 0xFF && self.bytes.get(self.at + 1) == Some(&0);
            self.at += if is_stuffed { 2 } else { 1 };
            self.held = self.held << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    /// The next 16 bits, followed by zeros where there are fewer.
    fn window(&mut self) -> u32 {
        self.refill();
        let bits = if self.count >= 16 {
            self.held >> (self.count - 16)
        } else {
            self.held << (16 - self.count)
        };
        u32::try_from(bits & 0xFFFF).unwrap_or_default()
    }

    /// The next `count` bits (at most 16) as a number; `None` if there are not as many.
    pub(super) fn take(&mut self, count: u32) -> Option<u32> {
        let window = self.window();
        self.count = self.count.checked_sub(count)?;
        Some(window.checked_shr(16 - count).unwrap_or_default())
    }
}

/// The codes of one table and what they stand for.
pub(super) struct HuffmanTable {
    /// For each length: the first 16 bits that are no code of this or a smaller length.
    limits: [u32; 16],
    /// For each length: what is to be added to a code to get the place of its value.
    offsets: [i32; 16],
    values: Vec<u8>,
}

impl HuffmanTable {
    /// Makes the table of the numbers of codes of each length, and their values.
    pub(super) fn new(counts: &[u8; 16], values: &[u8]) -> Option<Self> {
        let (mut limits, mut offsets) = ([0; 16], [0; 16]);
        let (mut code, mut place) = (0u32, 0u32);
        for (length, count) in (1u32..).zip(counts) {
            let index = length as usize - 1;
            *offsets.get_mut(index)? = i32::try_from(place).ok()? - i32::try_from(code).ok()?;
            code += u32::from(*count);
            place += u32::from(*count);
            let limit = code << (16 - length);
            if limit > 1 << 16 {
                return None;
            }
            *limits.get_mut(index)? = limit;
            code <<= 1;
        }
        (values.len() == place as usize).then(|| Self {
            limits,
            offsets,
            values: values.to_vec(),
        })
    }

    /// The value of the next code; `None` if there is none, or not enough bits.
    pub(super) fn next(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let window = bits.window();
        let index = self.limits.iter().position(|limit| window < *limit)?;
        let code = bits.take(u32::try_from(index).ok()? + 1)?;
        let place = i32::try_from(code).ok()? + self.offsets.get(index)?;
        self.values.get(usize::try_from(place).ok()?).copied()
    }
}

/// The tables that hold at a place of a file.
#[derive(Default)]
pub(super) struct Tables {
    dc: [Option<HuffmanTable>; 4],
    ac: [Option<HuffmanTable>; 4],
}

impl Tables {
    /// Takes over the tables of a DHT segment.
    pub(super) fn define(&mut self, mut payload: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = payload.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (values, rest) = rest.split_at_checked(total)?;
            let class = if kind >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            *class.get_mut(usize::from(kind & 15))? = Some(HuffmanTable::new(counts, values)?);
            payload = rest;
        }
        Some(())
    }

    pub(super) fn dc(&self, number: u8) -> Option<&HuffmanTable> {
        self.dc.get(usize::from(number))?.as_ref()
    }

    pub(super) fn ac(&self, number: u8) -> Option<&HuffmanTable> {
        self.ac.get(usize::from(number))?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_and_end() {
        let mut bits = Bits::new(&[0b1010_0000, 0xFF, 0x00, 0x01]);
        assert_eq!(bits.take(3), Some(0b101));
        assert_eq!(bits.take(5), Some(0));
        assert_eq!(bits.take(8), Some(0xFF));
        assert_eq!(bits.take(0), Some(0));
        assert_eq!(bits.take(7), Some(0));
        assert_eq!(bits.position(), 4);
        assert_eq!(bits.take(1), Some(1));
        assert_eq!(bits.take(1), None);
    }

    #[test]
    fn codes_are_given_in_the_order_of_their_lengths() {
        // 00, 01, 100, 101, 110
        let mut counts = [0; 16];
        (counts[1], counts[2]) = (2, 3);
        let table = HuffmanTable::new(&counts, &[7, 8, 9, 10, 11]).unwrap();
        let mut bits = Bits::new(&[0b0001_1001, 0b0111_0111]);
        let found: Vec<_> = std::iter::from_fn(|| table.next(&mut bits)).collect();
        assert_eq!(found, [7, 8, 9, 10, 11]);
    }

    #[test]
    fn tables_that_contradict_themselves_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(HuffmanTable::new(&counts, &[1, 2, 3]).is_none());
        counts[0] = 1;
        assert!(HuffmanTable::new(&counts, &[]).is_none());
        assert!(Tables::default().define(&[0x00, 1, 2]).is_none());
        assert!(Tables::default().dc(200).is_none());
    }
}
