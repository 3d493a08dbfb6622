//! The first and the last words of `process`: what looks at the images, what came of it, and
//! where it is.

use std::{path::Path, time::Duration};

use common::{
    Category,
    archive::{ArchiveNames, ChosenBy},
};
use serde_json::json;

use crate::{
    detector::{nvidia, pool::DetectorPool},
    job::{JobRequest, JobResult},
    model::InstalledModel,
    progress::{Audience, event, in_words, say},
    run_facts::Counts,
};

/// Tells which model looks at the images, where it runs, and what could be better about that.
pub(super) fn before(
    request: &JobRequest,
    model: &InstalledModel,
    detectors: &DetectorPool,
    advice: Option<String>,
) {
    let (device, threshold) = (detectors.device(), request.options.threshold.value());
    if request.audience == Audience::Script {
        event(&json!({
            "event": "started",
            "model": model.manifest.id,
            "device": device.to_string(),
            "no_gpu_because": detectors.fallback_reason(),
            "threshold": threshold,
        }));
        return;
    }
    // On a machine without a GPU, that none is used is no news.
    let no_gpu = detectors.fallback_reason().filter(|_| nvidia::is_here());
    if let Some(reason) = no_gpu {
        say(&format!("The GPU is not used: {reason}"));
    }
    advice.iter().for_each(|advice| say(advice));
    let name = &model.manifest.display_name;
    say(&format!("{name} on {device}, threshold {threshold}"));
}

/// Tells people or a script what came of a run.
pub(super) fn after(result: &JobResult, audience: Audience) {
    let (counts, execution) = (&result.facts.counts, &result.facts.execution);
    if audience == Audience::Script {
        event(&json!({
            "event": "done",
            "package": result.package.display().to_string(),
            "counts": counts,
            "images_per_second": execution.images_per_second,
            "device": execution.device,
            "names": result.facts.names,
            "warning": warning(counts),
        }));
        return;
    }
    summary(counts).iter().for_each(|line| say(line));
    if let Some(warning) = warning(counts) {
        say(&warning);
    } else {
        let took = took(execution.wall_seconds);
        say(&format!(
            "{:.1} images/s, {took}",
            execution.images_per_second
        ));
    }
    say(&format!(
        "The result package is at {}",
        result.package.display()
    ));
    say(&advice(&result.package, counts));
    names(&result.facts.names).iter().for_each(|line| say(line));
}

/// In which character sets names were read, where that had to be decided.
fn names(names: &[ArchiveNames]) -> Vec<String> {
    let line = |ArchiveNames { input, names }: &ArchiveNames| {
        let encoding = names.encoding;
        let sample = &names.sample;
        match names.chosen_by {
            ChosenBy::User => format!("Names in {input} were read as {encoding}: {sample}"),
            ChosenBy::Detected => {
                format!("Names in {input} are not Unicode and were taken for {encoding}: {sample}")
            }
        }
    };
    let mut lines: Vec<String> = names.iter().map(line).collect();
    let is_detected = |names: &ArchiveNames| names.names.chosen_by == ChosenBy::Detected;
    if names.iter().any(is_detected) {
        lines.push("If a name is wrong, run it again with --names and the right one.".to_owned());
    }
    lines
}

/// What is wrong with a run that found nothing to look at.
fn warning(counts: &Counts) -> Option<String> {
    (counts.processed + counts.failed == 0).then(|| {
        let files = quantity(counts.files, "file", "files");
        format!(
            "WARNING: no image among {files}, so nothing was looked at. Is this the right input? \
             The package only lists what was skipped."
        )
    })
}

/// Seconds in words; short runs with a tenth.
fn took(seconds: f64) -> String {
    if seconds < 10.0 {
        format!("{seconds:.1} s")
    } else {
        in_words(Duration::from_secs_f64(seconds))
    }
}

/// What to do with a package now.
fn advice(package: &Path, counts: &Counts) -> String {
    let place = if package.is_dir() { "there" } else { "in it" };
    if counts.failed > 0 {
        format!("Open results.xlsx {place}; its sheet Failures names the files that failed.")
    } else {
        format!("Open results.xlsx {place}.")
    }
}

/// What came of a run, in lines for people. The first line's numbers add up.
fn summary(counts: &Counts) -> Vec<String> {
    let mut lines = vec![format!(
        "{} = {} processed + {} failed + {} skipped",
        quantity(counts.files, "file", "files"),
        quantity(counts.processed, "image", "images"),
        counts.failed,
        counts.skipped
    )];
    if counts.processed > 0 {
        lines.push(contents(counts));
    }
    lines.extend(remarks(counts));
    lines.extend(
        counts
            .failures
            .iter()
            .map(|(code, n)| format!("  {n} failed ({}): {}", code.code(), code.advice())),
    );
    lines.extend(
        counts
            .skips
            .iter()
            .map(|(reason, n)| format!("  {n} skipped: {}", reason.explanation())),
    );
    lines
}

/// What the images show. An image can show several categories.
fn contents(counts: &Counts) -> String {
    let found = Category::ALL.iter().map(|category| {
        let images = counts.images_with.get(category).copied();
        format!("{} with {}", images.unwrap_or_default(), category.plural())
    });
    let found: Vec<String> = found.collect();
    format!("  {}, {} blank", found.join(", "), counts.blank)
}

fn remarks(counts: &Counts) -> impl Iterator<Item = String> {
    let duplicates = match counts.duplicates {
        0 => None,
        1 => Some("  1 is an exact duplicate of another".to_owned()),
        n => Some(format!("  {n} are exact duplicates of others")),
    };
    let truncated = match counts.truncated {
        0 => None,
        1 => Some("  1 is truncated and was read as far as it goes".to_owned()),
        n => Some(format!(
            "  {n} are truncated and were read as far as they go"
        )),
    };
    duplicates.into_iter().chain(truncated)
}

fn quantity(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use common::{FailureCode, SkipReason};

    use super::*;

    #[test]
    fn one_and_many_are_told_apart() {
        let one = Counts {
            files: 1,
            processed: 1,
            blank: 1,
            duplicates: 1,
            truncated: 1,
            ..Counts::default()
        };
        assert_eq!(
            summary(&one),
            [
                "1 file = 1 image processed + 0 failed + 0 skipped",
                "  0 with animals, 0 with people, 0 with vehicles, 1 blank",
                "  1 is an exact duplicate of another",
                "  1 is truncated and was read as far as it goes",
            ]
        );
        let many = Counts {
            duplicates: 2,
            truncated: 3,
            ..one
        };
        assert!(summary(&many)[2].starts_with("  2 are exact duplicates"));
        assert!(summary(&many)[3].starts_with("  3 are truncated"));
    }

    #[test]
    fn every_reason_says_how_many_and_what_to_do() {
        let counts = Counts {
            files: 5,
            failed: 2,
            skipped: 3,
            failures: [(FailureCode::NoBytes, 2)].into(),
            skips: [(SkipReason::Video, 3)].into(),
            ..Counts::default()
        };
        assert_eq!(
            summary(&counts),
            [
                "5 files = 0 images processed + 2 failed + 3 skipped",
                "  2 failed (no-bytes): The file is empty: copy it from the card again.",
                "  3 skipped: Videos are not supported yet.",
            ]
        );
    }

    #[test]
    fn short_runs_are_told_in_tenths() {
        assert_eq!(took(0.52), "0.5 s");
        assert_eq!(took(75.9), "1 min 15 s");
    }
}
