use super::*;
use crate::media::exif::tiff_builder::reconyx::{
    hyperfire, hyperfire_2, hyperfire_4k, microfire, ultrafire,
};
use jiff::civil::datetime;
use proptest::prelude::*;

fn read(note: &[u8], make: Option<&str>) -> Option<ReconyxFacts> {
    ReconyxFacts::read(note, make, Charset::default())
}

fn facts(local: DateTime, serial: &str, celsius: f64) -> Option<ReconyxFacts> {
    Some(ReconyxFacts {
        local: Some(local),
        serial_number: Some(serial.into()),
        temperature_celsius: Some(celsius),
        user_label: Some("SITE 7".into()),
    })
}

#[test]
fn every_family_of_cameras_is_read() {
    let moment = datetime(2019, 3, 4, 5, 6, 7, 0);
    assert_eq!(
        read(&hyperfire(), None),
        facts(moment, "P800BD05003063", -7.0)
    );
    assert_eq!(
        read(&hyperfire_2(), None),
        facts(moment, "H2XABC01234567", -7.0)
    );
    assert_eq!(
        read(&ultrafire(), None),
        facts(moment, "UXR6BI02004234", -7.0)
    );
    assert_eq!(
        read(&hyperfire_4k(), None),
        facts(moment, "HF4KAB00000001", -7.0)
    );
    assert_eq!(
        read(&microfire(), None),
        facts(moment, "MF1ABC00012345", -7.0)
    );
}

#[test]
fn a_later_hyperfire_is_known_by_its_maker() {
    let mut note = hyperfire();
    note[2] = 4;
    assert_eq!(read(&note, None), None);
    assert_eq!(read(&note, Some("Canon")), None);
    assert!(read(&note, Some("RECONYX")).is_some());
}

#[test]
fn the_weekday_decides_which_is_day_and_which_is_month() {
    let read_with = |first: u8, last: u8, weekday: u8| {
        let mut note = hyperfire_2();
        (note[68], note[70], note[74]) = (first, last, weekday);
        read(&note, None).unwrap().local
    };
    // 4 March 2019 was a Monday, 3 April a Wednesday.
    assert_eq!(read_with(4, 3, 1), Some(datetime(2019, 3, 4, 5, 6, 7, 0)));
    assert_eq!(read_with(3, 4, 1), Some(datetime(2019, 3, 4, 5, 6, 7, 0)));
    assert_eq!(read_with(3, 4, 3), Some(datetime(2019, 4, 3, 5, 6, 7, 0)));
    assert_eq!(read_with(3, 4, 5), None);
    // 5 May 2019 was a Sunday, either way.
    assert_eq!(read_with(5, 5, 0), Some(datetime(2019, 5, 5, 5, 6, 7, 0)));
    // Only one of the two can be a month.
    assert_eq!(
        read_with(31, 12, 2),
        Some(datetime(2019, 12, 31, 5, 6, 7, 0))
    );
}

#[test]
fn days_and_months_that_both_fit_the_weekday_give_no_time() {
    let year = 2019;
    let same_weekday = (1..=12i8)
        .flat_map(|month| (month + 1..=12).map(move |day| (month, day)))
        .find(|&(month, day)| {
            datetime(year, month, day, 0, 0, 0, 0).weekday()
                == datetime(year, day, month, 0, 0, 0, 0).weekday()
        })
        .unwrap();
    let weekday = datetime(year, same_weekday.0, same_weekday.1, 0, 0, 0, 0).weekday();
    let mut note = hyperfire_2();
    note[68] = same_weekday.0.cast_unsigned();
    note[70] = same_weekday.1.cast_unsigned();
    note[74] = weekday.to_sunday_zero_offset().cast_unsigned();
    assert_eq!(read(&note, None).unwrap().local, None);
}

#[test]
fn a_note_without_measurements_gives_none() {
    let mut note = vec![0; 200];
    note[..4].copy_from_slice(&[0x01, 0xf1, 3, 0]);
    assert_eq!(read(&note, None), Some(ReconyxFacts::default()));
}

#[test]
fn notes_of_others_are_not_read() {
    assert_eq!(read(b"Nikon\0\x02\x10", Some("NIKON")), None);
    assert_eq!(read(b"RECONYX\0", Some("RECONYX")), None);
    assert_eq!(read(b"", Some("RECONYX")), None);
}

proptest! {
    #[test]
    fn cut_and_damaged_notes_never_panic_and_never_give_impossible_temperatures(
        note in prop::sample::select(vec![hyperfire(), hyperfire_2(), ultrafire(), hyperfire_4k(), microfire()]),
        length in 0usize..200,
        damage in prop::collection::vec((0usize..200, any::<u8>()), 0..40),
    ) {
        let mut note = note;
        note.truncate(length);
        for (at, byte) in damage {
            if let Some(slot) = note.get_mut(at) {
                *slot = byte;
            }
        }
        if let Some(facts) = read(&note, None) {
            prop_assert!(facts.temperature_celsius.is_none_or(is_on_earth));
        }
    }
}

#[test]
fn a_time_in_the_other_byte_order_is_read() {
    let mut note = hyperfire();
    note[22..34]
        .as_chunks_mut::<2>()
        .0
        .iter_mut()
        .for_each(|word| word.reverse());
    let local = read(&note, None).unwrap().local;
    assert_eq!(local, Some(datetime(2019, 3, 4, 5, 6, 7, 0)));
}

#[test]
fn a_label_is_read_as_far_as_it_goes_and_no_further() {
    let with = |label: &[u8]| {
        let mut note = hyperfire();
        note.resize(200, b'x');
        note[86..86 + label.len()].copy_from_slice(label);
        read(&note, None).unwrap().user_label
    };
    assert_eq!(
        with(b"PATH TO THE OLD QUARRY").as_deref(),
        Some("PATH TO THE OLD QUARRY")
    );
    assert_eq!(with("Bäche\0".as_bytes()).as_deref(), Some("Bäche"));
    assert_eq!(with(b"        \0"), None);
    assert_eq!(with(b"\0"), None);
    let note = hyperfire();
    assert_eq!(
        read(&note[..90], None).unwrap().user_label.as_deref(),
        Some("SITE")
    );
    assert_eq!(read(&note[..86], None).unwrap().user_label, None);
}
