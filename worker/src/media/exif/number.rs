//! Numbers in metadata.

use ::exif::Value;

/// The number at an index of a value of any numeric type, or of text that holds numbers. `None`
/// when there is none, or for a fraction without a meaning (a denominator of 0).
pub(super) fn at(value: &Value, index: usize) -> Option<f64> {
    let number = match value {
        Value::Ascii(parts) => in_text(parts.iter().find(|part| !part.is_empty())?)?
            .get(index)
            .copied()?,
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

/// The numbers of a text that holds nothing else but blanks, commas, a fraction's stroke, and the
/// signs and letters of degrees: `48 8 30.5`, `481/10`, `48°8'30.5"N`.
fn in_text(text: &[u8]) -> Option<Vec<f64>> {
    let text = String::from_utf8_lossy(text);
    let text = text.trim().trim_matches(|c| "NSEWnsew".contains(c));
    let is_between = |c: char| c.is_whitespace() || ",;'\"°º′″\u{fffd}".contains(c);
    let parts = text.split(is_between).filter(|part| !part.is_empty());
    parts.map(fraction).collect()
}

fn fraction(text: &str) -> Option<f64> {
    match text.split_once('/') {
        Some((number, divisor)) => Some(decimal(number)? / decimal(divisor)?),
        None => decimal(text),
    }
}

fn decimal(text: &str) -> Option<f64> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    text.parse().ok().filter(|_| is_plain)
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
    }

    #[test]
    fn numbers_in_text_are_read() {
        let text = |text: &[u8], index| at(&Value::Ascii(vec![text.to_vec()]), index);
        assert_eq!(text(b"-7.5", 0), Some(-7.5));
        assert_eq!(text(b"48, 8, 30.5", 2), Some(30.5));
        assert_eq!(text(b"481/10 5/1", 0), Some(48.1));
        assert_eq!(text("48°8'30\"N".as_bytes(), 1), Some(8.0));
        for none in [&b""[..], b"x", b"1e5", b"inf", b"nan", b"5/0", b"about 5"] {
            assert_eq!(text(none, 0), None, "{none:?}");
        }
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
