//! `make bench`: how fast and how lean the whole pipeline is, beside the bare model.
//!
//! Everything is measured in one run, interleaved, on batches that the bench makes itself, and
//! given as ratios: single figures drift with whatever else the machine does. `settings.rs` says
//! how to change the sizes.

#![allow(clippy::print_stdout, reason = "a bench prints its tables")]

mod bare;
mod batch;
mod decode_speed;
mod settings;
mod spread;
mod tables;
mod trial;
mod variant;
mod workload;

use std::path::{Path, PathBuf};

use bare::Bare;
use batch::Shape;
use settings::Settings;
use spread::Spread;
use trial::{Machine, Outcome, Trial};
use workload::Workload;

/// Hits in a hundred pictures of a card: most of what a camera takes is blank.
const HITS_PERCENT: usize = 25;

/// Pictures of 3 megapixels, as most trail cameras take them.
const SMALL: Shape = Shape {
    width: 2048,
    height: 1536,
    tiles: 1,
};

/// Pictures of 12 megapixels.
const LARGE: Shape = Shape {
    width: 4000,
    height: 3000,
    tiles: 1,
};

/// A ratio that other programs on the machine change little.
const IN_CPU_TIME: &str = "the same in processor time";

fn main() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    let scratch = tempfile::tempdir_in(&settings.home)?;
    let machine = Machine {
        home: settings.home.clone(),
        scratch: scratch.path().to_owned(),
    };
    let bench = Bench { settings, machine };
    if let Some(folder) = &bench.settings.batches {
        return bench.write_batches(folder);
    }
    let own = bench.own_canvas(SMALL)?;
    bench.measure_own(&own)?;
    let others = [
        bench.other_canvas(640, Shape { tiles: 2, ..SMALL })?,
        bench.other_canvas(1280, Shape { tiles: 3, ..LARGE })?,
    ];
    let targets = [("0.65", "0.80"), ("0.60", "0.85")];
    for (workload, targets) in others.iter().zip(targets) {
        bench.measure_other(workload, targets)?;
    }
    bench.measure_decoding([&own].into_iter().chain(&others))?;
    bench.measure_memory(&own)
}

/// What all measurements share.
struct Bench {
    settings: Settings,
    machine: Machine,
}

/// One interleaved round of measurements on the model's own canvas.
struct Round {
    bare: Bare,
    with_copies: Outcome,
    all_hits: Outcome,
    without_copies: Outcome,
    one_thread: Outcome,
}

impl Bench {
    /// Writes the batches that other programs are compared on.
    fn write_batches(&self, folder: &Path) -> anyhow::Result<()> {
        let images = self.settings.images;
        for (name, shape, images) in [
            ("3-megapixels.zip", SMALL, images),
            ("12-megapixels.zip", LARGE, images / 2),
        ] {
            let workload = self.own_canvas(shape)?;
            let (hits, blanks) = (&workload.hits, &workload.blanks);
            let pictures = batch::mixed(hits, blanks, HITS_PERCENT, images);
            batch::write(&folder.join(name), pictures)?;
        }
        Ok(())
    }

    fn own_canvas(&self, shape: Shape) -> anyhow::Result<Workload> {
        let Settings { model, config, .. } = &self.settings;
        let catalogue = worker::model::catalogue::Catalogue::new(&config.models);
        let input = catalogue.open(&model.parse()?)?.contract.input;
        let canvas = input.width.max(input.height);
        let model = (model.clone(), config.models.clone(), canvas);
        Workload::make(&self.settings, &self.machine, model, shape)
    }

    fn other_canvas(&self, side: u32, shape: Shape) -> anyhow::Result<Workload> {
        let Settings {
            model,
            config,
            home,
            ..
        } = &self.settings;
        let models = self.machine.scratch.join("models");
        let id = variant::make(home, &config.models, model, side, &models)?;
        Workload::make(&self.settings, &self.machine, (id, models, side), shape)
    }

    fn batch(
        &self,
        workload: &Workload,
        hits_percent: usize,
        images: usize,
    ) -> anyhow::Result<PathBuf> {
        let name = format!("{}-{hits_percent}-{images}.zip", workload.model);
        let zip = self.machine.scratch.join(name);
        let (hits, blanks) = (&workload.hits, &workload.blanks);
        batch::write(&zip, batch::mixed(hits, blanks, hits_percent, images))?;
        Ok(zip)
    }

    fn trial(
        &self,
        workload: &Workload,
        batch: &Path,
        annotate: &str,
        threads: usize,
    ) -> anyhow::Result<Outcome> {
        self.machine.measure(&Trial {
            workload,
            batch,
            annotate,
            threads,
        })
    }

    fn bare(&self, workload: &Workload) -> anyhow::Result<Bare> {
        bare::measure(&self.settings.config, workload, self.settings.cores)
    }

    fn measure_own(&self, workload: &Workload) -> anyhow::Result<()> {
        let Settings {
            images,
            rounds,
            cores,
            ..
        } = self.settings;
        let mixed = self.batch(workload, HITS_PERCENT, images)?;
        let hits = self.batch(workload, 100, images)?;
        let rounds = (0..rounds)
            .map(|_| {
                Ok(Round {
                    bare: self.bare(workload)?,
                    with_copies: self.trial(workload, &mixed, "detections", cores)?,
                    all_hits: self.trial(workload, &hits, "detections", cores)?,
                    without_copies: self.trial(workload, &mixed, "none", cores)?,
                    one_thread: self.trial(workload, &mixed, "detections", 1)?,
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let what = format!("{}, {cores} threads, {images} images", workload.title());
        tables::head(&what);
        print_ratios(&rounds, cores);
        tables::stages(&rounds.iter().map(|r| &r.with_copies).collect::<Vec<_>>());
        Ok(())
    }

    fn measure_other(&self, workload: &Workload, targets: (&str, &str)) -> anyhow::Result<()> {
        let Settings { rounds, cores, .. } = self.settings;
        let images = self.settings.images / 2;
        let mixed = self.batch(workload, HITS_PERCENT, images)?;
        let rounds = (0..rounds)
            .map(|_| {
                let bare = self.bare(workload)?;
                Ok((bare, self.trial(workload, &mixed, "detections", cores)?))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let what = format!("{}, {cores} threads, {images} images", workload.title());
        tables::head(&what);
        tables::row(
            &format!("end to end, copies of hits ({HITS_PERCENT} %) / bare inference"),
            targets.0,
            targets.1,
            Spread::of(
                rounds
                    .iter()
                    .map(|(bare, run)| run.images_per_second / bare.images_per_second),
            ),
        );
        tables::row(
            IN_CPU_TIME,
            tables::NONE,
            tables::NONE,
            Spread::of(rounds.iter().map(|(bare, run)| bare.cpu_ms / run.cpu_ms)),
        );
        tables::stages(&rounds.iter().map(|(_, run)| run).collect::<Vec<_>>());
        Ok(())
    }

    fn measure_decoding<'a>(
        &self,
        workloads: impl Iterator<Item = &'a Workload>,
    ) -> anyhow::Result<()> {
        tables::decode_head();
        for workload in workloads {
            let times = decode_speed::measure(workload, self.settings.rounds)?;
            tables::decode_row(workload, &times);
        }
        Ok(())
    }

    fn measure_memory(&self, workload: &Workload) -> anyhow::Result<()> {
        let Settings {
            images,
            many,
            cores,
            ..
        } = self.settings;
        let run = |images| -> anyhow::Result<Outcome> {
            let batch = self.batch(workload, HITS_PERCENT, images)?;
            self.trial(workload, &batch, "detections", cores)
        };
        let (few, lots) = (run(images)?, run(many)?);
        tables::memory((images, &few), (many, &lots));
        Ok(())
    }
}

fn print_ratios(rounds: &[Round], cores: usize) {
    let of = |ratio: &dyn Fn(&Round) -> f64| Spread::of(rounds.iter().map(ratio));
    let print = |what: &str, must, aim, outcome: fn(&Round) -> &Outcome| {
        tables::row(
            &format!("{what} / bare inference"),
            must,
            aim,
            of(&|r| outcome(r).images_per_second / r.bare.images_per_second),
        );
        let in_cpu_time = of(&|r| r.bare.cpu_ms / outcome(r).cpu_ms);
        tables::row(IN_CPU_TIME, tables::NONE, tables::NONE, in_cpu_time);
    };
    let copies = format!("end to end, copies of hits ({HITS_PERCENT} %)");
    print(&copies, "0.45", "0.65", |r| &r.with_copies);
    let (none, hits) = (tables::NONE, "end to end, every picture a hit");
    print(hits, none, none, |r| &r.all_hits);
    print("end to end, no copies", none, none, |r| &r.without_copies);
    print_use(rounds, cores);
}

fn print_use(rounds: &[Round], cores: usize) {
    let of = |ratio: fn(&Round) -> f64| Spread::of(rounds.iter().map(ratio));
    let ideal = |r: &Round| r.with_copies.images_per_second / r.with_copies.ideal(cores);
    tables::row(
        "end to end / (threads / sum of its own stage times)",
        "0.93",
        "0.98",
        Spread::of(rounds.iter().map(ideal)),
    );
    tables::row(
        "cores busy",
        "1.9",
        "1.95",
        of(|r| r.with_copies.cores_busy),
    );
    tables::row(
        "all threads / one thread",
        "1.6",
        "1.9",
        of(|r| r.with_copies.images_per_second / r.one_thread.images_per_second),
    );
    tables::row(
        "bare inference, images/s",
        tables::NONE,
        tables::NONE,
        of(|r| r.bare.images_per_second),
    );
    tables::row(
        "end to end, copies of hits, images/s",
        tables::NONE,
        tables::NONE,
        of(|r| r.with_copies.images_per_second),
    );
}
