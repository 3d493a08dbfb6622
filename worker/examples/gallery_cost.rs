//! Takes a batch through the pipeline with and without pictures for a gallery, in turns, and
//! prints what they cost.
//!
//! Usage: `cargo run --release --example gallery_cost -- [IMAGES] [PAIRS]`, after `make sample`:
//! 60 pictures of 3 megapixels in 5 pairs, or as many as asked for. The pictures are those of
//! `make bench`.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

#[allow(dead_code, reason = "the bench uses the rest")]
#[path = "../benches/pipeline/batch.rs"]
mod batch;
#[path = "../benches/pipeline/spread.rs"]
mod spread;

use std::{
    env,
    path::Path,
    sync::{Mutex, atomic::AtomicBool},
    time::Instant,
};

use common::{Category, archive::ArchiveLimits};
use spread::Spread;
use worker::{
    config::WorkerConfig,
    detector::{
        device::Device,
        pool::{DetectorHandle, DetectorPool, PoolOptions},
        runtime::Runtime,
    },
    input::InputListing,
    journal::{Journal, JournalHeader},
    media::decode::DecodeLimits,
    model::{catalogue::Catalogue, contract::InputRule},
    package::Package,
    pipeline::{
        self, decode_memory::DecodeMemory, dedup::Dedup, inspect::PipelineContext,
        picture_pack::PicturePack, stage::StageClock,
    },
    resources::ResourceUse,
    run_facts::{AnnotateChoice, RunOptions},
};

/// Pictures of 3 megapixels, as most trail cameras take them.
const SHAPE: batch::Shape = batch::Shape {
    width: 2048,
    height: 1536,
    tiles: 1,
};

/// A model and a batch.
struct Shard<'a> {
    listing: &'a InputListing,
    options: RunOptions,
    input_rule: InputRule,
    handles: Vec<DetectorHandle>,
}

/// What one way through the batch took.
struct Run {
    images_per_second: f64,
    cpu_ms: f64,
    gallery_ms: f64,
    bytes_per_image: f64,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args().skip(1);
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (images, pairs) = (number(60)?, number(5)?);
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../var");
    let scratch = tempfile::tempdir_in(&home)?;
    let zip = scratch.path().join("batch.zip");
    let pictures = batch::pictures(&home.join("sample.zip"), SHAPE)?;
    batch::write(
        &zip,
        pictures.iter().cycle().take(images).map(Vec::as_slice),
    )?;
    let listing = InputListing::open(&[zip], &[], ArchiveLimits::default(), None)?;
    let mut shard = open(&home, &listing)?;
    shard.run(scratch.path(), false)?;
    let mut runs = Vec::new();
    for _ in 0..pairs {
        let without = shard.run(scratch.path(), false)?;
        runs.push((without, shard.run(scratch.path(), true)?));
    }
    let threads = shard.handles.len();
    println!("{images} pictures of 3 megapixels, {threads} threads, {pairs} pairs");
    let print = |what: &str, of: &dyn Fn(&(Run, Run)) -> f64| {
        println!("| {what} | {} |", Spread::of(runs.iter().map(of)));
    };
    print("without, images/s", &|(without, _)| {
        without.images_per_second
    });
    print("with, images/s", &|(_, with)| with.images_per_second);
    print("with / without", &|(without, with)| {
        with.images_per_second / without.images_per_second
    });
    print("the same in processor time", &|(without, with)| {
        without.cpu_ms / with.cpu_ms
    });
    print("pictures, ms of a thread per image", &|(_, with)| {
        with.gallery_ms
    });
    print("pictures, bytes per image", &|(_, with)| {
        with.bytes_per_image
    });
    Ok(())
}

fn open<'a>(home: &Path, listing: &'a InputListing) -> anyhow::Result<Shard<'a>> {
    let config = WorkerConfig::from_env()?;
    let model = Catalogue::new(home.join("models")).open(&"yolox-nano".parse()?)?;
    let runtime = Runtime::load(config.onnxruntime.as_deref(), &[home.to_owned()])?;
    let threads = std::thread::available_parallelism()?.get();
    let options = PoolOptions::for_threads(threads);
    let pool = DetectorPool::load(
        runtime,
        &model.onnx_path,
        &model.contract,
        Device::Cpu,
        options,
    )?;
    Ok(Shard {
        listing,
        options: RunOptions {
            threshold: model.facts().typical_threshold,
            blur: vec![Category::Person],
            annotate: AnnotateChoice::Detections,
            originals: false,
            strip_gps: false,
            round_positions: false,
            csv_plain: false,
            names: None,
            full_decode: false,
        },
        input_rule: pool.input_rule().clone(),
        handles: pool.into_handles(),
    })
}

impl Shard<'_> {
    fn run(&mut self, scratch: &Path, with_pictures: bool) -> anyhow::Result<Run> {
        let place = tempfile::tempdir_in(scratch)?;
        let package = Package::begin(&place.path().join("package"), false)?;
        let header = JournalHeader {
            format: JournalHeader::FORMAT,
            trapline_version: String::new(),
            model_sha256: String::new(),
            options: self.options.clone(),
            input_fingerprint: String::new(),
        };
        let mut journal = Journal::create(&package.journal(), &header)?;
        let pack_path = place.path().join("pictures.jpgs");
        let pack = PicturePack::create(&pack_path, 0)?;
        let clock = StageClock::default();
        let files = self.listing.items().len();
        let context = PipelineContext {
            listing: self.listing,
            span: 0..files,
            package: &package,
            pictures: with_pictures.then_some(&pack),
            options: &self.options,
            input_rule: &self.input_rule,
            limits: DecodeLimits::default(),
            memory: &DecodeMemory::new(1 << 30),
            clock: &clock,
        };
        let (dedup, stop) = (Mutex::new(Dedup::default()), AtomicBool::new(false));
        let (began, before) = (Instant::now(), ResourceUse::now().cpu_seconds);
        let handles = &mut self.handles;
        pipeline::run(&context, handles, &mut journal, &dedup, &stop, |_| ())?;
        pack.finish()?;
        let (seconds, images) = (began.elapsed().as_secs_f64(), files as f64);
        let gallery = clock.seconds().get("gallery").copied().unwrap_or_default();
        Ok(Run {
            images_per_second: images / seconds,
            cpu_ms: (ResourceUse::now().cpu_seconds - before) * 1000.0 / images,
            gallery_ms: gallery * 1000.0 / images,
            bytes_per_image: std::fs::metadata(&pack_path)?.len() as f64 / images,
        })
    }
}
