//! Scripts of the upload page. `tus.min.js` is tus-js-client as its makers publish it; the licences
//! of all that is in it are beside it.

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
    part!("tus.min.js"),
    part!("words.js"),
];

/// All of them.
pub(crate) static UPLOAD: Bundle = Bundle {
    folder: "upload",
    parts: &PARTS,
    version: LazyLock::new(|| version_of(&PARTS)),
};
