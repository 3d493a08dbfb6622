//! What decoding at a smaller scale saves.

use std::time::Instant;

use worker::{
    media::{
        decode::{DecodeLimits, DecodeScale, decode},
        orientation::Orientation,
    },
    pipeline::inspect::detection_scale,
};

use crate::{spread::Spread, workload::Workload};

/// Milliseconds for a picture.
pub(crate) struct DecodeTimes {
    pub(crate) full_ms: Spread,
    pub(crate) scaled_ms: Spread,
    /// Scaled / full, of each round.
    pub(crate) ratio: Spread,
}

/// Decodes every picture of a workload in full and at the scale for its canvas, one after the
/// other, so many times.
pub(crate) fn measure(workload: &Workload, rounds: usize) -> anyhow::Result<DecodeTimes> {
    let scaled = detection_scale(workload.canvas, workload.canvas);
    let mut times = Vec::new();
    for _ in 0..rounds {
        let (mut full_ms, mut scaled_ms) = (0.0, 0.0);
        for jpeg in workload.hits.iter().chain(&workload.blanks) {
            full_ms += milliseconds(jpeg, DecodeScale::Full)?;
            scaled_ms += milliseconds(jpeg, scaled)?;
        }
        let pictures = (workload.hits.len() + workload.blanks.len()) as f64;
        times.push((full_ms / pictures, scaled_ms / pictures));
    }
    Ok(DecodeTimes {
        full_ms: Spread::of(times.iter().map(|(full, _)| *full)),
        scaled_ms: Spread::of(times.iter().map(|(_, scaled)| *scaled)),
        ratio: Spread::of(times.iter().map(|(full, scaled)| scaled / full)),
    })
}

fn milliseconds(jpeg: &[u8], scale: DecodeScale) -> anyhow::Result<f64> {
    let began = Instant::now();
    decode(jpeg, Orientation::Upright, scale, DecodeLimits::default())?;
    Ok(began.elapsed().as_secs_f64() * 1000.0)
}
