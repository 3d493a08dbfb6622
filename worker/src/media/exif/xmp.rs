//! Dates in XMP packets (ISO 16684-1), whichever of its ways of writing properties they are in.

use quick_xml::{NsReader, events::Event, name::ResolveResult};

/// Properties with dates, by namespace and name.
const DATES: [(&str, &str, &str); 7] = [
    (
        "http://ns.adobe.com/exif/1.0/",
        "DateTimeOriginal",
        "XMP DateTimeOriginal",
    ),
    (
        "http://ns.adobe.com/exif/1.0/",
        "DateTimeDigitized",
        "XMP DateTimeDigitized",
    ),
    (
        "http://ns.adobe.com/photoshop/1.0/",
        "DateCreated",
        "XMP DateCreated",
    ),
    (
        "http://ns.adobe.com/xap/1.0/",
        "CreateDate",
        "XMP CreateDate",
    ),
    (
        "http://ns.adobe.com/xap/1.0/",
        "ModifyDate",
        "XMP ModifyDate",
    ),
    ("http://ns.adobe.com/tiff/1.0/", "DateTime", "XMP DateTime"),
    ("http://purl.org/dc/elements/1.1/", "date", "XMP date"),
];

/// The longest packet that is read, in bytes.
const LONGEST_BYTES: usize = 1 << 20;

/// The dates of a packet with their names, in their order. Damaged packets give what stands
/// before the damage.
pub(super) fn dates(packet: &[u8]) -> Vec<(&'static str, String)> {
    let packet = packet.get(..LONGEST_BYTES).unwrap_or(packet);
    let mut reader = NsReader::from_reader(packet);
    let mut dates = Vec::new();
    let mut open = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                let (namespace, name) = reader.resolver().resolve_element(element.name());
                open = date_named(&namespace, name.as_ref())
                    .or(open.filter(|_| is_list(name.as_ref())));
                dates.extend(of_attributes(&reader, &element));
            }
            Ok(Event::Empty(element)) => dates.extend(of_attributes(&reader, &element)),
            Ok(Event::Text(text)) => {
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                if let Some(name) = open.filter(|_| !text.is_empty()) {
                    dates.push((name, text));
                }
            }
            Ok(Event::End(element)) if !is_list(element.local_name().as_ref()) => open = None,
            Ok(Event::Eof) | Err(_) => return dates,
            Ok(_) => {}
        }
    }
}

/// Whether an element is part of a list of values.
fn is_list(name: &[u8]) -> bool {
    matches!(name, b"Seq" | b"Bag" | b"Alt" | b"li")
}

fn of_attributes(
    reader: &NsReader<&[u8]>,
    element: &quick_xml::events::BytesStart<'_>,
) -> Vec<(&'static str, String)> {
    let attributes = element.attributes().filter_map(Result::ok);
    let dates = attributes.filter_map(|attribute| {
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let name = date_named(&namespace, name.as_ref())?;
        Some((
            name,
            String::from_utf8_lossy(&attribute.value).trim().to_owned(),
        ))
    });
    dates.collect()
}

fn date_named(namespace: &ResolveResult<'_>, name: &[u8]) -> Option<&'static str> {
    let ResolveResult::Bound(namespace) = namespace else {
        return None;
    };
    let is_it = |date: &&(&str, &str, &str)| {
        namespace.as_ref() == date.0.as_bytes() && name == date.1.as_bytes()
    };
    DATES.iter().find(is_it).map(|date| date.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">"#;
    const TAIL: &str = r#"</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"#;

    fn packet(description: &str) -> Vec<u8> {
        [HEAD, description, TAIL].concat().into_bytes()
    }

    #[test]
    fn dates_are_read_from_attributes_and_elements() {
        let written = packet(
            r#"<rdf:Description xmlns:e="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" e:DateTimeOriginal="2020-05-06T07:08:09">
            <xmp:ModifyDate>2021-01-01T00:00:00Z</xmp:ModifyDate>
            <dc:date xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Seq><rdf:li>2019-01-01</rdf:li></rdf:Seq></dc:date>
            <xmp:CreatorTool>7</xmp:CreatorTool></rdf:Description>"#,
        );
        let expected = [
            ("XMP DateTimeOriginal", "2020-05-06T07:08:09"),
            ("XMP ModifyDate", "2021-01-01T00:00:00Z"),
            ("XMP date", "2019-01-01"),
        ];
        let expected: Vec<_> = expected.map(|(name, text)| (name, text.to_owned())).into();
        assert_eq!(dates(&written), expected);
    }

    #[test]
    fn names_of_other_namespaces_are_no_dates() {
        let written = packet(
            r#"<rdf:Description xmlns:exif="urn:other" exif:DateTimeOriginal="2020-05-06" CreateDate="2020"/>"#,
        );
        assert_eq!(dates(&written), []);
    }

    #[test]
    fn a_damaged_packet_gives_what_stands_before_the_damage() {
        let mut written = packet(
            r#"<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreateDate="2020"><a></b>"#,
        );
        assert_eq!(dates(&written).len(), 1);
        written.truncate(20);
        assert_eq!(dates(&written), []);
    }

    proptest! {
        #[test]
        fn any_packet_is_harmless(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[<>/a-c:=\" &;!\\[\\]?-]{0,80}") {
            let _ = (dates(&bytes), dates(text.as_bytes()));
        }
    }
}
