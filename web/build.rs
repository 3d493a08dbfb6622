//! Hands the scripts that others wrote, which the set-up fetches, to the program that embeds them.

use std::{env, fs, path::Path};

/// Where `make setup` puts them, and what it should have fetched; both seen from this crate.
const FETCHED: &str = "../var/page-scripts";
const WANTED: &str = "../worker/setup/requirements/page-scripts.txt";

fn main() -> Result<(), String> {
    let stamp = format!("{FETCHED}/packages.txt");
    let script = format!("{FETCHED}/tus-js-client/tus.min.js");
    for path in [WANTED, &stamp, &script] {
        println!("cargo::rerun-if-changed={path}");
    }
    let wanted = fs::read(WANTED).map_err(|error| format!("reading {WANTED} failed: {error}"))?;
    if fs::read(&stamp).ok() != Some(wanted) {
        return Err("the pages' scripts are not there, or others: make setup".to_owned());
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo gives no OUT_DIR")?;
    fs::copy(&script, Path::new(&out).join("tus.min.js"))
        .map(drop)
        .map_err(|error| format!("copying {script} failed: {error}"))
}
