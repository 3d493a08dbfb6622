//! What is printed: Markdown, as docs/BENCHMARKS.md shows it.

use crate::{decode_speed::DecodeTimes, spread::Spread, trial::Outcome, workload::Workload};

/// A column of targets that has none for a row.
pub(crate) const NONE: &str = "";

/// Starts a table of figures that have targets.
pub(crate) fn head(what: &str) {
    println!("\n| {what} | must | aim | median (range) |\n|---|---|---|---|");
}

/// A row of such a table.
pub(crate) fn row(what: &str, must: &str, aim: &str, measured: Spread) {
    println!("| {what} | {must} | {aim} | {measured} |");
}

/// What each stage takes, in some runs.
pub(crate) fn stages(outcomes: &[&Outcome]) {
    println!("\n| stage | ms per image, median (range) |\n|---|---|");
    let Some(first) = outcomes.first() else {
        return;
    };
    for (stage, _) in &first.stage_ms {
        let of_stage = |outcome: &&Outcome| {
            let times = outcome.stage_ms.iter();
            let time = times.clone().find(|(name, _)| name == stage);
            time.map(|(_, ms)| *ms)
        };
        let spread = Spread::of(outcomes.iter().filter_map(of_stage));
        println!(
            "| {stage} | {:.2} ({:.2}–{:.2}) |",
            spread.median, spread.least, spread.most
        );
    }
}

/// Starts the table of decode times.
pub(crate) fn decode_head() {
    println!(
        "\n| decode for the canvas / in full (must 0.70, aim 0.55) | full, ms | scaled, ms | \
         ratio, median (range) |\n|---|---|---|---|"
    );
}

/// A row of it.
pub(crate) fn decode_row(workload: &Workload, times: &DecodeTimes) {
    println!(
        "| {} | {:.1} | {:.1} | {} |",
        workload.title(),
        times.full_ms.median,
        times.scaled_ms.median,
        times.ratio
    );
}

/// Memory of a small and a large batch.
pub(crate) fn memory(few: (usize, &Outcome), many: (usize, &Outcome)) {
    println!("\n| images | peak memory, MB (must 160, aim 120) | images/s |\n|---|---|---|");
    for (images, outcome) in [few, many] {
        println!(
            "| {images} | {:.0} | {:.1} |",
            outcome.peak_memory_mb, outcome.images_per_second
        );
    }
    let ratio = many.1.peak_memory_mb / few.1.peak_memory_mb;
    println!("| ratio (must 1.1, aim 1.02) | {ratio:.3} | |");
}
