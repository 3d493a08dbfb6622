//! Runs that are killed or asked to stop go on to the same bytes.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod support;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use support::{
    Workbench, assert_exit, assert_same_package, picture, process, process_command, said,
};

const IMAGES: u32 = 600;

fn card(bench: &Workbench) -> PathBuf {
    let files: Vec<(String, Vec<u8>)> = (0..IMAGES)
        .map(|n| {
            let mut scene = picture::with_square(picture::RED, 32 * (n % 8), 32 * (n / 8 % 4));
            // Every tenth picture is a copy of the one before it.
            let number = if n % 10 == 9 { n - 1 } else { n };
            scene.put_pixel(number % 256, number / 256, image::Rgb([1, 2, 3]));
            (
                format!("cam{}/{n:05}.png", n % 5),
                picture::encode(&scene.into(), image::ImageFormat::Png),
            )
        })
        .collect();
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    bench.zip("card.zip", &entries)
}

/// Starts a run and waits until its journal holds at least `records` records.
fn start_until(card: &Path, out: &Path, more: &[&str], records: usize) -> Child {
    let mut child = process_command(card, out, more)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = out.join(".trapline/journal.jsonl");
    loop {
        let lines = std::fs::read(&journal)
            .map_or(0, |bytes| bytes.iter().filter(|&&b| b == b'\n').count());
        // One line is the header.
        if lines > records || child.try_wait().unwrap().is_some() {
            return child;
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_killed_run_resumes_to_the_same_bytes() {
    let bench = Workbench::new();
    let card = card(&bench);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let out = bench.path("out");
    let mut kills = 0;
    let mut resume: &[&str] = &[];
    for records in [1, 150, 300, 450] {
        let mut child = start_until(&card, &out, resume, records);
        child.kill().unwrap();
        kills += u32::from(!child.wait().unwrap().success());
        if out.join(".trapline/journal.jsonl").exists() {
            resume = &["--resume"];
        }
    }
    assert!(
        kills >= 2,
        "only {kills} runs were still going when they were killed"
    );
    assert_exit(&process(&card, &out, resume), 0);
    assert_same_package(&undisturbed, &out);
}

#[test]
fn ctrl_c_keeps_what_is_done() {
    let bench = Workbench::new();
    let card = card(&bench);
    let out = bench.path("out");
    let child = start_until(&card, &out, &[], 1);
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_exit(&output, 130);
    assert!(said(&output).contains("--resume"), "{}", said(&output));

    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let output = process(&card, &out, &["--resume"]);
    assert_exit(&output, 0);
    assert!(
        said(&output).contains("going on after"),
        "{}",
        said(&output)
    );
    assert_same_package(&undisturbed, &out);
}

#[test]
fn a_run_with_other_options_is_not_resumed() {
    let bench = Workbench::new();
    let card = card(&bench);
    let out = bench.path("out");
    let mut child = start_until(&card, &out, &[], 1);
    child.kill().unwrap();
    child.wait().unwrap();
    let output = process(&card, &out, &["--resume", "--blur", "none"]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("options"), "{}", said(&output));
}
