//! Runs that are caught in the middle.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use super::{Workbench, picture, process_command};

/// Files on the card of these tests: enough that a run is caught before its end.
const IMAGES: u32 = 600;

/// Pictures for a run that is caught in the middle. Every tenth is a copy of the one before it.
pub fn many_pictures() -> Vec<(String, Vec<u8>)> {
    let draw = |n: u32| {
        let mut scene = picture::with_square(picture::RED, 32 * (n % 8), 32 * (n / 8 % 4));
        let number = if n % 10 == 9 { n - 1 } else { n };
        scene.put_pixel(number % 256, number / 256, image::Rgb([1, 2, 3]));
        let png = picture::encode(&scene.into(), image::ImageFormat::Png);
        (format!("cam{}/{n:05}.png", n % 5), png)
    };
    (0..IMAGES).map(draw).collect()
}

/// [`many_pictures`] in an archive.
pub fn card(bench: &Workbench) -> PathBuf {
    let files = many_pictures();
    bench.zip("card.zip", &borrowed(&files))
}

pub fn borrowed(files: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect()
}

/// Starts a run and waits until its journal holds at least `records` records, or it has ended.
pub fn start_until(input: &Path, out: &Path, more: &[&str], records: usize) -> Child {
    let mut child = process_command(input, out, more)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = out.join(".trapline/journal.jsonl");
    loop {
        let lines =
            fs::read(&journal).map_or(0, |bytes| bytes.iter().filter(|&&b| b == b'\n').count());
        // One line is the header.
        if lines > records || child.try_wait().unwrap().is_some() {
            return child;
        }
        std::thread::yield_now();
    }
}

/// A run that stands still in the middle until it is let go on.
pub struct Paused(Child);

impl Paused {
    /// Starts a run and stops it after its first records.
    pub fn start(input: &Path, out: &Path, more: &[&str]) -> Self {
        let mut child = start_until(input, out, more, 1);
        send(&child, "STOP");
        let stat = format!("/proc/{}/stat", child.id());
        // The state is the word behind the program's name in brackets (proc(5)).
        while !fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T ")) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "the run was over before it could be stopped"
            );
            std::thread::yield_now();
        }
        Self(child)
    }

    /// Lets it go on and waits for its end.
    pub fn finish(self) -> Output {
        send(&self.0, "CONT");
        self.0.wait_with_output().unwrap()
    }
}

/// Sends a signal to a run.
pub fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([format!("-{signal}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}
