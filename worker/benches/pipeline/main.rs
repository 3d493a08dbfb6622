//! `make bench`: how fast and how lean the whole pipeline is, beside the bare model.
//!
//! Everything is measured in one run, interleaved, on a batch that the bench makes itself, and
//! given as ratios: single figures drift with whatever else the machine does.
//!
//! `TRAPLINE_BENCH_IMAGES` (200), `TRAPLINE_BENCH_MANY` (5000) and `TRAPLINE_BENCH_ROUNDS` (5)
//! set the sizes; `TRAPLINE_BENCH_MODEL` the model.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints its tables and stops at the first thing that goes wrong"
)]

mod bare;
mod batch;
mod trial;

use std::{
    env,
    path::{Path, PathBuf},
};

use trial::{Outcome, Trial, run_trial};
use worker::config::WorkerConfig;

/// Pictures of 3 megapixels, as most trail cameras take them.
const PICTURE: (u32, u32) = (2048, 1536);

fn main() -> anyhow::Result<()> {
    let images = size("TRAPLINE_BENCH_IMAGES", 200)?;
    let many = size("TRAPLINE_BENCH_MANY", 5000)?;
    let rounds = size("TRAPLINE_BENCH_ROUNDS", 5)?;
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../var");
    let scratch = tempfile::tempdir_in(&home)?;
    let sample = home.join("sample.zip");

    println!(
        "making {images} and {many} pictures of {} × {} …",
        PICTURE.0, PICTURE.1
    );
    let small = batch::make(&sample, &scratch.path().join("small.zip"), images, PICTURE)?;
    let large = batch::make(&sample, &scratch.path().join("large.zip"), many, PICTURE)?;
    let bench = Bench {
        config: WorkerConfig::from_env()?,
        model: env::var("TRAPLINE_BENCH_MODEL").unwrap_or_else(|_| "yolox-nano".to_owned()),
        cores: std::thread::available_parallelism()?.get(),
        scratch: scratch.path().to_owned(),
    };
    let rounds: Vec<Round> = (1..=rounds)
        .map(|n| bench.round(n, &small))
        .collect::<Result<_, _>>()?;
    bench.print_ratios(&rounds);
    if let Some(last) = rounds.last() {
        print_stages(&last.with_copies);
    }
    let few = bench.trial(&small, "detections", bench.cores)?;
    let lots = bench.trial(&large, "detections", bench.cores)?;
    print_memory((images, &few), (many, &lots));
    Ok(())
}

/// What all measurements share.
struct Bench {
    config: WorkerConfig,
    model: String,
    cores: usize,
    scratch: PathBuf,
}

/// One interleaved round of measurements, in images per second where not said otherwise.
struct Round {
    bare: f64,
    with_copies: Outcome,
    without_copies: Outcome,
    one_thread: Outcome,
}

impl Bench {
    fn round(&self, number: usize, batch: &Path) -> anyhow::Result<Round> {
        let round = Round {
            bare: bare::images_per_second(&self.config, &self.model, self.cores)?,
            with_copies: self.trial(batch, "detections", self.cores)?,
            without_copies: self.trial(batch, "none", self.cores)?,
            one_thread: self.trial(batch, "detections", 1)?,
        };
        println!(
            "round {number}: bare {:.1}, with copies {:.1}, without {:.1}, one thread {:.1} images/s",
            round.bare,
            round.with_copies.images_per_second,
            round.without_copies.images_per_second,
            round.one_thread.images_per_second,
        );
        Ok(round)
    }

    fn trial(&self, batch: &Path, annotate: &str, threads: usize) -> anyhow::Result<Outcome> {
        let trial = Trial {
            model: &self.model,
            batch,
            annotate,
            threads,
        };
        run_trial(&trial, &self.scratch)
    }

    fn print_ratios(&self, rounds: &[Round]) {
        let cores = self.cores;
        let row = |what: &str, ratio: &dyn Fn(&Round) -> f64| {
            println!(
                "| {what} | {:.3} |",
                median(rounds.iter().map(ratio).collect())
            );
        };
        println!(
            "\n| {}, {cores} threads, median of {} rounds | |",
            self.model,
            rounds.len()
        );
        println!("|---|---|");
        row(
            "end to end, annotated copies of hits / bare inference",
            &|r| r.with_copies.images_per_second / r.bare,
        );
        row("end to end, no copies / bare inference", &|r| {
            r.without_copies.images_per_second / r.bare
        });
        row(
            "end to end / (threads / sum of its own stage times)",
            &|r| r.with_copies.images_per_second / r.with_copies.ideal(cores),
        );
        row("cores busy", &|r| r.with_copies.cores_busy);
        row("all threads / one thread", &|r| {
            r.with_copies.images_per_second / r.one_thread.images_per_second
        });
    }
}

fn print_stages(outcome: &Outcome) {
    println!("\n| stage | ms per image |\n|---|---|");
    for (stage, ms) in &outcome.stage_ms {
        println!("| {stage} | {ms:.2} |");
    }
}

fn print_memory(few: (usize, &Outcome), many: (usize, &Outcome)) {
    println!("\n| images | peak memory, MB | images/s |\n|---|---|---|");
    for (images, outcome) in [few, many] {
        println!(
            "| {images} | {:.0} | {:.1} |",
            outcome.peak_memory_mb, outcome.images_per_second
        );
    }
    println!(
        "| ratio | {:.3} | |",
        many.1.peak_memory_mb / few.1.peak_memory_mb
    );
}

fn size(variable: &str, default: usize) -> anyhow::Result<usize> {
    match env::var(variable) {
        Ok(value) => value
            .parse()
            .map_err(|_| anyhow::anyhow!("{variable}={value} is not a number")),
        Err(_) => Ok(default),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
