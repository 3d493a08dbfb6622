//! Arrows between the modules of the front end point one way. Which way stands in one table, and
//! the sources are read for every `crate::…` and `super::…` that goes against it.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The layers, from the highest to the lowest: why each is where it is, and its modules. A module
/// may use those of lower layers, and neither those of its own layer nor of higher ones.
const LAYERS: &[(&str, &[&str])] = &[
    ("The program: what is started, and watched over.", &["app"]),
    (
        "What runs beside requests for as long as the program does.",
        &["self_check", "upload_gc", "watchdog"],
    ),
    ("How the program speaks with systemd.", &["systemd"]),
    ("Every address, and who answers there.", &["routes"]),
    (
        "One answer each. They alone see requests whole.",
        &["handlers"],
    ),
    ("What happens around every request.", &["middleware"]),
    ("Pages, made of facts: they know no request.", &["views"]),
    (
        "The edge: every typed error below becomes a status and a text here, and nowhere else.",
        &["error"],
    ),
    ("Where a job stands, for pages and programs.", &["status"]),
    (
        "What all requests share: it holds what stands below it, which knows nothing of it.",
        &["state"],
    ),
    (
        "Files become a job, whichever way they came.",
        &["submission"],
    ),
    (
        "How files come: by form, or in parts.",
        &["upload", "resumable"],
    ),
    (
        "What can be looked at: rows of results, the work that goes on, what is broken.",
        &["results", "workload", "readiness", "arrived"],
    ),
    (
        "Who asks, and under which name of ours.",
        &["own_hosts", "wrong_ids", "quota"],
    ),
    ("What a request says about its client.", &["client"]),
    ("Settings.", &["config"]),
    (
        "What knows nothing of the front end.",
        &[
            "asset",
            "cli",
            "metrics",
            "pace",
            "deadline",
            "problem",
            "space",
            "stage",
            "stop_signal",
            "units",
        ],
    ),
];

/// The layer of a module, from 0 for the highest.
fn layer(module: &str) -> Option<usize> {
    LAYERS
        .iter()
        .position(|(_, modules)| modules.contains(&module))
}

/// The names that follow `prefix` in a source: one, or several in braces.
fn names_behind<'a>(source: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, _) in source.match_indices(prefix) {
        let is_whole = !source[..at]
            .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':');
        let rest = &source[at + prefix.len()..];
        match rest.strip_prefix('{') {
            _ if !is_whole => {}
            Some(list) => names.extend(in_braces(list)),
            None => names.push(first_name(rest)),
        }
    }
    names
}

/// The first names of a list of paths, up to its closing brace.
fn in_braces(list: &str) -> Vec<&str> {
    let (mut depth, mut begins, mut names) = (0, true, Vec::new());
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            letter if begins && !letter.is_whitespace() => {
                names.push(first_name(&list[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> &str {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    path.split(|letter| !is_part(letter))
        .next()
        .unwrap_or_default()
}

/// The source without comments, which may name anything.
fn code_of(source: &str) -> String {
    let lines = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// What is wrong with a file, as sentences: imports that go up. `path` is below `src`.
fn wrong_arrows(path: &Path, source: &str) -> Vec<String> {
    let parts: Vec<String> = path
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    let module = parts[0].as_str();
    if matches!(module, "lib" | "main") {
        return Vec::new();
    }
    let Some(own) = layer(module) else {
        return vec![format!("{module} stands in no layer of the table")];
    };
    let code = code_of(source);
    let mut used = names_behind(&code, "crate::");
    // So many steps up is the crate itself.
    let to_crate = "super::".repeat(parts.len());
    used.extend(names_behind(&code, &to_crate));
    let wrong = used
        .into_iter()
        .filter(|name| *name != module && layer(name).is_some_and(|other| other <= own));
    let wrong: BTreeSet<&str> = wrong.collect();
    wrong
        .into_iter()
        .map(|name| format!("{} uses {name}, which is not below it", path.display()))
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > LAYERS.len(), "{files:?}");
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let source = fs::read_to_string(file).unwrap();
            wrong_arrows(file.strip_prefix(&root).unwrap(), &source)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_table_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for module in LAYERS.iter().flat_map(|(_, modules)| *modules) {
        assert!(root.join(format!("{module}.rs")).is_file(), "{module}");
    }
}

#[test]
fn an_arrow_that_goes_up_is_found_however_it_is_written() {
    for source in [
        "use crate::handlers::results;",
        "use crate::{config::{A, B}, handlers};",
        "use crate::{\n    config,\n    handlers::{job, see},\n};",
        "use super::super::handlers;",
        "fn f() { crate::handlers::job::get() }",
        "use crate::views;\nuse crate::state;\nuse crate::error::{handlers};\nuse crate::handlers;",
    ] {
        let wrong = wrong_arrows(Path::new("views/results.rs"), source);
        let expected = "views/results.rs uses handlers, which is not below it";
        assert_eq!(wrong, [expected], "{source}");
    }
    for source in [
        "use crate::{error::handlers, state};",
        "// crate::handlers would be wrong\nuse super::units;",
        "use other_crate::handlers;",
    ] {
        let wrong = wrong_arrows(Path::new("views/results.rs"), source);
        assert_eq!(wrong, Vec::<String>::new(), "{source}");
    }
    let stranger = wrong_arrows(Path::new("utils.rs"), "");
    assert_eq!(stranger, ["utils stands in no layer of the table"]);
}
