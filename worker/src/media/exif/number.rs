//! Numbers in metadata.

use ::exif::Value;

/// The number at an index of a value of any numeric type. `None` when there is none, or for a
/// fraction without a meaning (a denominator of 0).
pub(super) fn at(value: &Value, index: usize) -> Option<f64> {
    let number = match value {
        Value::Rational(parts) => parts.get(index)?.to_f64(),
        Value::SRational(parts) => parts.get(index)?.to_f64(),
        Value::Float(parts) => f64::from(*parts.get(index)?),
        Value::Double(parts) => *parts.get(index)?,
        Value::SByte(parts) => f64::from(*parts.get(index)?),
        Value::SShort(parts) => f64::from(*parts.get(index)?),
        Value::SLong(parts) => f64::from(*parts.get(index)?),
        unsigned => f64::from(unsigned.get_uint(index)?),
    };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::exif::{Rational, SRational};

    #[test]
    fn numbers_of_every_type_are_read() {
        assert_eq!(
            at(&Value::Rational(vec![Rational { num: 1, denom: 4 }]), 0),
            Some(0.25)
        );
        assert_eq!(
            at(
                &Value::SRational(vec![SRational {
                    num: -75,
                    denom: 10
                }]),
                0
            ),
            Some(-7.5)
        );
        assert_eq!(at(&Value::Short(vec![1, 2]), 1), Some(2.0));
        assert_eq!(at(&Value::SShort(vec![-3]), 0), Some(-3.0));
        assert_eq!(at(&Value::Double(vec![0.5]), 0), Some(0.5));
        assert_eq!(at(&Value::Short(vec![1]), 1), None);
        assert_eq!(at(&Value::Ascii(vec![b"1".to_vec()]), 0), None);
    }

    #[test]
    fn a_division_by_zero_is_no_number() {
        assert_eq!(
            at(&Value::Rational(vec![Rational { num: 0, denom: 0 }]), 0),
            None
        );
        assert_eq!(
            at(&Value::SRational(vec![SRational { num: 5, denom: 0 }]), 0),
            None
        );
        assert_eq!(at(&Value::Float(vec![f32::NAN]), 0), None);
    }
}
