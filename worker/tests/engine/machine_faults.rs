//! What is wrong with the machine ends a run with exit code 1, never as failures of files, and
//! `--resume` goes on to the same bytes once it is mended.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::{
    Workbench, assert_exit, assert_same_package, contents, json, picture, process, process_command,
    running::{self, Paused},
    said,
};

/// That a run ended because of this machine: it says what is wrong and how to go on, and has not
/// finished its package.
#[track_caller]
fn assert_stopped(output: &Output, out: &Path, what: &str) {
    assert_exit(output, 1);
    let text = said(output);
    assert!(text.contains(what), "{what}: {text}");
    assert!(text.contains("--resume"), "{text}");
    assert!(!out.join("run.json").exists(), "{text}");
}

/// Runs a command whose files may have `blocks` × 512 bytes at most. A write past that fails as
/// on a full disk, for any user and on any file system.
fn with_small_disk(command: &Command, blocks: u64) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut limited = Command::new("sh");
    limited.args(["-c", &script]).arg(command.get_program());
    limited.args(command.get_args());
    for (variable, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(variable, value),
            None => limited.env_remove(variable),
        };
    }
    limited.output().unwrap()
}

/// 40 pictures of noise, each 37 kB or more as PNG.
fn noisy_card(bench: &Workbench) -> std::path::PathBuf {
    let mut state = 1_u32;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    };
    let mut picture = |n: u32| {
        let mut scene = picture::with_square(picture::RED, 32 * (n % 8), 32 * (n / 8 % 4));
        for pixel in scene.pixels_mut().filter(|pixel| pixel.0[0] == pixel.0[1]) {
            pixel.0 = [60 + noise() / 4; 3];
        }
        let png = picture::encode(&scene.into(), image::ImageFormat::Png);
        (format!("cam/{n:02}.png"), png)
    };
    let files: Vec<_> = (0..40).map(&mut picture).collect();
    assert!(files.iter().all(|(_, bytes)| bytes.len() > 30_000));
    bench.zip("card.zip", &running::borrowed(&files))
}

#[test]
fn a_disk_that_is_full_anywhere_fails_no_file_and_loses_nothing() {
    let bench = Workbench::new();
    let card = noisy_card(&bench);
    let more = ["--originals", "--annotate", "all"];
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &more), 0);
    let mut broken = Vec::new();
    // From no byte at all, over a torn header, a torn copy and a torn journal, to plenty.
    for blocks in [0, 1, 8, 40, 64, 90, 4000] {
        let out = bench.path(&format!("out{blocks}"));
        let output = with_small_disk(&process_command(&card, &out, &more), blocks);
        if output.status.code() == Some(0) {
            continue;
        }
        assert_stopped(&output, &out, "File too large");
        broken.push(blocks);
        assert_exit(
            &process(&card, &out, &[&more[..], &["--resume"]].concat()),
            0,
        );
        assert_same_package(&undisturbed, &out);
    }
    assert!(broken.len() >= 5, "only {broken:?} were too small");
}

#[test]
fn a_disk_that_is_full_while_the_zip_is_packed_leaves_it_to_be_resumed() {
    let bench = Workbench::new();
    let card = noisy_card(&bench);
    let unpack = |zip: &Path, name: &str| {
        let folder = bench.path(name);
        let mut archive = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
        archive.extract(&folder).unwrap();
        folder
    };
    let (whole, out) = (bench.path("whole.zip"), bench.path("out.zip"));
    assert_exit(&process(&card, &whole, &["--originals"]), 0);
    // 500 kB: more than any file in the package, less than all of them.
    let output = with_small_disk(&process_command(&card, &out, &["--originals"]), 1000);
    assert_exit(&output, 1);
    let text = said(&output);
    assert!(
        text.contains("the package") && text.contains("--resume"),
        "{text}"
    );
    assert!(!out.exists(), "half a package has no name");
    assert!(bench.path("out.zip.partial/run.json").exists());
    assert_exit(&process(&card, &out, &["--originals", "--resume"]), 0);
    assert!(!bench.path("out.zip.partial").exists());
    assert_same_package(&unpack(&whole, "a"), &unpack(&out, "b"));
}

#[test]
fn an_archive_that_is_cut_while_it_is_read_ends_the_run_and_fails_no_file() {
    let bench = Workbench::new();
    let card = running::card(&bench);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let whole = fs::read(&card).unwrap();
    let out = bench.path("out");
    let run = Paused::start(&card, &out, &[]);
    let file = File::options().write(true).open(&card).unwrap();
    file.set_len(1000).unwrap();
    let output = run.finish();
    assert_stopped(&output, &out, "can no longer be read");
    assert!(said(&output).contains("shorter"), "{}", said(&output));
    (&file).write_all(&whole).unwrap();
    assert_exit(&process(&card, &out, &["--resume"]), 0);
    assert_same_package(&undisturbed, &out);
}

#[test]
fn an_archive_that_loses_its_name_while_it_is_read_is_read_to_its_end() {
    let bench = Workbench::new();
    let card = running::card(&bench);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let out = bench.path("out");
    let run = Paused::start(&card, &out, &[]);
    fs::remove_file(&card).unwrap();
    assert_exit(&run.finish(), 0);
    assert_same_package(&undisturbed, &out);
}

#[test]
fn a_folder_that_goes_away_ends_the_run_but_a_file_only_fails() {
    let bench = Workbench::new();
    let files = running::many_pictures();
    let card = bench.folder("card", &running::borrowed(&files));
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);

    let out = bench.path("out");
    let run = Paused::start(&card, &out, &[]);
    let moved = bench.path("moved");
    fs::rename(&card, &moved).unwrap();
    fs::create_dir(&card).unwrap();
    let output = run.finish();
    assert_stopped(&output, &out, "can no longer be read");
    fs::remove_dir(&card).unwrap();
    fs::rename(&moved, &card).unwrap();
    assert_exit(&process(&card, &out, &["--resume"]), 0);
    assert_same_package(&undisturbed, &out);

    let out = bench.path("one is missing");
    let run = Paused::start(&card, &out, &[]);
    let last = files.iter().map(|(name, _)| name).max().unwrap();
    fs::remove_file(card.join(last)).unwrap();
    assert_exit(&run.finish(), 3);
    let counts = &json(&out, "run.json")["counts"];
    assert_eq!(counts["failed"], 1);
    assert_eq!(counts["failures"]["access-failed"], 1);
}

#[test]
fn a_run_whose_journal_is_taken_away_is_not_called_done() {
    let bench = Workbench::new();
    let card = running::card(&bench);
    for annotate in ["detections", "none"] {
        let out = bench.path(annotate);
        let run = Paused::start(&card, &out, &["--annotate", annotate]);
        fs::remove_dir_all(out.join(".trapline")).unwrap();
        let output = run.finish();
        assert_exit(&output, 1);
        let text = said(&output);
        assert!(text.contains("journal.jsonl"), "{text}");
        assert!(
            !text.contains("--resume"),
            "there is nothing left to resume: {text}"
        );
        assert!(!out.join("run.json").exists());
        assert!(!out.join("results.xlsx").exists());
    }
}

#[test]
fn a_run_that_ended_before_its_journal_does_not_keep_its_destination() {
    let bench = Workbench::new();
    let card = bench.zip("card.zip", &[("a.jpg", &picture::jpeg(&picture::blank()))]);
    for name in ["out", "out.zip"] {
        let out = bench.path(name);
        let grows_in = if name == "out" {
            "out"
        } else {
            "out.zip.partial"
        };
        bench.folder(grows_in, &[(".trapline/placeholder", b"")]);
        fs::remove_file(bench.path(grows_in).join(".trapline/placeholder")).unwrap();
        assert_exit(&process(&card, &out, &["--resume"]), 2);
        assert_exit(&process(&card, &out, &[]), 0);
        assert!(!out.join(".trapline").exists());
    }
}

#[test]
fn a_destination_that_cannot_be_written_is_named() {
    let bench = Workbench::new();
    let card = bench.zip("card.zip", &[("a.jpg", &picture::jpeg(&picture::blank()))]);
    // Nobody can make a folder there, not even the administrator.
    let output = process(&card, Path::new("/proc/trapline-out"), &[]);
    assert_exit(&output, 1);
    let text = said(&output);
    assert!(text.contains("/proc/trapline-out"), "{text}");
    assert!(text.contains("could not be written"), "{text}");
    assert!(!text.contains("--resume"), "{text}");
}

#[test]
fn two_runs_never_write_the_same_package() {
    let bench = Workbench::new();
    let card = running::card(&bench);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let out = bench.path("out");
    let first = Paused::start(&card, &out, &[]);
    assert_exit(&process(&card, &out, &[]), 2);
    let second = process(&card, &out, &["--resume"]);
    assert_exit(&second, 1);
    assert!(said(&second).contains("another run"), "{}", said(&second));
    assert_exit(&first.finish(), 0);
    assert_same_package(&undisturbed, &out);
}

#[test]
fn of_runs_that_start_together_one_makes_the_package() {
    let bench = Workbench::new();
    let card = bench.zip("card.zip", &[("a.jpg", &picture::jpeg(&picture::blank()))]);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    for round in 0..4 {
        let out = bench.path(&format!("out{round}"));
        let start = || {
            let mut command = process_command(&card, &out, &[]);
            command.stderr(Stdio::piped()).spawn().unwrap()
        };
        let runs = [start(), start(), start()];
        let ends = runs.map(|run| run.wait_with_output().unwrap());
        let done = ends.iter().filter(|end| end.status.code() == Some(0));
        assert_eq!(done.count(), 1, "{ends:#?}");
        for end in ends.iter().filter(|end| end.status.code() != Some(0)) {
            let text = said(end);
            assert!(matches!(end.status.code(), Some(1 | 2)), "{text}");
            assert!(text.contains("choose another --out"), "{text}");
        }
        assert_same_package(&undisturbed, &out);
    }
}

#[test]
fn a_finished_package_is_not_resumed_and_stays_as_it_is() {
    let bench = Workbench::new();
    let card = bench.zip("card.zip", &[("a.jpg", &picture::jpeg(&picture::blank()))]);
    for name in ["out", "out.zip"] {
        let out = bench.path(name);
        assert_exit(&process(&card, &out, &[]), 0);
        let before = contents(&out);
        let output = process(&card, &out, &["--resume"]);
        assert_exit(&output, 2);
        assert!(
            said(&output).contains("finished already"),
            "{}",
            said(&output)
        );
        assert_eq!(contents(&out), before);
        assert!(!out.join(".trapline").exists());
    }
}

#[test]
fn copies_that_are_lost_are_made_again() {
    let bench = Workbench::new();
    let card = running::card(&bench);
    let undisturbed = bench.path("undisturbed");
    assert_exit(&process(&card, &undisturbed, &[]), 0);
    let out = bench.path("out");
    let mut child = running::start_until(&card, &out, &[], 100);
    child.kill().unwrap();
    child.wait().unwrap();
    let copies = out.join("annotated/cam0");
    let copy = fs::read_dir(copies)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(copy, "").unwrap();
    assert_exit(&process(&card, &out, &["--resume"]), 0);
    assert_same_package(&undisturbed, &out);
}
