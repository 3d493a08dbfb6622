//! Exit codes and messages for what people get wrong, and for machines that are broken.

use crate::support::{Workbench, assert_exit, picture, process, process_with, said, worker};

fn card(bench: &Workbench) -> std::path::PathBuf {
    bench.zip("card.zip", &[("a.jpg", &picture::jpeg(&picture::blank()))])
}

/// What the program says to these arguments, once it has ended with this code.
fn said_by<const N: usize>(arguments: [&str; N], exit: i32) -> String {
    let output = worker().args(arguments).output().unwrap();
    assert_exit(&output, exit);
    said(&output)
}

#[test]
fn a_missing_input_is_a_bad_argument() {
    let bench = Workbench::new();
    let output = process(&bench.path("nowhere.zip"), &bench.path("out"), &[]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("nowhere.zip"), "{}", said(&output));
    assert!(!bench.path("out").exists(), "nothing is left behind");
}

#[test]
fn an_existing_package_is_kept() {
    let bench = Workbench::new();
    let out = bench.folder("out", &[("results.xlsx", b"precious")]);
    let output = process(&card(&bench), &out, &[]);
    assert_exit(&output, 2);
    assert_eq!(
        std::fs::read(out.join("results.xlsx")).unwrap(),
        b"precious"
    );
}

#[test]
fn nothing_to_resume_leaves_nothing_behind() {
    let bench = Workbench::new();
    let (card, out) = (card(&bench), bench.path("out"));
    let output = process(&card, &out, &["--resume"]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("without --resume"));
    assert!(!out.exists());
    assert_exit(&process(&card, &out, &[]), 0);
}

#[test]
fn a_threshold_above_one_is_refused() {
    let output = said_by(["process", "x.zip", "--out", "y", "--threshold", "7"], 2);
    assert!(output.contains("between 0 and 1"), "{output}");
}

#[test]
fn blurring_something_and_nothing_is_refused() {
    let bench = Workbench::new();
    let (card, out) = (card(&bench), bench.path("out"));
    let output = process(&card, &out, &["--blur", "people,none"]);
    assert_exit(&output, 2);
    let text = said(&output);
    assert!(text.contains("--blur none cannot be combined"), "{text}");
    assert!(!out.exists());
}

#[test]
fn results_in_the_place_of_the_input_are_refused() {
    let bench = Workbench::new();
    let card = card(&bench);
    let before = std::fs::read(&card).unwrap();
    let output = process(&card, &card, &[]);
    assert_exit(&output, 2);
    assert!(said(&output).contains("another --out"), "{}", said(&output));
    assert_eq!(std::fs::read(&card).unwrap(), before);
}

#[test]
fn a_file_that_is_no_archive_says_what_to_do() {
    let bench = Workbench::new();
    let fake = bench.path("card.zip");
    std::fs::write(&fake, "not a zip at all").unwrap();
    let output = process(&fake, &bench.path("out"), &[]);
    assert_exit(&output, 1);
    assert!(said(&output).contains("card.zip"), "{}", said(&output));
}

#[test]
fn an_unknown_model_says_how_to_see_those_there_are() {
    let bench = Workbench::new();
    let mut command = process_with("no-such-model", "cpu", &card(&bench), &bench.path("out"));
    let output = command.output().unwrap();
    assert_exit(&output, 1);
    assert!(said(&output).contains("models list"), "{}", said(&output));
}

#[test]
fn a_device_that_is_not_there_is_an_error_not_a_slow_run() {
    let bench = Workbench::new();
    // No machine has this many GPUs.
    let (model, device) = ("tiny-rows-xyxy", "cuda:900");
    let mut command = process_with(model, device, &card(&bench), &bench.path("out"));
    let output = command.output().unwrap();
    assert_exit(&output, 1);
    assert!(said(&output).contains(device), "{}", said(&output));
}

#[test]
fn a_missing_onnx_runtime_says_how_to_get_it() {
    let bench = Workbench::new();
    let output = worker()
        .env("TRAPLINE_HOME", bench.path("nowhere"))
        .args(["check", "--model", "tiny-rows-xyxy"])
        .output()
        .unwrap();
    assert_exit(&output, 1);
    assert!(said(&output).contains("make setup"), "{}", said(&output));
}

#[test]
fn check_says_which_device_ran() {
    let text = said_by(["check", "--model", "tiny-rows-xyxy", "--device", "cpu"], 0);
    let expected = "device cpu: one inference took";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn an_input_without_a_file_is_a_bad_argument() {
    let bench = Workbench::new();
    std::fs::create_dir_all(bench.path("blank/DCIM")).unwrap();
    let blank_zip = bench.zip("blank.zip", &[("DCIM/", b"")]);
    for input in [bench.path("blank"), blank_zip] {
        let output = process(&input, &bench.path("out"), &[]);
        assert_exit(&output, 2);
        assert!(
            said(&output).contains("there is no file in the input"),
            "{}",
            said(&output)
        );
        assert!(!bench.path("out").exists(), "nothing is left behind");
    }
}

#[test]
fn an_input_without_an_image_gives_a_package_and_a_warning() {
    let bench = Workbench::new();
    let input = bench.folder("card", &[("notes.txt", b"see map"), ("film.mp4", b"")]);
    let output = process(&input, &bench.path("out"), &[]);
    assert_exit(&output, 0);
    assert!(
        said(&output).contains("WARNING: no image among 2 files"),
        "{}",
        said(&output)
    );
    assert!(bench.path("out/results.xlsx").exists());
}

#[test]
fn a_run_that_was_killed_before_its_journal_can_simply_be_started_again() {
    let bench = Workbench::new();
    let card = card(&bench);
    for (out, state) in [
        ("out", "out/.trapline"),
        ("out.zip", "out.zip.partial/.trapline"),
    ] {
        std::fs::create_dir_all(bench.path(state)).unwrap();
        let resumed = process(&card, &bench.path(out), &["--resume"]);
        assert_exit(&resumed, 2);
        assert!(
            said(&resumed).contains("start it without --resume"),
            "{}",
            said(&resumed)
        );
        assert_exit(&process(&card, &bench.path(out), &[]), 0);
    }
}
