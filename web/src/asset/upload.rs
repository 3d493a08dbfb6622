//! Scripts of the upload page. `tus.min.js` is tus-js-client as its makers publish it, which the
//! set-up fetches (`web/build.rs`).

use std::sync::LazyLock;

use super::bundle::{Bundle, Part, version_of};

macro_rules! part {
    ($name:literal) => {
        Part {
            name: $name,
            text: include_str!(concat!("../../static/upload/", $name)),
        }
    };
}

static PARTS: [Part; 17] = [
    part!("chosen.js"),
    part!("delivery.js"),
    part!("dropped.js"),
    part!("fields.js"),
    part!("item.js"),
    part!("main.js"),
    part!("memory.js"),
    part!("pace.js"),
    part!("parcel.js"),
    part!("patience.js"),
    part!("problem.js"),
    part!("progress.js"),
    part!("rows.js"),
    part!("transfer.js"),
    part!("trouble.js"),
    Part {
        name: "tus.min.js",
        text: include_str!(concat!(env!("OUT_DIR"), "/tus.min.js")),
    },
    part!("words.js"),
];

/// All of them.
pub(crate) static UPLOAD: Bundle = Bundle {
    folder: "upload",
    parts: &PARTS,
    version: LazyLock::new(|| version_of(&PARTS)),
};

#[cfg(test)]
mod tests {
    use common::{MediaPath, deployment::camera_folder, media_kind::MediaKind};

    const DROPPED: &str = include_str!("../../static/upload/dropped.js");

    fn between<'a>(text: &'a str, front: &str, end: &str) -> &'a str {
        let (_, rest) = text.split_once(front).unwrap();
        rest.split_once(end).unwrap().0
    }

    #[test]
    fn the_page_leaves_out_no_folder_that_the_service_would_look_at() {
        let list = between(DROPPED, "LEFT_BEHIND = new Set([", "]);");
        let folders: Vec<&str> = list
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .filter(|name| !name.is_empty())
            .collect();
        assert!(folders.len() > 20, "{list}");
        for folder in folders.iter().chain(&[".trash-1000"]) {
            let path = MediaPath::from_display_name(&format!("card/{folder}/a.jpg"));
            assert!(matches!(MediaKind::of(&path), MediaKind::Skip(_)), "{path}");
        }
    }

    #[test]
    fn the_page_knows_the_folders_of_cameras_as_the_service_does() {
        let pattern = between(DROPPED, "MADE_BY_CAMERA = /^(", ")\\/$/i;");
        let any = between(pattern, "dcim|\\d+(", ")|").replace("ek\\d+", "ek113");
        let (_, three) = pattern.rsplit_once("[1-9]\\d\\d(").unwrap();
        let names = any.split('|').chain(three.trim_end_matches(')').split('|'));
        for name in names {
            let path = MediaPath::from_display_name(&format!("ridge/101{name}/a.jpg"));
            assert_eq!(camera_folder(&path), "ridge", "{path}");
        }
    }
}
