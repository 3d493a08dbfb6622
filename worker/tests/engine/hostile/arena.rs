//! A place where the program can do harm, and does not.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
    time::SystemTime,
};

use super::{
    case::{Case, Fate},
    entries, names, pictures,
};
use crate::support::{Workbench, process_command, raw_zip};

/// All cases by the archive they are in; the archive's name is the first folder of their paths.
fn corpus() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("names", names::cases()),
        ("shift-jis", names::shift_jis()),
        ("cp437", names::code_page_437()),
        ("entries", entries::cases()),
        ("pictures", pictures::cases()),
    ]
}

/// The hostile archives, in a folder with nothing else but places to do harm in.
pub(super) struct Arena {
    pub(super) bench: Workbench,
    inputs: Vec<PathBuf>,
    /// What must become of every file, by its path in the results.
    pub(super) fates: BTreeMap<String, Fate>,
}

impl Arena {
    pub(super) fn new() -> Self {
        let bench = Workbench::new();
        let mut fates = BTreeMap::new();
        let mut inputs = Vec::new();
        for folder in ["cwd", "tmp", "home"] {
            fs::create_dir(bench.path(folder)).unwrap();
        }
        for (name, cases) in corpus() {
            let entries: Vec<_> = cases.iter().map(|case| case.entry.clone()).collect();
            // Bytes before an archive, as self-extracting ones have, must not matter.
            let archive = [b"#!/bin/sh\n".repeat(7), raw_zip::archive(&entries)].concat();
            let path = bench.path(&format!("{name}.zip"));
            fs::write(&path, archive).unwrap();
            inputs.push(path);
            for case in cases {
                let path = format!("{name}/{}", case.path);
                assert!(fates.insert(path, case.fate).is_none(), "{}", case.path);
            }
        }
        Self {
            bench,
            inputs,
            fates,
        }
    }

    /// Processes all archives at once, with a limit of one megapixel.
    pub(super) fn process(&self, out: &Path, more: &[&str]) -> Output {
        process_command(&self.inputs[0], out, more)
            .args(&self.inputs[1..])
            .args(["--threads", "2"])
            .env("TRAPLINE_MAX_MEGAPIXELS", "1")
            .env("TMPDIR", self.bench.path("tmp"))
            .env("HOME", self.bench.path("home"))
            .current_dir(self.bench.path("cwd"))
            .output()
            .unwrap()
    }

    /// Everything there is except below `out`; of files also their size and last change.
    pub(super) fn surroundings(&self, out: &Path) -> BTreeMap<PathBuf, Option<(u64, SystemTime)>> {
        let described = |entry: walkdir::DirEntry| {
            let metadata = entry.metadata().unwrap();
            let facts = metadata
                .is_file()
                .then(|| (metadata.len(), metadata.modified().unwrap()));
            (entry.into_path(), facts)
        };
        walkdir::WalkDir::new(self.bench.path(""))
            .into_iter()
            .filter_entry(|entry| entry.path() != out)
            .map(|entry| described(entry.unwrap()))
            .collect()
    }
}
