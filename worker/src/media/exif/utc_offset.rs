//! Offsets from UTC as cameras write them.

/// The widest offset from UTC in use anywhere, in minutes.
const WIDEST_OFFSET_MINUTES: i16 = 14 * 60;

/// Reads `Z`, `UTC`, or a sign with hours, minutes and seconds (`+05:30`, `+5:30`, `+0530`,
/// `+05`, `+05:30:00`) as minutes east of UTC. `None` without a sign, and for what no clock on
/// Earth has: an offset must be one of whole minutes and at most 14 hours.
pub(super) fn parse(text: &str) -> Option<i16> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    if matches!(upper.as_str(), "Z" | "UTC" | "GMT") {
        return Some(0);
    }
    let text = match upper.get(..3) {
        Some("UTC" | "GMT") => text.get(3..)?.trim_start(),
        _ => text,
    };
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let [hours, minutes, seconds] = parts(digits)?;
    let offset = hours * 60 + minutes;
    (minutes <= 59 && seconds == 0 && offset <= WIDEST_OFFSET_MINUTES).then_some(sign * offset)
}

/// Hours, minutes and seconds of what stands behind the sign.
fn parts(text: &str) -> Option<[i16; 3]> {
    let text = text.trim_start();
    let parts: Vec<&str> = if text.contains(':') {
        text.split(':').collect()
    } else {
        // Without separators, all but the hours have two digits.
        let hours = if text.len() % 2 == 1 { 1 } else { 2 };
        let (hours, rest) = text.split_at_checked(hours)?;
        let (minutes, seconds) = rest.split_at_checked(rest.len().min(2))?;
        vec![hours, minutes, seconds]
    };
    let mut numbers = [0; 3];
    for (index, part) in parts.iter().enumerate() {
        let number = numbers.get_mut(index)?;
        *number = match part.len() {
            0 if index > 0 && !text.contains(':') => 0,
            1 | 2 if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok()?,
            _ => return None,
        };
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_are_minutes_east_of_utc() {
        for (text, minutes) in [
            ("+05:30", 330),
            ("-03:30", -210),
            ("+14:00", 840),
            ("+0530", 330),
            ("+530", 330),
            ("+5:30", 330),
            ("+ 5:30", 330),
            ("+05:30:00", 330),
            ("+053000", 330),
            ("-05", -300),
            ("+5", 300),
            ("+0000", 0),
            ("-00:00", 0),
            ("Z", 0),
            ("z", 0),
            ("UTC", 0),
            ("UTC+02:00", 120),
            ("GMT-3", -180),
        ] {
            assert_eq!(parse(text), Some(minutes), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_offset_is_none() {
        for text in [
            "05:30",
            "+14:01",
            "+05:60",
            "   :  ",
            "",
            "+",
            "+99:99",
            "+05:30:15",
            "+05:",
            "+005:30",
            "+5:30:00:00",
            "+-5:30",
            "+0530000",
            "+5h",
            "UTC5",
            "PM",
            "+０５",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_offset_is_read_back(minutes in -840i16..=840) {
            let sign = if minutes < 0 { '-' } else { '+' };
            let (h, m) = (minutes.abs() / 60, minutes.abs() % 60);
            for text in [format!("{sign}{h:02}:{m:02}"), format!("{sign}{h}:{m:02}"), format!("{sign}{h:02}{m:02}")] {
                prop_assert_eq!(parse(&text), Some(minutes));
            }
        }

        #[test]
        fn any_text_is_harmless(text in ".{0,16}") {
            let _ = parse(&text);
        }
    }
}
