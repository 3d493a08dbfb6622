//! Which camera folder a file belongs to.

use crate::path::MediaPath;

/// What cameras put behind a number, of any length, wherever the folder is.
const BEHIND_ANY_NUMBER: [&str; 4] = ["RECNX", "_BTCF", "MEDIA", "DSCIM"];

/// What cameras put behind a number from 100 to 999, wherever the folder is: `101STLTH`.
const BEHIND_THREE_DIGITS: [&str; 13] = [
    "STLTH", "MFCAM", "BMCIM", "CANON", "NIKON", "OLYMP", "MSDCF", "PENTX", "_PANA", "_FUJI",
    "GOPRO", "IMAGE", "PHOTO",
];

/// Folders that trail cameras without numbers make below `DCIM`, one for each kind of file.
const KINDS_OF_FILES: [&str; 4] = ["PHOTO", "MOVIE", "VIDEO", "IMAGE"];

/// The folder of one camera's deployment: the file's folder without the parts that cameras
/// make themselves. Blank for a file at the top.
///
/// Cameras begin a folder anew every 999 or 9999 pictures, so one card holds several. Right below
/// `DCIM` every part of the form that DCF 2.0 prescribes is the camera's: a number from 100 to 999
/// and five letters, digits or underscores (`101STLTH`, `100_0515`), and so are `PHOTO` and
/// `MOVIE`. Elsewhere only what is well known is (`100MEDIA`, `101RECNX`, `101EK113`, `100_BTCF`):
/// a site may be called `101NORTH`. The list began as MegaDetector's
/// `image_file_to_camera_folder`. Upper and lower case are the same.
#[must_use]
pub fn camera_folder(path: &MediaPath) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut is_right_below_dcim = false;
    for part in path.parent_components() {
        let upper = part.to_ascii_uppercase();
        let is_kind = is_right_below_dcim && KINDS_OF_FILES.contains(&upper.as_str());
        let is_made_by_camera = upper == "DCIM"
            || is_kind
            || (is_right_below_dcim && is_dcf_directory(&upper))
            || is_known_directory(&upper);
        if !is_made_by_camera {
            kept.push(part);
        }
        is_right_below_dcim = upper == "DCIM" || is_kind;
    }
    kept.join("/")
}

/// Whether a name in upper case is one that DCF 2.0 prescribes for folders of pictures.
fn is_dcf_directory(upper: &str) -> bool {
    let is_free = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    after_number(upper).is_some_and(|rest| rest.len() == 5 && rest.bytes().all(is_free))
}

/// What follows a number from 100 to 999 in front.
fn after_number(name: &str) -> Option<&str> {
    let (number, rest) = name.split_at_checked(3)?;
    let is_number = number.bytes().all(|c| c.is_ascii_digit()) && !number.starts_with('0');
    is_number.then_some(rest)
}

/// Whether a name in upper case is a number and a name that only cameras put behind it.
fn is_known_directory(upper: &str) -> bool {
    let rest = upper.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == upper.len() {
        return false;
    }
    BEHIND_ANY_NUMBER.contains(&rest)
        || after_number(upper).is_some_and(|rest| BEHIND_THREE_DIGITS.contains(&rest))
        || rest
            .strip_prefix("EK")
            .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &str) -> String {
        camera_folder(&MediaPath::from_display_name(path))
    }

    #[test]
    fn folders_made_by_cameras_are_dropped() {
        assert_eq!(folder("site1/DCIM/100RECNX/RCNX0001.JPG"), "site1");
        assert_eq!(folder("north/cam 2/101EK113/a.jpg"), "north/cam 2");
        assert_eq!(folder("north/100_BTCF/a.jpg"), "north");
        assert_eq!(folder("100MEDIA/a.jpg"), "");
        assert_eq!(folder("a.jpg"), "");
        assert_eq!(folder("MEDIA/a.jpg"), "MEDIA");
        assert_eq!(folder("2021/a.jpg"), "2021");
    }

    #[test]
    fn a_card_whose_folders_overflow_is_one_camera() {
        for (first, second) in [
            ("100STLTH", "101STLTH"),
            ("100MFCAM", "101MFCAM"),
            ("100CANON", "101CANON"),
            ("100_0515", "101_0516"),
            ("999NIKON", "100NIKON"),
            ("102_PANA", "103_FUJI"),
            ("10160502", "10260503"),
            ("100D3200", "101D3200"),
            ("100___01", "101___02"),
            ("100gopro", "101GoPro"),
            ("PHOTO", "MOVIE"),
            ("Photo/100MYCAM", "video"),
        ] {
            for dcim in ["DCIM", "dcim", "DCIM/DCIM"] {
                for part in [first, second] {
                    assert_eq!(folder(&format!("ridge/{dcim}/{part}/IMG_1.JPG")), "ridge");
                }
            }
        }
    }

    #[test]
    fn well_known_folders_are_the_cameras_without_dcim_too() {
        for known in ["101STLTH", "100mfcam", "102MSDCF", "100_PANA", "100IMAGE"] {
            assert_eq!(folder(&format!("ridge/{known}/IMG_1.JPG")), "ridge");
        }
    }

    #[test]
    fn sites_that_look_like_folders_of_cameras_stay() {
        assert_eq!(folder("101NORTH/a.jpg"), "101NORTH");
        assert_eq!(folder("101NORTH/DCIM/100STLTH/a.jpg"), "101NORTH");
        assert_eq!(folder("DCIM/100STLTH/SiteA/a.jpg"), "SiteA");
        assert_eq!(folder("DCIM/SiteA/102NORTH/a.jpg"), "SiteA/102NORTH");
        assert_eq!(folder("ridge/PHOTO/a.jpg"), "ridge/PHOTO");
        assert_eq!(folder("ridge/2021PHOTO/a.jpg"), "ridge/2021PHOTO");
        for site in [
            "099STLTH",
            "10STLTHX",
            "100NORTHS",
            "100NRD",
            "100 NORD",
            "1000STL",
            "Site_001",
        ] {
            assert_eq!(folder(&format!("DCIM/{site}/a.jpg")), site);
        }
    }

    #[test]
    fn names_in_other_scripts_are_no_folders_of_cameras() {
        assert_eq!(folder("DCIM/100É字/a.jpg"), "100É字");
        assert_eq!(folder("DCIM/字字/a.jpg"), "字字");
    }
}
