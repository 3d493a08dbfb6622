//! The bare model: the same sessions and settings as the pipeline's, with nothing around them.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::anyhow;
use worker::{
    config::WorkerConfig,
    detector::{
        device::Device,
        pool::{DetectorHandle, DetectorPool, PoolOptions},
        runtime::Runtime,
    },
    letterbox::{Canvas, CanvasRenderer},
    media::frame::Frame,
    model::catalogue::Catalogue,
    resources::ResourceUse,
};

use crate::workload::Workload;

/// How long each measurement runs.
const DURATION: Duration = Duration::from_secs(5);

/// What the bare model takes.
pub(crate) struct Bare {
    /// Inferences per second, all sessions together.
    pub(crate) images_per_second: f64,
    /// Processor time of an inference.
    pub(crate) cpu_ms: f64,
}

/// Runs `threads` sessions that do nothing but run the model on a canvas that is ready.
pub(crate) fn measure(
    config: &WorkerConfig,
    workload: &Workload,
    threads: usize,
) -> anyhow::Result<Bare> {
    let model = Catalogue::new(&workload.models).open(&workload.model.parse()?)?;
    let runtime = Runtime::load(config.onnxruntime.as_deref(), &config.homes)?;
    let pool = DetectorPool::load(
        runtime,
        &model.onnx_path,
        &model.contract,
        Device::Cpu,
        PoolOptions::for_threads(threads),
    )?;
    let (width, height) = (pool.input_rule().width, pool.input_rule().height);
    let grey = Frame {
        width,
        height,
        rgb: vec![114; width as usize * height as usize * 3],
    };
    let mut renderer = CanvasRenderer::new(pool.input_rule().clone());
    let before = ResourceUse::now().cpu_seconds;
    let runs = thread::scope(|scope| {
        let runs: Vec<_> = pool
            .into_handles()
            .into_iter()
            .map(|handle| {
                let canvas = renderer.render(&grey, width, height, None);
                scope.spawn(move || run(handle, canvas))
            })
            .collect();
        let joined = runs.into_iter().map(|run| {
            let joined = run.join();
            joined.map_err(|_| anyhow!("the model's thread panicked"))?
        });
        joined.collect::<anyhow::Result<Vec<Run>>>()
    })?;
    let cpu_seconds = ResourceUse::now().cpu_seconds - before;
    let images: f64 = runs.iter().map(|run| run.images).sum();
    Ok(Bare {
        images_per_second: runs.iter().map(|run| run.images / run.seconds).sum(),
        // The one of each session that warms it up takes its time too.
        cpu_ms: cpu_seconds * 1000.0 / (images + runs.len() as f64),
    })
}

/// What one session did.
struct Run {
    images: f64,
    seconds: f64,
}

/// Runs one session; its first inference, which claims memory, does not count.
fn run(mut handle: DetectorHandle, canvas: Canvas) -> anyhow::Result<Run> {
    let (mut canvas, warm_up) = handle.detect_one(canvas);
    warm_up?;
    let mut images = 0.0;
    let began = Instant::now();
    while began.elapsed() < DURATION {
        let (used, result) = handle.detect_one(canvas);
        result?;
        canvas = used;
        images += 1.0;
    }
    Ok(Run {
        images,
        seconds: began.elapsed().as_secs_f64(),
    })
}
