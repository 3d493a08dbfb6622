//! Runs that are killed or asked to stop go on to the same bytes.

use crate::support::{
    Workbench, assert_exit, assert_same_package, process,
    running::{card, send, start_until},
    said,
};

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
    send(&child, "INT");
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
    for (other, told) in [
        (["--resume", "--blur", "none"], "options"),
        (["--resume", "--names", "cp852"], "--names"),
    ] {
        let output = process(&card, &out, &other);
        assert_exit(&output, 2);
        assert!(said(&output).contains(told), "{}", said(&output));
    }
}
