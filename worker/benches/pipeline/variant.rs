//! The model on other canvases.

use std::{path::Path, process::Command};

use anyhow::{Context, ensure};

/// Writes a variant of a model for a canvas of `side` × `side` into a folder of models and gives
/// its id. The script needs the Python environment that `make bench` sets up.
pub(crate) fn make(
    home: &Path,
    models: &Path,
    model: &str,
    side: u32,
    out: &Path,
) -> anyhow::Result<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/tools/resized_model.py");
    let output = Command::new(home.join("bench-venv/bin/python3"))
        .arg(script)
        .arg(models)
        .args([model, &side.to_string()])
        .arg(out)
        .output()
        .context("the Python of var/bench-venv: run `make bench`")?;
    ensure!(
        output.status.success(),
        "{model} cannot be given a canvas of {side}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(format!("{model}-{side}"))
}
