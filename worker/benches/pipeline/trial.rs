//! One run of the real program on a batch.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::workload::Workload;

/// What to run.
pub(crate) struct Trial<'a> {
    /// The model.
    pub(crate) workload: &'a Workload,
    /// The zip.
    pub(crate) batch: &'a Path,
    /// The value of `--annotate`.
    pub(crate) annotate: &'a str,
    /// The value of `--threads`.
    pub(crate) threads: usize,
}

/// What it took.
pub(crate) struct Outcome {
    /// Images per second, from the first file read to the last record written.
    pub(crate) images_per_second: f64,
    /// Highest resident memory of the process.
    pub(crate) peak_memory_mb: f64,
    /// Processor seconds per wall second.
    pub(crate) cores_busy: f64,
    /// Processor time of an image.
    pub(crate) cpu_ms: f64,
    /// Thread time of each stage per image.
    pub(crate) stage_ms: Vec<(String, f64)>,
}

impl Outcome {
    /// Images per second if `threads` threads did nothing but the measured stages.
    pub(crate) fn ideal(&self, threads: usize) -> f64 {
        let per_image: f64 = self.stage_ms.iter().map(|(_, ms)| ms).sum();
        1000.0 * threads as f64 / per_image
    }
}

/// Where trials run.
pub(crate) struct Machine {
    /// What the set-up put in place.
    pub(crate) home: PathBuf,
    /// Where results go for the moment.
    pub(crate) scratch: PathBuf,
}

impl Machine {
    /// Runs `trapline-worker process` once and gives the folder of its results.
    pub(crate) fn process(&self, trial: &Trial<'_>) -> anyhow::Result<PathBuf> {
        let out = self.scratch.join("out");
        let threads = trial.threads.to_string();
        let output = Command::new(env!("CARGO_BIN_EXE_trapline-worker"))
            .env("TRAPLINE_HOME", &self.home)
            .env("TRAPLINE_MODELS", &trial.workload.models)
            .args(["process", "--device", "cpu", "--threads", &threads])
            .args(["--model", &trial.workload.model])
            .args(["--annotate", trial.annotate])
            .arg("--out")
            .arg(&out)
            .arg(trial.batch)
            .output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(out)
    }

    /// Runs it once and reads what it says of itself in `run.json`.
    pub(crate) fn measure(&self, trial: &Trial<'_>) -> anyhow::Result<Outcome> {
        let out = self.process(trial)?;
        let facts: Value = serde_json::from_slice(&fs::read(out.join("run.json"))?)?;
        fs::remove_dir_all(&out)?;
        outcome(&facts)
    }
}

fn outcome(facts: &Value) -> anyhow::Result<Outcome> {
    let number = |value: &Value| value.as_f64().context("run.json lacks a number");
    let execution = &facts["execution"];
    let images = number(&facts["counts"]["processed"])?;
    let stages = execution["stage_seconds"]
        .as_object()
        .context("run.json lacks the stages")?;
    Ok(Outcome {
        images_per_second: number(&execution["images_per_second"])?,
        peak_memory_mb: number(&execution["peak_memory_bytes"])? / 1e6,
        cores_busy: number(&execution["cpu_seconds"])? / number(&execution["wall_seconds"])?,
        cpu_ms: number(&execution["cpu_seconds"])? * 1000.0 / images,
        stage_ms: stages
            .iter()
            .map(|(stage, seconds)| Ok((stage.clone(), number(seconds)? * 1000.0 / images)))
            .collect::<anyhow::Result<_>>()?,
    })
}
