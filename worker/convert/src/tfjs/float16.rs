//! Half-precision numbers (IEEE 754 binary16) to single precision.

/// The exact value of a half-precision number given by its bits.
pub(super) fn to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits & 0x3ff);
    match exponent {
        // Subnormal: fraction × 2⁻²⁴, which is a normal number in single precision.
        0 => {
            #[expect(clippy::cast_precision_loss, reason = "10 bits")]
            let magnitude = fraction as f32 / 16_777_216.0;
            f32::from_bits(sign | magnitude.to_bits())
        }
        0x1f => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        // The exponent's bias is 15 there and 127 here.
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_are_exact() {
        let cases = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x3155, 0.166_625_98),
            (0x7bff, 65504.0),
            (0x0400, 6.103_515_6e-5),
            (0x0001, 5.960_464_5e-8),
            (0x83ff, -6.097_555e-5),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, value) in cases {
            assert_eq!(to_f32(bits).to_bits(), f32::to_bits(value), "{bits:#06x}");
        }
        assert_eq!(to_f32(0x8000).to_bits(), (-0.0f32).to_bits());
        assert!(to_f32(0x7e00).is_nan());
    }

    #[test]
    fn every_finite_number_is_larger_than_the_one_before_it() {
        for bits in 1..=0x7c00u16 {
            assert!(to_f32(bits) > to_f32(bits - 1), "{bits:#06x}");
            assert_eq!(to_f32(bits | 0x8000).to_bits(), (-to_f32(bits)).to_bits());
        }
    }
}
