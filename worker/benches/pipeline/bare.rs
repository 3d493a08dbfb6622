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
};

use crate::workload::Workload;

/// How long each measurement runs.
const DURATION: Duration = Duration::from_secs(5);

/// Images per second of `threads` sessions that do nothing but run the model on a canvas that
/// is ready.
pub(crate) fn images_per_second(
    config: &WorkerConfig,
    workload: &Workload,
    threads: usize,
) -> anyhow::Result<f64> {
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
    thread::scope(|scope| {
        let runs: Vec<_> = pool
            .into_handles()
            .into_iter()
            .map(|handle| {
                let canvas = renderer.render(&grey, width, height, None);
                scope.spawn(move || rate(handle, canvas))
            })
            .collect();
        let rates = runs.into_iter().map(|run| {
            let joined = run.join();
            joined.map_err(|_| anyhow!("the model's thread panicked"))?
        });
        rates.sum()
    })
}

/// Inferences per second of one session; its first one, which claims memory, does not count.
fn rate(mut handle: DetectorHandle, canvas: Canvas) -> anyhow::Result<f64> {
    let (mut canvas, warm_up) = handle.detect_one(canvas);
    warm_up?;
    let mut images = 0;
    let began = Instant::now();
    while began.elapsed() < DURATION {
        let (used, result) = handle.detect_one(canvas);
        result?;
        canvas = used;
        images += 1;
    }
    Ok(f64::from(images) / began.elapsed().as_secs_f64())
}
