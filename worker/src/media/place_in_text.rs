//! Positions in free text: descriptions and comments into which cameras and people write where a
//! picture was taken. What may be one counts as one: a text too many is a smaller loss than the
//! nest of a rare bird.

use std::sync::LazyLock;

use common::media::CameraFacts;
use regex_lite::Regex;

/// What stands in place of a text that may hold a position.
const WITHHELD: &str = "(withheld: it may hold a position)";

/// Any of these is a position. All read text whose bytes were each taken for a letter, so that `Â°`
/// is a degree sign in UTF-8, and `¡ã` one in GBK.
const PATTERNS: [&str; 14] = [
    // Degrees with four decimals, which are some ten metres; two numbers with two decimals.
    r"(?:^|[^\d.,])\d{1,3}[.,]\d{4,}(?:[^\d.,]|[.,](?:\D|$)|$)",
    r"(?:^|[^\d.,])\d{1,3}[.,]\d{2,}\D{1,12}\d{1,3}[.,]\d{2,}(?:\D|$)",
    // Degrees with minutes, with a side, or with decimals; not those of temperatures.
    r"(?i)\d ?(?:Â?°|Â?º|Ë\x9a|¡ã|\bdeg(?:rees?)?\b|\x{b0}) {0,2}(?:\d|[nsewo]\b)",
    r"\d[.,]\d+ ?(?:Â?°|Â?º|¡ã)(?:[^ CFKcfk]|$| [^CFKcfk])",
    // Words for coordinates with a number behind them.
    r"(?i)\b(?:lat|lon|lng|breite|l.{1,2}nge|gps|geo|coord|koord|utm|mgrs|position|easting|northing|rechtswert|hochwert)[a-z]*[^a-z0-9]{0,6}[+-]?\d",
    r"(?i)\bmaps?\.|/maps|openstreetmap|osm\.org|what3words|w3w|///[a-z]+\.[a-z]+\.[a-z]+",
    // Metres of a grid: two numbers, or the squares of MGRS and of the British grid.
    r"\b\d{6,8}(?:\.\d+)? ?m?[EN]?[,;/ ]{1,3}\d{6,8}(?:\.\d+)?(?: ?m?[EN])?\b",
    r"(?i)\b\d{1,2} ?[c-hj-np-x] ?[a-hj-np-z]{2} ?\d{2,5} ?\d{2,5}\b",
    r"(?i)\b\d{1,2} ?[c-hj-np-x] +\d{5,7} +\d{5,8}\b",
    r"\b[A-Z]{2} \d{3,5} \d{3,5}\b",
    // Plus codes, and ISO 6709.
    r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b",
    r"[+-]\d{2,6}\.\d+[+-]\d{3,7}\.\d+",
    r"[+-]\d{2,6}[+-]\d{3,7}/",
    // Both sides in one run: 480830N0113412E.
    r"(?i)\d[ns][ ,/]?\d{1,7}(?:\.\d+)?,?[ewo](?:[^a-z]|$)",
];

/// Both a number with a letter for north or south and one with a letter for east or west.
const SIDES: [&str; 2] = [
    r#"(?i)(?:\b[ns]["'.:= ]{0,3}\d{1,3}(?:\D|$)|\d["'., ]{0,3}[ns]\b)"#,
    r#"(?i)(?:\b[ewo]["'.:= ]{0,3}\d{1,3}(?:\D|$)|\d["'., ]{0,3}[ewo]\b)"#,
];

static ANY: LazyLock<Vec<Regex>> = LazyLock::new(|| PATTERNS.iter().map(|p| compiled(p)).collect());
static ALL: LazyLock<Vec<Regex>> = LazyLock::new(|| SIDES.iter().map(|p| compiled(p)).collect());

#[expect(clippy::expect_used, reason = "constants, which the tests compile")]
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

/// The names of charsets that EXIF puts before a comment, of eight bytes each (EXIF 2.32, 4.6.5,
/// `UserComment`). They are no part of the text, and would hide where its first word begins.
const CHARSET_NAMES: [&[u8]; 4] = [b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", &[0; 8]];

/// Whether bytes of text, in whichever charset, may hold a position.
pub(crate) fn may_be_in(text: &[u8]) -> bool {
    let text = CHARSET_NAMES
        .iter()
        .find_map(|name| text.strip_prefix(*name))
        .unwrap_or(text);
    // Without NULs, UTF-16 reads like other text.
    let letters: String = text
        .iter()
        .filter(|byte| **byte != 0)
        .map(|&byte| char::from(byte))
        .collect();
    ANY.iter().any(|pattern| pattern.is_match(&letters))
        || ALL.iter().all(|pattern| pattern.is_match(&letters))
}

/// Takes the texts out that may hold a position.
pub(crate) fn withhold(camera: &mut CameraFacts) {
    for text in [
        &mut camera.make,
        &mut camera.model,
        &mut camera.serial_number,
        &mut camera.user_label,
        &mut camera.description,
        &mut camera.comment,
    ] {
        if text.as_ref().is_some_and(|text| may_be_in(text.as_bytes())) {
            *text = Some(WITHHELD.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn positions_are_seen_in_all_the_ways_that_people_write_them() {
        for text in [
            "48.14167, 11.57000",
            "nest at 48.1417",
            "-2.505142 -54.250833",
            "48,1417; 11,5700",
            "48.14 11.57",
            "48°08'30\"N 11°34'12\"E",
            "48° 8.5' N, 11° 34.2' E",
            "N48 08.500 E011 34.200",
            "48 08 30 N, 11 34 12 E",
            "4808.500,N,01134.200,E",
            "480830N0113412E",
            "lat=48 lon=11",
            "Lat: 48.1",
            "GPS 48.14/11.57",
            "Breite 48.1 Länge 11.5",
            "geo:48.1,11.5",
            "https://maps.app.goo.gl/xyz",
            "https://www.google.com/maps/@48.1,11.5,15z",
            "32U 691602 5334768",
            "691602 5334768",
            "32UPU9160234768",
            "TQ 12345 67890",
            "8FWH4HX8+QW",
            "+48.1417+011.5700/",
            "+4808-01134/",
            "///filled.count.soap",
        ] {
            assert!(may_be_in(text.as_bytes()), "{text}");
            let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(may_be_in(&utf16), "{text}");
            assert!(
                may_be_in(&[b"ASCII\0\0\0", text.as_bytes()].concat()),
                "{text}"
            );
            assert!(may_be_in(&[b"UNICODE\0", &utf16[..]].concat()), "{text}");
        }
        assert!(may_be_in(b"48\xb008'30\"N 11\xb034'12\"E"));
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "by the brook, camera 7",
            "Pürschweg 7",
            "RECONYX",
            "HC600 HYPERFIRE",
            "HF2 PRO COVERT",
            "SN-0042",
            "P800BD05003063",
            "firmware 4.1.0",
            "Ver 1.02.33",
            "2019:03:04 05:06:07",
            "2020-05-06T07:08:09+02:00",
            "21.5°C",
            "-7°C 19°F",
            "12.5 V, 21 C",
            "1/60 f/2.8 ISO 400",
            "森林保护区三号相机",
            "Тропа у ручья",
            "100% battery, 3 of 5",
            "(c) 2023 Forest Service",
            "",
        ] {
            assert!(!may_be_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn texts_with_positions_are_taken_out_of_the_facts() {
        let mut camera = CameraFacts {
            description: Some("nest at 48.1417 11.5700".into()),
            comment: Some("by the brook".into()),
            ..CameraFacts::default()
        };
        withhold(&mut camera);
        assert_eq!(camera.description.as_deref(), Some(WITHHELD));
        assert_eq!(camera.comment.as_deref(), Some("by the brook"));
    }

    proptest! {
        #[test]
        fn every_position_of_many_decimals_is_seen(
            (latitude, longitude) in (-90.0f64..=90.0, -180.0f64..=180.0),
            decimals in 4usize..8,
            (before, between) in ("[a-z ]{0,9}", "[,; ]{1,2}"),
        ) {
            let text = format!("{before} {latitude:.decimals$}{between}{longitude:.decimals$}");
            prop_assert!(may_be_in(text.as_bytes()), "{text}");
        }

        #[test]
        fn any_bytes_are_harmless(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = may_be_in(&bytes);
        }
    }
}
