use encoding_rs::Encoding;
use oem_cp::code_table::ENCODING_TABLE_CP_MAP;

use super::*;
use crate::archive::ChosenBy;

/// A name as bytes in a character set that has all its characters.
fn try_written(encoding: NameEncoding, name: &str) -> Option<Vec<u8>> {
    let page = encoding
        .id()
        .strip_prefix("cp")
        .and_then(|page| page.parse().ok());
    match page {
        Some(page) => {
            let table = ENCODING_TABLE_CP_MAP.get(&page).unwrap();
            oem_cp::encode_string_checked(name, table)
        }
        None => {
            let label = encoding.id().as_bytes();
            let (bytes, _, has_failed) = Encoding::for_label(label).unwrap().encode(name);
            (!has_failed).then(|| bytes.into_owned())
        }
    }
}

fn written(encoding: &str, name: &str) -> Vec<u8> {
    try_written(encoding.parse().unwrap(), name).unwrap()
}

/// How an archive with these names in this character set is read.
fn read_back(encoding: &str, names: &[&str]) -> Vec<String> {
    let raw: Vec<Vec<u8>> = names.iter().map(|name| written(encoding, name)).collect();
    read_raw(&raw.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn read_raw(names: &[&[u8]]) -> Vec<String> {
    let mut survey = NameSurvey::new(None);
    for name in names {
        if std::str::from_utf8(name).is_err() {
            survey.add_legacy(name, Host::Dos);
        }
    }
    let encodings = survey.finish();
    names.iter().map(|name| encodings.decode(name)).collect()
}

#[test]
fn japanese_names_are_read_even_from_one_short_folder_name() {
    for names in [
        &["カメラ1/IMG_0001.JPG"][..],
        &["里山/IMG_0001.JPG", "里山/IMG_0002.JPG"],
        &["山/IMG_0001.JPG", "川/IMG_0001.JPG"],
        &["2024年5月/表/ツキノワグマ.jpg"],
        &["にほんじか.jpg"],
        &["ｶﾒﾗ2/IMG_0001.JPG"],
        &["ＣＡＭ０１/IMG_0001.JPG"],
        &["地点A_北側cam/IMG_0001.JPG"],
    ] {
        assert_eq!(read_back("shift-jis", names), names);
    }
}

#[test]
fn western_names_are_read_as_a_page_of_dos() {
    for names in [
        &["Köln/IMG_0001.JPG"][..],
        &["für/Ärger.jpg"],
        &["été.jpg", "forêt/élégante.jpg"],
        &["España/cámara 1/ñandú.jpg"],
        &["pääsiäinen.jpg", "Jäärä/kettu.jpg"],
        &["Ås/Malmö.JPG"],
        &["Straße 25°/IMG_0001.JPG"],
        &["PROBEFLÄCHE/BÄR.JPG"],
        &["Grünfläche Süd/IMG_0001.JPG"],
    ] {
        let raw: Vec<Vec<u8>> = names.iter().map(|name| written("cp437", name)).collect();
        let raw: Vec<&[u8]> = raw.iter().map(Vec::as_slice).collect();
        assert_eq!(read_raw(&raw), names);
    }
}

#[test]
fn other_character_sets_are_recognised_where_the_names_are_long_enough() {
    let russian = &["Камера 1/Бурый медведь.jpg", "Камера 2/лиса.jpg"];
    assert_eq!(read_back("cp866", russian), russian);
    let chinese = &["相机陷阱/大熊猫.jpg", "相机陷阱/金丝猴.jpg"];
    assert_eq!(read_back("gbk", chinese), chinese);
    let taiwanese = &["自動相機/臺灣黑熊.jpg", "自動相機/山羌.jpg"];
    assert_eq!(read_back("big5", taiwanese), taiwanese);
    let korean = &["무인카메라/반달가슴곰.jpg", "무인카메라/고라니.jpg"];
    assert_eq!(read_back("euc-kr", korean), korean);
    let german = &["Köln/Bär.jpg", "Fläche/größer.jpg"];
    assert_eq!(read_back("windows-1252", german), german);
}

#[test]
fn one_clear_name_decides_for_the_unclear_ones() {
    let names = &["駅/IMG_0001.JPG", "ツキノワグマのカメラ/IMG_0001.JPG"];
    assert_eq!(read_back("shift-jis", names), names);
}

/// Checks that names of both kinds in one archive are read as they were meant, in whatever
/// order they stand.
fn check_mixed(japanese: &[&str], western: &[&str]) {
    let in_shift_jis = japanese.iter().map(|name| written("shift-jis", name));
    let in_cp437 = western.iter().map(|name| written("cp437", name));
    let mut raw: Vec<Vec<u8>> = in_shift_jis.chain(in_cp437).collect();
    let mut names: Vec<&str> = japanese.iter().chain(western).copied().collect();
    for _ in 0..2 {
        let read = read_raw(&raw.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert_eq!(read, names);
        raw.reverse();
        names.reverse();
    }
}

#[test]
fn each_of_two_cards_zipped_together_keeps_its_own_character_set() {
    check_mixed(&["カメラ1/IMG_0001.JPG"], &["Köln/IMG_0001.JPG"]);
    check_mixed(
        &["里山/北/IMG_0001.JPG", "里山/IMG_0002.JPG"],
        &["Malmö/IMG_0001.JPG", "Süd/Bär.jpg"],
    );
    check_mixed(
        &["backup/ツキノワグマ/駅/1.jpg"],
        &["backup/forêt/été.jpg", "backup/España/1.jpg"],
    );
    check_mixed(&["cam1/にほんじか.jpg"], &["cam2/größer.jpg"]);
}

#[test]
fn a_folder_that_could_be_either_is_read_as_the_others_are() {
    for name in [
        "cam北/1.jpg",
        "cam森1/1.jpg",
        "camＢ/1.jpg",
        "cam①/1.jpg",
        "駅/1.jpg",
    ] {
        let names = &[name, "ツキノワグマのカメラ/1.jpg", "里山/1.jpg"];
        assert_eq!(read_back("shift-jis", names), names);
    }
    let western = ["Ås/1.jpg", "Grünfläche/1.jpg"];
    let raw = western.map(|name| written("cp437", name));
    assert_eq!(read_raw(&raw.each_ref().map(Vec::as_slice)), western);
}

#[test]
fn one_short_name_in_the_page_of_any_language_is_read() {
    for (encoding, name) in [
        ("cp850", "Østmarka/Sørli"),
        ("cp850", "Estação 3"),
        ("cp850", "Árbol Caído"),
        ("cp850", "Mühle Süd"),
        ("cp852", "Białowieża"),
        ("cp852", "Šumava/Řopík"),
        ("cp852", "Gorski kotar/Šuma Čabar"),
        ("cp852", "Őrség"),
        ("cp857", "Ağaçlı"),
        ("cp775", "Mežs"),
        ("cp775", "Jõgi"),
        ("cp737", "Κάμερα 1"),
        ("windows-1253", "Κάμερα 1"),
        ("cp866", "Камера 1"),
        ("windows-1251", "Камера 1"),
        ("koi8-r", "Камера 1"),
        ("cp862", "מצלמה"),
        ("windows-1255", "מצלמה"),
        ("cp720", "كاميرا"),
        ("windows-1256", "كاميرا"),
        ("windows-874", "กล้อง"),
        ("gbk", "北坡"),
        ("gbk", "1号机"),
        ("gbk", "红外"),
        ("big5", "相機"),
        ("shift-jis", "北の森"),
        ("euc-kr", "카메라"),
    ] {
        assert_eq!(read_back(encoding, &[name]), [name], "{encoding}");
    }
}

#[test]
fn vietnamese_is_read_as_systems_of_today_write_it() {
    // Page 1258 writes the tone behind the letter.
    let raw = b"R\xfd\xccng/Tr\xe2\xf2m 3";
    assert_eq!(read_raw(&[raw]), ["Rừng/Trậm 3"]);
}

/// How many of some are right, in percent.
fn share(right: usize, all: usize) -> usize {
    100 * right / all
}

/// Reads the folders of the list back, each time `together` of them, and counts those archives
/// that read as they were meant: of the pages of DOS, and of the others.
fn score(together: usize) -> [usize; 2] {
    let (mut right, mut all) = ([0; 2], [0; 2]);
    for line in include_str!("tests/folders.txt").lines() {
        let [dos, others, folders] = line.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        let folders: Vec<&str> = folders.split('|').collect();
        for (kind, encodings) in [dos, others].into_iter().enumerate() {
            for encoding in encodings.split(' ').filter_map(|id| id.parse().ok()) {
                for names in folders.windows(together) {
                    let raw: Option<Vec<Vec<u8>>> = names
                        .iter()
                        .map(|name| try_written(encoding, name))
                        .collect();
                    let Some(raw) =
                        raw.filter(|raw| raw.iter().any(|name| std::str::from_utf8(name).is_err()))
                    else {
                        continue;
                    };
                    let raw: Vec<&[u8]> = raw.iter().map(Vec::as_slice).collect();
                    all[kind] += 1;
                    right[kind] += usize::from(read_raw(&raw) == names);
                }
            }
        }
    }
    eprintln!("{together} folders: {right:?} of {all:?}");
    assert!(all.iter().all(|all| *all > 250));
    [share(right[0], all[0]), share(right[1], all[1])]
}

#[test]
fn most_folders_of_most_languages_are_read_as_they_were_meant() {
    let [dos, others] = score(1);
    assert!(dos >= 97 && others >= 85, "one folder: {dos} %, {others} %");
    let [dos, others] = score(3);
    assert!(
        dos >= 99 && others >= 96,
        "three folders: {dos} %, {others} %"
    );
}

#[test]
fn a_choice_is_taken_and_told() {
    let mut survey = NameSurvey::new(Some("cp852".parse().unwrap()));
    survey.add_legacy(b"K\x94ln/1.jpg", Host::Dos);
    let names = survey.finish().legacy_names().unwrap();
    assert_eq!(
        (names.encoding.id(), names.chosen_by),
        ("cp852", ChosenBy::User)
    );
    assert_eq!(names.sample, "Köln/1.jpg");
    let mut survey = NameSurvey::new(None);
    survey.add_legacy(b"Bia\x88owie\xbea/1.jpg", Host::Dos);
    let names = survey.finish().legacy_names().unwrap();
    assert_eq!(
        (names.encoding.id(), names.chosen_by),
        ("cp852", ChosenBy::Detected)
    );
    assert_eq!(names.sample, "Białowieża/1.jpg");
    assert_eq!(NameSurvey::new(None).finish().legacy_names(), None);
    assert_eq!(
        NameSurvey::new(Some(NameEncoding::UTF_8))
            .finish()
            .legacy_names(),
        None
    );
}

#[test]
fn names_without_end_take_little_memory_and_time() {
    let mut survey = NameSurvey::new(None);
    let start = std::time::Instant::now();
    for number in 0..200_000_u32 {
        let letters = number.to_be_bytes().map(|byte| 0x80 | byte);
        survey.add_legacy(
            &[&letters[..], b"/", &letters[..], b".jpg"].concat(),
            Host::Dos,
        );
    }
    assert!(survey.parts.len() < MOST_PARTS + 10 && survey.groups.len() <= MOST_PARTS);
    survey.finish();
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
