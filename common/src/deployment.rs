//! Which camera folder a file belongs to.

use crate::path::MediaPath;

/// The folder of one camera's deployment: the file's folder without the parts that cameras
/// make themselves (`DCIM`, `100MEDIA`, `101RECNX`, `101EK113`, `100_BTCF`, `100DSCIM`).
/// Blank for a file at the top. The list follows MegaDetector's `image_file_to_camera_folder`.
#[must_use]
pub fn camera_folder(path: &MediaPath) -> String {
    let kept: Vec<&str> = path
        .parent_components()
        .filter(|part| !is_made_by_camera(part))
        .collect();
    kept.join("/")
}

fn is_made_by_camera(part: &str) -> bool {
    let upper = part.to_ascii_uppercase();
    if upper == "DCIM" {
        return true;
    }
    let rest = upper.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == upper.len() {
        return false;
    }
    matches!(rest, "RECNX" | "_BTCF" | "MEDIA" | "DSCIM")
        || rest
            .strip_prefix("EK")
            .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_made_by_cameras_are_dropped() {
        let folder = |p: &str| camera_folder(&MediaPath::from_display_name(p));
        assert_eq!(folder("site1/DCIM/100RECNX/RCNX0001.JPG"), "site1");
        assert_eq!(folder("north/cam 2/101EK113/a.jpg"), "north/cam 2");
        assert_eq!(folder("north/100_BTCF/a.jpg"), "north");
        assert_eq!(folder("100MEDIA/a.jpg"), "");
        assert_eq!(folder("a.jpg"), "");
        assert_eq!(folder("MEDIA/a.jpg"), "MEDIA");
        assert_eq!(folder("2021/a.jpg"), "2021");
    }
}
