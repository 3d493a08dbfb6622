//! The times that a file holds beside the one at which its picture was taken. They are told, and
//! never taken for it: `DateTimeDigitized` is the moment of the scan for a scanned picture,
//! `DateTime` changes whenever a program saves the file, and a GPS receiver without a fix gives
//! the time of its last one.

use ::exif::Tag;

use super::{
    capture_time::{holds_digits, shortened},
    tags::Tags,
    xmp,
};

/// What the tags and XMP packets say, each as its name and the text as it was written.
pub(super) fn of(tags: &Tags, packets: &[Vec<u8>]) -> Vec<String> {
    let of_exif = [
        ("CreateDate", tags.text(Tag::DateTimeDigitized)),
        ("ModifyDate", tags.text(Tag::DateTime)),
        ("GPS", gps(tags)),
    ];
    let of_xmp = packets.iter().flat_map(|packet| xmp::dates(packet));
    let all = of_exif
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)))
        .chain(of_xmp);
    let mut times: Vec<String> = Vec::new();
    for (name, text) in all.filter(|(_, text)| holds_digits(text)) {
        let time = format!("{name} {}", shortened(&text));
        if !times.contains(&time) {
            times.push(time);
        }
    }
    times
}

/// Date and time of the GPS fix, in UTC.
fn gps(tags: &Tags) -> Option<String> {
    let date = tags.text(Tag::GPSDateStamp)?;
    let part = |index| {
        let value = tags.value(Tag::GPSTimeStamp)?;
        super::number::at(value, index).filter(|number| (0.0..100.0).contains(number))
    };
    let (Some(hour), Some(minute), Some(second)) = (part(0), part(1), part(2)) else {
        return Some(date);
    };
    let whole = |number: f64| format!("{:02}", number.floor());
    let time = [hour, minute, second].map(whole).join(":");
    Some(format!("{date} {time} UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::exif::tiff_builder::{Data, TiffBuilder};

    #[test]
    fn all_other_times_are_told_as_they_were_written() {
        let tiff = TiffBuilder::new(true)
            .ifd0(0x0132, Data::Ascii(b"2022:02:02 02:02:02"))
            .exif(0x9004, Data::Ascii(b"2021:01:01 01:01:01"))
            .gps(0x001d, Data::Ascii(b"2021:01:03"))
            .gps(0x0007, Data::Rational(vec![(10, 1), (11, 1), (125, 10)]));
        let packet = br#"<x xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="2020-05-06T07:08:09"/>"#;
        assert_eq!(
            of(&Tags::of(&[tiff.build()]), &[packet.to_vec()]),
            [
                "CreateDate 2021:01:01 01:01:01",
                "ModifyDate 2022:02:02 02:02:02",
                "GPS 2021:01:03 10:11:12 UTC",
                "XMP CreateDate 2020-05-06T07:08:09",
            ]
        );
    }

    #[test]
    fn unset_clocks_tell_nothing() {
        let tiff = TiffBuilder::new(true)
            .ifd0(0x0132, Data::Ascii(b"0000:00:00 00:00:00"))
            .exif(0x9004, Data::Ascii(b"    :  :     :  :  "));
        assert_eq!(of(&Tags::of(&[tiff.build()]), &[]), [""; 0]);
    }
}
