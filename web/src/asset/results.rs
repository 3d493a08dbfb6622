//! Style and scripts of the results pages.

use std::sync::LazyLock;

use super::bundle::{Bundle, Part, version_of};

macro_rules! part {
    ($name:literal) => {
        part!($name, "../../static/results/")
    };
    ($name:literal, $folder:literal) => {
        Part {
            name: $name,
            text: include_str!(concat!($folder, $name)),
        }
    };
}

static PARTS: [Part; 11] = [
    part!("results.css"),
    part!("plots.css", "../../../templates/figures/"),
    part!("main.js"),
    part!("threshold.js"),
    part!("view.js"),
    part!("parts.js"),
    part!("package.js"),
    part!("viewer.js"),
    part!("zoom.js"),
    part!("keys.js"),
    part!("moments.js", "../../static/"),
];

/// All of them.
pub(crate) static RESULTS: Bundle = Bundle {
    folder: "results",
    parts: &PARTS,
    version: LazyLock::new(|| version_of(&PARTS)),
};
