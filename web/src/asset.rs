//! Style, scripts and the icon, which are part of the program.

mod bundle;
mod results;
mod upload;

use std::sync::LazyLock;

pub(crate) use {bundle::Bundle, results::RESULTS, upload::UPLOAD};

/// A file that pages refer to.
pub(crate) struct Asset {
    /// Its name below `/static/`.
    pub(crate) name: &'static str,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// Its content.
    pub(crate) text: &'static str,
    version: LazyLock<String>,
}

macro_rules! asset {
    ($constant:ident, $name:literal, $media_type:literal) => {
        /// A file that pages refer to.
        pub(crate) static $constant: Asset = Asset {
            name: $name,
            media_type: $media_type,
            text: include_str!(concat!("../static/", $name)),
            version: LazyLock::new(|| version_of(include_str!(concat!("../static/", $name)))),
        };
    };
}

asset!(STYLE, "trapline.css", "text/css; charset=utf-8");
asset!(JOB_SCRIPT, "job.js", "text/javascript; charset=utf-8");
asset!(
    MOMENTS_SCRIPT,
    "moments.js",
    "text/javascript; charset=utf-8"
);
asset!(ICON, "icon.svg", "image/svg+xml");

impl Asset {
    /// All of them.
    pub(crate) const ALL: [&'static Self; 4] = [&STYLE, &JOB_SCRIPT, &MOMENTS_SCRIPT, &ICON];

    /// Its address. It has the content's hash in it, so that browsers may keep it for good.
    pub(crate) fn url(&self) -> String {
        format!("/static/{}?v={}", self.name, *self.version)
    }
}

fn version_of(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes()).to_hex();
    hash.get(..10).unwrap_or_default().to_owned()
}
