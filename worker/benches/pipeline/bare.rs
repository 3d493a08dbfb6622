//! The bare model: the same sessions and settings as the pipeline's, with nothing around them.

use std::{
    thread,
    time::{Duration, Instant},
};

use worker::{
    config::WorkerConfig,
    detector::{
        device::Device,
        pool::{DetectorPool, PoolOptions},
        runtime::Runtime,
    },
    letterbox::CanvasRenderer,
    media::frame::Frame,
    model::catalogue::Catalogue,
};

/// How long each measurement runs.
const DURATION: Duration = Duration::from_secs(4);

/// Images per second of `threads` sessions that do nothing but run the model on a canvas that
/// is ready.
pub(crate) fn images_per_second(
    config: &WorkerConfig,
    model: &str,
    threads: usize,
) -> anyhow::Result<f64> {
    let model = Catalogue::new(&config.models).open(&model.parse()?)?;
    let runtime = Runtime::load(config.onnxruntime.as_deref(), &config.homes)?;
    let options = PoolOptions::for_threads(threads);
    let pool = DetectorPool::load(
        runtime,
        &model.onnx_path,
        &model.contract,
        Device::Cpu,
        options,
    )?;
    let rule = pool.input_rule().clone();
    let (width, height) = (rule.width, rule.height);
    let frame = Frame {
        width,
        height,
        rgb: vec![114; (width * height * 3) as usize],
    };
    let began = Instant::now();
    let images: u64 = thread::scope(|scope| {
        let runs: Vec<_> = pool
            .into_handles()
            .into_iter()
            .map(|mut handle| {
                let mut canvas =
                    CanvasRenderer::new(rule.clone()).render(&frame, width, height, None);
                scope.spawn(move || {
                    let mut images = 0;
                    while began.elapsed() < DURATION {
                        let (used, result) = handle.detect_one(canvas);
                        result.expect("the model runs");
                        canvas = used;
                        images += 1;
                    }
                    images
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap_or(0)).sum()
    });
    Ok(images as f64 / began.elapsed().as_secs_f64())
}
