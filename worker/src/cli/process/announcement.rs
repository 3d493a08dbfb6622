//! The last words of `process`: what came of the run, and where it is.

use std::time::Duration;

use common::Category;
use serde_json::json;

use crate::{
    job::JobResult,
    progress::{Audience, event, in_words, say},
    run_facts::Counts,
};

/// Tells people or a script what came of a run.
pub(super) fn announce(result: &JobResult, audience: Audience) {
    let counts = &result.facts.counts;
    if audience == Audience::Script {
        event(&json!({
            "event": "done",
            "package": result.package.display().to_string(),
            "counts": counts,
            "images_per_second": result.facts.execution.images_per_second,
            "device": result.facts.execution.device,
        }));
        return;
    }
    let seconds = Duration::from_secs_f64(result.facts.execution.wall_seconds);
    for line in summary(counts) {
        say(&line);
    }
    say(&format!(
        "{:.1} images/s, {}",
        result.facts.execution.images_per_second,
        in_words(seconds)
    ));
    say(&format!(
        "The result package is at {}",
        result.package.display()
    ));
}

/// What came of a run, in lines for people. The first line's numbers add up.
fn summary(counts: &Counts) -> Vec<String> {
    let mut lines = vec![format!(
        "{} files = {} images processed + {} failed + {} skipped",
        counts.files, counts.processed, counts.failed, counts.skipped
    )];
    let found: Vec<String> = Category::ALL
        .iter()
        .map(|category| {
            let images = counts
                .images_with
                .get(category)
                .copied()
                .unwrap_or_default();
            format!("{images} with {}", category.plural())
        })
        .collect();
    lines.push(format!(
        "of the images: {}, {} blank",
        found.join(", "),
        counts.blank
    ));
    if counts.duplicates > 0 {
        lines.push(format!(
            "{} are exact duplicates of others",
            counts.duplicates
        ));
    }
    if counts.truncated > 0 {
        lines.push(format!(
            "{} are truncated and were read as far as they go",
            counts.truncated
        ));
    }
    lines.extend(
        counts
            .failures
            .iter()
            .map(|(code, n)| format!("failed: {n} {} – {}", code.code(), code.advice())),
    );
    lines.extend(
        counts.skips.iter().map(|(reason, n)| {
            format!("skipped: {n} {} – {}", reason.code(), reason.explanation())
        }),
    );
    lines
}
