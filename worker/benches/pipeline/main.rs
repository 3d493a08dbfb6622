//! `make bench`: how fast and how lean the whole pipeline is, beside the bare model.
//!
//! Everything is measured in one run, interleaved, on a batch that the bench makes itself, and
//! given as ratios: single figures drift with whatever else the machine does.
//!
//! `TRAPLINE_BENCH_IMAGES` (200), `TRAPLINE_BENCH_MANY` (5000) and `TRAPLINE_BENCH_ROUNDS` (5)
//! set the sizes; `TRAPLINE_BENCH_MODEL` the model.

mod bare;
mod batch;
mod trial;

use std::{env, path::Path};

use trial::{Trial, run_trial};
use worker::config::WorkerConfig;

fn main() -> anyhow::Result<()> {
    let images = size("TRAPLINE_BENCH_IMAGES", 200)?;
    let many = size("TRAPLINE_BENCH_MANY", 5000)?;
    let rounds = size("TRAPLINE_BENCH_ROUNDS", 5)?;
    let model = env::var("TRAPLINE_BENCH_MODEL").unwrap_or_else(|_| "yolox-nano".to_owned());
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../var");
    let scratch = tempfile::tempdir_in(&home)?;
    let config = WorkerConfig::from_env()?;

    println!("making {images} and {many} pictures of 3 megapixels …");
    let sample = home.join("sample.zip");
    let small = batch::make(
        &sample,
        &scratch.path().join("small.zip"),
        images,
        (2048, 1536),
    )?;
    let large = batch::make(
        &sample,
        &scratch.path().join("large.zip"),
        many,
        (2048, 1536),
    )?;
    let trial = |annotate, threads| Trial {
        model: &model,
        batch: &small,
        annotate,
        threads,
    };

    let cores = std::thread::available_parallelism()?.get();
    let mut rows = Vec::new();
    for round in 0..rounds {
        let bare = bare::images_per_second(&config, &model, cores)?;
        let with = run_trial(&trial("detections", cores), scratch.path())?;
        let without = run_trial(&trial("none", cores), scratch.path())?;
        let single = run_trial(&trial("detections", 1), scratch.path())?;
        println!(
            "round {}: bare {bare:.1}, with copies {:.1}, without {:.1}, one thread {:.1} images/s",
            round + 1,
            with.images_per_second,
            without.images_per_second,
            single.images_per_second,
        );
        rows.push((bare, with, without, single));
    }

    println!(
        "\n| median of {rounds} rounds, {model}, {cores} threads, 2048×1536 | ratio |\n|---|---|"
    );
    let ratio = |f: &dyn Fn(&(f64, trial::Outcome, trial::Outcome, trial::Outcome)) -> f64| {
        median(rows.iter().map(f).collect())
    };
    println!(
        "| end to end, annotated copies of hits / bare inference | {:.2} |",
        ratio(&|r| r.1.images_per_second / r.0)
    );
    println!(
        "| end to end, no copies / bare inference | {:.2} |",
        ratio(&|r| r.2.images_per_second / r.0)
    );
    println!(
        "| end to end / (threads / sum of its own stage times) | {:.3} |",
        ratio(&|r| r.1.images_per_second / r.1.ideal(cores))
    );
    println!(
        "| cores busy of {cores} | {:.2} |",
        ratio(&|r| r.1.cores_busy)
    );
    println!(
        "| {cores} threads / 1 thread | {:.2} |",
        ratio(&|r| r.1.images_per_second / r.3.images_per_second)
    );

    if let Some((_, with, _, _)) = rows.last() {
        println!("\n| stage | ms per image |\n|---|---|");
        for (stage, ms) in &with.stage_ms {
            println!("| {stage} | {ms:.2} |");
        }
    }

    let few = run_trial(&trial("detections", cores), scratch.path())?;
    let lots = run_trial(
        &Trial {
            batch: &large,
            ..trial("detections", cores)
        },
        scratch.path(),
    )?;
    println!("\n| images | peak memory MB | images/s |\n|---|---|---|");
    println!(
        "| {images} | {:.0} | {:.1} |",
        few.peak_memory_mb, few.images_per_second
    );
    println!(
        "| {many} | {:.0} | {:.1} |",
        lots.peak_memory_mb, lots.images_per_second
    );
    println!(
        "| ratio | {:.3} | |",
        lots.peak_memory_mb / few.peak_memory_mb
    );
    Ok(())
}

fn size(variable: &str, default: usize) -> anyhow::Result<usize> {
    match env::var(variable) {
        Ok(value) => Ok(value
            .parse()
            .map_err(|_| anyhow::anyhow!("{variable}={value} is not a number"))?),
        Err(_) => Ok(default),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
