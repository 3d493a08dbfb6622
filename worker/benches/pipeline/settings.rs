//! What is measured, from the environment.

use std::{
    env,
    path::{Path, PathBuf},
};

use worker::config::WorkerConfig;

/// Sizes and places of a run of the bench.
pub(crate) struct Settings {
    /// Pictures of a batch: `TRAPLINE_BENCH_IMAGES`, default 200.
    pub(crate) images: usize,
    /// Pictures of the batch that memory is measured on: `TRAPLINE_BENCH_MANY`, default 5000.
    pub(crate) many: usize,
    /// Interleaved repetitions: `TRAPLINE_BENCH_ROUNDS`, default 5.
    pub(crate) rounds: usize,
    /// Only write the batches into this folder, for other programs: `TRAPLINE_BENCH_BATCHES`.
    pub(crate) batches: Option<PathBuf>,
    /// The model: `TRAPLINE_BENCH_MODEL`, default `yolox-nano`.
    pub(crate) model: String,
    /// Threads of a run that uses the whole machine.
    pub(crate) cores: usize,
    /// Where the set-up put the library, the models and the sample.
    pub(crate) home: PathBuf,
    /// The library that runs the model, and the folder of models.
    pub(crate) config: WorkerConfig,
}

impl Settings {
    pub(crate) fn from_env() -> anyhow::Result<Self> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../var")
            .canonicalize()?;
        // A bench lies elsewhere than the program, which finds its home by itself.
        let mut config = WorkerConfig::from_env()?;
        if env::var_os("TRAPLINE_HOME").is_none() {
            config.homes = vec![home.clone()];
        }
        if env::var_os("TRAPLINE_MODELS").is_none() {
            config.models = home.join("models");
        }
        Ok(Self {
            images: number("TRAPLINE_BENCH_IMAGES", 200)?,
            many: number("TRAPLINE_BENCH_MANY", 5000)?,
            rounds: number("TRAPLINE_BENCH_ROUNDS", 5)?,
            batches: env::var_os("TRAPLINE_BENCH_BATCHES").map(PathBuf::from),
            model: env::var("TRAPLINE_BENCH_MODEL").unwrap_or_else(|_| "yolox-nano".to_owned()),
            cores: std::thread::available_parallelism()?.get(),
            home,
            config,
        })
    }
}

fn number(variable: &str, default: usize) -> anyhow::Result<usize> {
    match env::var(variable) {
        Ok(value) => value
            .parse()
            .map_err(|_| anyhow::anyhow!("{variable}={value} is not a number")),
        Err(_) => Ok(default),
    }
}
