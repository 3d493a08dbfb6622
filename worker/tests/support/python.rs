//! The Python with the readers that other people trust.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Runs a script of `tests/readers` and parses the JSON it prints.
pub(crate) fn read_with<A: AsRef<OsStr>>(script: &str, arguments: &[A]) -> Value {
    let worker = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var_os("TRAPLINE_TEST_PYTHON")
        .map_or_else(|| worker.join("../var/test-venv/bin/python"), PathBuf::from);
    assert!(
        python.try_exists().is_ok_and(|found| found),
        "{} is missing: run `make test-setup`, or set TRAPLINE_TEST_PYTHON",
        python.display()
    );
    let output = Command::new(python)
        .arg(worker.join("tests/readers").join(script))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{script} failed; run `make test-setup` again?\n{said}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
